/* One operation: who it is, who may call it, of which kind it is. Parameters and answers have their
 * own files. */
#include "base.h"

#include "loader.h"

enum { BODY_MAX_DEFAULT = 65536 };

static const char *const known_members[] = {
    "operationId",
    "tags",
    "summary",
    "description",
    "parameters",
    "requestBody",
    "responses",
    "security",
    "deprecated",
    "externalDocs",
    "x-compute",
    "x-if-match",
    "x-location",
    "x-reader",
    "x-varies-by-day",
    "x-max-age",
    "x-body-max",
    "x-default-sort",
    "x-special",
    "x-no-store",
    "x-traced",
    "x-import",
    "x-varies-by-others",
    "x-always-read",
    "x-states",
    "x-reverse",
    NULL,
};

/* An operationId names a SQL file and a metric, so it is letters and digits. */
static bool is_identifier(const char *text) {
    if (!text || text[0] < 'a' || text[0] > 'z')
        return false;
    for (const char *c = text; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9'))
            return false;
    return true;
}

/* [] is public; [{"key": ["members:read"]}] asks for a key with that scope, [{"key": []}] for any
 * key. */
static bool load_security(struct loader *loader, const json_t *definition,
                          const struct place *place, struct operation *operation) {
    const json_t *document = loader->contract->document;
    const json_t *security = json_object_get(definition, "security");
    if (!security)
        security = json_object_get(document, "security");
    if (!json_is_array(security))
        return load_refuse(loader, place, "says nothing of security");
    operation->public = json_array_size(security) == 0;
    if (operation->public)
        return true;
    const json_t *requirement = json_array_get(security, 0);
    if (json_array_size(security) != 1 || json_object_size(requirement) != 1)
        return load_refuse(loader, place, "security needs one requirement of one scheme");
    const char *scheme = json_object_iter_key(json_object_iter((json_t *)requirement));
    const json_t *scopes = json_object_get(requirement, scheme);
    const json_t *schemes =
        json_object_get(json_object_get(document, "components"), "securitySchemes");
    if (!json_object_get(schemes, scheme))
        return load_refuse(loader, place, "security scheme \"%s\" is not declared", scheme);
    if (!json_is_array(scopes) || json_array_size(scopes) > 1)
        return load_refuse(loader, place, "security needs one scope at most");
    if (json_array_size(scopes) == 0)
        return true;
    if (!json_is_string(json_array_get(scopes, 0)))
        return load_refuse(loader, place, "a scope is a text");
    operation->scope = load_copy(loader, json_string_value(json_array_get(scopes, 0)), place);
    return operation->scope != NULL;
}

static bool load_marks(struct loader *loader, const json_t *definition, const struct place *place,
                       struct operation *operation) {
    size_t max_age;
    if (!load_unsigned(loader, definition, "x-max-age", place, 0, &max_age) ||
        !load_unsigned(loader, definition, "x-body-max", place, BODY_MAX_DEFAULT,
                       &operation->body_max))
        return false;
    operation->max_age = (unsigned)max_age;
    const json_t *import = json_object_get(definition, "x-import");
    operation->import = import ? schema_set_keep(loader->contract->schemas, import) : NULL;
    if (import && !operation->import)
        return load_refuse(loader, place, "out of memory");
    return load_flag(loader, definition, "deprecated", place, false, &operation->deprecated) &&
           load_flag(loader, definition, "x-special", place, false, &operation->special) &&
           load_flag(loader, definition, "x-no-store", place, false, &operation->no_store) &&
           load_flag(loader, definition, "x-varies-by-day", place, false,
                     &operation->varies_by_day) &&
           load_flag(loader, definition, "x-varies-by-others", place, false,
                     &operation->varies_by_others) &&
           load_flag(loader, definition, "x-always-read", place, false, &operation->always_read) &&
           load_text(loader, definition, "x-location", place, &operation->location) &&
           load_text(loader, definition, "x-reader", place, &operation->reader) &&
           load_text(loader, definition, "x-traced", place, &operation->traced) &&
           load_text(loader, definition, "x-default-sort", place, &operation->default_sort);
}

static bool load_captures(struct loader *loader, const struct place *place,
                          struct operation *operation) {
    char name[OPERATION_MAX_CAPTURES][64];
    if (!route_captures(operation->path, name, OPERATION_MAX_CAPTURES, &operation->captures))
        return load_refuse(loader, place, "the path has too many captures, or a name too long");
    for (size_t i = 0; i < operation->captures; i++) {
        operation->capture[i] = arena_copy(loader->contract->arena, slice_of(name[i]));
        if (!operation->capture[i])
            return load_refuse(loader, place, "out of memory");
    }
    return true;
}

/* A list is recognised by its answer, the others by their method and marks. */
static bool load_kind(struct loader *loader, const json_t *definition, const struct place *place,
                      struct operation *operation) {
    bool compute, if_match;
    if (!load_flag(loader, definition, "x-compute", place, false, &compute) ||
        !load_flag(loader, definition, "x-if-match", place, false, &if_match))
        return false;
    if ((compute || if_match) && operation->method != METHOD_POST)
        return load_refuse(loader, place, "x-compute and x-if-match are for POST");
    if (compute && if_match)
        return load_refuse(loader, place, "x-compute and x-if-match exclude each other");
    switch (operation->method) {
    case METHOD_GET:
        operation->kind = OPERATION_READ;
        break;
    case METHOD_POST:
        operation->kind = compute    ? OPERATION_COMPUTE
                          : if_match ? OPERATION_UPDATE
                                     : OPERATION_CREATE;
        break;
    default:
        operation->kind = OPERATION_UPDATE;
    }
    return true;
}

/* Each {name} of x-location is a property of what is answered. */
static bool check_location(struct loader *loader, const struct place *place,
                           const struct operation *operation) {
    char name[OPERATION_MAX_CAPTURES][64];
    size_t count;
    if (!operation->location)
        return true;
    if (operation->location[0] != '/' ||
        !route_captures(operation->location, name, OPERATION_MAX_CAPTURES, &count))
        return load_refuse(loader, place, "x-location is no path template");
    for (size_t i = 0; i < count; i++)
        if (!operation_property(operation, name[i]))
            return load_refuse(loader, place, "x-location names \"%s\", which the answer lacks",
                               name[i]);
    return true;
}

/* The type becomes part of the SQL, and each record shown has to have a name. */
static bool check_traced(struct loader *loader, const struct place *place,
                         const struct operation *operation) {
    if (!operation->traced)
        return true;
    const struct property *id = operation_property(operation, "id");
    if (operation->traced[strspn(operation->traced, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_")] != '\0')
        return load_refuse(loader, place, "x-traced is a type of records, like MEMBER");
    if (operation->public || operation->method != METHOD_GET)
        return load_refuse(loader, place, "x-traced is for reads that need a key");
    return operation->special || (id && id->type == SCHEMA_UUID) ||
           load_refuse(loader, place, "x-traced needs an answer whose records have an id");
}

bool load_operation(struct loader *loader, const json_t *definition, const struct place *place,
                    struct operation *operation) {
    if (!json_is_object(definition))
        return load_refuse(loader, place, "an operation is an object");
    if (!load_known(loader, definition, known_members, place))
        return false;
    const char *id = json_string_value(json_object_get(definition, "operationId"));
    if (!is_identifier(id))
        return load_refuse(loader, place, "operationId is missing or not in camelCase");
    operation->id = load_copy(loader, id, place);
    return operation->id && load_security(loader, definition, place, operation) &&
           load_marks(loader, definition, place, operation) &&
           load_captures(loader, place, operation) &&
           load_kind(loader, definition, place, operation) &&
           load_parameters(loader, definition, place, operation) &&
           load_body(loader, definition, place, operation) &&
           load_answer(loader, definition, place, operation) &&
           load_list(loader, definition, place, operation) &&
           check_include(loader, place, operation) && check_location(loader, place, operation) &&
           check_traced(loader, place, operation);
}

const struct parameter *operation_parameter(const struct operation *operation, const char *name) {
    for (size_t i = 0; i < operation->parameters; i++)
        if (strcmp(operation->parameter[i].name, name) == 0)
            return &operation->parameter[i];
    return NULL;
}

const struct property *operation_property(const struct operation *operation, const char *name) {
    for (size_t i = 0; i < operation->properties; i++)
        if (strcmp(operation->property[i].name, name) == 0)
            return &operation->property[i];
    return NULL;
}
