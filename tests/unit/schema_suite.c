/* The published JSON-Schema-Test-Suite (Debian: json-schema-test-suite), for the keywords that the
 * contract may use. The packaged release ends at draft-07; the keywords below mean the same in
 * 2020-12, but for the cases named in `skipped`. A skipped case that would pass, or is not there,
 * fails: the list stays short and true. */
#include "base.h"

#include "schema.h"
#include "tap.h"

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7/"

static const char *const files[] = {
    "additionalProperties",
    "allOf",
    "anyOf",
    "boolean_schema",
    "const",
    "default",
    "definitions",
    "dependencies",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "properties",
    "ref",
    "required",
    "type",
    "uniqueItems",
    "optional/bignum",
    "optional/zeroTerminatedFloats",
    "optional/format/date",
    "optional/format/date-time",
    "optional/format/email",
    "optional/format/uri",
};

struct skipped {
    const char *file, *group;
    const char *test; /* NULL: the whole group */
    const char *reason;
    bool seen;
};

static struct skipped skipped[] = {
    {"additionalProperties", "additionalProperties being false does not allow other properties",
     NULL, "patternProperties is outside our part", false},
    {"additionalProperties", "non-ASCII pattern with additionalProperties", NULL,
     "patternProperties is outside our part", false},
    {"properties", "properties, patternProperties, additionalProperties interaction", NULL,
     "patternProperties is outside our part", false},
    {"definitions", "valid definition", NULL, "a reference to another document", false},
    {"definitions", "invalid definition", NULL, "a reference to another document", false},
    {"ref", "remote ref, containing refs itself", NULL, "a reference to another document", false},
    {"ref", "Recursive references between schemas", NULL, "$id is outside our part", false},
    {"ref", "escaped pointer ref", NULL, "definitions under names that are no keywords", false},
    {"ref", "ref overrides any sibling keywords", "ref valid, maxItems ignored",
     "2020-12 checks what stands beside $ref, draft-07 did not", false},
    {"dependencies", "multiple dependencies subschema", NULL,
     "dependentSchemas is outside our part", false},
    {"dependencies", "dependencies with boolean subschemas", NULL,
     "dependentSchemas is outside our part", false},
    {"items", "an array of schemas for items", NULL, "prefixItems is outside our part", false},
    {"items", "items with boolean schemas", NULL, "prefixItems is outside our part", false},
    {"ref", "relative pointer ref to array", NULL, "prefixItems is outside our part", false},
};

static unsigned passed, failed, left_out;

static struct skipped *find_skipped(const char *file, const char *group, const char *test) {
    for (size_t i = 0; i < COUNT_OF(skipped); i++) {
        struct skipped *one = &skipped[i];
        bool same = strcmp(one->file, file) == 0 && strcmp(one->group, group) == 0;
        if (same && (!one->test || (test && strcmp(one->test, test) == 0)))
            return one;
    }
    return NULL;
}

static const char *text_at(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

static void say(bool held, const char *file, const char *group, const char *test) {
    char name[512];
    (void)snprintf(name, sizeof name, "%s: %s: %s", file, group, test);
    for (char *c = name; *c; c++)
        *c = *c == '#' ? '*' : *c; /* TAP would read a directive */
    CHECK_FOR(held, name);
    if (held)
        passed++;
    else
        failed++;
}

/* draft-07 says `dependencies` for what 2020-12 calls dependentRequired. */
static void rename_dependencies(json_t *definition) {
    json_t *dependencies = json_object_get(definition, "dependencies");
    const char *name;
    json_t *value;
    json_object_foreach(dependencies, name, value) {
        if (!json_is_array(value))
            return; /* a schema that depends: not in our part */
    }
    if (dependencies) {
        (void)json_object_set(definition, "dependentRequired", dependencies);
        (void)json_object_del(definition, "dependencies");
    }
}

static bool is_valid(const struct schema *schema, const json_t *instance) {
    struct arena *arena = arena_new(1 << 20);
    struct faults faults;
    MUST(arena != NULL);
    faults_init(&faults, arena);
    schema_check(schema, instance, "", &faults);
    bool valid = faults.found == 0;
    MUST(!faults.out_of_memory);
    arena_free(arena);
    return valid;
}

static void run_test(const char *file, const char *group, const struct schema *schema,
                     const json_t *test) {
    const char *name = text_at(test, "description");
    bool wanted = json_is_true(json_object_get(test, "valid"));
    bool held = is_valid(schema, json_object_get(test, "data")) == wanted;
    struct skipped *skip = find_skipped(file, group, name);
    if (!skip) {
        say(held, file, group, name);
        return;
    }
    skip->seen = true;
    left_out++;
    if (skip->test)
        CHECK_FOR(!held, skip->reason); /* else it need not be skipped */
}

static void run_group(const char *file, json_t *group) {
    const char *name = text_at(group, "description");
    json_t *definition = json_object_get(group, "schema"), *tests = json_object_get(group, "tests");
    char reason[512] = "";
    rename_dependencies(definition);
    struct schema_set *set = schema_set_new(definition, SCHEMA_PLAIN);
    MUST(set != NULL);
    const struct schema *schema = schema_compile(set, definition, "#", reason, sizeof reason);
    struct skipped *skip = find_skipped(file, name, NULL);
    if (skip && !skip->test) {
        skip->seen = true;
        left_out += (unsigned)json_array_size(tests);
        CHECK_FOR(schema == NULL, skip->reason); /* refused, never silently let by */
    } else if (!schema) {
        say(false, file, name, reason);
    } else {
        size_t i;
        json_t *test;
        json_array_foreach(tests, i, test) run_test(file, name, schema, test);
    }
    schema_set_free(set);
}

static void run_file(const char *file) {
    char path[256];
    json_error_t error;
    (void)snprintf(path, sizeof path, SUITE "%s.json", file);
    /* Only this file has numbers beyond 64 bits, which jansson reads as reals or not at all. */
    size_t flags = strcmp(file, "optional/bignum") == 0 ? JSON_DECODE_INT_AS_REAL : 0;
    json_t *groups = json_load_file(path, flags, &error);
    CHECK_FOR(groups != NULL, path);
    size_t i;
    json_t *group;
    json_array_foreach(groups, i, group) run_group(file, group);
    json_decref(groups);
}

int main(void) {
    FILE *there = fopen(SUITE "type.json", "r");
    if (!there) {
        printf("1..0 # SKIP package json-schema-test-suite is not installed\n");
        return 0;
    }
    (void)fclose(there);
    for (size_t i = 0; i < COUNT_OF(files); i++)
        run_file(files[i]);
    for (size_t i = 0; i < COUNT_OF(skipped); i++)
        CHECK_FOR(skipped[i].seen, skipped[i].reason);
    printf("# cases of the suite: %u passed, %u failed, %u left out\n", passed, failed, left_out);
    return tap_end();
}
