/* Bytes are kept followed by a NUL that is not counted, so that `at` may be read as text. */
#include "base.h"

#include "buffer.h"
#include "text.h"

enum { FIRST_ROOM = 256 };

void buffer_init(struct buffer *buffer, size_t max) {
    /* Halved so that no sum below can wrap around. */
    *buffer = (struct buffer){.max = max > PTRDIFF_MAX / 2 ? PTRDIFF_MAX / 2 : max};
}

void buffer_release(struct buffer *buffer) {
    free(buffer->at);
    *buffer = (struct buffer){.max = buffer->max};
}

void buffer_clear(struct buffer *buffer) {
    buffer->size = 0;
    buffer->failed = false;
    if (buffer->at != NULL) {
        buffer->at[0] = '\0';
    }
}

bool buffer_ok(const struct buffer *buffer) {
    return !buffer->failed;
}

struct slice buffer_slice(const struct buffer *buffer) {
    return buffer->at == NULL ? (struct slice){"", 0} : (struct slice){buffer->at, buffer->size};
}

/* Makes room for `more` bytes and the NUL. */
static bool grow(struct buffer *buffer, size_t more) {
    if (buffer->failed || more > buffer->max - buffer->size) {
        buffer->failed = true;
        return false;
    }
    size_t needed = buffer->size + more + 1;
    if (needed <= buffer->room) {
        return true;
    }
    size_t room = buffer->room == 0 ? FIRST_ROOM : buffer->room;
    while (room < needed) {
        room = room > SIZE_MAX / 2 ? needed : room * 2;
    }
    if (room - 1 > buffer->max) {
        room = buffer->max + 1;
    }
    char *at = realloc(buffer->at, room);
    if (at == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->at = at;
    buffer->room = room;
    return true;
}

void buffer_reserve(struct buffer *buffer, size_t size) {
    size_t most = buffer->max - buffer->size;
    (void)grow(buffer, size < most ? size : most);
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size) {
    if (!grow(buffer, size)) {
        return;
    }
    if (size > 0) {
        memcpy(buffer->at + buffer->size, bytes, size);
        buffer->size += size;
    }
    buffer->at[buffer->size] = '\0';
}

void buffer_add_slice(struct buffer *buffer, struct slice bytes) {
    buffer_add(buffer, bytes.at, bytes.size);
}

void buffer_add_text(struct buffer *buffer, const char *text) {
    buffer_add_slice(buffer, slice_of(text));
}

void buffer_add_char(struct buffer *buffer, char byte) {
    buffer_add(buffer, &byte, 1);
}

void buffer_print(struct buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        buffer->failed = true;
        return;
    }
    if (!grow(buffer, (size_t)size)) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(buffer->at + buffer->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)size;
}

static void add_json_control(struct buffer *buffer, unsigned char byte) {
    static const char *const short_form[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    if (byte < COUNT_OF(short_form) && short_form[byte] != NULL) {
        buffer_add_text(buffer, short_form[byte]);
    } else {
        buffer_print(buffer, "\\u%04x", byte);
    }
}

#define EACH(byte) (UINT64_MAX / 255 * (byte)) /* eight times the byte */

/* Some of eight bytes is this one. Borrowing may add a hit behind a true one, never alone. */
static bool any_is(uint64_t bytes, unsigned char byte) {
    uint64_t other = bytes ^ EACH(byte);
    return ((other - EACH(0x01)) & ~other & EACH(0x80)) != 0;
}

/* None of eight bytes has to be escaped or belongs to a longer character. */
static bool are_plain(const char *at) {
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    bool control = ((bytes - EACH(0x20)) & ~bytes & EACH(0x80)) != 0;
    return !control && (bytes & EACH(0x80)) == 0 && !any_is(bytes, '"') && !any_is(bytes, '\\') &&
           !any_is(bytes, 0x7f);
}

static bool is_plain(unsigned char byte) {
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Where the run of bytes ends that stand for themselves, each alone. */
static size_t plain_end(struct slice text, size_t at) {
    while (text.size - at >= sizeof(uint64_t) && are_plain(text.at + at)) {
        at += sizeof(uint64_t);
    }
    while (at < text.size && is_plain((unsigned char)text.at[at])) {
        at++;
    }
    return at;
}

void buffer_add_json(struct buffer *buffer, struct slice text) {
    buffer_add_char(buffer, '"');
    size_t done = 0; /* everything before is written */
    size_t i = plain_end(text, 0);
    while (i < text.size) {
        unsigned char byte = (unsigned char)text.at[i];
        uint32_t point = 0;
        size_t width = text_decode((struct slice){text.at + i, text.size - i}, &point);
        if (width > 1) {
            i = plain_end(text, i + width);
            continue;
        }
        buffer_add(buffer, text.at + done, i - done);
        if (width == 0) {
            buffer_add_text(buffer, "\xEF\xBF\xBD"); /* U+FFFD: what we write is always UTF-8 */
        } else if (byte == '"' || byte == '\\') {
            buffer_add_char(buffer, '\\');
            buffer_add_char(buffer, (char)byte);
        } else {
            add_json_control(buffer, byte);
        }
        done = i + 1;
        i = plain_end(text, done);
    }
    buffer_add(buffer, text.at + done, text.size - done);
    buffer_add_char(buffer, '"');
}

static bool is_unreserved(unsigned char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

void buffer_add_encoded(struct buffer *buffer, struct slice text) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (is_unreserved(byte)) {
            buffer_add_char(buffer, (char)byte);
        } else {
            char escape[3] = {'%', hex[byte >> 4], hex[byte & 15]};
            buffer_add(buffer, escape, sizeof(escape));
        }
    }
}
