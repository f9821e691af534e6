/* Bodies and answers of an operation: media types with their schemas, and what a list or an object
 * is made of. */
#include "base.h"

#include "loader.h"
#include "schema_node.h"

static bool is_json(const char *media_type) {
    size_t size = strlen(media_type);
    return strcmp(media_type, "application/json") == 0 ||
           (size > 5 && strcmp(media_type + size - 5, "+json") == 0);
}

static bool load_content(struct loader *loader, const json_t *content, const struct place *place,
                         struct media_type *ret_media, size_t *ret_count) {
    static const char *const known[] = {"schema", "example", "examples", NULL};
    struct place at = {place, "content", 0};
    const char *name;
    json_t *media;
    *ret_count = 0;
    json_object_foreach((json_t *)content, name, media) {
        struct place here = {&at, name, 0};
        struct place at_schema = {&here, "schema", 0};
        const json_t *definition = json_object_get(media, "schema");
        if (*ret_count == OPERATION_MAX_MEDIA)
            return load_refuse(loader, &at, "more than %d media types", OPERATION_MAX_MEDIA);
        if (!load_known(loader, media, known, &here))
            return false;
        struct media_type *entry = &ret_media[(*ret_count)++];
        *entry = (struct media_type){.name = load_copy(loader, name, &here)};
        if (!entry->name)
            return false;
        if (definition)
            entry->schema = load_schema(loader, definition, &at_schema);
        if (definition && !entry->schema)
            return false;
        if (!definition && is_json(name))
            return load_refuse(loader, &here, "JSON needs a schema");
    }
    return true;
}

bool load_body(struct loader *loader, const json_t *definition, const struct place *place,
               struct operation *operation) {
    static const char *const known[] = {"description", "content", "required", NULL};
    struct place here = {place, "requestBody", 0};
    const json_t *body = json_object_get(definition, "requestBody");
    if (!body)
        return true;
    body = load_resolve(loader, body, &here);
    if (!body || !load_known(loader, body, known, &here))
        return false;
    if (operation->method == METHOD_GET)
        return load_refuse(loader, &here, "GET has no body");
    return load_flag(loader, body, "required", &here, false, &operation->body_required) &&
           load_content(loader, json_object_get(body, "content"), &here, operation->body,
                        &operation->bodies) &&
           (operation->bodies > 0 || load_refuse(loader, &here, "a body needs a media type"));
}

static const struct schema *json_schema(const struct media_type *media, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (is_json(media[i].name))
            return media[i].schema;
    return NULL;
}

static const struct schema *property_schema(const struct schema *schema, const char *name) {
    struct schema_property property;
    for (size_t i = 0; schema_property_at(schema, i, &property); i++)
        if (strcmp(property.name, name) == 0)
            return property.schema;
    return NULL;
}

static bool print_key(struct loader *loader, const char *name, const struct place *place,
                      struct slice *ret_key) {
    size_t size = strlen(name) + 4;
    char *key = load_take(loader, size + 1, 1, place);
    if (!key)
        return false;
    snprintf(key, size + 1, ",\"%s\":", name);
    *ret_key = (struct slice){key, size};
    return true;
}

static bool collect_properties(struct loader *loader, const struct schema *schema,
                               const struct place *place, struct operation *operation) {
    struct schema_property found;
    size_t count = 0;
    while (schema_property_at(schema, count, &found))
        count++;
    struct property *property = load_take(loader, count, sizeof *property, place);
    if (!property)
        return false;
    for (size_t i = 0; i < count && schema_property_at(schema, i, &found); i++) {
        property[i] = (struct property){
            .name = found.name,
            .type = schema_type_of(found.schema),
            .readers = found.readers,
            .self = schema_self(found.schema),
            .never_null = !schema_may_be_null(found.schema),
            .included = found.included,
            .once = found.once,
        };
        if (!print_key(loader, found.name, place, &property[i].json_key))
            return false;
    }
    operation->property = property;
    operation->properties = count;
    return true;
}

/* GET that answers {"data": […], "page": …} is a list; its properties are those of an item. */
static bool load_properties(struct loader *loader, const struct place *place,
                            struct operation *operation) {
    const struct schema *schema = json_schema(operation->answer, operation->answers);
    if (!schema)
        return true;
    const struct schema *data = property_schema(schema, "data");
    const struct schema *item = data ? schema_items(data) : NULL;
    if (operation->method == METHOD_GET && item && property_schema(schema, "page")) {
        operation->kind = OPERATION_LIST;
        schema = item;
    }
    if (!collect_properties(loader, schema, place, operation))
        return false;
    return operation->properties > 0 || operation->special ||
           load_refuse(loader, place, "the answer is no object with properties");
}

static bool status_of(const char *text, unsigned *ret_status) {
    uint64_t status;
    if (strlen(text) != 3 || !slice_to_unsigned(slice_of(text), 599, &status) || status < 200)
        return false;
    *ret_status = (unsigned)status;
    return true;
}

static bool load_response(struct loader *loader, const char *name, const json_t *definition,
                          const struct place *place, struct operation *operation) {
    static const char *const known[] = {"description", "headers", "content", "links", NULL};
    struct media_type media[OPERATION_MAX_MEDIA];
    size_t count;
    unsigned status = 0;
    if (strcmp(name, "default") != 0 && !status_of(name, &status))
        return load_refuse(loader, place, "a response is named by its status");
    const json_t *response = load_resolve(loader, definition, place);
    if (!response || !load_known(loader, response, known, place) ||
        !load_content(loader, json_object_get(response, "content"), place, media, &count))
        return false;
    if (status < 200 || status > 299 || operation->success)
        return true;
    operation->success = status;
    operation->answers = count;
    memcpy(operation->answer, media, count * sizeof *media);
    return load_properties(loader, place, operation);
}

bool load_answer(struct loader *loader, const json_t *definition, const struct place *place,
                 struct operation *operation) {
    struct place at = {place, "responses", 0};
    const char *name;
    json_t *response;
    json_object_foreach(json_object_get(definition, "responses"), name, response) {
        struct place here = {&at, name, 0};
        if (!load_response(loader, name, response, &here, operation))
            return false;
    }
    return operation->success || load_refuse(loader, &at, "no answer of success is declared");
}

/* A key is listed once or twice, with and without "-". */
static bool add_sort_key(struct loader *loader, const struct place *place, const char *value,
                         struct operation *operation, struct sort_key *keys) {
    const char *name = value[0] == '-' ? value + 1 : value;
    for (size_t i = 0; i < operation->sorts; i++)
        if (strcmp(keys[i].name, name) == 0)
            return true;
    const struct property *property = operation_property(operation, name);
    if (!property || property->type == SCHEMA_JSON)
        return load_refuse(loader, place, "sort names \"%s\", which an item lacks", name);
    keys[operation->sorts++] = (struct sort_key){name, property->readers};
    return true;
}

/* The schema that lists the values of a parameter. */
static const struct schema *choices_of(const struct parameter *parameter) {
    const struct schema *values = parameter->schema;
    while (values->reference && !values->choices)
        values = values->reference;
    return values;
}

static bool load_sort(struct loader *loader, const struct place *place,
                      struct operation *operation) {
    const struct parameter *sort = operation_parameter(operation, "sort");
    if (!sort)
        return true;
    const struct schema *values = choices_of(sort);
    if (!sort->is_list || values->choices == 0)
        return load_refuse(loader, place, "sort needs a list of listed keys");
    struct sort_key *keys = load_take(loader, values->choices, sizeof *keys, place);
    if (!keys)
        return false;
    operation->sort = keys;
    for (size_t i = 0; i < values->choices; i++) {
        const char *value = json_string_value(values->choice[i]);
        if (!value)
            return load_refuse(loader, place, "sort needs a list of listed keys");
        if (!add_sort_key(loader, place, value, operation, keys))
            return false;
    }
    return true;
}

static bool check_default_sort(struct loader *loader, const struct place *place,
                               struct operation *operation) {
    const struct parameter *sort = operation_parameter(operation, "sort");
    if (!operation->default_sort && sort)
        operation->default_sort = sort->default_text;
    struct slice rest = slice_of(operation->default_sort), key;
    for (bool more = rest.size > 0; more;) {
        bool known = false;
        more = slice_cut(rest, ',', &key, &rest);
        if (key.size > 0 && key.at[0] == '-')
            key = (struct slice){key.at + 1, key.size - 1};
        for (size_t i = 0; i < operation->properties; i++)
            known = known || slice_is(key, operation->property[i].name);
        if (!known)
            return load_refuse(loader, place, "x-default-sort names \"%.*s\", which an item lacks",
                               (int)key.size, key.at);
    }
    return true;
}

static const json_t *find_maximum(const struct schema *schema) {
    while (!schema->maximum && schema->reference)
        schema = schema->reference;
    return schema->maximum;
}

static bool load_limit(struct loader *loader, const struct place *place,
                       struct operation *operation) {
    const struct parameter *limit = operation_parameter(operation, "limit");
    const json_t *maximum = limit ? find_maximum(limit->schema) : NULL;
    uint64_t standard;
    if (!maximum || !limit->default_text ||
        !slice_to_unsigned(slice_of(limit->default_text), 1000000, &standard))
        return load_refuse(loader, place, "a list needs a limit with maximum and default");
    operation->page_max = (unsigned)json_integer_value(maximum);
    operation->page_default = (unsigned)standard;
    return true;
}

/* What may be asked for is a marked property of the answer; a name outside the list is refused like
 * any other value, so a path through several resources never is one. */
bool check_include(struct loader *loader, const struct place *place,
                   const struct operation *operation) {
    const struct parameter *include = operation_parameter(operation, "include");
    const struct schema *values = include ? choices_of(include) : NULL;
    if (!include)
        return true;
    if (!include->is_list || values->choices == 0)
        return load_refuse(loader, place, "include needs a list of listed names");
    for (size_t i = 0; i < values->choices; i++) {
        const char *name = json_string_value(values->choice[i]);
        const struct property *property = name ? operation_property(operation, name) : NULL;
        if (!property || !property->included)
            return load_refuse(loader, place,
                               "include names \"%s\", which is not marked x-included",
                               name ? name : "");
    }
    return true;
}

bool load_list(struct loader *loader, const json_t *definition, const struct place *place,
               struct operation *operation) {
    (void)definition;
    if (operation->kind != OPERATION_LIST)
        return true;
    return load_sort(loader, place, operation) && check_default_sort(loader, place, operation) &&
           load_limit(loader, place, operation);
}
