/* What went wrong with the database, in the words of the problem catalogue. SQLSTATE and constraint names stay here
 * and in the log; clients see the catalogue's code. */
#ifndef MAILLAGE_FAILURE_H
#define MAILLAGE_FAILURE_H

#include "base.h"

enum { FAILURE_SQLSTATE_SIZE = 5 };

struct failure {
    char sqlstate[FAILURE_SQLSTATE_SIZE + 1]; /* "" when the failure is our own (pool, deadline) */
    char constraint[64];
    const char *code;   /* entry of the problem catalogue: "database-unavailable", "pool-exhausted",
                           "statement-timeout", "duplicate", "replayed" … or, where the catalogue names
                           the constraint, NULL: then look the constraint up */
    char detail[512];   /* only from our own functions (SQLSTATE class MA): safe to show; JSON or text */
    unsigned retry_after; /* seconds, 0 = none */
};

/* Fills `code` and `retry_after` from `sqlstate` (reliability page, 6.2). */
void failure_classify(struct failure *failure);

#endif
