/* A request target against a small contract (contract.json): routes, parameters, lists, defaults.
 * Without a fault every argument is of its declared type, and nothing that was sent is dropped. */
#include "base.h"

#include "contract.h"
#include "fuzz.h"
#include "text.h"

enum { ARENA_MAX = 4 << 20 };

static const struct contract *contract(void) {
    static struct contract *loaded;
    if (loaded == NULL) {
        char reason[512];
        loaded = contract_load(FUZZ_CONTRACT, reason, sizeof(reason));
        if (loaded == NULL) {
            (void)fprintf(stderr, "%s\n", reason);
            abort();
        }
    }
    return loaded;
}

static void check_value(enum schema_type type, struct slice text) {
    struct slice digits = text;
    uint64_t number = 0;
    switch (type) {
    case SCHEMA_INTEGER:
        if (digits.size > 0 && digits.at[0] == '-') {
            digits = (struct slice){digits.at + 1, digits.size - 1};
        }
        HOLDS(slice_to_unsigned(digits, (uint64_t)1 << 63, &number));
        break;
    case SCHEMA_BOOLEAN:
        HOLDS(slice_is(text, "true") || slice_is(text, "false"));
        break;
    case SCHEMA_DATE:
        HOLDS(text_is_date(text));
        break;
    case SCHEMA_INSTANT:
        HOLDS(text_is_instant(text));
        break;
    case SCHEMA_UUID:
        HOLDS(text_is_uuid(text));
        break;
    default:
        break;
    }
}

static void check_argument(const struct parameter *parameter, const struct argument *argument) {
    HOLDS(!parameter->required || argument->sent);
    HOLDS(argument->present || !argument->sent);
    if (!argument->present) {
        return;
    }
    HOLDS(text_is_utf8(argument->text));
    if (!parameter->is_list) {
        HOLDS(argument->items == 0);
        check_value(parameter->type, argument->text);
        return;
    }
    HOLDS(argument->items > 0 && argument->items <= parameter->items_max);
    for (size_t i = 0; i < argument->items; i++) {
        HOLDS(argument->item[i].size > 0);
        check_value(parameter->type, argument->item[i]);
    }
}

static void check_arguments(const struct route *route, const struct uri *uri, struct arena *arena) {
    struct faults *faults = arena_take(arena, sizeof(*faults));
    HOLDS(faults != NULL);
    faults_init(faults, arena);
    const struct argument *argument =
        contract_arguments(route->operation, route, uri, arena, faults);
    HOLDS(argument != NULL && faults->kept <= FAULTS_MAX && faults->kept <= faults->found);
    for (size_t i = 0; i < faults->kept; i++) {
        HOLDS(faults->item[i].code != NULL && faults->item[i].parameter != NULL);
    }
    if (faults->found > 0) {
        return;
    }
    size_t sent = 0;
    for (size_t i = 0; i < route->operation->parameters; i++) {
        check_argument(&route->operation->parameter[i], &argument[i]);
        sent += argument[i].sent ? 1 : 0;
    }
    HOLDS(sent == uri->pairs + route->captures);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(ARENA_MAX);
    HOLDS(arena != NULL);
    struct uri uri;
    struct slice name;
    if (uri_parse(arena, (struct slice){(const char *)data, size}, &uri, &name) == URI_FINE) {
        for (int method = METHOD_GET; method < METHODS; method++) {
            struct route route;
            if (contract_route(contract(), &uri, (enum method)method, &route) &&
                route.operation != NULL) {
                HOLDS((int)route.operation->method == method);
                check_arguments(&route, &uri, arena);
            }
        }
    }
    arena_free(arena);
    return 0;
}
