/* Parameters of an operation, with those of its path. The wire knows two forms: one value, or a
 * list split at commas (style form, explode false); everything else is refused. */
#include "base.h"

#include "loader.h"
#include "schema_node.h"

enum { ITEMS_MAX_DEFAULT = 100, DEFAULT_MAX = 1024 };

static const char *const known_members[] = {
    "name",  "in",      "required", "description", "deprecated", "schema",
    "style", "explode", "example",  "examples",    "x-readers",  NULL,
};

/* "joined_on[gte]" binds as joined_on_gte: letters, digits and "_" only, since SQL files name it.
 */
static const char *bind_name(struct loader *loader, const char *name) {
    char *bind = arena_copy(loader->contract->arena, slice_of(name));
    if (!bind)
        return NULL;
    size_t size = 0;
    for (const char *c = name; *c; c++) {
        if (*c == ']' && c[1] == '\0')
            continue;
        bool fine = (*c >= 'a' && *c <= 'z') || *c == '_' || *c == '[' ||
                    (*c >= '0' && *c <= '9' && size > 0);
        if (!fine)
            return NULL;
        bind[size++] = (char)(*c == '[' ? '_' : *c);
    }
    bind[size] = '\0';
    return size > 0 ? bind : NULL;
}

static bool is_reserved(const char *bind) {
    static const char *const reserved[] = {"body", "if_match", "key_id", "caller", "public_url"};
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (strcmp(reserved[i], bind) == 0)
            return true;
    return false;
}

static bool write_default(const json_t *value, struct buffer *buffer) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        buffer_add(buffer, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        buffer_print(buffer, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        buffer_add_text(buffer, json_is_true(value) ? "true" : "false");
        return true;
    default:
        return false;
    }
}

static bool load_default(struct loader *loader, const json_t *value, const struct place *place,
                         struct parameter *parameter) {
    struct buffer text;
    if (!value)
        return true;
    buffer_init(&text, DEFAULT_MAX);
    bool fine = true;
    if (json_is_array(value)) {
        size_t i;
        const json_t *item;
        json_array_foreach(value, i, item) {
            if (i > 0)
                buffer_add_char(&text, ',');
            fine = fine && write_default(item, &text);
        }
    } else {
        fine = write_default(value, &text);
    }
    fine = fine && buffer_ok(&text);
    if (fine)
        parameter->default_text = arena_copy(loader->contract->arena, buffer_slice(&text));
    buffer_release(&text);
    return (fine && parameter->default_text) ||
           load_refuse(loader, place, "default is no text, whole number or flag");
}

/* The default must be what its own schema takes. */
static bool check_default(struct loader *loader, const struct schema *schema,
                          const struct place *place) {
    if (!schema->fallback)
        return true;
    struct arena *arena = arena_new(1 << 20);
    struct faults *faults = arena ? malloc(sizeof *faults) : NULL;
    bool fine = false;
    if (faults) {
        faults_init(faults, arena);
        schema_check(schema, schema->fallback, "", faults);
        fine = faults->found == 0;
    }
    free(faults);
    arena_free(arena);
    return fine || load_refuse(loader, place, "default does not fit its own schema");
}

/* Looks through $ref: a shared schema may be what says how many items, or which default. */
static const struct schema *last_schema(const struct schema *schema) {
    while (schema->reference)
        schema = schema->reference;
    return schema;
}

static bool load_value(struct loader *loader, const json_t *definition, const struct place *place,
                       struct parameter *parameter) {
    struct place here = {place, "schema", 0};
    const json_t *shape = json_object_get(definition, "schema");
    if (!shape)
        return load_refuse(loader, place, "a parameter needs a schema");
    const struct schema *schema = load_schema(loader, shape, &here);
    if (!schema || !check_default(loader, schema, &here))
        return false;
    const struct schema *items = schema_items(schema), *last = last_schema(schema);
    parameter->is_list = items != NULL;
    parameter->schema = items ? items : schema;
    parameter->distinct = items && last->distinct_items;
    parameter->items_min = last->min_items;
    parameter->items_max = last->max_items == SIZE_MAX ? ITEMS_MAX_DEFAULT : last->max_items;
    parameter->type = schema_type_of(parameter->schema);
    parameter->readers &= schema->readers & last->readers;
    if (parameter->type == SCHEMA_JSON)
        return load_refuse(loader, &here,
                           "a parameter is a text, number, flag, or a list of these");
    return load_default(loader, schema->fallback ? schema->fallback : last->fallback, &here,
                        parameter);
}

static bool load_style(struct loader *loader, const json_t *definition, const struct place *place,
                       const struct parameter *parameter) {
    bool explode;
    const char *style, *only = parameter->in_path ? "simple" : "form";
    if (!load_text(loader, definition, "style", place, &style) ||
        !load_flag(loader, definition, "explode", place, !parameter->in_path, &explode))
        return false;
    if (style && strcmp(style, only) != 0)
        return load_refuse(loader, place, "unsupported style \"%s\"", style);
    if (parameter->is_list && explode)
        return load_refuse(loader, place, "a list needs explode: false");
    return !(parameter->is_list && parameter->in_path) ||
           load_refuse(loader, place, "no list in a path");
}

static bool check_path_parameter(struct loader *loader, const struct place *place,
                                 const struct operation *operation,
                                 const struct parameter *parameter) {
    bool captured = false;
    for (size_t i = 0; i < operation->captures; i++)
        captured = captured || strcmp(operation->capture[i], parameter->name) == 0;
    if (!captured || !parameter->required)
        return load_refuse(loader, place, "a path parameter is required and stands in the path");
    return true;
}

static bool load_parameter(struct loader *loader, const json_t *definition,
                           const struct place *place, const struct operation *operation,
                           struct parameter *parameter) {
    const json_t *readers = json_object_get(definition, "x-readers");
    if (!load_known(loader, definition, known_members, place))
        return false;
    parameter->readers = CALLER_ALL;
    parameter->name =
        load_copy(loader, json_string_value(json_object_get(definition, "name")), place);
    parameter->bind = parameter->name ? bind_name(loader, parameter->name) : NULL;
    if (!parameter->bind || is_reserved(parameter->bind))
        return load_refuse(loader, place, "no name, or one that cannot be bound");
    if (readers && !readers_read(readers, &parameter->readers))
        return load_refuse(loader, place, "x-readers needs a list of callers, in upper case");
    if (!load_flag(loader, definition, "required", place, false, &parameter->required) ||
        !load_value(loader, definition, place, parameter) ||
        !load_style(loader, definition, place, parameter))
        return false;
    return !parameter->in_path || check_path_parameter(loader, place, operation, parameter);
}

/* Index of the parameter of this name, or `count`. */
static size_t find_parameter(const struct parameter *parameter, size_t count, const char *name) {
    size_t i = 0;
    while (name && i < count && strcmp(parameter[i].name, name) != 0)
        i++;
    return i;
}

static bool add_parameter(struct loader *loader, const json_t *definition,
                          const struct place *place, struct operation *operation,
                          struct parameter *parameters, bool of_path) {
    const json_t *resolved = load_resolve(loader, definition, place);
    if (!resolved)
        return false;
    const char *in = json_string_value(json_object_get(resolved, "in"));
    if (in && strcmp(in, "header") == 0)
        return true;
    bool in_path = in && strcmp(in, "path") == 0;
    if (!in_path && (!in || strcmp(in, "query") != 0))
        return load_refuse(loader, place, "in is path, query or header");
    const char *name = json_string_value(json_object_get(resolved, "name"));
    size_t at = find_parameter(parameters, operation->parameters, name);
    if (at < operation->parameters) /* the operation's own come first and win */
        return of_path || load_refuse(loader, place, "parameter \"%s\" is declared twice", name);
    parameters[at].in_path = in_path;
    if (!load_parameter(loader, resolved, place, operation, &parameters[at]))
        return false;
    for (size_t i = 0; i < at; i++)
        if (slice_equals(slice_of(parameters[i].bind), slice_of(parameters[at].bind)))
            return load_refuse(loader, place, "parameters \"%s\" and \"%s\" bind alike",
                               parameters[i].name, name);
    operation->parameters++;
    return true;
}

static bool check_captures(struct loader *loader, const struct place *place,
                           const struct operation *operation) {
    for (size_t i = 0; i < operation->captures; i++) {
        const struct parameter *parameter = operation_parameter(operation, operation->capture[i]);
        if (!parameter || !parameter->in_path)
            return load_refuse(loader, place, "the path captures \"%s\", which is no parameter",
                               operation->capture[i]);
    }
    return true;
}

bool load_parameters(struct loader *loader, const json_t *definition, const struct place *place,
                     struct operation *operation) {
    const json_t *own = json_object_get(definition, "parameters"), *item;
    const json_t *shared = loader->path_parameters;
    size_t i, room = json_array_size(own) + json_array_size(shared);
    struct place at = {place, "parameters", 0};
    struct parameter *parameters = load_take(loader, room, sizeof *parameters, place);
    if (!parameters)
        return false;
    operation->parameter = parameters;
    json_array_foreach(own, i, item) {
        struct place here = {&at, NULL, i};
        if (!add_parameter(loader, item, &here, operation, parameters, false))
            return false;
    }
    json_array_foreach(shared, i, item) {
        struct place here = {place->up, "parameters", 0};
        if (!add_parameter(loader, item, &here, operation, parameters, true))
            return false;
    }
    return check_captures(loader, place, operation);
}
