/* The text of an API key: fed_<environment>_<id>_<secret><check>.
 *   environment  1 to 15 of a-z 0-9      id     8 of a-z 0-9, may be shown and logged
 *   secret       32 base-62 characters   check  CRC-32 of all before it, 6 base-62 characters
 * The prefix lets scanners find a leaked key; the check tells a typing fault from an unknown key
 * without asking the database. Only the digest of the whole text is ever stored. */
#ifndef MAILLAGE_KEY_H
#define MAILLAGE_KEY_H

#include "digest.h"

enum {
    KEY_ENVIRONMENT_MAX = 15,
    KEY_ID_SIZE = 8,
    KEY_SECRET_SIZE = 32,
    KEY_CHECK_SIZE = 6,
    KEY_MAX = 4 + KEY_ENVIRONMENT_MAX + 1 + KEY_ID_SIZE + 1 + KEY_SECRET_SIZE + KEY_CHECK_SIZE,
};

/* A new key ending with NUL; false when `environment` is not of the form above. */
MUST_CHECK bool key_new(const char *environment, char ret_text[KEY_MAX + 1]);

struct key_parts {
    struct slice environment;
    struct slice id;
};

/* False when the form or the check is wrong. */
MUST_CHECK bool key_parse(struct slice text, struct key_parts *ret_parts);

/* What the database keeps: encode(sha256(convert_to(key, 'UTF8')), 'hex') in PostgreSQL. */
void key_digest(struct slice text, char ret_hex[DIGEST_HEX_SIZE + 1]);

#endif
