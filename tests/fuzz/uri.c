/* Any bytes as a request target: what is accepted is UTF-8 without NUL, within its limits, and says
 * the same when it is written out again and read back. */
#include "base.h"

#include "fuzz.h"
#include "text.h"
#include "uri.h"

enum { ARENA_MAX = 1 << 20 };

static void check_limits(const struct uri *uri, size_t size) {
    HOLDS(uri->segments <= URI_MAX_SEGMENTS && uri->pairs <= URI_MAX_PAIRS);
    HOLDS(uri->path.size > 0 && uri->path.at[0] == '/');
    HOLDS(uri->path.size + uri->query.size <= size + 1);
    for (size_t i = 0; i < uri->segments; i++) {
        HOLDS(text_is_utf8(uri->segment[i]) && uri->segment[i].size <= size);
    }
    for (size_t i = 0; i < uri->pairs; i++) {
        const struct uri_pair *pair = &uri->pair[i];
        HOLDS(pair->name.size > 0 && text_is_utf8(pair->name) && text_is_utf8(pair->value));
        for (size_t j = 0; j < i; j++) {
            HOLDS(!slice_equals(pair->name, uri->pair[j].name));
        }
    }
}

static void write_again(const struct uri *uri, struct buffer *buffer) {
    for (size_t i = 0; i < uri->segments; i++) {
        buffer_add_char(buffer, '/');
        buffer_add_encoded(buffer, uri->segment[i]);
    }
    if (uri->segments == 0 || uri->trailing_slash) {
        buffer_add_char(buffer, '/');
    }
    for (size_t i = 0; i < uri->pairs; i++) {
        buffer_add_char(buffer, i == 0 ? '?' : '&');
        buffer_add_encoded(buffer, uri->pair[i].name);
        buffer_add_char(buffer, '=');
        buffer_add_encoded(buffer, uri->pair[i].value);
    }
    HOLDS(buffer_ok(buffer));
}

static void check_same(const struct uri *a, const struct uri *b) {
    HOLDS(a->segments == b->segments && a->pairs == b->pairs);
    HOLDS(a->trailing_slash == b->trailing_slash);
    for (size_t i = 0; i < a->segments; i++) {
        HOLDS(slice_equals(a->segment[i], b->segment[i]));
    }
    for (size_t i = 0; i < a->pairs; i++) {
        HOLDS(slice_equals(a->pair[i].name, b->pair[i].name));
        HOLDS(slice_equals(a->pair[i].value, b->pair[i].value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new(ARENA_MAX);
    HOLDS(arena != NULL);
    struct uri uri;
    struct slice name;
    struct slice target = {(const char *)data, size};
    enum uri_fault fault = uri_parse(arena, target, &uri, &name);
    HOLDS(fault != URI_NO_MEMORY); /* a target of 8 KiB never fills the arena */
    HOLDS(text_is_utf8(name));
    if (fault == URI_FINE) {
        check_limits(&uri, size);
        struct buffer again;
        buffer_init(&again, (size_t)4 * URI_MAX_BYTES);
        write_again(&uri, &again);
        struct uri other;
        /* Written out, every byte may take three. */
        if (again.size <= URI_MAX_BYTES) {
            HOLDS(uri_parse(arena, buffer_slice(&again), &other, &name) == URI_FINE);
            check_same(&uri, &other);
        }
        buffer_release(&again);
    }
    arena_free(arena);
    return 0;
}
