/* What others ask of a compiled schema: the type of its text, its items, its properties. $ref and
 * allOf are seen through; a value that may also be null counts as what it is otherwise. */
#include "base.h"

#include "operation.h"
#include "schema_node.h"

struct shape {
    unsigned types;
    const struct format *format;
};

static unsigned type_of_choice(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return TYPE_INTEGER | TYPE_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_NULL:
        return TYPE_NULL;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    default:
        return TYPE_OBJECT;
    }
}

static struct shape shape_of(const struct schema *schema);

static void narrow(struct shape *shape, struct shape other) {
    shape->types &= other.types;
    if (other.format)
        shape->format = other.format;
}

/* What any of the alternatives may be; a format only when one alternative is more than null. */
static struct shape widest(struct alternatives alternatives) {
    struct shape shape = {0, NULL};
    size_t values = 0;
    for (size_t i = 0; i < alternatives.count; i++) {
        struct shape one = shape_of(alternatives.schema[i]);
        shape.types |= one.types;
        if ((one.types & ~(unsigned)TYPE_NULL) == 0)
            continue;
        shape.format = values++ == 0 ? one.format : NULL;
    }
    return shape;
}

static struct shape shape_of(const struct schema *schema) {
    struct shape shape = {schema->types, schema->format};
    unsigned listed = 0;
    for (size_t i = 0; i < schema->choices; i++)
        listed |= type_of_choice(schema->choice[i]);
    if (schema->constant)
        listed = type_of_choice(schema->constant);
    if (listed)
        shape.types &= listed;
    if (schema->reference)
        narrow(&shape, shape_of(schema->reference));
    for (size_t i = 0; i < schema->all.count; i++)
        narrow(&shape, shape_of(schema->all.schema[i]));
    if (schema->any.count)
        narrow(&shape, widest(schema->any));
    if (schema->one.count)
        narrow(&shape, widest(schema->one));
    return shape;
}

enum schema_type schema_type_of(const struct schema *schema) {
    struct shape shape = shape_of(schema);
    switch (shape.types & ~(unsigned)TYPE_NULL) {
    case TYPE_BOOLEAN:
        return SCHEMA_BOOLEAN;
    case TYPE_INTEGER:
        return SCHEMA_INTEGER;
    case TYPE_NUMBER:
    case TYPE_NUMBER | TYPE_INTEGER:
        return SCHEMA_NUMBER;
    case TYPE_STRING:
        return shape.format ? shape.format->type : SCHEMA_TEXT;
    default:
        return SCHEMA_JSON;
    }
}

const char *schema_self(const struct schema *schema) {
    return schema->self;
}

bool schema_may_be_null(const struct schema *schema) {
    return (shape_of(schema).types & (unsigned)TYPE_NULL) != 0;
}

/* The one alternative that is more than null, so that "an object or null" is seen as the object. */
static const struct schema *only_value(struct alternatives alternatives) {
    const struct schema *found = NULL;
    for (size_t i = 0; i < alternatives.count; i++) {
        if ((shape_of(alternatives.schema[i]).types & ~(unsigned)TYPE_NULL) == 0)
            continue;
        if (found)
            return NULL;
        found = alternatives.schema[i];
    }
    return found;
}

const struct schema *schema_items(const struct schema *schema) {
    const struct schema *items = schema->items;
    if (!items && schema->reference)
        items = schema_items(schema->reference);
    for (size_t i = 0; !items && i < schema->all.count; i++)
        items = schema_items(schema->all.schema[i]);
    const struct schema *any = items ? NULL : only_value(schema->any);
    const struct schema *one = items || any ? NULL : only_value(schema->one);
    if (any || one)
        items = schema_items(any ? any : one);
    return items;
}

/* The parts that declare properties of the same object, in the order in which they are shown. */
static bool visit_members(const struct schema *schema,
                          bool (*visit)(const struct schema *, const struct member *, void *),
                          void *context) {
    if (schema->reference && visit_members(schema->reference, visit, context))
        return true;
    for (size_t i = 0; i < schema->all.count; i++)
        if (visit_members(schema->all.schema[i], visit, context))
            return true;
    const struct schema *any = only_value(schema->any), *one = only_value(schema->one);
    if ((any && visit_members(any, visit, context)) || (one && visit_members(one, visit, context)))
        return true;
    for (size_t i = 0; i < schema->members; i++)
        if (visit(schema, &schema->member[i], context))
            return true;
    return false;
}

struct member_search {
    const struct schema *whole;
    const char *name; /* NULL: by index */
    size_t index;
    const struct member *found;
};

static bool is_named(const struct schema *schema, const struct member *member, void *context) {
    struct member_search *search = context;
    (void)schema;
    if (strcmp(member->name, search->name) != 0)
        return false;
    search->found = member;
    return true;
}

/* A name declared twice counts once, where it comes first. */
static bool is_at_index(const struct schema *schema, const struct member *member, void *context) {
    struct member_search *search = context;
    struct member_search first = {.whole = search->whole, .name = member->name};
    (void)schema;
    (void)visit_members(search->whole, is_named, &first);
    if (first.found != member || search->index-- > 0)
        return false;
    search->found = member;
    return true;
}

static bool is_required(const struct schema *schema, const char *name) {
    for (size_t i = 0; i < schema->required_count; i++)
        if (strcmp(schema->required[i], name) == 0)
            return true;
    if (schema->reference && is_required(schema->reference, name))
        return true;
    for (size_t i = 0; i < schema->all.count; i++)
        if (is_required(schema->all.schema[i], name))
            return true;
    return false;
}

/* Marks of a property may stand beside its $ref or where it leads. */
static void collect_marks(const struct schema *schema, struct schema_property *property) {
    property->read_only |= schema->read_only;
    property->write_only |= schema->write_only;
    property->readers &= schema->readers;
    property->included |= schema->included;
    property->once |= schema->once;
    if (schema->reference)
        collect_marks(schema->reference, property);
    for (size_t i = 0; i < schema->all.count; i++)
        collect_marks(schema->all.schema[i], property);
}

bool schema_property_at(const struct schema *schema, size_t index,
                        struct schema_property *ret_property) {
    struct member_search search = {.whole = schema, .index = index};
    if (!visit_members(schema, is_at_index, &search))
        return false;
    *ret_property = (struct schema_property){
        .name = search.found->name,
        .schema = search.found->schema,
        .required = is_required(schema, search.found->name),
        .readers = CALLER_ALL,
    };
    collect_marks(search.found->schema, ret_property);
    return true;
}
