/* The way to PostgreSQL: one call of an exchange = one pipeline = one transaction.
 *
 *   session.open(…)    who is calling; fails for an unknown key or a missing scope, and then
 *                      nothing else runs
 *   the statements     prepared, in order
 *   Sync               only now is anything certain: deferred constraints fail here
 *
 * Every wait is bounded: for a connection (pool_wait_ms), for the server (statement_timeout in the
 * session, and a deadline of our own with cancel behind it). A connection with anything left undone
 * is closed, never repaired. */
#ifndef MAILLAGE_DATABASE_H
#define MAILLAGE_DATABASE_H

#include "config.h"
#include "failure.h"
#include "rows.h"
#include "statement.h"

struct database;

/* Starts the pools; does not wait for the server: with PostgreSQL away the daemon starts and
 * answers 503. */
MUST_CHECK struct database *database_new(const struct config *config, char *reterr,
                                         size_t reterr_size);
void database_free(struct database *database); /* after the last call came back */

struct database_opening {
    const char *key_digest; /* SHA-256 of the key as hex; NULL = anonymous */
    const char *scope;      /* asked by the operation, or NULL */
    const char *request_id;
    bool writes;         /* else the transaction is read only */
    unsigned timeout_ms; /* 0 = statement_timeout_ms */
    bool no_wait;        /* only a connection that is free now; else "pool-exhausted" at once */
    bool shareable;      /* a short keyed read: may travel with the calls of other requests */
    bool may_lag; /* a list without effect: a standby may answer, at most read_staleness_ms old
                            and never older than what this caller has written */
};

/* Who called, as session.open says; strings live in the arena. */
struct principal {
    enum caller caller;
    const char *key_id; /* NULL for anonymous */
    const char *label;
    const char *delegation_id; /* or NULL */
    const char *member_id;     /* or NULL */
    const char *scopes;        /* blank-separated */
    const char *expires_at;    /* or NULL */
};

/* A transaction that is open on a connection of its own. */
struct transaction;

/* Opens the session, runs `count` statements, and commits when `commit`; one round trip.
 * With `commit` false and no failure the transaction stays open in `ret_open` and must be ended by
 * database_finish (it holds a connection: be quick). Results in `ret_rows[i]`, NULL where nothing
 * came. On failure nothing is stored, `ret_failure` says what, and no transaction is left open. */
MUST_CHECK bool database_run(struct database *database, const struct database_opening *opening,
                             const struct statement_text *statement, size_t count, bool commit,
                             struct arena *arena, struct principal *ret_principal,
                             struct rows **ret_rows, struct transaction **ret_open,
                             struct failure *ret_failure);

/* Runs `count` more statements and ends the transaction: commits, or takes everything back. */
MUST_CHECK bool database_finish(struct transaction *transaction,
                                const struct statement_text *statement, size_t count, bool commit,
                                struct arena *arena, struct rows **ret_rows,
                                struct failure *ret_failure);

/* --- exports: a cursor on a connection of the export pool, rows in blocks, constant memory --- */
struct cursor;
MUST_CHECK struct cursor *cursor_open(struct database *database,
                                      const struct database_opening *opening,
                                      const struct statement_text *statement, struct arena *arena,
                                      struct principal *ret_principal, struct failure *ret_failure);
/* The next block, at most CURSOR_BLOCK rows, valid until the next call; a block of 0 rows ends the
 * export. */
enum { CURSOR_BLOCK = 500 };
MUST_CHECK bool cursor_next(struct cursor *cursor, struct rows **ret_rows,
                            struct failure *ret_failure);
void cursor_close(struct cursor *cursor); /* also in the middle: cancels and gives the connection
                                             back or closes it */

/* --- keys seen: their last use is written from time to time, never in the way of a request --- */
void database_note_key_use(struct database *database, const char *key_id);

/* --- start, health, figures --- */
/* Prepares and describes every file against the contract: an orphan on either side, an unknown
 * column, a parameter without a type. One line in `reterr`. `special` names the operations that C
 * answers. Needs a server:
 * `*ret_unreachable` is true when that is why it failed. */
MUST_CHECK bool database_check(struct database *database, const struct operation *const *operation,
                               size_t operations, const struct statement_set *set,
                               const char *const *special, size_t specials, bool *ret_unreachable,
                               char *reterr, size_t reterr_size);
/* Binds the database to the key of the settings, or finds that it belongs to another one. */
MUST_CHECK bool database_adopt_key(struct database *database, bool *ret_unreachable, char *reterr,
                                   size_t reterr_size);
const char *database_schema_revision(void); /* the one that this binary expects; "" = any */
bool database_is_ready(
    struct database *database); /* SELECT 1 within 1 s, schema revision as expected */
/* When the server last answered a call of any kind, by the wall clock; 0 = not since the start. */
int64_t database_answered_us(struct database *database);

struct database_figures {
    unsigned size, open, busy, waiting;
    uint64_t waits_timed_out, connects, connects_failed, cancelled, statements;
    uint64_t wait_us;      /* sum */
    uint64_t statement_us; /* sum: from the first statement of a call to its last answer */
    uint64_t shared;       /* calls that travelled with those of other requests */
};
void database_figures(struct database *database, bool exports,
                      struct database_figures *ret_figures);

/* What became of the reads that a standby may answer; all but the first went to the primary. */
enum replica_outcome {
    REPLICA_ANSWERED,
    REPLICA_WROTE,   /* the caller has written since what the standby is known to have replayed */
    REPLICA_BEHIND,  /* it has not replayed enough, or nobody knows: the primary is away */
    REPLICA_AWAY,    /* no connection in time, too slow, lost, no standby of this primary */
    REPLICA_REFUSED, /* it said no: the primary decides */
    REPLICA_OUTCOMES,
};
struct replica_figures {
    struct database_figures requests, exports; /* of its pools */
    uint64_t reads[REPLICA_OUTCOMES];
    bool usable; /* at the last look of the watcher */
};
/* False: no standby is set. */
bool database_replica_figures(struct database *database, struct replica_figures *ret_figures);

#endif
