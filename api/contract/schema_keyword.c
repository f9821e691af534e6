/* One reader per keyword, in one table: the table is the supported subset, a keyword outside it is
 * refused. Annotations have a reader too, which looks at their type only. */
#include "base.h"

#include "operation.h"
#include "schema_reader.h"
#include "value.h"

static unsigned type_named(const char *name) {
    static const struct {
        const char *name;
        unsigned types;
    } types[] = {
        {"null", TYPE_NULL},       {"boolean", TYPE_BOOLEAN},
        {"integer", TYPE_INTEGER}, {"number", TYPE_INTEGER | TYPE_NUMBER},
        {"string", TYPE_STRING},   {"array", TYPE_ARRAY},
        {"object", TYPE_OBJECT},
    };
    for (size_t i = 0; name && i < COUNT_OF(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].types;
    return 0;
}

static bool read_type(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    (void)field;
    schema->types = type_named(json_string_value(value));
    size_t i;
    const json_t *name;
    const json_t **names = reader_take_pointers(compiler, json_array_size(value) + 1, place);
    if (!names)
        return false;
    names[0] = value;
    json_array_foreach(value, i, name) {
        unsigned type = type_named(json_string_value(name));
        if (!type)
            return compile_refuse(compiler, place, "unknown type");
        schema->types |= type;
        names[i] = name;
    }
    if (!schema->types)
        return compile_refuse(compiler, place, "unknown type");
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    schema->types_text = values_text(compiler->set->arena, names, count);
    return schema->types_text || compile_refuse(compiler, place, "out of memory");
}

/* const and default: any value. */
static bool read_value(struct compiler *compiler, struct schema *schema, const json_t *value,
                       const struct place *place, void *field) {
    (void)schema;
    *(const json_t **)field = reader_keep(compiler, value, place);
    return *(const json_t **)field != NULL;
}

static bool read_number(struct compiler *compiler, struct schema *schema, const json_t *value,
                        const struct place *place, void *field) {
    if (!json_is_number(value))
        return compile_refuse(compiler, place, "needs a number");
    return read_value(compiler, schema, value, place, field);
}

static bool read_step(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    return read_number(compiler, schema, value, place, field) &&
           (json_number_value(value) > 0 || compile_refuse(compiler, place, "must be above zero"));
}

static bool read_count(struct compiler *compiler, struct schema *schema, const json_t *value,
                       const struct place *place, void *field) {
    (void)schema;
    if (!json_is_number(value) || !number_fits_integer(value) || json_number_value(value) < 0)
        return compile_refuse(compiler, place, "needs a whole number, zero or more");
    *(size_t *)field = (size_t)json_number_value(value);
    return true;
}

static bool read_flag(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    (void)schema;
    *(bool *)field = json_is_true(value);
    return json_is_boolean(value) || compile_refuse(compiler, place, "needs true or false");
}

static void free_pattern(void *pattern) {
    pcre2_code_free(pattern);
}

/* ECMA-262 as far as PCRE2 can: unanchored, "$" only at the very end, \uXXXX, empty classes. */
static bool read_pattern(struct compiler *compiler, struct schema *schema, const json_t *value,
                         const struct place *place, void *field) {
    (void)field;
    int error;
    size_t offset;
    if (!json_is_string(value))
        return compile_refuse(compiler, place, "needs a string");
    schema->pattern_text = reader_copy(compiler, json_string_value(value), place);
    if (!schema->pattern_text)
        return false;
    schema->pattern =
        pcre2_compile((PCRE2_SPTR)json_string_value(value), json_string_length(value),
                      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS |
                          PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C,
                      &error, &offset, NULL);
    if (!schema->pattern) {
        unsigned char text[128] = "";
        pcre2_get_error_message(error, text, sizeof text);
        return compile_refuse(compiler, place, "%s at character %zu", (const char *)text, offset);
    }
    if (arena_defer(compiler->set->arena, free_pattern, schema->pattern))
        return true;
    pcre2_code_free(schema->pattern);
    return compile_refuse(compiler, place, "out of memory");
}

static bool read_format(struct compiler *compiler, struct schema *schema, const json_t *value,
                        const struct place *place, void *field) {
    (void)field;
    schema->format = json_is_string(value) ? format_named(json_string_value(value)) : NULL;
    return schema->format || compile_refuse(compiler, place, "unsupported format \"%s\"",
                                            json_is_string(value) ? json_string_value(value) : "");
}

static bool read_text(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    (void)field;
    (void)schema;
    return json_is_string(value) || compile_refuse(compiler, place, "needs a string");
}

/* "/v1/members/{id}": one name in braces, at the end. */
static bool read_self(struct compiler *compiler, struct schema *schema, const json_t *value,
                      const struct place *place, void *field) {
    (void)field;
    const char *path = json_string_value(value);
    size_t size = path ? strlen(path) : 0;
    if (size <= 5 || strcmp(path + size - 5, "/{id}") != 0)
        return compile_refuse(compiler, place, "needs a path that ends in /{id}");
    schema->self = reader_copy(compiler, path, place);
    return schema->self != NULL;
}

static bool read_examples(struct compiler *compiler, struct schema *schema, const json_t *value,
                          const struct place *place, void *field) {
    (void)field;
    (void)schema;
    return json_is_array(value) || compile_refuse(compiler, place, "needs a list");
}

static bool read_anything(struct compiler *compiler, struct schema *schema, const json_t *value,
                          const struct place *place, void *field) {
    (void)field;
    (void)compiler, (void)schema, (void)value, (void)place;
    return true;
}

bool readers_read(const json_t *names, unsigned *ret_readers) {
    size_t i;
    const json_t *name;
    unsigned readers = 0;
    json_array_foreach(names, i, name) {
        unsigned caller = 0;
        while (caller < CALLERS &&
               (!json_is_string(name) || strcmp(json_string_value(name), caller_name[caller]) != 0))
            caller++;
        if (caller == CALLERS)
            return false;
        readers |= 1u << caller;
    }
    *ret_readers = readers;
    return readers != 0;
}

static bool read_readers(struct compiler *compiler, struct schema *schema, const json_t *value,
                         const struct place *place, void *field) {
    (void)field;
    return readers_read(value, &schema->readers) ||
           compile_refuse(compiler, place, "needs a list of callers, in upper case");
}

#define AT(field) offsetof(struct schema, field)

enum keyword_use { IN_ANY_MODE, IN_CONTRACT, IN_PLAIN };

static const struct keyword {
    const char *name;
    keyword_reader *read;
    size_t offset; /* of `field`; 0 for readers that do not take one */
    enum keyword_use use;
} keywords[] = {
    {"$ref", read_reference, 0, IN_ANY_MODE},
    {"$defs", read_definitions, 0, IN_ANY_MODE},
    {"type", read_type, 0, IN_ANY_MODE},
    {"enum", read_enum, 0, IN_ANY_MODE},
    {"const", read_value, AT(constant), IN_ANY_MODE},
    {"oneOf", read_one_of, AT(one), IN_ANY_MODE},
    {"anyOf", read_alternatives, AT(any), IN_ANY_MODE},
    {"allOf", read_alternatives, AT(all), IN_ANY_MODE},
    {"not", read_schema, AT(negated), IN_ANY_MODE},
    {"properties", read_properties, 0, IN_ANY_MODE},
    {"required", read_required, 0, IN_ANY_MODE},
    {"additionalProperties", read_schema, AT(additional), IN_ANY_MODE},
    {"dependentRequired", read_dependent, 0, IN_ANY_MODE},
    {"minProperties", read_count, AT(min_properties), IN_ANY_MODE},
    {"maxProperties", read_count, AT(max_properties), IN_ANY_MODE},
    {"items", read_schema, AT(items), IN_ANY_MODE},
    {"minItems", read_count, AT(min_items), IN_ANY_MODE},
    {"maxItems", read_count, AT(max_items), IN_ANY_MODE},
    {"uniqueItems", read_flag, AT(distinct_items), IN_ANY_MODE},
    {"minLength", read_count, AT(min_length), IN_ANY_MODE},
    {"maxLength", read_count, AT(max_length), IN_ANY_MODE},
    {"pattern", read_pattern, 0, IN_ANY_MODE},
    {"format", read_format, 0, IN_ANY_MODE},
    {"minimum", read_number, AT(minimum), IN_ANY_MODE},
    {"maximum", read_number, AT(maximum), IN_ANY_MODE},
    {"exclusiveMinimum", read_number, AT(above), IN_ANY_MODE},
    {"exclusiveMaximum", read_number, AT(below), IN_ANY_MODE},
    {"multipleOf", read_step, AT(step), IN_ANY_MODE},
    {"default", read_value, AT(fallback), IN_ANY_MODE},
    {"title", read_text, 0, IN_ANY_MODE},
    {"description", read_text, 0, IN_ANY_MODE},
    {"examples", read_examples, 0, IN_ANY_MODE},
    {"readOnly", read_flag, AT(read_only), IN_ANY_MODE},
    {"writeOnly", read_flag, AT(write_only), IN_ANY_MODE},
    {"deprecated", read_flag, AT(deprecated), IN_ANY_MODE},
    {"x-readers", read_readers, 0, IN_CONTRACT},
    {"x-self", read_self, 0, IN_CONTRACT},
    {"x-included", read_flag, AT(included), IN_CONTRACT},
    {"x-once", read_flag, AT(once), IN_CONTRACT},
    /* For the client only; the engine does not look at them. */
    {"x-ref", read_anything, 0, IN_CONTRACT},
    {"x-ui", read_anything, 0, IN_CONTRACT},
    {"x-displayName", read_anything, 0, IN_CONTRACT},
    {"x-transitions", read_anything, 0, IN_CONTRACT},
    /* Written by the published test suite, not by the contract. */
    {"$schema", read_text, 0, IN_PLAIN},
    {"$comment", read_text, 0, IN_PLAIN},
    {"definitions", read_definitions, 0, IN_PLAIN},
};

const char *schema_keyword_at(size_t index) {
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (keywords[i].use != IN_PLAIN && index-- == 0)
            return keywords[i].name;
    return NULL;
}

static const struct keyword *keyword_named(const char *name, enum schema_mode mode) {
    enum keyword_use other = mode == SCHEMA_CONTRACT ? IN_PLAIN : IN_CONTRACT;
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (keywords[i].use != other && strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}

bool compile_keywords(struct compiler *compiler, struct schema *schema, const struct place *place) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)schema->definition, name, value) {
        struct place here = {place, name, 0};
        const struct keyword *keyword = keyword_named(name, compiler->set->mode);
        if (!keyword)
            return compile_refuse(compiler, &here, "unsupported keyword \"%s\"", name);
        if (!keyword->read(compiler, schema, value, &here, (char *)schema + keyword->offset))
            return false;
    }
    return true;
}
