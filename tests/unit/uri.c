#include "base.h"

#include "uri.h"
#include "tap.h"

static struct arena *arena;
static struct uri uri;
static struct slice at_fault;

static enum uri_fault parse(struct slice target) {
    return uri_parse(arena, target, &uri, &at_fault);
}

static enum uri_fault fault_of(const char *target) {
    return parse(slice_of(target));
}

static const char *value_of(const char *name) {
    const struct uri_pair *pair = uri_find(&uri, name);
    return pair == NULL ? NULL : arena_copy(arena, pair->value);
}

static void splits_paths(void) {
    CHECK_NUMBER(fault_of("/"), URI_FINE);
    CHECK_NUMBER(uri.segments, 0);
    CHECK(!uri.trailing_slash);
    CHECK_NUMBER(fault_of("/v1/members"), URI_FINE);
    CHECK_NUMBER(uri.segments, 2);
    CHECK_SLICE(uri.segment[1], "members");
    CHECK_SLICE(uri.path, "/v1/members");
    CHECK_SLICE(uri.query, "");
    CHECK_NUMBER(uri.pairs, 0);
    CHECK_NUMBER(fault_of("/v1/members/?limit=2"), URI_FINE);
    CHECK(uri.trailing_slash);
    CHECK_NUMBER(uri.segments, 2);
    CHECK_SLICE(uri.path, "/v1/members/");
    CHECK_SLICE(uri.query, "limit=2");
    CHECK_NUMBER(fault_of("//v1//persons/"), URI_FINE);
    CHECK_NUMBER(uri.segments, 4);
    CHECK_SLICE(uri.segment[0], "");
    CHECK_SLICE(uri.segment[2], "");
    CHECK_SLICE(uri.segment[3], "persons");
    CHECK_NUMBER(fault_of("/a/b/c/d/e/f/g/h/i/j/k/l"), URI_FINE);
    CHECK_NUMBER(fault_of("/a/b/c/d/e/f/g/h/i/j/k/l/m"), URI_TOO_MANY);
}

static void decodes_paths(void) {
    CHECK_NUMBER(fault_of("/a+b/%2B33/%C3%a9/%2F/%2e%2e"), URI_FINE);
    CHECK_NUMBER(uri.segments, 5);
    CHECK_SLICE(uri.segment[0], "a+b");
    CHECK_SLICE(uri.segment[1], "+33");
    CHECK_SLICE(uri.segment[2], "é");
    CHECK_SLICE(uri.segment[3], "/");
    CHECK_SLICE(uri.segment[4], "..");
    CHECK_NUMBER(fault_of("/1%00"), URI_BAD_UTF8);
    CHECK_NUMBER(fault_of("/%ff"), URI_BAD_UTF8);
    CHECK_NUMBER(fault_of("/%C0%AF"), URI_BAD_UTF8);
    CHECK_NUMBER(fault_of("/%zz"), URI_BAD_ESCAPE);
    CHECK_NUMBER(fault_of("/%1"), URI_BAD_ESCAPE);
    CHECK_NUMBER(fault_of("/%"), URI_BAD_ESCAPE);
    CHECK_NUMBER(fault_of("/%1/2"), URI_BAD_ESCAPE);
    CHECK_NUMBER(fault_of("/%+1"), URI_BAD_ESCAPE);
    CHECK_SLICE(at_fault, "");
}

static void decodes_queries(void) {
    CHECK_NUMBER(fault_of("/?joined_on[gte]=2024-01-01&q=a+b%2Bc&kind=AI%2CACI,ETTI&empty=&bare"),
                 URI_FINE);
    CHECK_NUMBER(uri.pairs, 5);
    CHECK_TEXT(value_of("joined_on[gte]"), "2024-01-01");
    CHECK_TEXT(value_of("q"), "a b+c");
    CHECK_TEXT(value_of("kind"), "AI,ACI,ETTI");
    CHECK_TEXT(value_of("empty"), "");
    CHECK_TEXT(value_of("bare"), "");
    CHECK(uri_find(&uri, "other") == NULL);
    CHECK(uri_find(&uri, "") == NULL);
    CHECK_NUMBER(fault_of("/?joined_on%5Bgte%5D=x=y"), URI_FINE);
    CHECK_TEXT(value_of("joined_on[gte]"), "x=y");
    CHECK_NUMBER(fault_of("/?a=?b"), URI_FINE);
    CHECK_TEXT(value_of("a"), "?b");
    CHECK_NUMBER(fault_of("/?"), URI_FINE);
    CHECK_NUMBER(uri.pairs, 0);
}

static void refuses_queries(void) {
    CHECK_NUMBER(fault_of("/?=x"), URI_EMPTY_NAME);
    CHECK_NUMBER(fault_of("/?&"), URI_EMPTY_NAME);
    CHECK_NUMBER(fault_of("/?a=1&"), URI_EMPTY_NAME);
    CHECK_NUMBER(fault_of("/?a=1&&b=2"), URI_EMPTY_NAME);
    CHECK_SLICE(at_fault, "");
    CHECK_NUMBER(fault_of("/?a=1&b=2&%61=3"), URI_REPEATED);
    CHECK_SLICE(at_fault, "a");
    CHECK_NUMBER(fault_of("/?limit=1%00"), URI_BAD_UTF8);
    CHECK_SLICE(at_fault, "limit");
    CHECK_NUMBER(fault_of("/?q=%ff"), URI_BAD_UTF8);
    CHECK_SLICE(at_fault, "q");
    CHECK_NUMBER(fault_of("/?q=%ED%A0%80"), URI_BAD_UTF8);
    CHECK_NUMBER(fault_of("/?%ff=q"), URI_BAD_UTF8);
    CHECK_SLICE(at_fault, "");
    CHECK_NUMBER(fault_of("/?%00=q"), URI_BAD_UTF8);
    CHECK_NUMBER(fault_of("/?q=50%"), URI_BAD_ESCAPE);
    CHECK_SLICE(at_fault, "q");
    CHECK_NUMBER(fault_of("/?q=%u00e9"), URI_BAD_ESCAPE);
}

static void accepts_absolute_form(void) {
    CHECK_NUMBER(fault_of("http://example.org/v1/members?limit=2"), URI_FINE);
    CHECK_SLICE(uri.path, "/v1/members");
    CHECK_TEXT(value_of("limit"), "2");
    CHECK_NUMBER(fault_of("HTTPS://example.org:8443/v1"), URI_FINE);
    CHECK_SLICE(uri.path, "/v1");
    CHECK_NUMBER(fault_of("http://example.org"), URI_FINE);
    CHECK_SLICE(uri.path, "/");
    CHECK_NUMBER(fault_of("http://example.org?a=1"), URI_FINE);
    CHECK_SLICE(uri.path, "/");
    CHECK_TEXT(value_of("a"), "1");
    CHECK_NUMBER(fault_of("http:///v1"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("http://"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("ftp://example.org/"), URI_BAD_FORM);
}

static void refuses_forms(void) {
    CHECK_NUMBER(fault_of(""), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("*"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("v1/members"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("?a=1"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/a b"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/a\tb"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/a#b"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/é"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/?q=é"), URI_BAD_FORM);
    CHECK_NUMBER(fault_of("/\x7f"), URI_BAD_FORM);
    CHECK_NUMBER(parse(SLICE("/a\0b")), URI_BAD_FORM);
    CHECK_NUMBER(parse((struct slice){NULL, 0}), URI_BAD_FORM);
}

static void keeps_its_limits(void) {
    char target[URI_MAX_BYTES + 1];
    memset(target, 'a', sizeof(target));
    target[0] = '/';
    CHECK_NUMBER(parse((struct slice){target, URI_MAX_BYTES}), URI_FINE);
    CHECK_NUMBER(parse((struct slice){target, URI_MAX_BYTES + 1}), URI_TOO_LONG);

    char query[1024] = "/?";
    for (int i = 0; i < URI_MAX_PAIRS; i++) {
        size_t size = strlen(query);
        (void)snprintf(query + size, sizeof(query) - size, "%sp%d=1", i == 0 ? "" : "&", i);
    }
    CHECK_NUMBER(fault_of(query), URI_FINE);
    CHECK_NUMBER(uri.pairs, URI_MAX_PAIRS);
    size_t size = strlen(query);
    (void)snprintf(query + size, sizeof(query) - size, "&more=1");
    CHECK_NUMBER(fault_of(query), URI_TOO_MANY);

    struct arena *small = arena_new(8);
    MUST(small != NULL);
    CHECK_NUMBER(uri_parse(small, SLICE("/%41%41%41%41%41"), &uri, &at_fault), URI_NO_MEMORY);
    CHECK_NUMBER(uri_parse(small, SLICE("/plain/path?and=query"), &uri, &at_fault), URI_FINE);
    arena_free(small);
}

int main(void) {
    arena = arena_new(1 << 20);
    MUST(arena != NULL);
    splits_paths();
    decodes_paths();
    decodes_queries();
    refuses_queries();
    accepts_absolute_form();
    refuses_forms();
    keeps_its_limits();
    arena_free(arena);
    return tap_end();
}
