/* Readers of the keywords that hold other schemas, lists of values or names. */
#include "base.h"

#include "schema_reader.h"
#include "value.h"

void *reader_take(struct compiler *compiler, size_t count, size_t size, const struct place *place) {
    void *memory = arena_take(compiler->set->arena, (count ? count : 1) * size);
    if (!memory)
        compile_refuse(compiler, place, "out of memory");
    return memory;
}

void *reader_take_pointers(struct compiler *compiler, size_t count, const struct place *place) {
    return reader_take(compiler, count, sizeof(void *), place);
}

const json_t *reader_keep(struct compiler *compiler, const json_t *value,
                          const struct place *place) {
    const json_t *copy = schema_set_keep(compiler->set, value);
    if (!copy)
        compile_refuse(compiler, place, "out of memory");
    return copy;
}

const char *reader_copy(struct compiler *compiler, const char *name, const struct place *place) {
    const char *copy = arena_copy(compiler->set->arena, slice_of(name));
    if (!copy)
        compile_refuse(compiler, place, "out of memory");
    return copy;
}

bool read_schema(struct compiler *compiler, struct schema *schema, const json_t *value,
                 const struct place *place, void *field) {
    (void)schema;
    const struct schema *node = compile_node(compiler, value, place);
    *(const struct schema **)field = node;
    return node != NULL;
}

static int compare_members(const void *a, const void *b) {
    const struct member *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

bool read_properties(struct compiler *compiler, struct schema *schema, const json_t *value,
                     const struct place *place, void *field) {
    (void)field;
    if (!json_is_object(value))
        return compile_refuse(compiler, place, "needs an object");
    size_t count = json_object_size(value);
    schema->member = reader_take(compiler, count, sizeof *schema->member, place);
    schema->sorted = reader_take_pointers(compiler, count, place);
    if (!schema->member || !schema->sorted)
        return false;
    const char *name;
    json_t *definition;
    json_object_foreach((json_t *)value, name, definition) {
        struct place here = {place, name, 0};
        struct member *member = &schema->member[schema->members];
        member->name = reader_copy(compiler, name, &here);
        member->schema = member->name ? compile_node(compiler, definition, &here) : NULL;
        if (!member->schema)
            return false;
        schema->sorted[schema->members++] = member;
    }
    qsort(schema->sorted, schema->members, sizeof(void *), compare_members);
    return true;
}

static bool read_names(struct compiler *compiler, const json_t *value, const struct place *place,
                       const char *const **ret_names, size_t *ret_count) {
    if (!json_is_array(value))
        return compile_refuse(compiler, place, "needs a list of names");
    const char **names = reader_take_pointers(compiler, json_array_size(value), place);
    if (!names)
        return false;
    size_t i;
    const json_t *name;
    json_array_foreach(value, i, name) {
        if (!json_is_string(name))
            return compile_refuse(compiler, place, "needs a list of names");
        names[i] = reader_copy(compiler, json_string_value(name), place);
        if (!names[i])
            return false;
    }
    *ret_names = names;
    *ret_count = json_array_size(value);
    return true;
}

bool read_required(struct compiler *compiler, struct schema *schema, const json_t *value,
                   const struct place *place, void *field) {
    (void)field;
    return read_names(compiler, value, place, &schema->required, &schema->required_count);
}

bool read_dependent(struct compiler *compiler, struct schema *schema, const json_t *value,
                    const struct place *place, void *field) {
    (void)field;
    if (!json_is_object(value))
        return compile_refuse(compiler, place, "needs an object of lists of names");
    schema->dependency =
        reader_take(compiler, json_object_size(value), sizeof *schema->dependency, place);
    if (!schema->dependency)
        return false;
    const char *name;
    json_t *needs;
    json_object_foreach((json_t *)value, name, needs) {
        struct place here = {place, name, 0};
        struct dependency *dependency = &schema->dependency[schema->dependencies++];
        dependency->name = reader_copy(compiler, name, &here);
        if (!dependency->name ||
            !read_names(compiler, needs, &here, &dependency->needs, &dependency->count))
            return false;
    }
    return true;
}

static bool set_choices(struct compiler *compiler, struct schema *schema, const json_t **values,
                        size_t count, const struct place *place) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (value_same(values[i], values[j]))
                return compile_refuse(compiler, place, "a value is listed twice");
    for (size_t i = 0; i < count; i++) {
        values[i] = reader_keep(compiler, values[i], place);
        if (!values[i])
            return false;
    }
    schema->choice = values;
    schema->choices = count;
    schema->choices_text = values_text(compiler->set->arena, values, count);
    return schema->choices_text || compile_refuse(compiler, place, "out of memory");
}

bool read_enum(struct compiler *compiler, struct schema *schema, const json_t *value,
               const struct place *place, void *field) {
    (void)field;
    size_t i, count = json_array_size(value);
    const json_t *item;
    if (count == 0)
        return compile_refuse(compiler, place, "needs a list of values");
    const json_t **values = reader_take_pointers(compiler, count, place);
    if (!values)
        return false;
    json_array_foreach(value, i, item) values[i] = item;
    return set_choices(compiler, schema, values, count, place);
}

bool read_alternatives(struct compiler *compiler, struct schema *schema, const json_t *value,
                       const struct place *place, void *field) {
    (void)schema;
    size_t i, count = json_array_size(value);
    const json_t *definition;
    if (count == 0)
        return compile_refuse(compiler, place, "needs a list of schemas");
    const struct schema **schemas = reader_take_pointers(compiler, count, place);
    if (!schemas)
        return false;
    json_array_foreach(value, i, definition) {
        struct place here = {place, NULL, i};
        schemas[i] = compile_node(compiler, definition, &here);
        if (!schemas[i])
            return false;
    }
    *(struct alternatives *)field = (struct alternatives){schemas, count};
    return true;
}

/* {"const": …, "title": …}: a value and how people read it. */
static bool is_titled_constant(const json_t *definition) {
    const char *keyword;
    json_t *value;
    if (!json_object_get(definition, "const"))
        return false;
    json_object_foreach((json_t *)definition, keyword, value) {
        if (strcmp(keyword, "const") != 0 && strcmp(keyword, "title") != 0 &&
            strcmp(keyword, "description") != 0 && strcmp(keyword, "deprecated") != 0 &&
            strncmp(keyword, "x-", 2) != 0)
            return false;
    }
    return true;
}

/* Beside enum the titled constants must be the same values in the same order; without it they are
 * the enum. */
static bool read_titled_constants(struct compiler *compiler, struct schema *schema,
                                  const json_t *value, const struct place *place) {
    const json_t *listed = json_object_get(schema->definition, "enum");
    size_t i, count = json_array_size(value);
    const json_t *definition;
    const json_t **values = reader_take_pointers(compiler, count, place);
    if (!values)
        return false;
    json_array_foreach(value, i, definition) {
        values[i] = json_object_get(definition, "const");
        if (listed &&
            (json_array_size(listed) != count || !value_same(values[i], json_array_get(listed, i))))
            return compile_refuse(compiler, place,
                                  "does not name the values of enum, in its order");
    }
    return listed || set_choices(compiler, schema, values, count, place);
}

bool read_one_of(struct compiler *compiler, struct schema *schema, const json_t *value,
                 const struct place *place, void *field) {
    size_t i;
    const json_t *definition;
    bool titled = json_array_size(value) > 0;
    json_array_foreach(value, i, definition) titled = titled && is_titled_constant(definition);
    return titled ? read_titled_constants(compiler, schema, value, place)
                  : read_alternatives(compiler, schema, value, place, field);
}

bool read_reference(struct compiler *compiler, struct schema *schema, const json_t *value,
                    const struct place *place, void *field) {
    (void)field;
    const char *reference = json_string_value(value);
    const json_t *target = reference ? reference_find(compiler->set->document, reference) : NULL;
    if (!target)
        return compile_refuse(compiler, place, "\"%s\" leads nowhere", reference ? reference : "");
    struct place there = {NULL, reference, 0};
    schema->reference = compile_node(compiler, target, &there);
    return schema->reference != NULL;
}

/* Definitions are compiled when something refers to them, and here so that none escapes the check.
 */
bool read_definitions(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    (void)field;
    const char *name;
    json_t *definition;
    (void)schema;
    if (!json_is_object(value))
        return compile_refuse(compiler, place, "needs an object");
    json_object_foreach((json_t *)value, name, definition) {
        struct place here = {place, name, 0};
        if (!compile_node(compiler, definition, &here))
            return false;
    }
    return true;
}
