/* What the Authorization header says. The token itself goes nowhere: not into a log, not into an
 * answer, not beyond these functions; what is handed on is its digest. */
#ifndef MAILLAGE_BEARER_H
#define MAILLAGE_BEARER_H

#include "key.h"

enum bearer_kind {
    BEARER_NONE,      /* no header: an anonymous caller */
    BEARER_MALFORMED, /* another scheme, no token, several, or no key of ours: 401 */
    BEARER_KEY,       /* a well-formed key; whether it is known is the database's to say */
};

struct bearer {
    char digest[DIGEST_HEX_SIZE + 1];
    char id[KEY_ID_SIZE + 1]; /* the part that may be logged */
};

/* `header` is NULL when there is none; `ret_bearer` is written for BEARER_KEY only. */
enum bearer_kind bearer_read(const char *header, struct bearer *ret_bearer);

#endif
