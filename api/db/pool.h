/* Inside the room: a bounded set of connections, lent one caller at a time, first come first
 * served.
 *
 * A connection is in exactly one place: the idle list, the hands of one caller, or the keeper's
 * while it is looked at. The keeper is the pool's own thread: it alone connects, one connection
 * after the other, so that a server in trouble sees one attempt at a time and no caller ever waits
 * in a connect. */
#ifndef MAILLAGE_POOL_H
#define MAILLAGE_POOL_H

#include "connection.h"
#include "database.h"

struct pool;

MUST_CHECK struct pool *pool_new(const char *name, const struct connection_settings *settings,
                                 unsigned size);
void pool_free(struct pool *pool); /* when everything lent has come back; NULL is fine */

/* NULL and a failure: no connection before the deadline (pool-exhausted), or the server is away (at
 * once). */
MUST_CHECK struct connection *pool_take(struct pool *pool, int64_t deadline_us,
                                        struct failure *ret_failure);
/* `fine`: idle, nothing unread. Else it is closed, never repaired. */
void pool_give(struct pool *pool, struct connection *connection, bool fine);
/* Whether whoever holds it may use it once more: it is not too old, and nobody waits for one. */
MUST_CHECK bool pool_may_keep(struct pool *pool, const struct connection *connection);

void pool_figures(struct pool *pool, struct database_figures *ret_figures);

#endif
