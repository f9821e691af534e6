#include "base.h"

#include "contract_sample.h"

static struct arena *arena;
static const struct contract *contract;
static struct route route;

static bool find(const char *target, enum method method) {
    struct uri uri;
    struct slice name;
    MUST(uri_parse(arena, slice_of(target), &uri, &name) == URI_FINE);
    return contract_route(contract, &uri, method, &route);
}

static const char *id_of(const char *target, enum method method) {
    return find(target, method) && route.operation ? route.operation->id : "none";
}

static void finds(void) {
    CHECK_TEXT(id_of("/v1/things", METHOD_GET), "listThings");
    CHECK_NUMBER(route.captures, 0);
    CHECK_TEXT(id_of("/v1/things?limit=2", METHOD_POST), "createThing");
    CHECK_TEXT(id_of("/v1/things/7", METHOD_GET), "getThing");
    CHECK_NUMBER(route.captures, 1);
    CHECK_SLICE(route.capture[0], "7");
    CHECK_TEXT(route.capture_name[0], "id");
    CHECK_TEXT(id_of("/v1/things/7/close", METHOD_POST), "closeThing");
    CHECK_TEXT(id_of("/v1/openapi.json", METHOD_GET), "getContract");
    CHECK_TEXT(id_of("/v1/things/", METHOD_GET), "listThings"); /* the caller sees the slash */
    CHECK_TEXT(id_of("/v1/%74hings/a%2Fb", METHOD_GET), "getThing");
    CHECK_SLICE(route.capture[0], "a/b");
}

static void prefers_literals(void) {
    CHECK_TEXT(id_of("/v1/things/by/siret/123", METHOD_GET), "findThing");
    CHECK_NUMBER(route.captures, 2);
    CHECK_TEXT(route.capture_name[0], "key_name");
    CHECK_SLICE(route.capture[0], "siret");
    CHECK_TEXT(route.capture_name[1], "value");
    CHECK_SLICE(route.capture[1], "123");
    /* "by" leads nowhere with these, so it is an id. */
    CHECK_TEXT(id_of("/v1/things/by", METHOD_GET), "getThing");
    CHECK_SLICE(route.capture[0], "by");
    CHECK_TEXT(id_of("/v1/things/by/close", METHOD_POST), "closeThing");
    CHECK_NUMBER(route.captures, 1);
    CHECK_SLICE(route.capture[0], "by");
}

static void finds_nothing(void) {
    static const char *const nowhere[] = {
        "/",
        "/v1",
        "/v2/things",
        "/v1/thing",
        "/v1/Things",
        "/v1/things/7/open",
        "/v1//things",
        "//v1/things",
        "/v1/things//close",
        "/v1/things/7/close/8",
        "/v1/openapi.jso",
        "/v1/things/by/a/b/c",
        "/v1/things/%7Bid%7D/close/x",
    };
    for (size_t i = 0; i < COUNT_OF(nowhere); i++)
        CHECK_FOR(!find(nowhere[i], METHOD_GET), nowhere[i]);
}

static void tells_methods(void) {
    CHECK(find("/v1/things/7", METHOD_PUT));
    CHECK(route.operation == NULL);
    CHECK(route.at_path[METHOD_GET] && route.at_path[METHOD_PATCH] && route.at_path[METHOD_DELETE]);
    CHECK(!route.at_path[METHOD_POST] && !route.at_path[METHOD_PUT]);
    CHECK_TEXT(route.at_path[METHOD_PATCH]->id, "updateThing");
    CHECK(find("/v1/things/7/close", METHOD_GET));
    CHECK(route.operation == NULL);
}

int main(void) {
    struct contract *loaded = sample_load();
    arena = arena_new(1 << 20);
    MUST(arena != NULL);
    contract = loaded;
    finds();
    prefers_literals();
    finds_nothing();
    tells_methods();
    arena_free(arena);
    contract_free(loaded);
    return tap_end();
}
