/* Passwords of people: argon2id (RFC 9106) through libsodium. A comparison costs 19 MiB and some
 * 30 ms, so that few run at once and the others wait a bounded time. */
#ifndef MAILLAGE_PASSWORD_H
#define MAILLAGE_PASSWORD_H

#include "slice.h"

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_MIN = 12, PASSWORD_MAX = 200, PASSWORD_NEW_SIZE = 24 };

/* The text form with parameters and salt, ending with NUL. False: memory was short. */
MUST_CHECK bool password_hash(struct slice password, char ret_hash[PASSWORD_HASH_SIZE]);

enum password_match { PASSWORD_RIGHT, PASSWORD_WRONG, PASSWORD_BUSY };
/* `hash` NULL: nobody has this account, and the answer takes as long as for a wrong password. BUSY
 * after `wait_ms` without a free place. */
enum password_match password_compare(const char *hash, struct slice password, unsigned wait_ms);

/* A password that nobody chose: letters and digits that are not mistaken for each other, 139 bits.
 */
void password_new(char ret_password[PASSWORD_NEW_SIZE + 1]);

#endif
