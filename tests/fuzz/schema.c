/* First line a JSON schema, the rest an instance, both as hostile as they come; a first line that
 * is no JSON stands for the schema of schema.json, which uses every keyword and format. Compiling
 * refuses with a reason or gives a schema; checking is repeatable and every fault has a place. */
#include "base.h"

#include "contract.h"
#include "fuzz.h"
#include "text.h"

enum { ARENA_MAX = 16 << 20 };

static json_t *standard_schema(void) {
    static json_t *loaded;
    if (loaded == NULL) {
        loaded = json_load_file(FUZZ_SCHEMA, JSON_REJECT_DUPLICATES, NULL);
        HOLDS(loaded != NULL);
    }
    return json_incref(loaded);
}

static void check_faults(const struct faults *faults) {
    HOLDS(faults->kept <= FAULTS_MAX && faults->kept <= faults->found);
    for (size_t i = 0; i < faults->kept; i++) {
        const struct fault *fault = &faults->item[i];
        HOLDS(fault->code != NULL && fault->pointer != NULL);
        HOLDS(fault->pointer[0] == '\0' || fault->pointer[0] == '/');
        HOLDS(text_is_utf8(slice_of(fault->value)) &&
              strlen(fault->value ? fault->value : "") <= 203);
    }
}

/* Faults of a body as the engine reads it; SIZE_MAX when it is no JSON. */
static size_t faults_of(const struct schema *schema, struct slice body) {
    struct arena *arena = arena_new(ARENA_MAX);
    HOLDS(arena != NULL);
    struct faults *faults = arena_take(arena, sizeof(*faults));
    HOLDS(faults != NULL);
    faults_init(faults, arena);
    struct body_report report;
    contract_read_json(schema, body, arena, faults, &report);
    HOLDS(report.parsed || (report.syntax_code != NULL && report.syntax_text != NULL));
    HOLDS(report.parsed || faults->found == 0);
    size_t found = report.parsed ? faults->found : SIZE_MAX;
    check_faults(faults);
    arena_free(arena);
    return found;
}

static void check_text(const struct schema *schema, struct slice text) {
    struct arena *arena = arena_new(ARENA_MAX);
    HOLDS(arena != NULL);
    struct faults *faults = arena_take(arena, sizeof(*faults));
    HOLDS(faults != NULL);
    faults_init(faults, arena);
    if (text_is_utf8(text)) { /* as uri_parse and the CSV reader promise */
        schema_check_text(schema, text, "parameter", NULL, faults);
    }
    HOLDS(faults->kept <= faults->found);
    arena_free(arena);
}

static void check(const json_t *definition, enum schema_mode mode, struct slice body) {
    char reason[256] = "";
    struct schema_set *set = schema_set_new(definition, mode);
    HOLDS(set != NULL);
    const struct schema *schema = schema_compile(set, definition, "#", reason, sizeof(reason));
    if (schema == NULL) {
        HOLDS(reason[0] != '\0' && strchr(reason, '\n') == NULL);
    } else {
        HOLDS(faults_of(schema, body) == faults_of(schema, body));
        check_text(schema, body);
    }
    schema_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct slice line;
    struct slice body;
    (void)slice_cut((struct slice){(const char *)data, size}, '\n', &line, &body);
    json_t *definition =
        json_loadb(line.at, line.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (definition == NULL) {
        definition = standard_schema();
    }
    check(definition, SCHEMA_CONTRACT, body);
    check(definition, SCHEMA_PLAIN, body);
    json_decref(definition);
    return 0;
}
