#include "base.h"

#include "digest.h"
#include "tap.h"

static void hashes(void) {
    char hex[DIGEST_HEX_SIZE + 1];
    char other[DIGEST_HEX_SIZE + 1];
    digest_plain_sha256_hex(SLICE("abc"), hex);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_plain_sha256_hex((struct slice){NULL, 0}, hex);
    CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    /* Eight bytes of length before each piece: 0…02 "ab" 0…01 "c". */
    const struct slice two[] = {SLICE("ab"), SLICE("c")};
    digest_plain_sha256_hex(SLICE("\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\1c"), other);
    digest_sha256_hex(two, 2, hex);
    CHECK_TEXT(hex, other);
    const struct slice shifted[] = {SLICE("a"), SLICE("bc")};
    digest_sha256_hex(shifted, 2, other);
    CHECK(strcmp(hex, other) != 0);
}

static void signs(void) {
    unsigned char secret[DIGEST_SECRET_SIZE] = {1};
    unsigned char a[DIGEST_MAC_SIZE];
    unsigned char b[DIGEST_MAC_SIZE];
    digest_mac(secret, SLICE("cursor"), a);
    digest_mac(secret, SLICE("cursor"), b);
    CHECK(digest_equal(a, b, sizeof(a)));
    digest_mac(secret, SLICE("cursos"), b);
    CHECK(!digest_equal(a, b, sizeof(a)));
    secret[31] ^= 1;
    digest_mac(secret, SLICE("cursor"), b);
    CHECK(!digest_equal(a, b, sizeof(a)));
    CHECK(digest_equal(a, b, 0));
}

static void tags(void) {
    char a[DIGEST_TAG_SIZE + 1];
    char b[DIGEST_TAG_SIZE + 1];
    digest_tag(SLICE("body"), a);
    digest_tag(SLICE("body"), b);
    CHECK_TEXT(a, b);
    CHECK_NUMBER(strlen(a), DIGEST_TAG_SIZE);
    CHECK_TEXT(a, "84f2c8ee187fe1fa"); /* XXH3, in every process and release: clients keep ETags */
    digest_tag(SLICE("bodz"), b);
    CHECK(strcmp(a, b) != 0);
}

int main(void) {
    MUST(digest_start());
    hashes();
    signs();
    tags();
    CHECK_NUMBER(digest_crc32(SLICE("123456789")), 0xCBF43926);
    CHECK_NUMBER(digest_crc32(SLICE("")), 0);
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    digest_random(a, sizeof(a));
    digest_random(b, sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    return tap_end();
}
