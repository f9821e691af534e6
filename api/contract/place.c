/* JSON pointers are written from a chain of steps: "~" and "/" inside a name become "~0" and "~1".
 */
#include "base.h"

#include "place.h"

enum { POINTER_MAX = 4096 };

static void write_name(const char *name, struct buffer *buffer) {
    buffer_add_char(buffer, '/');
    for (const char *c = name; *c; c++) {
        if (*c == '~')
            buffer_add_text(buffer, "~0");
        else if (*c == '/')
            buffer_add_text(buffer, "~1");
        else
            buffer_add_char(buffer, *c);
    }
}

/* Chains are as long as the document is deep, which its readers bound. */
void place_write(const struct place *place, struct buffer *buffer) {
    if (!place->up) {
        buffer_add_text(buffer, place->name);
        return;
    }
    place_write(place->up, buffer);
    if (place->name)
        write_name(place->name, buffer);
    else
        buffer_print(buffer, "/%zu", place->index);
}

/* Names come from the document: one with a line feed in it would make two lines of the message. */
static void keep_one_line(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            *text = '?';
}

bool place_refuse(const struct place *place, char *reterr, size_t reterr_size, const char *format,
                  va_list arguments) {
    struct buffer pointer;
    buffer_init(&pointer, POINTER_MAX);
    place_write(place, &pointer);
    struct slice text = buffer_ok(&pointer) ? buffer_slice(&pointer) : SLICE("#");
    int written = snprintf(reterr, reterr_size, "%.*s: ", (int)text.size, text.at);
    buffer_release(&pointer);
    if (written > 0 && (size_t)written < reterr_size)
        vsnprintf(reterr + written, reterr_size - (size_t)written, format, arguments);
    if (reterr_size > 0)
        keep_one_line(reterr);
    return false;
}
