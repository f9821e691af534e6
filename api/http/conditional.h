/* ETags and what callers do with them (wire conventions 3.7). A tag denotes the state of a
 * resource: its version, and behind a hyphen whatever else makes the bytes differ (format, chosen
 * fields, day). If-Match looks at the state alone and takes W/ too, because a proxy that compresses
 * weakens every tag. */
#ifndef MAILLAGE_CONDITIONAL_H
#define MAILLAGE_CONDITIONAL_H

#include "slice.h"

enum { ETAG_SIZE = 64 };

enum precondition {
    PRECONDITION_ABSENT,
    PRECONDITION_VERSION,
    PRECONDITION_BAD, /* "*", no list of tags, or none among them that we ever gave out */
};
enum precondition conditional_if_match(const char *if_match, uint64_t *ret_version);

/* True when the caller already has this representation: weak comparison of whole tags, lists, "*".
 */
bool conditional_none_match(const char *if_none_match, const char *etag);

/* "17" or "17-9c41", quotes included; `variant` may be empty. */
void conditional_print_version(char ret_etag[ETAG_SIZE], const char *version, const char *variant);

/* Of bytes that have no version: "l-…" for lists, "r-…" for the rest. */
void conditional_print_bytes(char ret_etag[ETAG_SIZE], char kind, struct slice bytes);

#endif
