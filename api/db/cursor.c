/* An export: BEGIN, session, DECLARE and the first FETCH in one round trip, then block after block,
 * one ahead of the reader: the server gathers the next block while this one is written out. Two
 * blocks are in memory at most. */
#include "base.h"

#include "database.h"

#include "clock.h"
#include "inside.h"
#include "log.h"
#include "replica.h"
#include "result.h"

#define TEXT_OF(number) #number
#define TEXT_OF_VALUE(number) TEXT_OF(number)
#define BLOCK_ROWS 500
static_assert(BLOCK_ROWS == CURSOR_BLOCK, "the fetch says the same number");
static const char fetch_sql[] = "fetch forward " TEXT_OF_VALUE(BLOCK_ROWS) " from export";

struct cursor {
    struct database *database;
    struct pipeline pipeline;
    const char *request_id;
    struct replica_read there; /* its connection is NULL: on the primary */
    PGresult *next;            /* the block that is awaited, or has come */
    struct rows *block;        /* in the reader's hands */
    int64_t deadline_us;       /* of the whole export */
    bool fetching;             /* sent and not read */
    bool ended;                /* the last block had less rows than asked */
};

static bool refuse(struct failure *ret_failure, const char *code) {
    failure_own(ret_failure, code, 1);
    return false;
}

struct opening {
    struct statement_text session, declare;
    PGresult *opened; /* of session.open */
};

static void send_opening(struct cursor *cursor, struct opening *opening) {
    struct pipeline *pipeline = &cursor->pipeline;
    pipeline->in_block = true;
    pipeline_add_plain(pipeline, "begin", NULL);
    if (cursor->there.connection != NULL)
        pipeline_add(pipeline, &cursor->there.require, NULL);
    pipeline_add(pipeline, &opening->session, &opening->opened);
    pipeline_add_once(pipeline, &opening->declare, NULL);
    pipeline_add_plain(pipeline, fetch_sql, &cursor->next);
    pipeline_run(pipeline, true);
}

/* Gives the connection back; a block that is not ended is broken, and closed, not repaired. */
static void give(struct cursor *cursor, bool ended) {
    struct pipeline *pipeline = &cursor->pipeline;
    if (!ended && pipeline_is_sound(pipeline))
        pipeline->outcome = OUTCOME_LOST;
    if (cursor->there.connection != NULL)
        replica_give(&cursor->there, pipeline);
    else
        database_give(cursor->database, cursor->database->exports, pipeline);
}

static void drop_opening(struct cursor *cursor, struct opening *opening) {
    give(cursor, false);
    PQclear(opening->opened);
    PQclear(cursor->next);
    opening->opened = cursor->next = NULL;
}

/* The first block must come within the time of a statement: until then the primary can still be
 * asked, and something is left of the reader's patience. */
static bool open_on_replica(struct cursor *cursor, const struct database_opening *who,
                            struct arena *arena, struct opening *opening) {
    struct database *database = cursor->database;
    if (!replica_begin_export(database->replica, who, arena, &cursor->there))
        return false;
    pipeline_start(&cursor->pipeline, cursor->there.connection,
                   database_deadline(database->statement_timeout_ms));
    send_opening(cursor, opening);
    if (replica_accepts(database->replica, &cursor->there, &cursor->pipeline, opening->opened))
        return true;
    drop_opening(cursor, opening);
    cursor->there.connection = NULL;
    return false;
}

/* Exports write nothing, so whatever ended before an answer may run again. */
static bool open_on_pool(struct cursor *cursor, struct opening *opening,
                         struct failure *ret_failure) {
    struct database *database = cursor->database;
    int64_t wait_us = clock_monotonic_us() + (int64_t)database->pool_wait_ms * 1000;
    for (unsigned attempt = 0;; attempt++) {
        struct connection *connection = pool_take(database->exports, wait_us, ret_failure);
        if (connection == NULL)
            return false;
        pipeline_start(&cursor->pipeline, connection, cursor->deadline_us);
        send_opening(cursor, opening);
        enum outcome outcome = cursor->pipeline.outcome;
        if (outcome == OUTCOME_FINE)
            return true;
        drop_opening(cursor, opening);
        bool again =
            outcome == OUTCOME_STALE || outcome == OUTCOME_UNTOUCHED || outcome == OUTCOME_SILENT;
        if (attempt == 0 && again)
            continue;
        database_log_failure(&cursor->pipeline, cursor->request_id);
        *ret_failure = cursor->pipeline.failure;
        return false;
    }
}

static bool declare_statement(const struct statement_text *statement, struct arena *arena,
                              struct statement_text *ret_text) {
    *ret_text = *statement;
    ret_text->sql = arena_print(arena, "declare export no scroll cursor for\n%s", statement->sql);
    return ret_text->sql != NULL;
}

struct cursor *cursor_open(struct database *database, const struct database_opening *opening,
                           const struct statement_text *statement, struct arena *arena,
                           struct principal *ret_principal, struct failure *ret_failure) {
    unsigned timeout_ms =
        opening->timeout_ms != 0 ? opening->timeout_ms : database->export_timeout_ms;
    struct opening first = {0};
    struct cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL || !session_statement(opening, timeout_ms, arena, &first.session) ||
        !declare_statement(statement, arena, &first.declare)) {
        free(cursor);
        refuse(ret_failure, "out-of-memory");
        return NULL;
    }
    cursor->database = database;
    cursor->request_id = opening->request_id;
    cursor->deadline_us = database_deadline(timeout_ms);
    atomic_fetch_add_explicit(&database->statements, 1, memory_order_relaxed);
    if (!open_on_replica(cursor, opening, arena, &first) &&
        !open_on_pool(cursor, &first, ret_failure)) {
        free(cursor);
        return NULL;
    }
    if (!session_read(first.opened, arena, ret_principal, ret_failure)) {
        cursor_close(cursor);
        return NULL;
    }
    return cursor;
}

/* Asks for the next block and does not wait for it. */
static void fetch_ahead(struct cursor *cursor) {
    struct connection *connection = cursor->pipeline.connection;
    pipeline_start(&cursor->pipeline, connection, cursor->deadline_us);
    cursor->pipeline.in_block = true;
    pipeline_add_plain(&cursor->pipeline, fetch_sql, &cursor->next);
    cursor->fetching = true;
    pipeline_send(&cursor->pipeline, true);
}

static bool await_block(struct cursor *cursor, struct failure *ret_failure) {
    if (!cursor->fetching)
        return true;
    cursor->fetching = false;
    if (cursor->pipeline.outcome == OUTCOME_FINE &&
        pipeline_read(&cursor->pipeline, true) == OUTCOME_FINE)
        return true;
    *ret_failure = cursor->pipeline.failure;
    if (cursor->pipeline.outcome == OUTCOME_LATE)
        failure_own(ret_failure, "export-too-slow", 0);
    database_log_failure(&cursor->pipeline, cursor->request_id);
    return false;
}

bool cursor_next(struct cursor *cursor, struct rows **ret_rows, struct failure *ret_failure) {
    rows_free(cursor->block);
    cursor->block = NULL;
    if (clock_monotonic_us() >= cursor->deadline_us)
        return refuse(ret_failure, "export-too-slow");
    if (!await_block(cursor, ret_failure))
        return false;
    if (cursor->next == NULL)
        return refuse(ret_failure, "internal-error"); /* called again after a failure */
    cursor->block = rows_new(cursor->next);
    cursor->next = NULL;
    if (cursor->block == NULL)
        return refuse(ret_failure, "out-of-memory");
    cursor->ended = rows_count(cursor->block) == 0;
    if (!cursor->ended)
        fetch_ahead(cursor);
    *ret_rows = cursor->block;
    return true;
}

/* A finished export commits and gives its connection back; any other is cancelled and closed. */
void cursor_close(struct cursor *cursor) {
    if (cursor == NULL)
        return;
    struct connection *connection = cursor->pipeline.connection;
    if (cursor->ended) {
        pipeline_start(&cursor->pipeline, connection, database_deadline(0));
        pipeline_add_plain(&cursor->pipeline, "commit", NULL);
        pipeline_run(&cursor->pipeline, true);
    } else {
        cursor->pipeline.outcome = OUTCOME_LATE;
    }
    give(cursor, cursor->ended);
    rows_free(cursor->block);
    PQclear(cursor->next);
    free(cursor);
}
