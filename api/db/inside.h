/* Inside the room: what a database is made of. */
#ifndef MAILLAGE_INSIDE_H
#define MAILLAGE_INSIDE_H

#include <stdatomic.h>

#include "canceller.h"
#include "database.h"
#include "pipeline.h"
#include "pool.h"

struct key_notes;
struct replica;
struct share;

struct database {
    struct pool *requests;
    struct pool *exports;
    struct pool
        *house; /* one connection for readiness, checks and notes: a full pool does not hide them */
    struct share *share;
    struct replica *replica; /* NULL: no standby is set */
    struct canceller *canceller;
    struct key_notes *notes;
    unsigned pool_wait_ms;
    unsigned statement_timeout_ms;
    unsigned export_timeout_ms;
    char conninfo[512];
    char secret_key[2 * DIGEST_SECRET_SIZE + 1];
    atomic_uint_least64_t statements;
    atomic_uint_least64_t statement_us;
    atomic_int_least64_t answered_us; /* by the wall clock; 0 = never */
};

enum { STATEMENTS_MAX = 16, DEADLINE_SLACK_MS = 1000 };

/* A call and what it has got so far. */
struct call {
    struct database *database;
    const struct database_opening *opening;
    const struct statement_text *statement;
    size_t count;
    bool commit;
    unsigned timeout_ms;
    int64_t wait_us; /* a connection has to be there by then */
    struct arena *arena;
    struct statement_text session;
    PGresult *opened; /* of session.open */
    PGresult *result[STATEMENTS_MAX];
    struct pipeline pipeline;
};
void call_add(
    struct call *call); /* session and statements into its pipeline, which has been started */
void call_drop_results(struct call *call);

int64_t database_deadline(
    unsigned timeout_ms); /* now + timeout + slack: the server's own limit comes first */

/* session.open as a statement for this opening. */
MUST_CHECK bool session_statement(const struct database_opening *opening, unsigned timeout_ms,
                                  struct arena *arena, struct statement_text *ret_text);
/* From the row of session.open, which the arena owns from now on. */
MUST_CHECK bool session_read(PGresult *result, struct arena *arena, struct principal *ret_principal,
                             struct failure *ret_failure);

/* The key or account in the row of session.open, before it is read; NULL for anonymous. */
const char *session_key_id(const PGresult *opened);

/* After a run: how long it took, and whether the server answers. */
void database_note(struct database *database, const struct pipeline *pipeline);
/* The same, and ends the connection's use: idle ones go back, late ones are cancelled, all others
 * closed. */
void database_give(struct database *database, struct pool *pool, struct pipeline *pipeline);
void database_log_failure(const struct pipeline *pipeline, const char *request_id);

/* One statement on the house connection, in a transaction of its own, without a session. */
MUST_CHECK bool database_house(struct database *database, const struct statement_text *text,
                               unsigned timeout_ms, struct arena *arena, struct rows **ret_rows,
                               struct failure *ret_failure);

MUST_CHECK struct key_notes *key_notes_new(struct database *database);
void key_notes_free(struct key_notes *notes);
void key_notes_add(struct key_notes *notes, const char *key_id);

#endif
