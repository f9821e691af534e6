/* A file that is served but not kept in memory: it stays open, so that a newer one put under its
 * name changes nothing, and is read again for each answer. */
#ifndef MAILLAGE_SERVED_H
#define MAILLAGE_SERVED_H

#include "buffer.h"
#include "digest.h"

struct served {
    int descriptor;
    size_t size;
    char tag[DIGEST_TAG_SIZE + 1]; /* of the bytes as they were when it was opened */
};

/* False and one line in `reterr` for a file that is empty, unreadable or larger than `max`. */
MUST_CHECK bool served_open(const char *path, size_t max, struct served *ret_served, char *reterr,
                            size_t reterr_size);
/* Also of one that was never opened, all zeros. */
void served_close(struct served *served);
/* Adds the bytes; false when they are no longer those that were opened, or memory is short. */
MUST_CHECK bool served_read(const struct served *served, struct buffer *to);

#endif
