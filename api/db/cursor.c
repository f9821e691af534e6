/* An export: BEGIN, session, DECLARE and the first FETCH in one round trip, then block after block,
 * one ahead of the reader: the server gathers the next block while this one is written out. Two
 * blocks are in memory at most. */
#include "base.h"

#include "database.h"

#include "clock.h"
#include "inside.h"
#include "log.h"
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
    PGresult *next;      /* the block that is awaited, or has come */
    struct rows *block;  /* in the reader's hands */
    int64_t deadline_us; /* of the whole export */
    bool fetching;       /* sent and not read */
    bool ended;          /* the last block had less rows than asked */
};

static bool refuse(struct failure *ret_failure, const char *code) {
    failure_own(ret_failure, code, 1);
    return false;
}

static void send_opening(struct cursor *cursor, const struct statement_text *session,
                         const struct statement_text *declare, PGresult **ret_opened) {
    struct pipeline *pipeline = &cursor->pipeline;
    pipeline->in_block = true;
    pipeline_add_plain(pipeline, "begin", NULL);
    pipeline_add(pipeline, session, ret_opened);
    pipeline_add_once(pipeline, declare, NULL);
    pipeline_add_plain(pipeline, fetch_sql, &cursor->next);
    pipeline_run(pipeline, true);
}

/* Exports write nothing, so whatever ended before an answer may run again. */
static bool open_on_pool(struct cursor *cursor, const struct statement_text *session,
                         const struct statement_text *declare, PGresult **ret_opened,
                         struct failure *ret_failure) {
    struct database *database = cursor->database;
    int64_t wait_us = clock_monotonic_us() + (int64_t)database->pool_wait_ms * 1000;
    for (unsigned attempt = 0;; attempt++) {
        struct connection *connection = pool_take(database->exports, wait_us, ret_failure);
        if (connection == NULL)
            return false;
        pipeline_start(&cursor->pipeline, connection, cursor->deadline_us);
        send_opening(cursor, session, declare, ret_opened);
        enum outcome outcome = cursor->pipeline.outcome;
        if (outcome == OUTCOME_FINE)
            return true;
        if (outcome == OUTCOME_REFUSED)
            cursor->pipeline.outcome = OUTCOME_LOST; /* its block is broken: closed, not repaired */
        database_give(database, database->exports, &cursor->pipeline);
        PQclear(*ret_opened);
        PQclear(cursor->next);
        *ret_opened = cursor->next = NULL;
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
    struct statement_text session, declare;
    PGresult *opened = NULL;
    struct cursor *cursor = calloc(1, sizeof *cursor);
    if (cursor == NULL || !session_statement(opening, timeout_ms, arena, &session) ||
        !declare_statement(statement, arena, &declare)) {
        free(cursor);
        refuse(ret_failure, "out-of-memory");
        return NULL;
    }
    cursor->database = database;
    cursor->request_id = opening->request_id;
    cursor->deadline_us = database_deadline(timeout_ms);
    atomic_fetch_add_explicit(&database->statements, 1, memory_order_relaxed);
    if (!open_on_pool(cursor, &session, &declare, &opened, ret_failure)) {
        free(cursor);
        return NULL;
    }
    if (!session_read(opened, arena, ret_principal, ret_failure)) {
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
    database_give(cursor->database, cursor->database->exports, &cursor->pipeline);
    rows_free(cursor->block);
    PQclear(cursor->next);
    free(cursor);
}
