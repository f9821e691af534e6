/* One call of an exchange: connection, pipeline, rows; and its end when it was left open. */
#include "base.h"

#include "inside.h"
#include "replica.h"
#include "result.h"
#include "share.h"

#include "clock.h"
#include "log.h"

enum { GOODBYES_MAX = 8 };

struct transaction {
    struct database *database;
    struct connection *connection;
    const char *request_id;
    unsigned timeout_ms;
    const char *key_digest, *key_id; /* of who writes */
};

int64_t database_deadline(unsigned timeout_ms) {
    return clock_monotonic_us() + ((int64_t)timeout_ms + DEADLINE_SLACK_MS) * 1000;
}

void database_log_failure(const struct pipeline *pipeline, const char *request_id) {
    const struct failure *failure = &pipeline->failure;
    bool ours = failure->code != NULL && strcmp(failure->code, "internal-error") == 0;
    log_write(ours ? LOG_ERROR : LOG_DEBUG, "database", request_id, "%s %s %s%s%s",
              failure->sqlstate[0] != '\0' ? failure->sqlstate : "-",
              failure->code != NULL ? failure->code : failure->fallback, failure->constraint,
              pipeline->message[0] != '\0' ? ": " : "", pipeline->message);
}

void database_note(struct database *database, const struct pipeline *pipeline) {
    uint64_t held_us = (uint64_t)(clock_monotonic_us() - pipeline->started_us);
    atomic_fetch_add_explicit(&database->statement_us, held_us, memory_order_relaxed);
    if (pipeline_is_sound(pipeline))
        atomic_store_explicit(&database->answered_us, clock_wall_us(), memory_order_relaxed);
}

void database_give(struct database *database, struct pool *pool, struct pipeline *pipeline) {
    database_note(database, pipeline);
    if (pipeline->outcome == OUTCOME_LATE)
        canceller_add(database->canceller, pipeline->connection);
    pool_give(pool, pipeline->connection, pipeline_is_sound(pipeline));
}

void call_drop_results(struct call *call) {
    PQclear(call->opened);
    call->opened = NULL;
    for (size_t i = 0; i < call->count; i++) {
        PQclear(call->result[i]);
        call->result[i] = NULL;
    }
}

/* Nothing was done, or nothing can have been done: the same again on another connection is no
 * second effect. A clean goodbye has reached the other idle connections too, so several may say it
 * one after the other; a connection that ends without a word may have been our statement's doing:
 * once more, not oftener. */
static bool may_run_again(const struct call *call, unsigned attempt) {
    switch (call->pipeline.outcome) {
    case OUTCOME_UNTOUCHED:
        return attempt < GOODBYES_MAX;
    case OUTCOME_STALE:
        return attempt == 0;
    case OUTCOME_SILENT:
        return attempt == 0 && (!call->opening->writes || !call->commit);
    default:
        return false;
    }
}

void call_add(struct call *call) {
    struct pipeline *pipeline = &call->pipeline;
    pipeline_add(pipeline, &call->session, &call->opened);
    for (size_t i = 0; i < call->count; i++)
        pipeline_add(pipeline, &call->statement[i], &call->result[i]);
}

static void run_once(struct call *call, struct connection *connection) {
    pipeline_start(&call->pipeline, connection, database_deadline(call->timeout_ms));
    call_add(call);
    pipeline_run(&call->pipeline, call->commit);
}

/* A read that tried to write is our mistake; a write that met a read-only server looks for another
 * one. */
static void judge_read_only(struct call *call) {
    struct pipeline *pipeline = &call->pipeline;
    if (strcmp(pipeline->failure.sqlstate, "25006") != 0)
        return;
    if (!call->opening->writes)
        failure_own(&pipeline->failure, "internal-error", 0);
    else
        pipeline->outcome = OUTCOME_LOST;
}

static bool fail(struct call *call, struct failure *ret_failure) {
    if (call->pipeline.outcome == OUTCOME_STALE)
        failure_own(&call->pipeline.failure, "retry", 1);
    database_log_failure(&call->pipeline, call->opening->request_id);
    *ret_failure = call->pipeline.failure;
    return false;
}

/* Leaves the connection in `pipeline` when the transaction stays open, else gives it back. */
static bool run_on_pool(struct call *call, struct failure *ret_failure) {
    struct database *database = call->database;
    for (unsigned attempt = 0;; attempt++) {
        struct connection *connection = pool_take(database->requests, call->wait_us, ret_failure);
        if (connection == NULL)
            return false;
        run_once(call, connection);
        judge_read_only(call);
        bool fine = call->pipeline.outcome == OUTCOME_FINE;
        if (!fine || call->commit)
            database_give(database, database->requests, &call->pipeline);
        if (fine)
            return true;
        call_drop_results(call);
        if (may_run_again(call, attempt))
            continue;
        return fail(call, ret_failure);
    }
}

/* On a standby where that may be; with the short reads of others; those that cannot be answered so
 * run alone. */
static bool run_call(struct call *call, struct failure *ret_failure) {
    if (replica_run(call->database->replica, call))
        return true;
    bool share = call->opening->shareable && !call->opening->no_wait && !call->opening->writes &&
                 call->commit;
    if (!share || !share_run(call->database->share, call))
        return run_on_pool(call, ret_failure);
    judge_read_only(call);
    if (call->pipeline.outcome == OUTCOME_FINE)
        return true;
    call_drop_results(call);
    return fail(call, ret_failure);
}

/* The arena takes the results over; on false what it did not take is cleared. */
static bool take_rows(PGresult **result, size_t count, struct arena *arena,
                      struct rows **ret_rows) {
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        ret_rows[i] = NULL;
        if (result[i] == NULL)
            continue;
        if (!fine || PQresultStatus(result[i]) != PGRES_TUPLES_OK)
            PQclear(result[i]);
        else
            fine = rows_wrap(arena, result[i], &ret_rows[i]);
        result[i] = NULL;
    }
    return fine;
}

/* Takes everything back on a connection whose transaction is open. */
static void roll_back(struct transaction *transaction) {
    struct pipeline pipeline;
    pipeline_start(&pipeline, transaction->connection, database_deadline(transaction->timeout_ms));
    pipeline_add_plain(&pipeline, "rollback", NULL);
    pipeline_run(&pipeline, true);
    database_give(transaction->database, transaction->database->requests, &pipeline);
}

static bool out_of_memory(struct failure *ret_failure) {
    failure_own(ret_failure, "out-of-memory", 1);
    return false;
}

static bool finish_call(struct call *call, struct principal *ret_principal, struct rows **ret_rows,
                        struct transaction **ret_open, struct failure *ret_failure) {
    struct transaction open = {
        call->database,   call->pipeline.connection, call->opening->request_id,
        call->timeout_ms, call->opening->key_digest, NULL};
    bool principal_fine = session_read(call->opened, call->arena, ret_principal, ret_failure);
    call->opened = NULL;
    bool rows_fine = take_rows(call->result, call->count, call->arena, ret_rows);
    struct transaction *kept = call->commit ? NULL : arena_take(call->arena, sizeof *kept);
    if (principal_fine && rows_fine && (call->commit || kept != NULL)) {
        open.key_id = ret_principal->key_id;
        if (kept != NULL)
            *kept = open;
        *ret_open = kept;
        return true;
    }
    if (!call->commit)
        roll_back(&open);
    return principal_fine ? out_of_memory(ret_failure) : false;
}

bool database_run(struct database *database, const struct database_opening *opening,
                  const struct statement_text *statement, size_t count, bool commit,
                  struct arena *arena, struct principal *ret_principal, struct rows **ret_rows,
                  struct transaction **ret_open, struct failure *ret_failure) {
    assert(count <= STATEMENTS_MAX);
    struct call call = {
        .database = database,
        .opening = opening,
        .statement = statement,
        .count = count,
        .commit = commit,
        .timeout_ms =
            opening->timeout_ms != 0 ? opening->timeout_ms : database->statement_timeout_ms,
        .wait_us =
            clock_monotonic_us() + (opening->no_wait ? 0 : (int64_t)database->pool_wait_ms * 1000),
        .arena = arena,
    };
    if (!session_statement(opening, call.timeout_ms, arena, &call.session))
        return out_of_memory(ret_failure);
    atomic_fetch_add_explicit(&database->statements, count, memory_order_relaxed);
    struct transaction *open = NULL;
    bool fine = run_call(&call, ret_failure) &&
                finish_call(&call, ret_principal, ret_rows, &open, ret_failure);
    if (opening->writes) /* whether it failed or not: a failure may hide an effect, or repeat one */
        replica_note_write(database->replica, opening->key_digest,
                           fine ? ret_principal->key_id : NULL);
    if (!fine)
        return false;
    if (ret_open != NULL)
        *ret_open = open;
    return true;
}

bool database_finish(struct transaction *transaction, const struct statement_text *statement,
                     size_t count, bool commit, struct arena *arena, struct rows **ret_rows,
                     struct failure *ret_failure) {
    assert(count <= STATEMENTS_MAX);
    PGresult *result[STATEMENTS_MAX] = {0};
    struct pipeline pipeline;
    struct database *database = transaction->database;
    pipeline_start(&pipeline, transaction->connection, database_deadline(transaction->timeout_ms));
    for (size_t i = 0; i < count; i++)
        pipeline_add(&pipeline, &statement[i], &result[i]);
    if (!commit)
        pipeline_add_plain(&pipeline, "rollback", NULL);
    atomic_fetch_add_explicit(&database->statements, count, memory_order_relaxed);
    bool fine = pipeline_run(&pipeline, true) == OUTCOME_FINE;
    if (pipeline.outcome == OUTCOME_STALE)
        failure_own(&pipeline.failure, "retry", 1);
    database_give(database, database->requests, &pipeline);
    replica_note_write(database->replica, transaction->key_digest, transaction->key_id);
    if (fine)
        return take_rows(result, count, arena, ret_rows) || out_of_memory(ret_failure);
    for (size_t i = 0; i < count; i++)
        PQclear(result[i]);
    database_log_failure(&pipeline, transaction->request_id);
    *ret_failure = pipeline.failure;
    return false;
}

bool database_house(struct database *database, const struct statement_text *text,
                    unsigned timeout_ms, struct arena *arena, struct rows **ret_rows,
                    struct failure *ret_failure) {
    int64_t deadline_us = clock_monotonic_us() + (int64_t)timeout_ms * 1000;
    for (unsigned attempt = 0;; attempt++) {
        struct connection *connection = pool_take(database->house, deadline_us, ret_failure);
        if (connection == NULL)
            return false;
        PGresult *result = NULL;
        struct pipeline pipeline;
        pipeline_start(&pipeline, connection, deadline_us);
        pipeline_add(&pipeline, text, &result);
        bool fine = pipeline_run(&pipeline, true) == OUTCOME_FINE;
        database_give(database, database->house, &pipeline);
        if (fine)
            return take_rows(&result, 1, arena, ret_rows) || out_of_memory(ret_failure);
        PQclear(result);
        if (attempt == 0 &&
            (pipeline.outcome == OUTCOME_STALE || pipeline.outcome == OUTCOME_UNTOUCHED ||
             pipeline.outcome == OUTCOME_SILENT))
            continue;
        *ret_failure = pipeline.failure;
        return false;
    }
}
