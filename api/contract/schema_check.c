/* Walks over an instance with its compiled schema and reports every fault with its place. With
 * `faults` NULL only the verdict counts (alternatives, not), and the walk ends at the first fault.
 */
#include "base.h"

#include "schema_check.h"
#include "suggestion.h"
#include "text.h"
#include "value.h"

enum { POINTER_MAX = 1000, FEW_ITEMS = 32 };

bool check_is_told(const struct checker *checker) {
    return checker->faults && checker->faults->kept < FAULTS_MAX;
}

/* The pointer, or that of the next thing around it when a name sent is as long as a book. */
static const char *pointer_of(const struct place *place, struct buffer *buffer) {
    buffer_init(buffer, POINTER_MAX);
    for (;; place = place->up) {
        place_write(place, buffer);
        buffer_add_char(buffer, '\0');
        if (buffer_ok(buffer))
            return buffer->at;
        if (!place->up)
            return "";
        buffer_clear(buffer);
    }
}

bool check_fault(struct checker *checker, const struct place *place, struct fault fault,
                 const json_t *value) {
    struct buffer buffer;
    if (!check_is_told(checker)) {
        if (checker->faults)
            checker->faults->found++;
        return false;
    }
    fault.pointer = pointer_of(place, &buffer);
    fault.parameter = checker->parameter;
    if (fault.parameter && *fault.pointer == '\0')
        fault.pointer = NULL;
    if (value && !checker->secret)
        fault.value = value_text(checker->arena, value);
    faults_add(checker->faults, fault);
    buffer_release(&buffer);
    return false;
}

/* To the standard 1.0 is an integer; to PostgreSQL, which gets what was sent, its text is none. */
static unsigned type_of(const struct schema *schema, const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return schema->set->mode == SCHEMA_PLAIN && number_is_whole(value) ? TYPE_INTEGER
                                                                           : TYPE_NUMBER;
    case JSON_NULL:
        return TYPE_NULL;
    default:
        return TYPE_BOOLEAN;
    }
}

/* What no keyword speaks of is looked at too, for control characters and depth: once, by the schema
 * that leaves the rest of the value to no other. */
static const struct schema *otherwise(const struct schema *schema, const struct schema *named) {
    bool left_to_others =
        schema->reference || schema->all.count || schema->any.count || schema->one.count;
    return named || left_to_others ? named : schema->set->anything;
}

static size_t depth_of(const struct place *place) {
    size_t depth = 0;
    for (; place->up; place = place->up)
        depth++;
    return depth;
}

/* The walk goes on after a fault only when faults are collected. */
static bool goes_on(const struct checker *checker, bool fine) {
    return fine || checker->faults;
}

static bool check_choice(struct checker *checker, const struct schema *schema, const json_t *value,
                         const struct place *place) {
    if (schema->constant && !value_same(value, schema->constant))
        return check_fault(
            checker, place,
            (struct fault){.code = "not-in-list",
                           .allowed = check_is_told(checker)
                                          ? value_text(checker->arena, schema->constant)
                                          : NULL},
            value);
    if (!schema->choice)
        return true;
    for (size_t i = 0; i < schema->choices; i++)
        if (value_same(value, schema->choice[i]))
            return true;
    struct suggestion suggestion;
    suggestion_init(&suggestion,
                    (struct slice){json_string_value(value), json_string_length(value)});
    for (size_t i = 0; check_is_told(checker) && json_is_string(value) && i < schema->choices; i++)
        if (json_is_string(schema->choice[i]))
            suggestion_try(&suggestion, json_string_value(schema->choice[i]));
    return check_fault(checker, place,
                       (struct fault){.code = "not-in-list",
                                      .allowed = schema->choices_text,
                                      .suggestion = suggestion.best},
                       value);
}

struct hashed {
    uint64_t hash;
    size_t index;
};

static int compare_hashed(const void *a, const void *b) {
    const struct hashed *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static bool repeated(struct checker *checker, const struct place *place, size_t index,
                     const json_t *item) {
    struct place here = {place, NULL, index};
    return check_fault(checker, &here, (struct fault){.code = "repeated-items"}, item);
}

/* Long lists are compared by hash, so that a list of ten thousand items is not hundred million
 * comparisons. */
static bool check_distinct(struct checker *checker, const json_t *array,
                           const struct place *place) {
    size_t count = json_array_size(array);
    struct hashed few[FEW_ITEMS];
    struct hashed *item =
        count <= FEW_ITEMS ? few : arena_take(checker->arena, count * sizeof *item);
    if (!item) {
        if (checker->faults)
            checker->faults->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < count; i++)
        item[i] = (struct hashed){value_hash(json_array_get(array, i)), i};
    qsort(item, count, sizeof *item, compare_hashed);
    bool fine = true;
    for (size_t i = 1; i < count; i++) {
        const json_t *value = json_array_get(array, item[i].index);
        if (item[i].hash == item[i - 1].hash &&
            value_same(value, json_array_get(array, item[i - 1].index)))
            fine = repeated(checker, place, item[i].index, value);
    }
    return fine;
}

static bool check_count(struct checker *checker, const struct place *place, size_t count,
                        size_t least, size_t most, const char *few, const char *many) {
    if (count >= least && count <= most)
        return true;
    struct fault fault = {.code = count < least ? few : many};
    if (check_is_told(checker))
        fault.allowed = check_count_range(checker, least, most);
    return check_fault(checker, place, fault, NULL);
}

static bool check_array(struct checker *checker, const struct schema *schema, const json_t *array,
                        const struct place *place) {
    bool fine = check_count(checker, place, json_array_size(array), schema->min_items,
                            schema->max_items, "too-few-items", "too-many-items");
    const struct schema *items = otherwise(schema, schema->items);
    for (size_t i = 0; items && i < json_array_size(array); i++) {
        if (!goes_on(checker, fine))
            return false;
        struct place here = {place, NULL, i};
        fine = check_value(checker, items, json_array_get(array, i), &here) && fine;
    }
    if (schema->distinct_items && goes_on(checker, fine))
        fine = check_distinct(checker, array, place) && fine;
    return fine;
}

const struct member *member_find(const struct schema *schema, const char *name) {
    size_t low = 0, high = schema->members;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, schema->sorted[middle]->name);
        if (order == 0)
            return schema->sorted[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool unknown_property(struct checker *checker, const struct schema *schema, const char *name,
                             const struct place *place) {
    struct suggestion suggestion;
    suggestion_init(&suggestion, slice_of(name));
    for (size_t i = 0; check_is_told(checker) && i < schema->members; i++)
        suggestion_try(&suggestion, schema->member[i].name);
    return check_fault(checker, place,
                       (struct fault){.code = "unknown-property", .suggestion = suggestion.best},
                       NULL);
}

static bool check_member(struct checker *checker, const struct schema *schema, const char *name,
                         const json_t *value, const struct place *place) {
    const struct member *member = member_find(schema, name);
    if (member)
        return check_value(checker, member->schema, value, place);
    if (schema->additional && schema->additional->never)
        return unknown_property(checker, schema, name, place);
    const struct schema *rest = otherwise(schema, schema->additional);
    if (rest && schema->set->mode == SCHEMA_CONTRACT && text_has_control(slice_of(name)))
        return check_fault(checker, place, (struct fault){.code = "control-character"}, NULL);
    return !rest || check_value(checker, rest, value, place);
}

static bool check_names(struct checker *checker, const json_t *object, const struct place *place,
                        const char *const *names, size_t count) {
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(object, names[i]))
            continue;
        struct place here = {place, names[i], 0};
        fine = check_fault(checker, &here, (struct fault){.code = "required"}, NULL);
    }
    return fine;
}

static bool check_object(struct checker *checker, const struct schema *schema, const json_t *object,
                         const struct place *place) {
    const char *name;
    json_t *value;
    bool fine = check_count(checker, place, json_object_size(object), schema->min_properties,
                            schema->max_properties, "too-few-properties", "too-many-properties");
    json_object_foreach((json_t *)object, name, value) {
        if (!goes_on(checker, fine))
            return false;
        struct place here = {place, name, 0};
        fine = check_member(checker, schema, name, value, &here) && fine;
    }
    fine = check_names(checker, object, place, schema->required, schema->required_count) && fine;
    for (size_t i = 0; i < schema->dependencies; i++) {
        const struct dependency *dependency = &schema->dependency[i];
        if (json_object_get(object, dependency->name))
            fine =
                check_names(checker, object, place, dependency->needs, dependency->count) && fine;
    }
    return fine;
}

static bool would_pass(const struct checker *checker, const struct schema *schema,
                       const json_t *value, const struct place *place) {
    struct checker quiet = *checker;
    quiet.faults = NULL;
    return check_value(&quiet, schema, value, place);
}

static bool admits(const struct schema *schema, unsigned type) {
    if (schema->never || (schema->types & type) == 0)
        return false;
    if (schema->reference && !admits(schema->reference, type))
        return false;
    for (size_t i = 0; i < schema->all.count; i++)
        if (!admits(schema->all.schema[i], type))
            return false;
    return true;
}

/* Nothing fits. When one alternative alone takes values of this type (an object or null), its own
 * faults are the useful answer. */
static bool no_alternative(struct checker *checker, const struct alternatives *alternatives,
                           const json_t *value, const struct place *place) {
    const struct schema *meant = NULL;
    size_t candidates = 0;
    for (size_t i = 0; i < alternatives->count; i++)
        if (admits(alternatives->schema[i], type_of(alternatives->schema[i], value))) {
            meant = alternatives->schema[i];
            candidates++;
        }
    if (candidates == 1 && checker->faults)
        return check_value(checker, meant, value, place);
    return check_fault(checker, place, (struct fault){.code = "no-alternative"}, NULL);
}

static size_t count_passing(struct checker *checker, const struct alternatives *alternatives,
                            const json_t *value, const struct place *place, size_t enough) {
    size_t passing = 0;
    for (size_t i = 0; i < alternatives->count && passing < enough; i++)
        passing += would_pass(checker, alternatives->schema[i], value, place);
    return passing;
}

/* $ref, allOf, anyOf, oneOf, not: other schemas that look at the same value. */
static bool check_in_place(struct checker *checker, const struct schema *schema,
                           const json_t *value, const struct place *place) {
    bool fine = true;
    if (schema->reference)
        fine = check_value(checker, schema->reference, value, place);
    for (size_t i = 0; i < schema->all.count && goes_on(checker, fine); i++)
        fine = check_value(checker, schema->all.schema[i], value, place) && fine;
    if (schema->any.count && goes_on(checker, fine) &&
        count_passing(checker, &schema->any, value, place, 1) == 0)
        fine = no_alternative(checker, &schema->any, value, place);
    if (schema->one.count && goes_on(checker, fine)) {
        size_t passing = count_passing(checker, &schema->one, value, place, 2);
        if (passing == 0)
            fine = no_alternative(checker, &schema->one, value, place);
        else if (passing > 1)
            fine = check_fault(checker, place, (struct fault){.code = "no-alternative"}, NULL);
    }
    if (schema->negated && goes_on(checker, fine) &&
        would_pass(checker, schema->negated, value, place))
        fine = check_fault(checker, place, (struct fault){.code = "not-allowed"}, value);
    return fine;
}

static bool check_by_type(struct checker *checker, const struct schema *schema, const json_t *value,
                          const struct place *place) {
    switch (type_of(schema, value)) {
    case TYPE_OBJECT:
        return check_object(checker, schema, value, place);
    case TYPE_ARRAY:
        return check_array(checker, schema, value, place);
    case TYPE_STRING:
        return check_string(checker, schema, value, place);
    case TYPE_INTEGER:
    case TYPE_NUMBER:
        return check_number(checker, schema, value, place);
    default:
        return true;
    }
}

static bool check_node(struct checker *checker, const struct schema *schema, const json_t *value,
                       const struct place *place) {
    if (schema->never)
        return check_fault(checker, place, (struct fault){.code = "not-allowed"}, value);
    if (schema->read_only && schema->set->mode == SCHEMA_CONTRACT && place->up)
        return check_fault(checker, place, (struct fault){.code = "read-only"}, value);
    if (depth_of(place) > SCHEMA_MAX_DEPTH)
        return check_fault(checker, place, (struct fault){.code = "too-deep"}, NULL);
    if ((schema->types & type_of(schema, value)) == 0)
        return check_fault(checker, place,
                           (struct fault){.code = "wrong-type", .allowed = schema->types_text},
                           value);
    if (!check_choice(checker, schema, value, place))
        return false;
    bool fine = check_by_type(checker, schema, value, place);
    return goes_on(checker, fine) ? check_in_place(checker, schema, value, place) && fine : false;
}

bool check_value(struct checker *checker, const struct schema *schema, const json_t *value,
                 const struct place *place) {
    bool secret = checker->secret;
    checker->secret = secret || schema->write_only;
    bool fine = check_node(checker, schema, value, place);
    checker->secret = secret;
    return fine;
}

void schema_check(const struct schema *schema, const json_t *instance, const char *pointer,
                  struct faults *faults) {
    struct checker checker = {faults, faults->arena, NULL, false};
    struct place place = {NULL, pointer, 0};
    (void)check_value(&checker, schema, instance, &place);
}
