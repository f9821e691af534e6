#include "base.h"

#include "digest.h"

#include <sodium.h>
#include <xxhash.h>

static_assert((int)DIGEST_MAC_SIZE == (int)crypto_generichash_BYTES_MIN, "size of a message code");
static_assert((int)DIGEST_SECRET_SIZE == (int)crypto_generichash_KEYBYTES, "size of the secret");
static_assert((size_t)DIGEST_TAG_SIZE == 2 * sizeof(XXH64_canonical_t), "size of a tag");
static_assert((int)DIGEST_HEX_SIZE == 2 * (int)crypto_hash_sha256_BYTES, "size of a digest");

bool digest_start(void) {
    /* ChaCha20 keyed by the kernel, a store for each thread: a request id costs no system call. */
    return randombytes_set_implementation(&randombytes_internal_implementation) == 0 &&
           sodium_init() >= 0;
}

static void print_sha256(crypto_hash_sha256_state *state, char ret_hex[DIGEST_HEX_SIZE + 1]) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state, hash);
    sodium_bin2hex(ret_hex, DIGEST_HEX_SIZE + 1, hash, sizeof(hash));
}

void digest_sha256_hex(const struct slice *pieces, size_t count,
                       char ret_hex[DIGEST_HEX_SIZE + 1]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++) {
        /* The length keeps ("ab", "c") and ("a", "bc") apart. */
        unsigned char length[8];
        uint64_t size = pieces[i].size;
        for (size_t j = 0; j < sizeof(length); j++) {
            length[j] = (unsigned char)(size >> (56 - 8 * j));
        }
        crypto_hash_sha256_update(&state, length, sizeof(length));
        crypto_hash_sha256_update(&state, (const unsigned char *)pieces[i].at, size);
    }
    print_sha256(&state, ret_hex);
}

void digest_plain_sha256_hex(struct slice bytes, char ret_hex[DIGEST_HEX_SIZE + 1]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)bytes.at, bytes.size);
    print_sha256(&state, ret_hex);
}

void digest_mac(const unsigned char secret[DIGEST_SECRET_SIZE], struct slice bytes,
                unsigned char ret_mac[DIGEST_MAC_SIZE]) {
    (void)crypto_generichash(ret_mac, DIGEST_MAC_SIZE, (const unsigned char *)bytes.at, bytes.size,
                             secret, DIGEST_SECRET_SIZE);
}

bool digest_equal(const void *a, const void *b, size_t size) {
    return sodium_memcmp(a, b, size) == 0;
}

void digest_tag(struct slice bytes, char ret_hex[DIGEST_TAG_SIZE + 1]) {
    /* Tags need not resist forgery, they must be alike in every process; a page has 70 KB. */
    XXH64_canonical_t tag;
    XXH64_canonicalFromHash(&tag, XXH3_64bits(bytes.at, bytes.size));
    sodium_bin2hex(ret_hex, DIGEST_TAG_SIZE + 1, tag.digest, sizeof(tag.digest));
}

uint32_t digest_crc32(struct slice bytes) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned char)bytes.at[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0xEDB88320) : 0);
        }
    }
    return ~crc;
}

void digest_random(void *ret_bytes, size_t size) {
    randombytes_buf(ret_bytes, size);
}
