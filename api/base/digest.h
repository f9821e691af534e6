/* Hashes and message codes, from libsodium: SHA-256 for what is stored (keys, request payloads),
 * a keyed 128-bit code for what is handed out (cursors), a fast keyed hash for ETags. */
#ifndef MAILLAGE_DIGEST_H
#define MAILLAGE_DIGEST_H

#include "slice.h"

enum { DIGEST_HEX_SIZE = 64, DIGEST_MAC_SIZE = 16, DIGEST_SECRET_SIZE = 32, DIGEST_TAG_SIZE = 16 };

MUST_CHECK bool digest_start(void); /* once, before any thread */

/* SHA-256 of the pieces one after the other, each preceded by its length, as lower-case hex ending
 * with NUL. */
void digest_sha256_hex(const struct slice *pieces, size_t count, char ret_hex[DIGEST_HEX_SIZE + 1]);
/* SHA-256 of the bytes and nothing else: what encode(sha256(…), 'hex') gives in PostgreSQL (API
 * keys). */
void digest_plain_sha256_hex(struct slice bytes, char ret_hex[DIGEST_HEX_SIZE + 1]);
void digest_mac(const unsigned char secret[DIGEST_SECRET_SIZE], struct slice bytes,
                unsigned char ret_mac[DIGEST_MAC_SIZE]);
bool digest_equal(const void *a, const void *b, size_t size); /* constant time */
/* 64-bit tag as 16 hex digits ending with NUL; equal bytes give equal tags in every process. */
void digest_tag(struct slice bytes, char ret_hex[DIGEST_TAG_SIZE + 1]);
uint32_t digest_crc32(struct slice bytes); /* CRC-32 of IEEE 802.3, as in zlib */
void digest_random(void *ret_bytes, size_t size);

#endif
