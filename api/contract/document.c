/* Reads the bundled document from end to end: what the daemon cannot honour is refused here, at
 * start, with the place in the document, and never found out by a request. */
#include "base.h"

#include "loader.h"

enum { CONTRACT_MAX_BYTES = 32 << 20, ARENA_MAX_BYTES = 64 << 20 };

const char *const caller_name[CALLERS] = {"ANONYMOUS", "PARTNER", "STRUCTURE", "DELEGATION",
                                          "NATIONAL"};
const char *const method_name[METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
static const char *const method_member[METHODS] = {"get", "post", "put", "patch", "delete"};

static bool parse(struct contract *contract, const char *path, char *reterr, size_t reterr_size) {
    struct buffer bytes CLEANUP(buffer_release);
    json_error_t error = {.text = "cannot be read"};
    buffer_init(&bytes, CONTRACT_MAX_BYTES);
    if (served_read(&contract->file, &bytes))
        contract->document = json_loadb(bytes.at, bytes.size, JSON_REJECT_DUPLICATES, &error);
    if (!contract->document)
        snprintf(reterr, reterr_size, "%s: line %d, column %d: %s", path, error.line, error.column,
                 error.text);
    return contract->document != NULL;
}

static bool check_head(struct loader *loader, const struct place *root) {
    const json_t *document = loader->contract->document;
    const char *version = json_string_value(json_object_get(document, "openapi"));
    if (!version || strncmp(version, "3.1.", 4) != 0)
        return load_refuse(loader, root, "is not an OpenAPI 3.1 document");
    const char *revision =
        json_string_value(json_object_get(json_object_get(document, "info"), "version"));
    if (!revision)
        return load_refuse(loader, root, "info.version is missing");
    loader->contract->revision = load_copy(loader, revision, root);
    if (!loader->contract->revision)
        return false;
    if (json_object_size(json_object_get(document, "paths")) == 0)
        return load_refuse(loader, root, "has no paths");
    return json_object_get(document, "webhooks") == NULL ||
           load_refuse(loader, root, "unsupported keyword \"webhooks\"");
}

/* Also the schemas that no operation uses: the document that is served is the one that was
 * understood. */
static bool compile_components(struct loader *loader, const struct place *root) {
    const json_t *components = json_object_get(loader->contract->document, "components");
    struct place at_components = {root, "components", 0};
    struct place at_schemas = {&at_components, "schemas", 0};
    const char *name;
    json_t *definition;
    json_object_foreach(json_object_get(components, "schemas"), name, definition) {
        struct place here = {&at_schemas, name, 0};
        if (!load_schema(loader, definition, &here))
            return false;
    }
    return true;
}

static size_t count_operations(const json_t *paths) {
    size_t count = 0;
    const char *path;
    json_t *item;
    json_object_foreach((json_t *)paths, path, item) for (size_t i = 0; i < METHODS; i++) count +=
        json_object_get(item, method_member[i]) != NULL;
    return count;
}

static bool add_operation(struct loader *loader, const char *path, enum method method,
                          const json_t *definition, const struct place *place) {
    struct contract *contract = loader->contract;
    struct operation *operation = &contract->operation[contract->operations];
    char reason[512];
    operation->path = load_copy(loader, path, place);
    operation->method = method;
    if (!operation->path || !load_operation(loader, definition, place, operation))
        return false;
    if (contract_find(contract, operation->id))
        return load_refuse(loader, place, "operationId \"%s\" is used twice", operation->id);
    if (!route_add(contract->arena, contract->routes, operation, reason, sizeof reason))
        return load_refuse(loader, place, "%s", reason);
    contract->operations++;
    return true;
}

static bool read_path(struct loader *loader, const char *path, const json_t *item,
                      const struct place *place) {
    static const char *const known[] = {"get",        "post",    "put",         "patch", "delete",
                                        "parameters", "summary", "description", NULL};
    if (!json_is_object(item) || json_object_size(item) == 0)
        return load_refuse(loader, place, "a path needs operations");
    if (!load_known(loader, item, known, place))
        return false;
    loader->path_parameters = json_object_get(item, "parameters");
    for (size_t i = 0; i < METHODS; i++) {
        const json_t *definition = json_object_get(item, method_member[i]);
        struct place here = {place, method_member[i], 0};
        if (definition && !add_operation(loader, path, (enum method)i, definition, &here))
            return false;
    }
    return true;
}

static bool read_paths(struct loader *loader, const struct place *root) {
    struct contract *contract = loader->contract;
    json_t *paths = json_object_get(contract->document, "paths");
    struct place at_paths = {root, "paths", 0};
    contract->routes = load_take(loader, 1, sizeof *contract->routes, root);
    contract->operation =
        load_take(loader, count_operations(paths), sizeof *contract->operation, root);
    if (!contract->routes || !contract->operation)
        return false;
    const char *path;
    json_t *item;
    json_object_foreach(paths, path, item) {
        struct place here = {&at_paths, path, 0};
        if (!read_path(loader, path, item, &here))
            return false;
    }
    return contract->operations > 0 || load_refuse(loader, &at_paths, "holds no operation");
}

/* x-reader may name an operation that comes later. */
static bool check_readers(struct loader *loader, const struct place *root) {
    for (size_t i = 0; i < loader->contract->operations; i++) {
        const struct operation *operation = &loader->contract->operation[i];
        if (!operation->reader)
            continue;
        const struct operation *reader = contract_find(loader->contract, operation->reader);
        if (!reader || reader->kind != OPERATION_READ)
            return load_refuse(loader, root, "%s: x-reader \"%s\" is no operation that reads",
                               operation->id, operation->reader);
    }
    return true;
}

/* Ten times the size of its text: what operations and schemas need of it, they have. */
static void forget_document(struct contract *contract) {
    json_decref(contract->document);
    contract->document = NULL;
    schema_set_seal(contract->schemas);
}

struct contract *contract_load(const char *path, char *reterr, size_t reterr_size) {
    struct contract *contract = calloc(1, sizeof *contract);
    struct loader loader = {contract, NULL, reterr, reterr_size};
    struct place root = {NULL, "#", 0};
    if (!contract) {
        snprintf(reterr, reterr_size, "%s: out of memory", path);
        return NULL;
    }
    bool fine = served_open(path, CONTRACT_MAX_BYTES, &contract->file, reterr, reterr_size) &&
                parse(contract, path, reterr, reterr_size);
    if (fine) {
        contract->arena = arena_new(ARENA_MAX_BYTES);
        contract->schemas = schema_set_new(contract->document, SCHEMA_CONTRACT);
        fine =
            (contract->arena && contract->schemas) || load_refuse(&loader, &root, "out of memory");
    }
    fine = fine && check_head(&loader, &root) && compile_components(&loader, &root) &&
           read_paths(&loader, &root) && check_readers(&loader, &root);
    if (!fine) {
        contract_free(contract);
        return NULL;
    }
    forget_document(contract);
    return contract;
}

void contract_free(struct contract *contract) {
    if (!contract)
        return;
    schema_set_free(contract->schemas);
    arena_free(contract->arena);
    json_decref(contract->document);
    served_close(&contract->file);
    free(contract);
}

size_t contract_operations(const struct contract *contract) {
    return contract->operations;
}

const struct operation *contract_operation(const struct contract *contract, size_t index) {
    return index < contract->operations ? &contract->operation[index] : NULL;
}

const struct operation *contract_find(const struct contract *contract, const char *operation_id) {
    for (size_t i = 0; i < contract->operations; i++)
        if (strcmp(contract->operation[i].id, operation_id) == 0)
            return &contract->operation[i];
    return NULL;
}

const char *contract_revision(const struct contract *contract) {
    return contract->revision;
}

const struct served *contract_json(const struct contract *contract) {
    return &contract->file;
}
