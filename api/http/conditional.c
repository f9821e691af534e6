#include "base.h"
#include "conditional.h"

#include "digest.h"

/* Takes one entity tag off the front of `*rest`; false at the end or at something that is none. */
static bool take_tag(struct slice *rest, struct slice *ret_opaque) {
    struct slice text = slice_trim(*rest), opaque, after;
    if (slice_starts_with(text, SLICE("W/"))) {
        text = (struct slice){text.at + 2, text.size - 2};
    }
    if (text.size < 2 || text.at[0] != '"') {
        return false;
    }
    text = (struct slice){text.at + 1, text.size - 1};
    if (!slice_cut(text, '"', &opaque, &after)) {
        return false;
    }
    after = slice_trim(after);
    if (after.size > 0 && after.at[0] != ',') {
        return false;
    }
    *rest = after.size > 0 ? (struct slice){after.at + 1, after.size - 1} : after;
    *ret_opaque = opaque;
    return true;
}

/* Versions only rise: of several that a caller knows, none but the highest can be the current one.
 */
enum precondition conditional_if_match(const char *if_match, uint64_t *ret_version) {
    struct slice rest = slice_of(if_match), opaque, version, variant;
    enum precondition found = PRECONDITION_BAD;
    uint64_t number = 0;
    if (!if_match) {
        return PRECONDITION_ABSENT;
    }
    while (take_tag(&rest, &opaque)) {
        slice_cut(opaque, '-', &version, &variant);
        if (slice_to_unsigned(version, INT64_MAX, &number) &&
            (found == PRECONDITION_BAD || number > *ret_version)) {
            *ret_version = number;
            found = PRECONDITION_VERSION;
        }
    }
    return slice_trim(rest).size > 0 ? PRECONDITION_BAD : found;
}

bool conditional_none_match(const char *if_none_match, const char *etag) {
    struct slice rest = slice_of(if_none_match), opaque, own, own_rest = slice_of(etag);
    if (slice_is(slice_trim(rest), "*")) {
        return true;
    }
    if (!take_tag(&own_rest, &own)) {
        return false;
    }
    while (take_tag(&rest, &opaque)) {
        if (slice_equals(opaque, own)) {
            return true;
        }
    }
    return false;
}

void conditional_print_version(char ret_etag[ETAG_SIZE], const char *version, const char *variant) {
    snprintf(ret_etag, ETAG_SIZE, "\"%s%s%s\"", version, *variant ? "-" : "", variant);
}

void conditional_print_bytes(char ret_etag[ETAG_SIZE], char kind, struct slice bytes) {
    char tag[DIGEST_TAG_SIZE + 1];
    digest_tag(bytes, tag);
    snprintf(ret_etag, ETAG_SIZE, "\"%c-%s\"", kind, tag);
}
