/* Templates as a tree of segments. Private to this room. */
#ifndef MAILLAGE_ROUTE_H
#define MAILLAGE_ROUTE_H

#include "operation.h"

struct route_node {
    const char *literal;      /* NULL: a capture */
    const char *suffix;       /* of a capture: what follows it, "" = nothing */
    struct route_node *child; /* literals first, a capture last */
    struct route_node *next;
    const char *path; /* of the first operation that ends here */
    const struct operation *operation[METHODS];
};

/* Adds `operation` by its path. False with a message when the template cannot be honoured or
 * another template matches the same paths. */
MUST_CHECK bool route_add(struct arena *arena, struct route_node *root,
                          const struct operation *operation, char *reterr, size_t reterr_size);

/* Calls for each {name} of a template; names are written into `ret_name`, in order. False when
 * malformed. */
MUST_CHECK bool route_captures(const char *path, char (*ret_name)[64], size_t max,
                               size_t *ret_count);

#endif
