/* A slice is a piece of somebody else's bytes: it owns nothing and need not end with NUL.
 * All parsing walks over slices, so that no step can run past its piece. */
#ifndef MAILLAGE_SLICE_H
#define MAILLAGE_SLICE_H

#include "base.h"

struct slice {
    const char *at;
    size_t size;
};

#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

struct slice slice_of(const char *text); /* NULL gives the empty slice */
bool slice_equals(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *text);
bool slice_equals_nocase(struct slice a, struct slice b); /* ASCII letters only */
bool slice_starts_with(struct slice a, struct slice prefix);
struct slice slice_trim(struct slice a); /* without leading and trailing SP and HT */

/* Cuts at the first `separator`. Without one: false, all of `a` is before and nothing after. */
bool slice_cut(struct slice a, char separator, struct slice *ret_before, struct slice *ret_after);

/* Digits only, no sign, no blank, at most `max`. */
MUST_CHECK bool slice_to_unsigned(struct slice a, uint64_t max, uint64_t *ret_value);

#endif
