#include "base.h"

#include "cookie.h"
#include "tap.h"

#define TOKEN "0123456789abcdefghijklmnopqrstuvwxyzABCDE-_"

static void makes_tokens(void) {
    char one[COOKIE_TOKEN_SIZE + 1], other[COOKIE_TOKEN_SIZE + 1];
    char digest[COOKIE_DIGEST_SIZE + 1];
    cookie_new_token(one);
    cookie_new_token(other);
    CHECK_NUMBER(strlen(one), COOKIE_TOKEN_SIZE);
    CHECK(strcmp(one, other) != 0);
    cookie_digest(SLICE("abc"), digest);
    CHECK_TEXT(digest, "s:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void reads(const char *header, bool wanted) {
    struct slice token;
    bool found = cookie_read(header, &token);
    CHECK_FOR(found == wanted, header != NULL ? header : "no header");
    if (found)
        CHECK_SLICE(token, TOKEN);
}

static void reads_headers(void) {
    reads(COOKIE_NAME "=" TOKEN, true);
    reads("a=b; " COOKIE_NAME "=" TOKEN "; c=d", true);
    reads("a=b;" COOKIE_NAME "=" TOKEN ";", true);
    reads(NULL, false);
    reads("", false);
    reads(";;;=;", false);
    reads(COOKIE_NAME, false);
    reads(COOKIE_NAME "=", false);
    reads(COOKIE_NAME "=" TOKEN "x", false);
    reads(COOKIE_NAME "=\"" TOKEN "\"", false);
    reads("x" COOKIE_NAME "=" TOKEN, false);
    reads("__host-maillage=" TOKEN, false);
    reads(COOKIE_NAME "=0123456789abcdefghijklmnopqrstuvwxyzABCDE-%", false);
    /* Two of one name: somebody planted one of them. */
    reads(COOKIE_NAME "=" TOKEN "; " COOKIE_NAME "=" TOKEN, false);
    reads(COOKIE_NAME "=x; " COOKIE_NAME "=" TOKEN, false);
}

static void knows_origins(void) {
    const char *site = "https://maillage.example.org", *local = "http://127.0.0.1:8080";
    CHECK(cookie_origin_is_own(site, site));
    CHECK(!cookie_origin_is_own(NULL, site));
    CHECK(!cookie_origin_is_own("", site));
    CHECK(!cookie_origin_is_own("null", site));
    CHECK(!cookie_origin_is_own("http://maillage.example.org", site));
    CHECK(!cookie_origin_is_own("https://maillage.example.org.evil.example", site));
    CHECK(!cookie_origin_is_own("https://maillage.example.org:8443", site));
    CHECK(!cookie_origin_is_own("http://localhost:8080", site));
    CHECK(cookie_origin_is_own("http://localhost:8080", local));
    CHECK(cookie_origin_is_own("http://127.0.0.1:8080", "http://localhost:8080"));
    CHECK(!cookie_origin_is_own("http://localhost:8081", local));
    CHECK(!cookie_origin_is_own("https://localhost:8080", local));
    CHECK(!cookie_origin_is_own("http://localhost.evil.example:8080", local));
    CHECK(!cookie_origin_is_own("http://localhost", local));
}

int main(void) {
    MUST(digest_start());
    makes_tokens();
    reads_headers();
    knows_origins();
    return tap_end();
}
