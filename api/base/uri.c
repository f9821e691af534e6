/* One walk over the target. Decoded pieces are copies in the arena only where an escape or a `+`
 * changes them, else slices of the target itself. */
#include "base.h"

#include "uri.h"

#include "text.h"

static int hex_value(char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Writes the decoded bytes to `to`, which has room for all of `raw`. */
static bool unescape(struct slice raw, bool plus_is_space, char *to, size_t *ret_size) {
    size_t size = 0;
    for (size_t i = 0; i < raw.size; i++) {
        char byte = raw.at[i];
        if (byte == '%') {
            int high = raw.size - i > 2 ? hex_value(raw.at[i + 1]) : -1;
            int low = raw.size - i > 2 ? hex_value(raw.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            byte = (char)(unsigned char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        to[size++] = byte;
    }
    *ret_size = size;
    return true;
}

static enum uri_fault decode(struct arena *arena, struct slice raw, bool plus_is_space,
                             struct slice *ret_decoded) {
    bool changes = false;
    for (size_t i = 0; i < raw.size && !changes; i++) {
        changes = raw.at[i] == '%' || (raw.at[i] == '+' && plus_is_space);
    }
    struct slice decoded = raw;
    if (changes) {
        char *bytes = arena_take(arena, raw.size + 1);
        if (bytes == NULL) {
            return URI_NO_MEMORY;
        }
        if (!unescape(raw, plus_is_space, bytes, &decoded.size)) {
            return URI_BAD_ESCAPE;
        }
        decoded.at = bytes;
    }
    if (!text_is_utf8(decoded)) {
        return URI_BAD_UTF8;
    }
    *ret_decoded = decoded;
    return URI_FINE;
}

/* Printable ASCII without "#": a fragment is never sent, and a raw byte beyond ASCII has no
 * encoding anyone agreed on. */
static bool has_only_target_bytes(struct slice target) {
    for (size_t i = 0; i < target.size; i++) {
        unsigned char byte = (unsigned char)target.at[i];
        if (byte <= 0x20 || byte >= 0x7F || byte == '#') {
            return false;
        }
    }
    return true;
}

/* Takes "http://host" off the front; the rest starts with "/" or "?" or is empty. */
static bool drop_origin(struct slice target, struct slice *ret_rest) {
    static const struct slice scheme[] = {{"http://", 7}, {"https://", 8}};
    for (size_t i = 0; i < COUNT_OF(scheme); i++) {
        size_t size = scheme[i].size;
        if (target.size < size ||
            !slice_equals_nocase((struct slice){target.at, size}, scheme[i])) {
            continue;
        }
        size_t end = size;
        while (end < target.size && target.at[end] != '/' && target.at[end] != '?') {
            end++;
        }
        *ret_rest = (struct slice){target.at + end, target.size - end};
        return end > size;
    }
    return false;
}

static enum uri_fault add_segment(struct arena *arena, struct slice raw, struct uri *uri) {
    if (uri->segments == URI_MAX_SEGMENTS) {
        return URI_TOO_MANY;
    }
    enum uri_fault fault = decode(arena, raw, false, &uri->segment[uri->segments]);
    if (fault == URI_FINE) {
        uri->segments++;
    }
    return fault;
}

static enum uri_fault parse_path(struct arena *arena, struct uri *uri) {
    struct slice rest = {uri->path.at + 1, uri->path.size - 1};
    while (rest.size > 0) {
        struct slice segment;
        bool more = slice_cut(rest, '/', &segment, &rest);
        enum uri_fault fault = add_segment(arena, segment, uri);
        if (fault != URI_FINE) {
            return fault;
        }
        uri->trailing_slash = more && rest.size == 0;
    }
    return URI_FINE;
}

static enum uri_fault parse_pair(struct arena *arena, struct slice raw, struct uri *uri,
                                 struct slice *reterr_name) {
    struct uri_pair pair = {0};
    struct slice raw_name, raw_value;
    (void)slice_cut(raw, '=', &raw_name, &raw_value);
    enum uri_fault fault = decode(arena, raw_name, true, &pair.name);
    if (fault != URI_FINE) {
        return fault;
    }
    if (pair.name.size == 0) {
        return URI_EMPTY_NAME;
    }
    *reterr_name = pair.name;
    fault = decode(arena, raw_value, true, &pair.value);
    if (fault != URI_FINE) {
        return fault;
    }
    for (size_t i = 0; i < uri->pairs; i++) {
        if (slice_equals(uri->pair[i].name, pair.name)) {
            return URI_REPEATED;
        }
    }
    *reterr_name = (struct slice){"", 0};
    if (uri->pairs == URI_MAX_PAIRS) {
        return URI_TOO_MANY;
    }
    uri->pair[uri->pairs++] = pair;
    return URI_FINE;
}

static enum uri_fault parse_query(struct arena *arena, struct uri *uri, struct slice *reterr_name) {
    if (uri->query.size == 0) {
        return URI_FINE;
    }
    struct slice rest = uri->query;
    bool more = true;
    while (more) {
        struct slice piece;
        more = slice_cut(rest, '&', &piece, &rest);
        enum uri_fault fault = parse_pair(arena, piece, uri, reterr_name);
        if (fault != URI_FINE) {
            return fault;
        }
    }
    return URI_FINE;
}

enum uri_fault uri_parse(struct arena *arena, struct slice target, struct uri *ret_uri,
                         struct slice *reterr_name) {
    *reterr_name = (struct slice){"", 0};
    *ret_uri = (struct uri){0};
    if (target.size > URI_MAX_BYTES) {
        return URI_TOO_LONG;
    }
    if (!has_only_target_bytes(target)) {
        return URI_BAD_FORM;
    }
    struct slice rest = target;
    bool absolute = target.size > 0 && target.at[0] != '/';
    if (target.size == 0 || (absolute && !drop_origin(target, &rest))) {
        return URI_BAD_FORM;
    }
    (void)slice_cut(rest, '?', &ret_uri->path, &ret_uri->query);
    if (ret_uri->path.size == 0) {
        ret_uri->path = SLICE("/"); /* "http://host" and "http://host?x=1" */
    }
    enum uri_fault fault = parse_path(arena, ret_uri);
    return fault == URI_FINE ? parse_query(arena, ret_uri, reterr_name) : fault;
}

const struct uri_pair *uri_find(const struct uri *uri, const char *name) {
    for (size_t i = 0; i < uri->pairs; i++) {
        if (slice_is(uri->pair[i].name, name)) {
            return &uri->pair[i];
        }
    }
    return NULL;
}
