/* A growing run of bytes that cannot be made without a maximum.
 * Failure sticks: once the maximum is passed or memory is short, every later addition is ignored
 * and buffer_ok() says false, so a writer checks once, at its end. */
#ifndef MAILLAGE_BUFFER_H
#define MAILLAGE_BUFFER_H

#include "slice.h"

struct buffer {
    char *at;
    size_t size;
    size_t room;
    size_t max;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t max);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* keeps the memory, forgets bytes and failure */
/* Room for so many more bytes, or up to the maximum: a large answer is not moved each time it
 * doubles. */
void buffer_reserve(struct buffer *buffer, size_t size);
bool buffer_ok(const struct buffer *buffer);
struct slice buffer_slice(const struct buffer *buffer);

void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
void buffer_add_slice(struct buffer *buffer, struct slice bytes);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_print(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds `text` as a JSON string, quotes included; valid UTF-8 is copied, controls are escaped. */
void buffer_add_json(struct buffer *buffer, struct slice text);
/* Adds `text` percent-encoded for one path segment or one query name or value (RFC 3986 unreserved
 * kept). */
void buffer_add_encoded(struct buffer *buffer, struct slice text);

#endif
