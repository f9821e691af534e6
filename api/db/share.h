/* Inside the room: short reads of several requests sent together on one connection.
 *
 * As many threads as there are lanes lead: each takes a connection, sends its own call and those
 * that queued up meanwhile in one go, reads the answers and wakes their callers. Half way through
 * it sends what has queued up since, as the next turn, which the first of those then reads.
 * With nobody waiting a leader sends its own call alone, so a quiet server sees no difference.
 *
 * One lane for two processors: its server process keeps one busy, the callers the other. While no
 * turn begins for SHARE_PATIENCE_MS, as many lanes again may open.
 *
 * What separates callers, though one Sync and so one transaction holds the turn (a Sync each costs
 * a fifth more processor time):
 *   - only reads that commit are shared: what ran needs no taking back, what did not run may run
 * again;
 *   - each call starts with its own session.open, which sets every setting that says who is
 * calling, in how much time, read only; none may be left as it was. What session.open sets is
 * therefore set without condition;
 *   - after an error the server runs nothing more up to the Sync, so no statement runs under the
 * session of an earlier call because its own was refused. Who is skipped so runs alone;
 *   - answers are told apart by position, and every call's steps are counted;
 *   - the turn has SHARE_TURN_MS, after which who has no answer runs alone, and a statement that
 * was slow is not sent together with others for a while: briefly at first, because a cold plan or a
 * busy machine makes any statement slow once.
 */
#ifndef MAILLAGE_SHARE_H
#define MAILLAGE_SHARE_H

#include "inside.h"

enum {
    SHARE_CALLS = 16,     /* in one turn */
    SHARE_STATEMENTS = 2, /* of one call */
    SHARE_TURN_MS = 300,
    SHARE_PATIENCE_MS = 3,
    SHARE_SLOW_MS = 50,         /* one call; slower statements run alone … */
    SHARE_SLOW_FIRST_MS = 2000, /* … for this long, twice as long each time they are slow again … */
    SHARE_SLOW_MOST_MS = 64000, /* … up to this */
};

MUST_CHECK struct share *share_new(struct database *database, unsigned lanes);
void share_free(struct share *share);

/* False when the call has to run alone; it is as before then. True: it has its outcome, and its
 * connection is gone. */
MUST_CHECK bool share_run(struct share *share, struct call *call);

uint64_t share_count(struct share *share); /* calls that travelled with others */

#endif
