/* "Did you mean …": the known name closest to one that is not known. Private to this room. */
#ifndef MAILLAGE_SUGGESTION_H
#define MAILLAGE_SUGGESTION_H

#include "slice.h"

struct suggestion {
    struct slice wanted;
    const char *best; /* NULL while nothing is close enough */
    size_t distance;
};

void suggestion_init(struct suggestion *suggestion, struct slice wanted);
void suggestion_try(struct suggestion *suggestion, const char *name);

#endif
