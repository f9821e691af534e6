/* Inside the room: short reads of several requests sent together on one connection.
 *
 * As many threads as there are lanes lead: each takes a connection, sends its own call and those
 * that queued up meanwhile in one go, reads all the answers and wakes their callers; then the first
 * of those who came since leads. With nobody waiting a leader sends its own call alone, so a quiet
 * server sees no difference.
 *
 * What separates callers: every call is a transaction of its own, with its own session.open before
 * and its own Sync behind. No setting, error or timeout of one reaches another. What they share is
 * time on the connection: the whole turn has SHARE_TURN_MS, after which whoever has no answer runs
 * alone, and a statement that was slow is not sent together with others for a while. Only reads are
 * shared, so running one again has no effect. */
#ifndef MAILLAGE_SHARE_H
#define MAILLAGE_SHARE_H

#include "inside.h"

enum {
    SHARE_CALLS = 16,     /* in one turn */
    SHARE_STATEMENTS = 2, /* of one call */
    SHARE_TURN_MS = 300,
    SHARE_SLOW_MS = 50,    /* one call; slower statements run alone … */
    SHARE_SLOW_FOR_S = 60, /* … for this long */
};

MUST_CHECK struct share *share_new(struct database *database, unsigned lanes);
void share_free(struct share *share);

/* False when the call has to run alone; it is as before then. True: it has its outcome, and its
 * connection is gone. */
MUST_CHECK bool share_run(struct share *share, struct call *call);

uint64_t share_count(struct share *share); /* calls that travelled with others */

#endif
