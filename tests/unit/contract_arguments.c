#include "base.h"

#include "contract_faults.h"
#include "contract_sample.h"

static struct arena *arena;
static const struct contract *contract;
static const struct operation *operation;
static struct argument *argument;

static const char *faults_of(const char *target) {
    struct uri uri;
    struct slice name;
    struct route route;
    static struct faults faults;
    MUST(uri_parse(arena, slice_of(target), &uri, &name) == URI_FINE);
    MUST(contract_route(contract, &uri, METHOD_GET, &route) && route.operation);
    operation = route.operation;
    faults_init(&faults, arena);
    argument = contract_arguments(operation, &route, &uri, arena, &faults);
    MUST(argument != NULL);
    return faults_line(&faults);
}

static const struct argument *find(const char *name) {
    for (size_t i = 0; i < operation->parameters; i++)
        if (strcmp(operation->parameter[i].name, name) == 0)
            return &argument[i];
    MUST(false);
    return NULL;
}

static void reads_values(void) {
    CHECK_TEXT(faults_of("/v1/things?limit=2&kind=AI,ACI&joined_on[gte]=2024-02-29&sort=-name"
                         "&fields=id,name&open=false&siret=732+829+320+00074"),
               "");
    CHECK_SLICE(find("limit")->text, "2");
    CHECK(find("limit")->sent && find("limit")->present);
    CHECK_NUMBER(find("kind")->items, 2);
    CHECK_SLICE(find("kind")->item[0], "AI");
    CHECK_SLICE(find("kind")->item[1], "ACI");
    CHECK_SLICE(find("kind")->text, "AI,ACI");
    CHECK_SLICE(find("sort")->item[0], "-name");
    CHECK_SLICE(find("siret")->text, "732 829 320 00074");
    CHECK(!find("cursor")->present);

    CHECK_TEXT(faults_of("/v1/things"), "");
    CHECK(find("limit")->present && !find("limit")->sent);
    CHECK_SLICE(find("limit")->text, "50");
    CHECK_SLICE(find("open")->text, "true");
    CHECK(!find("kind")->present);
    CHECK_NUMBER(find("kind")->items, 0);

    CHECK_TEXT(faults_of("/v1/things/0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f"), "");
    CHECK_SLICE(find("id")->text, "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f");
    CHECK_TEXT(faults_of("/v1/things/by/siret/a%2Cb"), "");
    CHECK_SLICE(find("value")->text, "a,b");
}

#define NAMES "{limit, cursor, fields, sort, kind, joined_on[gte], open, siret}"

static void refuses_names(void) {
    CHECK_TEXT(faults_of("/v1/things?limits=2"), "limits unknown-parameter ~limit " NAMES);
    CHECK_TEXT(faults_of("/v1/things?Limit=2"), "Limit unknown-parameter ~limit " NAMES);
    CHECK_TEXT(faults_of("/v1/things?joined_on[gt]=2024-01-01"),
               "joined_on[gt] unknown-parameter ~joined_on[gte] " NAMES);
    CHECK_TEXT(faults_of("/v1/things?wxyz="), "wxyz unknown-parameter " NAMES);
    CHECK_TEXT(faults_of("/v1/things?wxyz=1&limit=x"),
               "wxyz unknown-parameter " NAMES "; limit wrong-type=x {integer}");
    /* What the path captures is no name of the query. */
    CHECK_TEXT(faults_of("/v1/things/0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f?id=7"),
               "id unknown-parameter");
    CHECK_TEXT(faults_of("/v1/things/7"), "id bad-uuid=7 {uuid}");
}

static void refuses_values(void) {
    CHECK_TEXT(faults_of("/v1/things?limit=0"), "limit limit-out-of-range=0 {1..500}");
    CHECK_TEXT(faults_of("/v1/things?limit=501"), "limit limit-out-of-range=501 {1..500}");
    CHECK_TEXT(faults_of("/v1/things?limit=99999999999999999999"),
               "limit limit-out-of-range=99999999999999999999 {1..500}");
    CHECK_TEXT(faults_of("/v1/things?limit=-99999999999999999999"),
               "limit limit-out-of-range=-99999999999999999999 {1..500}");
    static const char *const no_integer[] = {"",    "x",  "1x", "0x1", "+1", "%201", "1%20",
                                             "1.5", "01", "1e", "NaN", "-",  "[1]"};
    for (size_t i = 0; i < COUNT_OF(no_integer); i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/v1/things?limit=%s", no_integer[i]);
        CHECK_FOR(strstr(faults_of(target), "limit wrong-type=") != NULL, target);
    }
    CHECK_TEXT(faults_of("/v1/things?open=yes"), "open wrong-type=yes {true, false}");
    CHECK_TEXT(faults_of("/v1/things?open="), "open wrong-type= {true, false}");
    CHECK_TEXT(faults_of("/v1/things?joined_on[gte]=2023-02-29"),
               "joined_on[gte] bad-date=2023-02-29 {YYYY-MM-DD}");
    CHECK_TEXT(faults_of("/v1/things?joined_on[gte]=infinity"),
               "joined_on[gte] bad-date=infinity {YYYY-MM-DD}");
    CHECK_TEXT(faults_of("/v1/things?cursor="), "cursor too-short= {1..}");
    CHECK_TEXT(faults_of("/v1/things?cursor=a%1B"), "cursor control-character");
    CHECK_TEXT(faults_of("/v1/things?siret=73282932000075"),
               "siret siret-checksum=73282932000075 {siret}");
}

static void refuses_lists(void) {
    CHECK_TEXT(faults_of("/v1/things?kind=AI,ETT"), "kind not-in-list=ETT ~ETTI {AI, ACI, ETTI}");
    CHECK_TEXT(faults_of("/v1/things?kind=AI,,ACI"), "kind too-many-items {1..2}");
    CHECK_TEXT(faults_of("/v1/things?kind=AI,"), "kind empty-item");
    CHECK_TEXT(faults_of("/v1/things?kind="), "kind empty-item");
    CHECK_TEXT(faults_of("/v1/things?kind=AI%2CACI"), ""); /* as most clients send a list */
    CHECK_TEXT(faults_of("/v1/things?sort=name,size"),
               "sort not-in-list=size {name, -name, updated_at, -updated_at}");
    CHECK_TEXT(faults_of("/v1/things?sort=name,-name"), "sort repeated-items=-name");
    CHECK_TEXT(faults_of("/v1/things?fields=id,nam"),
               "fields not-in-list=nam ~name {id, updated_at, name, kind, joined_on, price, count, "
               "email, parts}");
    CHECK_TEXT(faults_of("/v1/things?fields=id,id"), "fields repeated-items=id");
    CHECK_TEXT(faults_of("/v1/things?fields=id,name,kind,price,count"),
               "fields too-many-items {1..4}");
}

/* The parser refuses a repeated name before; this guards whoever fills a uri otherwise. */
static void refuses_repetition(void) {
    struct uri uri;
    struct slice name;
    struct route route;
    static struct faults faults;
    MUST(uri_parse(arena, SLICE("/v1/things?limit=1&open=true"), &uri, &name) == URI_FINE);
    uri.pair[1] = uri.pair[0];
    MUST(contract_route(contract, &uri, METHOD_GET, &route));
    faults_init(&faults, arena);
    MUST(contract_arguments(route.operation, &route, &uri, arena, &faults) != NULL);
    CHECK_TEXT(faults_line(&faults), "limit repeated-parameter");
}

static void needs_required(void) {
    struct contract *changed =
        sample_load_changed("paths>/v1/things>get>parameters>7>required", "true");
    const struct contract *before = contract;
    MUST(changed != NULL);
    contract = changed;
    CHECK_TEXT(faults_of("/v1/things"), "siret required");
    contract = before;
    contract_free(changed);
}

static void says_when_memory_is_short(void) {
    struct uri uri;
    struct slice name;
    struct route route;
    static struct faults faults;
    MUST(uri_parse(arena, SLICE("/v1/things?kind=AI&wxyz=1"), &uri, &name) == URI_FINE);
    MUST(contract_route(contract, &uri, METHOD_GET, &route));
    struct arena *small = arena_new(300);
    MUST(small != NULL);
    faults_init(&faults, small);
    CHECK(contract_arguments(route.operation, &route, &uri, small, &faults) == NULL);
    arena_free(small);
}

int main(void) {
    struct contract *loaded = sample_load();
    arena = arena_new(1 << 22);
    MUST(arena != NULL);
    contract = loaded;
    reads_values();
    refuses_names();
    refuses_values();
    refuses_lists();
    refuses_repetition();
    needs_required();
    says_when_memory_is_short();
    arena_free(arena);
    contract_free(loaded);
    return tap_end();
}
