/* Where we are in a document or an instance: a chain of steps on the stack, written as a JSON
 * pointer (RFC 6901) only when there is something to report. Private to this room. */
#ifndef MAILLAGE_PLACE_H
#define MAILLAGE_PLACE_H

#include "buffer.h"

struct place {
    const struct place *up;
    const char *name; /* property; of the root: the pointer it starts with; NULL: an array's item */
    size_t index;
};

void place_write(const struct place *place, struct buffer *buffer);

/* "<pointer>: <message>" into `reterr`; always false, so that a refusal is one statement. */
bool place_refuse(const struct place *place, char *reterr, size_t reterr_size, const char *format,
                  va_list arguments) PRINTF_LIKE(4, 0);

#endif
