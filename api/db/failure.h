/* What went wrong with the database, in the words of the problem catalogue. SQLSTATE and constraint
 * names stay here and in the log; clients see the catalogue's code. */
#ifndef MAILLAGE_FAILURE_H
#define MAILLAGE_FAILURE_H

#include "base.h"

enum { FAILURE_SQLSTATE_SIZE = 5 };

struct failure {
    char sqlstate[FAILURE_SQLSTATE_SIZE + 1]; /* "" when the failure is our own (pool, deadline) */
    char constraint[64];
    const char *code; /* entry of the problem catalogue: "database-unavailable", "pool-exhausted",
                         "statement-timeout", "duplicate", "replayed" … or, where the catalogue
                         names the constraint, NULL: then look the constraint up */
    const char
        *fallback; /* code to use when `code` is NULL and the catalogue knows no such constraint */
    char detail[4096];    /* only from our own functions (SQLSTATE class MA): safe to show; JSON or
                          text */
    unsigned retry_after; /* seconds, 0 = none */
};

/* Fills `code`, `fallback` and `retry_after` from `sqlstate`. Codes that are the engine's own
 * business: "retry" (40001, 40P01, a plan that went stale: run the whole call again, at most 3
 * times, then "busy"), "replayed" (MA208: answer with the stored response). */
void failure_classify(struct failure *failure);
/* A failure of our own making, without SQLSTATE: "pool-exhausted", "database-unavailable" … */
void failure_own(struct failure *failure, const char *code, unsigned retry_after);

#endif
