/* A request target taken apart strictly, once (wire.md 3.4, checklist 18-20).
 * What ulfius would merge, drop or truncate is refused here: a bad escape, NUL, invalid UTF-8, an
 * empty or repeated name. `+` is a space in the query and itself in the path. */
#ifndef MAILLAGE_URI_H
#define MAILLAGE_URI_H

#include "arena.h"

enum { URI_MAX_BYTES = 8192, URI_MAX_SEGMENTS = 12, URI_MAX_PAIRS = 64 };

enum uri_fault {
    URI_FINE,
    URI_TOO_LONG,
    URI_BAD_ESCAPE,
    URI_BAD_UTF8,   /* in a name, a value or a segment; NUL counts as such */
    URI_EMPTY_NAME, /* "?=x" or "?&" */
    URI_REPEATED,   /* the same name twice */
    URI_TOO_MANY,   /* segments or pairs */
    URI_BAD_FORM,   /* does not start with "/" and is not an absolute http(s) URL; raw bytes
                     * outside printable ASCII, a fragment */
    URI_NO_MEMORY,  /* the arena is full */
};

struct uri_pair {
    struct slice name;  /* decoded */
    struct slice value; /* decoded; empty when there was no "=" */
};

struct uri {
    struct slice path;                      /* raw, without query */
    struct slice query;                     /* raw, without "?" */
    struct slice segment[URI_MAX_SEGMENTS]; /* decoded; an empty one ("//") stays empty and matches
                                               nothing */
    size_t segments;
    bool trailing_slash; /* "/v1/members/": the empty last segment is not counted */
    struct uri_pair pair[URI_MAX_PAIRS];
    size_t pairs;
};

/* Slices of `ret_uri` point into `target` or the arena. `reterr_name` names the parameter at fault
 * where there is one (else empty). */
MUST_CHECK enum uri_fault uri_parse(struct arena *arena, struct slice target, struct uri *ret_uri,
                                    struct slice *reterr_name);

/* NULL when there is no such pair. */
const struct uri_pair *uri_find(const struct uri *uri, const char *name);

#endif
