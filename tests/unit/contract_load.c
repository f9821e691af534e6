#include "base.h"

#include "contract_sample.h"

static void knows_operations(const struct contract *contract) {
    CHECK_NUMBER(contract_operations(contract), 9);
    CHECK_TEXT(contract_revision(contract), "1.2.3");
    struct buffer json CLEANUP(buffer_release);
    buffer_init(&json, 1 << 20);
    CHECK(served_read(contract_json(contract), &json) && json.size > 4000 && json.at[0] == '{');
    CHECK(contract_operation(contract, 9) == NULL);
    CHECK(contract_find(contract, "unheardOf") == NULL);

    const struct operation *list = contract_find(contract, "listThings");
    MUST(list != NULL);
    CHECK_NUMBER(list->kind, OPERATION_LIST);
    CHECK_NUMBER(list->method, METHOD_GET);
    CHECK_TEXT(list->path, "/v1/things");
    CHECK_TEXT(list->scope, "things:read"); /* from the root of the document */
    CHECK(!list->public && list->varies_by_day && !list->special && !list->deprecated);
    CHECK_NUMBER(list->success, 200);
    CHECK_NUMBER(list->answers, 3);
    CHECK_TEXT(list->answer[0].name, "application/json");
    CHECK_TEXT(list->answer[2].name, "application/x-ndjson");
    CHECK(list->answer[2].schema == NULL);
    CHECK_NUMBER(list->page_max, 500);
    CHECK_NUMBER(list->page_default, 50);
    CHECK_NUMBER(list->sorts, 2);
    CHECK_TEXT(list->sort[0].name, "name");
    CHECK_TEXT(list->sort[1].name, "updated_at");
    CHECK_TEXT(list->default_sort, "-updated_at,name");

    CHECK_NUMBER(contract_find(contract, "getThing")->kind, OPERATION_READ);
    CHECK_NUMBER(contract_find(contract, "createThing")->kind, OPERATION_CREATE);
    CHECK_NUMBER(contract_find(contract, "updateThing")->kind, OPERATION_UPDATE);
    CHECK_NUMBER(contract_find(contract, "deleteThing")->kind, OPERATION_UPDATE);
    CHECK_NUMBER(contract_find(contract, "closeThing")->kind, OPERATION_UPDATE);
    CHECK_NUMBER(contract_find(contract, "calculate")->kind, OPERATION_COMPUTE);
    CHECK(contract_find(contract, "getContract")->special);
}

static void knows_the_rest(const struct contract *contract) {
    const struct operation *get = contract_find(contract, "getThing");
    CHECK(get->public && get->scope == NULL && get->deprecated);
    CHECK_NUMBER(get->max_age, 60);
    CHECK_NUMBER(get->captures, 1);
    CHECK_TEXT(get->capture[0], "id");
    CHECK_NUMBER(get->body_max, 65536);

    const struct operation *update = contract_find(contract, "updateThing");
    CHECK(!update->public && update->scope == NULL); /* any key */
    CHECK_TEXT(update->reader, "getThing");
    CHECK_NUMBER(update->bodies, 2);
    CHECK_TEXT(update->body[0].name, "application/merge-patch+json");
    CHECK(!update->body_required);
    CHECK_NUMBER(update->success, 200); /* the first of success, whatever stands before */

    const struct operation *create = contract_find(contract, "createThing");
    CHECK_TEXT(create->location, "/v1/things/{id}");
    CHECK(create->body_required);
    CHECK_NUMBER(create->body_max, 1000);
    CHECK_NUMBER(create->success, 201);
    CHECK_NUMBER(contract_find(contract, "deleteThing")->success, 204);
    CHECK_NUMBER(contract_find(contract, "deleteThing")->answers, 0);
}

static void knows_properties(const struct contract *contract) {
    static const struct {
        const char *name, *key;
        enum schema_type type;
        unsigned readers;
        bool never_null, included;
    } wanted[] = {
        {"id", ",\"id\":", SCHEMA_UUID, CALLER_ALL, true, false},
        {"updated_at", ",\"updated_at\":", SCHEMA_INSTANT, CALLER_ALL, true, false},
        {"name", ",\"name\":", SCHEMA_TEXT, CALLER_ALL, true, false},
        {"kind", ",\"kind\":", SCHEMA_TEXT, CALLER_ALL, true, false},
        {"joined_on", ",\"joined_on\":", SCHEMA_DATE, CALLER_ALL, false, false},
        {"price", ",\"price\":", SCHEMA_NUMBER, CALLER_ALL, true, false},
        {"count", ",\"count\":", SCHEMA_INTEGER, CALLER_ALL, true, false},
        {"email", ",\"email\":", SCHEMA_TEXT, 1u << CALLER_NATIONAL, true, false},
        {"parts", ",\"parts\":", SCHEMA_JSON, CALLER_ALL, true, true},
    };
    static const char *const same[] = {"listThings", "getThing", "createThing"};
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        const struct operation *operation = contract_find(contract, same[i]);
        CHECK_NUMBER(operation->properties, COUNT_OF(wanted));
        for (size_t j = 0; j < operation->properties; j++) {
            CHECK_TEXT(operation->property[j].name, wanted[j].name);
            CHECK_SLICE(operation->property[j].json_key, wanted[j].key);
            CHECK_NUMBER(operation->property[j].type, wanted[j].type);
            CHECK_NUMBER(operation->property[j].readers, wanted[j].readers);
            CHECK_NUMBER(operation->property[j].never_null, wanted[j].never_null);
            CHECK_NUMBER(operation->property[j].included, wanted[j].included);
        }
        CHECK(operation_property(operation, "price") == &operation->property[5]);
        CHECK(operation_property(operation, "prices") == NULL);
    }
    struct schema_property found;
    const struct schema *thing = contract_find(contract, "getThing")->answer[0].schema;
    CHECK(schema_property_at(thing, 0, &found) && found.required && found.read_only);
    CHECK(schema_property_at(thing, 1, &found) && !found.required);
    CHECK(schema_property_at(thing, 2, &found) && found.required && !found.read_only);
    CHECK(!schema_property_at(thing, COUNT_OF(wanted), &found));
    CHECK(schema_items(thing) == NULL);
}

static void knows_parameters(const struct contract *contract) {
    const struct operation *list = contract_find(contract, "listThings");
    CHECK_NUMBER(list->parameters, 8); /* the header is the client's */
    const struct parameter *joined = operation_parameter(list, "joined_on[gte]");
    MUST(joined != NULL);
    CHECK_TEXT(joined->bind, "joined_on_gte");
    CHECK_NUMBER(joined->type, SCHEMA_DATE);
    CHECK_NUMBER(joined->readers, (1u << CALLER_NATIONAL) | (1u << CALLER_DELEGATION));
    CHECK(!joined->is_list && !joined->in_path && !joined->required);
    const struct parameter *kind = operation_parameter(list, "kind");
    MUST(kind != NULL);
    CHECK(kind->is_list && kind->type == SCHEMA_TEXT && kind->items_max == 2);
    CHECK_TEXT(operation_parameter(list, "limit")->default_text, "50");
    CHECK_TEXT(operation_parameter(list, "open")->default_text, "true");
    CHECK_NUMBER(operation_parameter(list, "open")->type, SCHEMA_BOOLEAN);
    CHECK(operation_parameter(list, "fields")->distinct);
    const struct parameter *id = operation_parameter(contract_find(contract, "getThing"), "id");
    MUST(id != NULL);
    CHECK(id->in_path && id->required && id->type == SCHEMA_UUID);
}

#define THINGS "paths>/v1/things>get>"
#define LIMIT "components>parameters>Limit>"
#define INCLUDE(items)                                                                             \
    "[{'$ref':'#/components/parameters/Limit'},{'name':'include','in':'query','explode':false,"    \
    "'schema':{'type':'array','items':{'type':'string'" items "}}}]"
#define CREATE "components>schemas>ThingCreate>"

static const struct {
    const char *place, *value, *reason;
} refusals[] = {
    {"openapi", "'3.0.3'", "is not an OpenAPI 3.1 document"},
    {"info>version", NULL, "info.version"},
    {"webhooks", "{}", "webhooks"},
    {"paths", "{}", "has no paths"},
    /* operations */
    {"paths>/v1/things>head", "{}", "#/paths/~1v1~1things: unsupported keyword \"head\""},
    {THINGS "operationId", NULL, "operationId is missing"},
    {THINGS "operationId", "'list-things'", "camelCase"},
    {THINGS "operationId", "'createThing'", "\"createThing\" is used twice"},
    {THINGS "servers", "[]", "unsupported keyword \"servers\""},
    {THINGS "x-unheard-of", "1", "#/paths/~1v1~1things/get: unsupported keyword \"x-unheard-of\""},
    {THINGS "security", "[{'key':['a','b']}]", "one scope at most"},
    {THINGS "security", "[{'oauth':[]}]", "security scheme \"oauth\" is not declared"},
    {THINGS "security", "[{},{'key':[]}]", "one requirement"},
    {"security", NULL, "says nothing of security"},
    {THINGS "x-compute", "true", "are for POST"},
    {THINGS "x-max-age", "-1", "x-max-age needs a whole number"},
    {THINGS "x-default-sort", "'name,size'", "x-default-sort names \"size\""},
    {THINGS "requestBody", "{'content':{}}", "GET has no body"},
    {THINGS "responses", "{'404':{'description':'-'}}", "no answer of success"},
    {THINGS "responses>2XX", "{'description':'-'}", "named by its status"},
    {"paths>/v1/things>post>x-location", "'/v1/things/{number}'", "x-location names \"number\""},
    {"paths>/v1/things/{id}>patch>x-reader", "'deleteThing'", "is no operation that reads"},
    {"paths>/v1/calculations>post>requestBody>content", "{}", "a body needs a media type"},
    {"paths>/v1/openapi.json>get>x-special", "false", "no object with properties"},
    {THINGS "x-traced", "'thing'", "x-traced is a type of records"},
    {"paths>/v1/things>post>x-traced", "'THING'", "x-traced is for reads that need a key"},
    {"components>responses>Problem>content>application/problem+json", "{}", "JSON needs a schema"},
    /* routes */
    {"paths>/v1/things/{number}",
     "{'get':{'operationId':'again','parameters':[{'name':'number',"
     "'in':'path','required':true,'schema':{'type':'string'}}],'responses':{'204':{}}}}",
     "matches the same paths as /v1/things/{id}"},
    {"paths>/v1/v{secret}", "{'get':{'operationId':'again','responses':{'204':{}}}}",
     "a text or one {capture}"},
    {"paths>/v1/{secret}ics", "{'get':{'operationId':'again','responses':{'204':{}}}}",
     "a text or one {capture}"},
    {"paths>/v1/{secret}.{kind}", "{'get':{'operationId':'again','responses':{'204':{}}}}",
     "a text or one {capture}"},
    {"paths>/v1/things/", "{'get':{'operationId':'again','responses':{'204':{}}}}", "not empty"},
    {"paths>/v1/lone/{id}", "{'get':{'operationId':'again','responses':{'204':{}}}}",
     "captures \"id\", which is no parameter"},
    {"paths>/v1/lone",
     "{'get':{'operationId':'again','parameters':[{'name':'id','in':'path',"
     "'required':true,'schema':{'type':'string'}}],'responses':{'204':{}}}}",
     "stands in the path"},
    /* parameters */
    {LIMIT "in", "'cookie'", "in is path, query or header"},
    {LIMIT "content", "{}", "unsupported keyword \"content\""},
    {LIMIT "schema", NULL, "needs a schema"},
    {LIMIT "schema>maximum", NULL, "a list needs a limit with maximum and default"},
    {LIMIT "schema>default", "501", "default does not fit its own schema"},
    {LIMIT "name", "'key_id'", "cannot be bound"},
    {LIMIT "name", "'Limit'", "cannot be bound"},
    {LIMIT "x-readers", "['EVERYONE']", "list of callers"},
    {LIMIT "schema", "{'type':'object'}", "a parameter is a text"},
    {THINGS "parameters", "[{'$ref':'#/components/parameters/Lim'}]", "leads nowhere"},
    {THINGS "parameters>2>explode", "true", "a list needs explode: false"},
    {THINGS "parameters>2>explode", NULL, "a list needs explode: false"},
    {THINGS "parameters>2>style", "'deepObject'", "unsupported style \"deepObject\""},
    {THINGS "parameters>4>name", "'sort'", "declared twice"},
    {THINGS "parameters>4>name", "'joined_on_gte'", "bind alike"},
    {THINGS "parameters>3>schema>items>enum", "['name','size']", "sort names \"size\""},
    {THINGS "parameters>3>schema>items>enum", "['parts']", "sort names \"parts\""},
    {THINGS "parameters>3>schema>items>enum", NULL, "list of listed keys"},
    {THINGS "parameters", INCLUDE(""), "include needs a list of listed names"},
    {THINGS "parameters", INCLUDE(",'enum':['parts','name']"), "include names \"name\""},
    {THINGS "parameters", INCLUDE(",'enum':['parts.parts']"), "include names \"parts.parts\""},
    /* schemas */
    {CREATE "patternProperties", "{}",
     "#/components/schemas/ThingCreate/patternProperties: unsupported keyword"},
    {CREATE "properties>name>if", "{}", "/properties/name/if: unsupported keyword \"if\""},
    {CREATE "properties>name>x-unheard-of", "1", "unsupported keyword \"x-unheard-of\""},
    {CREATE "properties>name>$comment", "''", "unsupported keyword \"$comment\""},
    {CREATE "properties>name>format", "'hostname'", "unsupported format \"hostname\""},
    {CREATE "properties>name>type", "'text'", "unknown type"},
    {CREATE "properties>name>minLength", "-1", "whole number, zero or more"},
    {CREATE "properties>name>pattern", "'('", "/properties/name/pattern: "},
    {CREATE "properties>name>x-readers", "['national']", "list of callers"},
    {CREATE "properties>name>x-included", "'yes'", "true or false"},
    {CREATE "properties>name>title", "1", "needs a string"},
    {CREATE "properties>name>deprecated", "'yes'", "true or false"},
    {CREATE "properties>kind", "{'$ref':'#/components/schemas/Kin'}", "leads nowhere"},
    {CREATE "properties>kind", "{'$ref':'https://example.org/kind.json'}", "leads nowhere"},
    {CREATE "properties>kind", "'Kind'", "a schema is an object"},
    {CREATE "required", "'name'", "list of names"},
    {CREATE "anyOf", "[]", "list of schemas"},
    {CREATE "properties>count>multipleOf", "0", "above zero"},
    {CREATE "allOf", "[{'$ref':'#/components/schemas/ThingCreate'}]", "leads to itself"},
    {"components>schemas>Kind>enum", "['AI','ETTI','ACI']", "in its order"},
    {"components>schemas>Kind>enum", "['AI','ACI']", "does not name the values of enum"},
    {"components>schemas>Kind>enum", "['AI','ACI','AI']", "enum"},
    {"components>schemas>Unused", "{'unevaluatedProperties':false}",
     "Unused/unevaluatedProperties"},
};

static void refuses(void) {
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct contract *contract = sample_load_changed(refusals[i].place, refusals[i].value);
        char name[256];
        (void)snprintf(name, sizeof name, "refuses %s = %s", refusals[i].place,
                       refusals[i].value ? refusals[i].value : "nothing");
        for (char *c = name; *c; c++)
            *c = *c == '#' ? '*' : *c;
        bool said = !contract && strstr(sample_reason, refusals[i].reason) != NULL;
        CHECK_FOR(said && strchr(sample_reason, '\n') == NULL, name);
        if (!said)
            printf("#   said \"%s\"\n", sample_reason);
        contract_free(contract);
    }
}

/* Changes that are fine, so that the refusals above are not of the changing itself. */
static void accepts(void) {
    static const char *const changes[][2] = {
        {CREATE "properties>name>x-ui", "{'widget':'text'}"},
        {CREATE "properties>name>default", "'abc'"},
        {THINGS "x-displayName", "'Liste'"},
        {THINGS "x-default-sort", "'price'"},
        {THINGS "parameters", INCLUDE(",'enum':['parts']")},
        {"components>schemas>Group", "{'type':'object','properties':{'children':{'type':'array',"
                                     "'items':{'$ref':'#/components/schemas/Group'}}}}"},
        {"components>schemas>Thing>$defs", "{'a':{'type':'null'}}"},
        {"paths>/v1/things/new", "{'get':{'operationId':'again','responses':{'204':{}}}}"},
        {"x-tagGroups", "[]"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct contract *contract = sample_load_changed(changes[i][0], changes[i][1]);
        CHECK_FOR(contract != NULL, changes[i][0]);
        if (!contract)
            printf("#   said \"%s\"\n", sample_reason);
        contract_free(contract);
    }
}

static void refuses_files(void) {
    char reason[256] = "";
    CHECK(contract_load("/nowhere/openapi.json", reason, sizeof reason) == NULL);
    CHECK(strstr(reason, "/nowhere/openapi.json: ") != NULL);
    CHECK(contract_load("/dev/null", reason, sizeof reason) == NULL);
    CHECK(strstr(reason, "empty") != NULL);
    contract_free(NULL);
}

int main(void) {
    struct contract *contract = sample_load();
    knows_operations(contract);
    knows_the_rest(contract);
    knows_properties(contract);
    knows_parameters(contract);
    contract_free(contract);
    refuses();
    accepts();
    refuses_files();
    return tap_end();
}
