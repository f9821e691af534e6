/* Values of the parameters of one request, from the captures of its path and its query. Every fault
 * is collected: unknown name, repeated name, missing, ill-typed, and each bad item of a list. */
#include "base.h"

#include "buffer.h"
#include "contract.h"
#include "suggestion.h"

enum { ALLOWED_MAX = 8192 };

struct reading {
    const struct operation *operation;
    struct arena *arena;
    struct faults *faults;
    struct argument *argument;
};

/* "limit" out of its range has a code of its own, since clients meet it first. */
static void rename_range_faults(struct faults *faults, size_t from) {
    for (size_t i = from; i < faults->kept; i++) {
        const char *code = faults->item[i].code;
        if (code && (strcmp(code, "too-small") == 0 || strcmp(code, "too-large") == 0))
            faults->item[i].code = "limit-out-of-range";
    }
}

/* Sent by the client; names and values are slices, faults want texts. */
static const char *text_of(struct reading *reading, struct slice slice) {
    const char *text = arena_copy(reading->arena, slice);
    if (!text)
        reading->faults->out_of_memory = true;
    return text ? text : "";
}

static const char *allowed_names(struct reading *reading, bool parameters) {
    const struct operation *operation = reading->operation;
    size_t count = parameters ? operation->parameters : operation->properties;
    struct buffer names;
    buffer_init(&names, ALLOWED_MAX);
    for (size_t i = 0; i < count; i++) {
        if (parameters && operation->parameter[i].in_path)
            continue;
        if (names.size > 0)
            buffer_add_text(&names, ", ");
        buffer_add_text(&names,
                        parameters ? operation->parameter[i].name : operation->property[i].name);
    }
    bool any = buffer_ok(&names) && names.size > 0;
    const char *text = any ? text_of(reading, buffer_slice(&names)) : NULL;
    buffer_release(&names);
    return text;
}

static void unknown_parameter(struct reading *reading, const struct uri_pair *pair) {
    const struct operation *operation = reading->operation;
    struct suggestion suggestion;
    suggestion_init(&suggestion, pair->name);
    for (size_t i = 0; i < operation->parameters; i++)
        if (!operation->parameter[i].in_path)
            suggestion_try(&suggestion, operation->parameter[i].name);
    faults_add(reading->faults, (struct fault){.parameter = text_of(reading, pair->name),
                                               .code = "unknown-parameter",
                                               .suggestion = suggestion.best,
                                               .allowed = allowed_names(reading, true)});
}

/* `fields` lists no names of its own: they are those of the answer. */
static bool names_property(struct reading *reading, const struct parameter *parameter,
                           struct slice item) {
    const struct operation *operation = reading->operation;
    struct suggestion suggestion;
    suggestion_init(&suggestion, item);
    for (size_t i = 0; i < operation->properties; i++) {
        if (slice_is(item, operation->property[i].name))
            return true;
        suggestion_try(&suggestion, operation->property[i].name);
    }
    faults_add(reading->faults, (struct fault){.parameter = parameter->name,
                                               .code = "not-in-list",
                                               .value = text_of(reading, item),
                                               .suggestion = suggestion.best,
                                               .allowed = allowed_names(reading, false)});
    return false;
}

static void check_one(struct reading *reading, const struct parameter *parameter,
                      struct slice text) {
    size_t before = reading->faults->kept;
    if (parameter->is_list && strcmp(parameter->name, "fields") == 0 &&
        !names_property(reading, parameter, text))
        return;
    schema_check_text(parameter->schema, text, parameter->name, NULL, reading->faults);
    if (strcmp(parameter->name, "limit") == 0)
        rename_range_faults(reading->faults, before);
}

static size_t count_items(struct slice text) {
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++)
        count += text.at[i] == ',';
    return count;
}

/* "name,-name" sorts twice by one column. */
static struct slice item_key(const struct parameter *parameter, struct slice item) {
    if (strcmp(parameter->name, "sort") == 0 && item.size > 0 && item.at[0] == '-')
        return (struct slice){item.at + 1, item.size - 1};
    return item;
}

static void check_repeated(struct reading *reading, const struct parameter *parameter,
                           const struct argument *argument) {
    if (!parameter->distinct && strcmp(parameter->name, "sort") != 0)
        return;
    for (size_t i = 1; i < argument->items; i++)
        for (size_t j = 0; j < i; j++)
            if (slice_equals(item_key(parameter, argument->item[i]),
                             item_key(parameter, argument->item[j]))) {
                faults_add(reading->faults,
                           (struct fault){.parameter = parameter->name,
                                          .code = "repeated-items",
                                          .value = text_of(reading, argument->item[i])});
                return;
            }
}

/* False when the number of items is out of bounds; they are not looked at then. */
static bool check_count(struct reading *reading, const struct parameter *parameter, size_t count) {
    if (count >= parameter->items_min && count <= parameter->items_max)
        return true;
    const char *allowed =
        arena_print(reading->arena, "%zu..%zu", parameter->items_min ? parameter->items_min : 1,
                    parameter->items_max);
    faults_add(
        reading->faults,
        (struct fault){.parameter = parameter->name,
                       .code = count > parameter->items_max ? "too-many-items" : "too-few-items",
                       .allowed = allowed});
    return false;
}

/* Cuts `list` at commas, once decoded: no value of a list holds one, and most clients send "%2C".
 * An empty item is the trace of a mistake ("AI,,ACI") and never means anything. */
static bool read_list(struct reading *reading, const struct parameter *parameter,
                      struct argument *argument, struct slice list, bool check) {
    size_t count = count_items(list);
    if (check && !check_count(reading, parameter, count))
        return true;
    argument->item = arena_take(reading->arena, count * sizeof *argument->item);
    if (!argument->item)
        return false;
    struct slice rest = list, item;
    for (size_t i = 0; i < count; i++) {
        (void)slice_cut(rest, ',', &item, &rest);
        argument->item[i] = item;
        if (check && argument->item[i].size == 0)
            faults_add(reading->faults,
                       (struct fault){.parameter = parameter->name, .code = "empty-item"});
        else if (check)
            check_one(reading, parameter, argument->item[i]);
    }
    argument->items = count;
    if (check)
        check_repeated(reading, parameter, argument);
    return true;
}

static bool read_value(struct reading *reading, size_t index, struct slice text, bool sent) {
    const struct parameter *parameter = &reading->operation->parameter[index];
    struct argument *argument = &reading->argument[index];
    argument->present = true;
    argument->sent = sent;
    argument->text = text;
    if (parameter->is_list)
        return read_list(reading, parameter, argument, text, sent);
    if (sent)
        check_one(reading, parameter, text);
    return true;
}

static bool read_pair(struct reading *reading, const struct uri_pair *pair) {
    const struct operation *operation = reading->operation;
    for (size_t i = 0; i < operation->parameters; i++) {
        if (operation->parameter[i].in_path || !slice_is(pair->name, operation->parameter[i].name))
            continue;
        if (!reading->argument[i].sent)
            return read_value(reading, i, pair->value, true);
        faults_add(reading->faults, (struct fault){.parameter = operation->parameter[i].name,
                                                   .code = "repeated-parameter"});
        return true;
    }
    unknown_parameter(reading, pair);
    return true;
}

static bool read_captures(struct reading *reading, const struct route *route) {
    for (size_t i = 0; i < route->captures; i++)
        for (size_t j = 0; j < reading->operation->parameters; j++) {
            const struct parameter *parameter = &reading->operation->parameter[j];
            if (parameter->in_path && strcmp(parameter->name, route->capture_name[i]) == 0 &&
                !read_value(reading, j, route->capture[i], true))
                return false;
        }
    return true;
}

static bool read_absent(struct reading *reading) {
    for (size_t i = 0; i < reading->operation->parameters; i++) {
        const struct parameter *parameter = &reading->operation->parameter[i];
        if (reading->argument[i].sent)
            continue;
        if (parameter->required)
            faults_add(reading->faults,
                       (struct fault){.parameter = parameter->name, .code = "required"});
        else if (parameter->default_text &&
                 !read_value(reading, i, slice_of(parameter->default_text), false))
            return false;
    }
    return true;
}

struct argument *contract_arguments(const struct operation *operation, const struct route *route,
                                    const struct uri *uri, struct arena *arena,
                                    struct faults *faults) {
    size_t room = operation->parameters ? operation->parameters : 1;
    struct reading reading = {operation, arena, faults,
                              arena_take(arena, room * sizeof(struct argument))};
    if (!reading.argument || !read_captures(&reading, route))
        return NULL;
    for (size_t i = 0; i < uri->pairs; i++)
        if (!read_pair(&reading, &uri->pair[i]))
            return NULL;
    return read_absent(&reading) && !faults->out_of_memory ? reading.argument : NULL;
}
