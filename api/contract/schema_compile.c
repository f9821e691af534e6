/* From definitions to nodes: each definition is compiled once, found again by its address, so that
 * references may run in circles (a group that holds groups). A circle that never leaves the same
 * value would check for ever and is refused. */
#include "base.h"

#include "operation.h"
#include "schema_node.h"

enum {
    SET_MAX_BYTES = 64 << 20,
    COMPILE_MAX_DEPTH = 64,
    POINTER_MAX = 1024,
    /* A pattern of the contract is trusted, what it is matched with is not. */
    PATTERN_MATCH_LIMIT = 100000,
    PATTERN_DEPTH_LIMIT = 2000,
    PATTERN_HEAP_KIB = 256,
};

struct schema_set *schema_set_new(const json_t *document, enum schema_mode mode) {
    struct schema_set *set = calloc(1, sizeof *set);
    if (!set)
        return NULL;
    set->document = document;
    set->mode = mode;
    set->kept = json_array();
    set->arena = arena_new(SET_MAX_BYTES);
    set->match = pcre2_match_context_create(NULL);
    struct schema *anything = set->arena ? arena_take(set->arena, sizeof *anything) : NULL;
    if (!anything || !set->match || !set->kept) {
        schema_set_free(set);
        return NULL;
    }
    pcre2_set_match_limit(set->match, PATTERN_MATCH_LIMIT);
    pcre2_set_depth_limit(set->match, PATTERN_DEPTH_LIMIT);
    pcre2_set_heap_limit(set->match, PATTERN_HEAP_KIB);
    anything->set = set;
    anything->types = TYPE_ANY;
    anything->readers = CALLER_ALL;
    anything->max_length = anything->max_items = anything->max_properties = SIZE_MAX;
    set->anything = anything;
    return set;
}

void schema_set_free(struct schema_set *set) {
    if (!set)
        return;
    arena_free(set->arena); /* compiled patterns are deferred there */
    pcre2_match_context_free(set->match);
    json_decref(set->kept);
    free(set);
}

/* Another definition may one day have the address of one that is gone. */
void schema_set_seal(struct schema_set *set) {
    for (size_t i = 0; i < SCHEMA_BUCKETS; i++) {
        for (struct schema *schema = set->bucket[i]; schema; schema = schema->next)
            schema->definition = NULL;
        set->bucket[i] = NULL;
    }
    set->document = NULL;
}

const json_t *schema_set_keep(struct schema_set *set, const json_t *value) {
    json_t *copy = json_deep_copy(value);
    return json_array_append_new(set->kept, copy) == 0 ? copy : NULL;
}

bool compile_refuse(struct compiler *compiler, const struct place *place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)place_refuse(place, compiler->reterr, compiler->reterr_size, format, arguments);
    va_end(arguments);
    return false;
}

static size_t bucket_of(const json_t *definition) {
    return ((uintptr_t)definition >> 4) % SCHEMA_BUCKETS;
}

static struct schema *find_compiled(const struct schema_set *set, const json_t *definition) {
    struct schema *schema = set->bucket[bucket_of(definition)];
    while (schema && schema->definition != definition)
        schema = schema->next;
    return schema;
}

/* JSON keeps no constants apart, so `true` and `false` share an address everywhere: they are not
 * looked up. */
static struct schema *new_node(struct compiler *compiler, const json_t *definition,
                               const struct place *place) {
    struct schema_set *set = compiler->set;
    struct schema *schema = arena_take(set->arena, sizeof *schema);
    struct buffer pointer;
    buffer_init(&pointer, POINTER_MAX);
    place_write(place, &pointer);
    if (schema && buffer_ok(&pointer))
        schema->pointer = arena_copy(set->arena, buffer_slice(&pointer));
    buffer_release(&pointer);
    if (!schema || !schema->pointer) {
        compile_refuse(compiler, place, "out of memory");
        return NULL;
    }
    schema->set = set;
    schema->definition = definition;
    schema->types = TYPE_ANY;
    schema->readers = CALLER_ALL;
    schema->max_length = schema->max_items = schema->max_properties = SIZE_MAX;
    if (json_is_object(definition)) {
        schema->next = set->bucket[bucket_of(definition)];
        set->bucket[bucket_of(definition)] = schema;
    }
    return schema;
}

static size_t depth_of(const struct place *place) {
    size_t depth = 0;
    for (; place->up; place = place->up)
        depth++;
    return depth;
}

struct schema *compile_node(struct compiler *compiler, const json_t *definition,
                            const struct place *place) {
    if (!json_is_object(definition) && !json_is_boolean(definition)) {
        compile_refuse(compiler, place, "a schema is an object, true or false");
        return NULL;
    }
    if (depth_of(place) > COMPILE_MAX_DEPTH) {
        compile_refuse(compiler, place, "schemas are nested too deep");
        return NULL;
    }
    struct schema *schema = find_compiled(compiler->set, definition);
    if (schema)
        return schema;
    schema = new_node(compiler, definition, place);
    if (!schema)
        return NULL;
    schema->never = json_is_false(definition);
    if (json_is_object(definition) && !compile_keywords(compiler, schema, place))
        return NULL;
    return schema;
}

/* Decodes one step of a reference: percent-escapes first, then "~1" and "~0". */
static bool decode_step(struct slice step, char *text, size_t room) {
    size_t size = 0;
    for (size_t i = 0; i < step.size; i++) {
        char c = step.at[i];
        if (size + 1 >= room)
            return false;
        if (c == '%' && step.size - i > 2) {
            char hex[3] = {step.at[i + 1], step.at[i + 2], '\0'};
            char *end;
            c = (char)strtoul(hex, &end, 16);
            if (*end || c == '\0')
                return false;
            i += 2;
        }
        if (c == '~' && i + 1 < step.size && (step.at[i + 1] == '0' || step.at[i + 1] == '1'))
            c = step.at[++i] == '0' ? '~' : '/';
        text[size++] = c;
    }
    text[size] = '\0';
    return true;
}

const json_t *reference_find(const json_t *document, const char *reference) {
    struct slice rest = slice_of(reference), step;
    char name[256];
    if (rest.size == 0 || rest.at[0] != '#')
        return NULL;
    rest = (struct slice){rest.at + 1, rest.size - 1};
    if (rest.size == 0)
        return document;
    if (rest.at[0] != '/')
        return NULL;
    rest = (struct slice){rest.at + 1, rest.size - 1};
    const json_t *value = document;
    for (bool more = true; more && value;) {
        more = slice_cut(rest, '/', &step, &rest);
        if (!decode_step(step, name, sizeof name))
            return NULL;
        uint64_t index;
        if (json_is_object(value))
            value = json_object_get(value, name);
        else if (json_is_array(value) && slice_to_unsigned(slice_of(name), SIZE_MAX, &index))
            value = json_array_get(value, (size_t)index);
        else
            value = NULL;
    }
    return value;
}

enum { NOT_VISITED, VISITING, VISITED };

static bool leads_to_itself(struct schema *schema);

static bool one_leads_to_itself(struct alternatives alternatives) {
    for (size_t i = 0; i < alternatives.count; i++)
        if (leads_to_itself((struct schema *)alternatives.schema[i]))
            return true;
    return false;
}

/* Follows only what looks at the same value again: $ref, allOf, anyOf, oneOf, not. */
static bool leads_to_itself(struct schema *schema) {
    if (!schema || schema->visit == VISITED)
        return false;
    if (schema->visit == VISITING)
        return true;
    schema->visit = VISITING;
    bool found = leads_to_itself((struct schema *)schema->reference) ||
                 leads_to_itself((struct schema *)schema->negated) ||
                 one_leads_to_itself(schema->all) || one_leads_to_itself(schema->any) ||
                 one_leads_to_itself(schema->one);
    schema->visit = VISITED;
    return found;
}

static bool refuse_loops(struct compiler *compiler) {
    for (size_t i = 0; i < SCHEMA_BUCKETS; i++)
        for (struct schema *schema = compiler->set->bucket[i]; schema; schema = schema->next) {
            struct place place = {NULL, schema->pointer, 0};
            if (leads_to_itself(schema))
                return compile_refuse(compiler, &place, "this reference leads to itself");
        }
    return true;
}

const struct schema *schema_compile(struct schema_set *set, const json_t *definition,
                                    const char *pointer, char *reterr, size_t reterr_size) {
    struct compiler compiler = {set, reterr, reterr_size};
    struct place place = {NULL, pointer, 0};
    if (json_is_object(definition) && find_compiled(set, definition))
        return find_compiled(set, definition);
    const struct schema *schema = compile_node(&compiler, definition, &place);
    if (!schema || !refuse_loops(&compiler))
        return NULL;
    return schema;
}
