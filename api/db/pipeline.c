#include "base.h"

#include "pipeline.h"

#include "clock.h"
#include "log.h"

enum { NAME_SIZE = 18 };

static void print_name(uint64_t key, char ret_name[NAME_SIZE]) {
    snprintf(ret_name, NAME_SIZE, "s%016" PRIx64, key);
}

void pipeline_start(struct pipeline *pipeline, struct connection *connection, int64_t deadline_us) {
    pipeline->connection = connection;
    pipeline->started_us = clock_monotonic_us();
    pipeline->deadline_us = deadline_us;
    pipeline->steps = 0;
    pipeline->in_block = false;
    pipeline->shared = false;
    pipeline->followed = false;
    pipeline->answered = false;
    pipeline->sending_failed = false;
    pipeline->outcome = OUTCOME_FINE;
    pipeline->failure = (struct failure){0};
    pipeline->message[0] = '\0';
}

static void add_step(struct pipeline *pipeline, int sent, enum step_kind kind, uint64_t key,
                     PGresult **ret_result) {
    assert(pipeline->steps < PIPELINE_STEPS);
    if (sent != 1)
        pipeline->sending_failed = true;
    else
        pipeline->step[pipeline->steps++] = (struct step){kind, key, ret_result};
}

void pipeline_add_plain(struct pipeline *pipeline, const char *sql, PGresult **ret_result) {
    int sent = PQsendQueryParams(pipeline->connection->pg, sql, 0, NULL, NULL, NULL, NULL, 0);
    add_step(pipeline, sent, STEP_QUERY, 0, ret_result);
}

void pipeline_add_once(struct pipeline *pipeline, const struct statement_text *text,
                       PGresult **ret_result) {
    int sent = PQsendQueryParams(pipeline->connection->pg, text->sql, text->parameters, text->type,
                                 text->value, NULL, NULL, 0);
    add_step(pipeline, sent, STEP_QUERY, 0, ret_result);
}

void pipeline_add_describe(struct pipeline *pipeline, const struct statement_text *text,
                           PGresult **ret_result) {
    PGconn *pg = pipeline->connection->pg;
    int sent = PQsendPrepare(pg, "", text->sql, text->parameters, text->type);
    add_step(pipeline, sent, STEP_QUERY, 0, NULL);
    add_step(pipeline, PQsendDescribePrepared(pg, ""), STEP_QUERY, 0, ret_result);
}

static void deallocate_oldest(struct pipeline *pipeline) {
    struct connection *connection = pipeline->connection;
    char sql[sizeof "deallocate " + NAME_SIZE], name[NAME_SIZE];
    uint64_t key;
    if (!cache_oldest(&connection->cache, &key))
        return;
    print_name(key, name);
    snprintf(sql, sizeof sql, "deallocate %s", name);
    int sent = PQsendQueryParams(connection->pg, sql, 0, NULL, NULL, NULL, NULL, 0);
    add_step(pipeline, sent, STEP_DEALLOCATE, key, NULL);
    cache_remove(&connection->cache, key);
}

void pipeline_add(struct pipeline *pipeline, const struct statement_text *text,
                  PGresult **ret_result) {
    struct connection *connection = pipeline->connection;
    char name[NAME_SIZE];
    print_name(text->key, name);
    if (!cache_use(&connection->cache, text->key)) {
        deallocate_oldest(pipeline);
        int sent = PQsendPrepare(connection->pg, name, text->sql, text->parameters, text->type);
        add_step(pipeline, sent, STEP_PREPARE, text->key, NULL);
        cache_add(&connection->cache, text->key);
    }
    int sent =
        PQsendQueryPrepared(connection->pg, name, text->parameters, text->value, NULL, NULL, 0);
    add_step(pipeline, sent, STEP_QUERY, text->key, ret_result);
}

/* --- failures --- */

static void copy_field(char *to, size_t size, const PGresult *result, int field) {
    const char *text = PQresultErrorField(result, field);
    snprintf(to, size, "%s", text != NULL ? text : "");
}

static bool is_state(const struct pipeline *pipeline, const char *sqlstate) {
    return strcmp(pipeline->failure.sqlstate, sqlstate) == 0;
}

/* 0A000 is many things; only the stale plan is cured by a new connection. The words may be
 * translated, the place in the server's source is not. */
static bool is_stale(const struct pipeline *pipeline, const PGresult *result) {
    const char *routine = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return is_state(pipeline, "26000") || is_state(pipeline, "42P05") ||
           (is_state(pipeline, "0A000") && routine != NULL &&
            strcmp(routine, "RevalidateCachedQuery") == 0);
}

/* The first error of a pipeline is the one that counts: the others follow from it. */
static void take_error(struct pipeline *pipeline, const PGresult *result) {
    struct failure *failure = &pipeline->failure;
    if (pipeline->outcome != OUTCOME_FINE)
        return;
    copy_field(failure->sqlstate, sizeof failure->sqlstate, result, PG_DIAG_SQLSTATE);
    copy_field(failure->constraint, sizeof failure->constraint, result, PG_DIAG_CONSTRAINT_NAME);
    copy_field(pipeline->message, sizeof pipeline->message, result, PG_DIAG_MESSAGE_PRIMARY);
    if (strncmp(failure->sqlstate, "MA", 2) == 0) {
        bool has_detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) != NULL;
        copy_field(failure->detail, sizeof failure->detail, result,
                   has_detail ? PG_DIAG_MESSAGE_DETAIL : PG_DIAG_MESSAGE_PRIMARY);
    }
    failure_classify(failure);
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    bool goodbye = severity == NULL || strcmp(severity, "ERROR") != 0;
    if (goodbye) {
        failure->code = "database-unavailable";
        failure->retry_after = 1;
    }
    if (is_stale(pipeline, result) && !pipeline->shared)
        pipeline->outcome = OUTCOME_STALE;
    else if (!goodbye)
        pipeline->outcome = OUTCOME_REFUSED;
    else if (pipeline->answered)
        pipeline->outcome = OUTCOME_LOST;
    else
        pipeline->outcome = is_state(pipeline, "57P01") ? OUTCOME_UNTOUCHED : OUTCOME_SILENT;
}

static void take_loss(struct pipeline *pipeline) {
    if (pipeline_is_sound(pipeline)) {
        failure_own(&pipeline->failure, "database-unavailable", 1);
        if (pipeline->answered)
            pipeline->outcome = OUTCOME_LOST;
        else
            pipeline->outcome = pipeline->connection->goodbye ? OUTCOME_UNTOUCHED : OUTCOME_SILENT;
    }
}

static bool take_wait(struct pipeline *pipeline, enum wait wait) {
    if (wait == WAIT_LATE) {
        failure_own(&pipeline->failure, "statement-timeout", 0);
        pipeline->outcome = OUTCOME_LATE;
    } else if (wait == WAIT_LOST) {
        take_loss(pipeline);
    }
    return wait == WAIT_READY;
}

bool pipeline_is_sound(const struct pipeline *pipeline) {
    return pipeline->outcome == OUTCOME_FINE || pipeline->outcome == OUTCOME_REFUSED ||
           pipeline->outcome == OUTCOME_SKIPPED;
}

/* --- sending and reading --- */

/* Also reads while sending: a server that waits for us to read would never read us. */
static bool flush(struct pipeline *pipeline) {
    PGconn *pg = pipeline->connection->pg;
    for (;;) {
        int left = PQflush(pg);
        if (left == 0)
            return true;
        enum wait wait = left < 0
                             ? WAIT_LOST
                             : connection_wait(pipeline->connection, true, pipeline->deadline_us);
        if (wait == WAIT_LOST)
            return true; /* a server that said goodbye before it hung up left its reason to be read
                          */
        if (!take_wait(pipeline, wait))
            return false;
    }
}

/* False when the connection is gone or the time is over; `*ret_result` may be NULL, which ends a
 * step. */
static bool next_result(struct pipeline *pipeline, PGresult **ret_result) {
    PGconn *pg = pipeline->connection->pg;
    while (PQisBusy(pg)) {
        enum wait wait = connection_wait(pipeline->connection, false, pipeline->deadline_us);
        if (wait == WAIT_LOST && PQstatus(pg) == CONNECTION_BAD)
            break; /* what arrived before the end is still to be read, then PQgetResult says so */
        if (!take_wait(pipeline, wait))
            return false;
    }
    *ret_result = PQgetResult(pg);
    return true;
}

/* A step that did not happen: what it was to change in the cache is as before. */
static void undo_step(struct pipeline *pipeline, const struct step *step) {
    if (step->kind == STEP_PREPARE)
        cache_remove(&pipeline->connection->cache, step->key);
    else if (step->kind == STEP_DEALLOCATE)
        cache_add(&pipeline->connection->cache, step->key);
}

static void take_result(struct pipeline *pipeline, const struct step *step, PGresult *result) {
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        pipeline->answered = true;
        if (step->ret_result != NULL) {
            *step->ret_result = result;
            return;
        }
        break;
    case PGRES_PIPELINE_ABORTED:
        if (pipeline->outcome == OUTCOME_FINE) /* the error was not one of this pipeline's */
            pipeline->outcome = OUTCOME_SKIPPED;
        undo_step(pipeline, step);
        break;
    default:
        undo_step(pipeline, step);
        take_error(pipeline, result);
        break;
    }
    PQclear(result);
}

static void read_steps(struct pipeline *pipeline) {
    for (size_t i = 0; i < pipeline->steps && pipeline_is_sound(pipeline); i++) {
        PGresult *result;
        if (!next_result(pipeline, &result))
            return;
        if (result == NULL) {
            take_loss(pipeline);
            return;
        }
        take_result(pipeline, &pipeline->step[i], result);
        if (!pipeline_is_sound(pipeline))
            return;
        if (next_result(pipeline, &result) && result != NULL) {
            PQclear(result); /* two results for one step: COPY, which files must not use */
            take_loss(pipeline);
            pipeline->outcome = OUTCOME_LOST;
        }
    }
}

/* A deferred constraint fails here, after the rows. */
static void read_sync(struct pipeline *pipeline) {
    unsigned ends = 0;
    while (pipeline_is_sound(pipeline)) {
        PGresult *result;
        if (!next_result(pipeline, &result))
            return;
        if (result == NULL) { /* once after such an error */
            if (++ends > 1 || PQstatus(pipeline->connection->pg) != CONNECTION_OK)
                take_loss(pipeline);
            continue;
        }
        bool done = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (!done)
            take_error(pipeline, result);
        PQclear(result);
        if (done)
            return;
    }
}

static void send_sync(struct pipeline *pipeline) {
    if (PQpipelineSync(pipeline->connection->pg) != 1)
        pipeline->sending_failed = true;
}

/* A transaction left open by accident would be lent to the next caller. */
static void check_idle(struct pipeline *pipeline) {
    if (!pipeline_is_sound(pipeline) || pipeline->in_block || pipeline->followed ||
        PQtransactionStatus(pipeline->connection->pg) == PQTRANS_IDLE)
        return;
    log_write(LOG_ERROR, "database", NULL, "a transaction outlived its Sync");
    take_loss(pipeline);
    pipeline->outcome = OUTCOME_LOST;
}

bool pipeline_send(struct pipeline *pipeline, bool sync) {
    if (sync)
        send_sync(pipeline);
    else if (PQsendFlushRequest(pipeline->connection->pg) != 1)
        pipeline->sending_failed = true;
    return flush(pipeline);
}

enum outcome pipeline_read(struct pipeline *pipeline, bool sync) {
    read_steps(pipeline);
    if (pipeline->sending_failed)
        take_loss(pipeline);
    if (!sync && !pipeline->shared && pipeline->outcome == OUTCOME_REFUSED) {
        send_sync(pipeline);
        sync = flush(pipeline);
    }
    if (sync) {
        read_sync(pipeline);
        check_idle(pipeline);
    }
    return pipeline->outcome;
}

enum outcome pipeline_run(struct pipeline *pipeline, bool sync) {
    return pipeline_send(pipeline, sync) ? pipeline_read(pipeline, sync) : pipeline->outcome;
}
