#include "base.h"

#include "bearer.h"

enum bearer_kind bearer_read(const char *header, struct bearer *ret_bearer) {
    if (header == NULL) {
        return BEARER_NONE;
    }
    struct slice scheme;
    struct slice token;
    /* RFC 9110: scheme without regard to case, then blanks, then the token. */
    (void)slice_cut(slice_trim(slice_of(header)), ' ', &scheme, &token);
    token = slice_trim(token);
    struct key_parts parts;
    if (!slice_equals_nocase(scheme, SLICE("Bearer")) || !key_parse(token, &parts)) {
        return BEARER_MALFORMED;
    }
    key_digest(token, ret_bearer->digest);
    memcpy(ret_bearer->id, parts.id.at, KEY_ID_SIZE);
    ret_bearer->id[KEY_ID_SIZE] = '\0';
    return BEARER_KEY;
}
