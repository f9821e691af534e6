/* Inside the room: lists and exports that a standby answers in the primary's place.
 *
 * Asked are only reads that may lag (database.h). The first statement of such a read has the
 * standby itself say, on this very connection, that it has replayed the mark which this caller
 * needs (freshness.h); whatever it was that connected us there, no answer is older than that.
 *
 * The standby never makes an error: away, too late, behind, promoted, a conflict with what it
 * replays, a key it does not know yet: until the first byte has gone out, the primary is asked
 * instead and decides. A watcher asks both servers all the time, so that a standby that is of no
 * use is left alone until it is of use again. */
#ifndef MAILLAGE_REPLICA_H
#define MAILLAGE_REPLICA_H

#include "freshness.h"
#include "inside.h"

struct replica;

/* Starts its pools and its watcher; a standby that is away does not matter. */
MUST_CHECK struct replica *replica_new(struct database *database, const struct config *config);
void replica_free(struct replica *replica); /* NULL is fine, here and below */

/* After a call that may have written, before it is answered. `key_id` NULL: not known. */
void replica_note_write(struct replica *replica, const char *key_digest, const char *key_id);

/* True: answered, the connection has been given back. False: the call is as before, the primary's
 * to answer. */
MUST_CHECK bool replica_run(struct replica *replica, struct call *call);

/* One read on its way, for who runs it himself. */
struct replica_read {
    struct log_mark mark;          /* what has to be replayed */
    struct statement_text require; /* the statement that makes sure, to be sent first */
    struct pool *pool;
    struct connection *connection;
};

/* False: the primary is to answer. */
MUST_CHECK bool replica_begin_export(struct replica *replica,
                                     const struct database_opening *opening, struct arena *arena,
                                     struct replica_read *ret_read);
/* After the pipeline ran: whether its answer counts; `opened` is the row of session.open. The
 * connection is still to be given back. */
MUST_CHECK bool replica_accepts(struct replica *replica, const struct replica_read *read,
                                struct pipeline *pipeline, const PGresult *opened);
void replica_give(const struct replica_read *read, const struct pipeline *pipeline);

void replica_figures(struct replica *replica, struct replica_figures *ret_figures);

#endif
