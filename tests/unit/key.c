#include "base.h"

#include "bearer.h"
#include "key.h"
#include "tap.h"

static void makes_keys(void) {
    char key[KEY_MAX + 1];
    char other[KEY_MAX + 1];
    struct key_parts parts;
    MUST(key_new("demo", key));
    MUST(key_new("demo", other));
    CHECK(strcmp(key, other) != 0);
    CHECK(strncmp(key, "fed_demo_", 9) == 0);
    CHECK_NUMBER(strlen(key), 4 + 4 + 1 + 8 + 1 + 32 + 6);
    MUST(key_parse(slice_of(key), &parts));
    CHECK_SLICE(parts.environment, "demo");
    CHECK_NUMBER(parts.id.size, KEY_ID_SIZE);
    CHECK(memcmp(parts.id.at, key + 9, KEY_ID_SIZE) == 0);
    CHECK(key_new("abcdefghijklmno", key));
    CHECK_NUMBER(strlen(key), KEY_MAX);
    CHECK(key_parse(slice_of(key), &parts));
    CHECK(!key_new("abcdefghijklmnop", key));
    CHECK(!key_new("", key));
    CHECK(!key_new("Demo", key));
    CHECK(!key_new("a_b", key));
}

/* Worked out with another program: zlib's CRC-32 in base 62, most significant digit first. */
static const char known[] = "fed_demo_a1b2c3d4_0123456789ABCDEFGHIJKLMNOPQRSTUV1LAi9N";

static void finds_faults(void) {
    char key[KEY_MAX + 2];
    struct key_parts parts;
    CHECK(key_parse(slice_of(known), &parts));
    CHECK_SLICE(parts.id, "a1b2c3d4");
    unsigned accepted = 0;
    size_t size = strlen(known);
    for (size_t i = 0; i < size; i++) {
        memcpy(key, known, sizeof(known));
        key[i] = key[i] == 'x' ? 'y' : 'x';
        accepted += key_parse((struct slice){key, size}, &parts) ? 1 : 0;
        accepted += key_parse((struct slice){known, i}, &parts) ? 1 : 0;
    }
    CHECK_NUMBER(accepted, 0);
    (void)snprintf(key, sizeof(key), "%s0", known);
    CHECK(!key_parse(slice_of(key), &parts));
    CHECK(!key_parse((struct slice){known, size + 1}, &parts)); /* a NUL at its end */
    CHECK(!key_parse(SLICE(""), &parts));
    CHECK(!key_parse(SLICE("fed_demo"), &parts));
    CHECK(!key_parse(SLICE("___"), &parts));
}

static void check_malformed(const char *header) {
    struct bearer bearer;
    CHECK_FOR(bearer_read(header, &bearer) == BEARER_MALFORMED, header);
}

static void reads_headers(void) {
    struct bearer bearer;
    char header[256];
    char digest[DIGEST_HEX_SIZE + 1];
    key_digest(slice_of(known), digest);
    CHECK_TEXT(digest, "bc35e313482dd7024944bb7c728ead447c846cc0f8a81cf38dbc9e6b28e8539c");
    CHECK(bearer_read(NULL, &bearer) == BEARER_NONE);
    static const char *const form[] = {"Bearer %s", "bearer %s", "BEARER   %s ", " Bearer %s"};
    for (size_t i = 0; i < COUNT_OF(form); i++) {
        struct slice before;
        struct slice after;
        MUST(slice_cut(slice_of(form[i]), '%', &before, &after));
        (void)snprintf(header, sizeof(header), "%.*s%s%.*s", (int)before.size, before.at, known,
                       (int)after.size - 1, after.at + 1);
        memset(&bearer, 0, sizeof(bearer));
        CHECK_FOR(bearer_read(header, &bearer) == BEARER_KEY, form[i]);
        CHECK_TEXT(bearer.digest, digest);
        CHECK_TEXT(bearer.id, "a1b2c3d4");
    }
    check_malformed("");
    check_malformed("Bearer");
    check_malformed("Bearer ");
    check_malformed("Bearer x");
    check_malformed("Basic dXNlcjpwYXNzd29yZA==");
    check_malformed(known);
    (void)snprintf(header, sizeof(header), "Bearer %s,Bearer %s", known, known);
    check_malformed(header);
    (void)snprintf(header, sizeof(header), "Bearer %s x", known);
    check_malformed(header);
    (void)snprintf(header, sizeof(header), "Bearer%s", known);
    check_malformed(header);
    char *large = calloc(1, 9000);
    MUST(large != NULL);
    memset(large, 'a', 8999);
    for (size_t i = 0; i < strlen("Bearer "); i++) {
        large[i] = "Bearer "[i];
    }
    CHECK(bearer_read(large, &bearer) == BEARER_MALFORMED);
    free(large);
}

int main(void) {
    MUST(digest_start());
    makes_keys();
    finds_faults();
    reads_headers();
    return tap_end();
}
