#include "base.h"

#include "replica.h"

#include <pthread.h>

#include "clock.h"
#include "log.h"

enum {
    WATCH_WITHIN_MS = 1000,
    WATCH_ARENA = 65536,
    WATCH_STACK = 262144,
    SAY_AGAIN_US = 5000000,
    CLIENT_CHECK_MS = 1000,
};

struct replica {
    struct database *database;
    struct freshness *freshness;
    struct pool *requests, *exports, *watch;
    char conninfo[512];
    _Atomic enum replica_outcome state; /* REPLICA_ANSWERED: of use, as far as is known */
    atomic_uint_least64_t reads[REPLICA_OUTCOMES];
    pthread_t watcher;
    bool watching; /* the thread has been started */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    enum replica_outcome said; /* the state that the log knows */
    int64_t said_us;
};

static const char *const outcome_text[REPLICA_OUTCOMES] = {
    [REPLICA_ANSWERED] = "the standby answers",
    [REPLICA_WROTE] = "the caller has written",
    [REPLICA_BEHIND] = "the standby is behind, or the primary away",
    [REPLICA_AWAY] = "the standby is away",
    [REPLICA_REFUSED] = "the standby refused",
};

static bool require_statement(const struct log_mark *mark, struct arena *arena,
                              struct statement_text *ret_text) {
    const char *const value[] = {mark->system_id, mark->timeline, mark->written_to};
    return statement_fixed("select engine.require_replayed($1::bigint, $2::integer, $3::pg_lsn)",
                           (int)COUNT_OF(value), value, arena, ret_text);
}

/* --- what came of it --- */

static void count(struct replica *replica, enum replica_outcome outcome) {
    atomic_fetch_add_explicit(&replica->reads[outcome], 1, memory_order_relaxed);
}

/* Left alone until the watcher has found it again. */
static void leave_alone(struct replica *replica) {
    atomic_store(&replica->state, REPLICA_AWAY);
}

/* A server that has become a primary, or follows another one, is not asked again on this
 * connection. */
static enum replica_outcome outcome_of(struct pipeline *pipeline) {
    const char *sqlstate = pipeline->failure.sqlstate;
    switch (pipeline->outcome) {
    case OUTCOME_FINE:
        return REPLICA_ANSWERED;
    case OUTCOME_REFUSED:
        if (strcmp(sqlstate, "MA425") == 0)
            return REPLICA_BEHIND;
        if (strcmp(sqlstate, "MA503") != 0)
            return REPLICA_REFUSED;
        pipeline->outcome = OUTCOME_LOST;
        return REPLICA_AWAY;
    case OUTCOME_STALE:
        return REPLICA_REFUSED;
    default:
        return REPLICA_AWAY;
    }
}

/* Whoever calls is known by credential before the read, by key or account only after it: somebody
 * signed in twice sees here what he wrote there. */
static bool has_written_since(struct replica *replica, const struct log_mark *mark,
                              const PGresult *opened) {
    const char *key_id = session_key_id(opened);
    return key_id != NULL && freshness_last_write_us(replica->freshness, key_id) >= mark->asked_us;
}

bool replica_accepts(struct replica *replica, const struct replica_read *read,
                     struct pipeline *pipeline, const PGresult *opened) {
    enum replica_outcome outcome = outcome_of(pipeline);
    if (outcome == REPLICA_ANSWERED && has_written_since(replica, &read->mark, opened))
        outcome = REPLICA_WROTE;
    count(replica, outcome);
    if (outcome == REPLICA_AWAY)
        leave_alone(replica);
    if (outcome != REPLICA_ANSWERED)
        log_write(LOG_DEBUG, "replica", NULL, "%s: %s %s", outcome_text[outcome],
                  pipeline->failure.sqlstate, pipeline->message);
    return outcome == REPLICA_ANSWERED;
}

/* What is late is not cancelled, which would wait for a server that may hang: it ends by itself
 * soon after the connection (client_check_ms). */
void replica_give(const struct replica_read *read, const struct pipeline *pipeline) {
    pool_give(read->pool, read->connection, pipeline_is_sound(pipeline));
}

/* --- reads --- */

static enum replica_outcome choose(struct replica *replica, const struct database_opening *opening,
                                   struct log_mark *ret_mark) {
    int64_t now_us = clock_monotonic_us();
    enum replica_outcome state = atomic_load(&replica->state);
    if (state != REPLICA_ANSWERED)
        return state;
    int64_t written_us = freshness_last_write_us(replica->freshness, opening->key_digest);
    if (freshness_find_mark(replica->freshness, written_us, now_us, ret_mark))
        return REPLICA_ANSWERED;
    return freshness_find_mark(replica->freshness, 0, now_us, ret_mark) ? REPLICA_WROTE
                                                                        : REPLICA_BEHIND;
}

/* Half of the time that a call may wait for a connection: the other half is the primary's. */
static bool begin(struct replica *replica, struct pool *pool,
                  const struct database_opening *opening, struct arena *arena,
                  struct replica_read *ret_read) {
    struct failure failure = {0};
    enum replica_outcome outcome = choose(replica, opening, &ret_read->mark);
    if (outcome != REPLICA_ANSWERED ||
        !require_statement(&ret_read->mark, arena, &ret_read->require)) {
        count(replica, outcome != REPLICA_ANSWERED ? outcome : REPLICA_REFUSED);
        return false;
    }
    int64_t wait_us = (int64_t)replica->database->pool_wait_ms * 1000 / 2;
    ret_read->pool = pool;
    ret_read->connection = pool_take(pool, clock_monotonic_us() + wait_us, &failure);
    if (ret_read->connection == NULL) {
        count(replica, REPLICA_AWAY);
        if (strcmp(failure.code, "pool-exhausted") != 0)
            leave_alone(replica);
    }
    return ret_read->connection != NULL;
}

/* The standby gets half of the statement's time: what it does not answer takes the primary's whole
 * time after it. */
bool replica_run(struct replica *replica, struct call *call) {
    struct replica_read read;
    if (replica == NULL || !call->opening->may_lag || !call->commit)
        return false;
    struct call there = *call;
    there.timeout_ms = (call->timeout_ms + 1) / 2;
    if (!session_statement(call->opening, there.timeout_ms, call->arena, &there.session) ||
        !begin(replica, replica->requests, call->opening, call->arena, &read))
        return false;
    pipeline_start(&there.pipeline, read.connection, database_deadline(there.timeout_ms));
    pipeline_add(&there.pipeline, &read.require, NULL);
    call_add(&there);
    pipeline_run(&there.pipeline, true);
    bool accepted = replica_accepts(replica, &read, &there.pipeline, there.opened);
    replica_give(&read, &there.pipeline);
    if (accepted)
        *call = there;
    else
        call_drop_results(&there);
    return accepted;
}

bool replica_begin_export(struct replica *replica, const struct database_opening *opening,
                          struct arena *arena, struct replica_read *ret_read) {
    return replica != NULL && opening->may_lag &&
           begin(replica, replica->exports, opening, arena, ret_read);
}

void replica_note_write(struct replica *replica, const char *key_digest, const char *key_id) {
    if (replica == NULL)
        return;
    int64_t now_us = clock_monotonic_us();
    freshness_note_write(replica->freshness, key_digest, now_us);
    if (key_id != NULL)
        freshness_note_write(replica->freshness, key_id, now_us);
}

/* --- the watcher --- */

static void copy_value(char to[MARK_TEXT_SIZE], const struct rows *rows, int column) {
    struct slice value = rows_value(rows, 0, column);
    snprintf(to, MARK_TEXT_SIZE, "%.*s", (int)value.size, value.at);
}

static void ask_primary(struct replica *replica, struct arena *arena) {
    struct log_mark mark = {.asked_us = clock_monotonic_us()};
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (!statement_fixed("select system_id, timeline, written_to from engine.log_mark()", 0, NULL,
                         arena, &text) ||
        !database_house(replica->database, &text, WATCH_WITHIN_MS, arena, &rows, &failure) ||
        rows_count(rows) != 1)
        return;
    copy_value(mark.system_id, rows, 0);
    copy_value(mark.timeline, rows, 1);
    copy_value(mark.written_to, rows, 2);
    freshness_add_mark(replica->freshness, &mark);
}

/* What a caller who has written nothing would meet. */
static enum replica_outcome ask_standby(struct replica *replica, struct arena *arena) {
    int64_t now_us = clock_monotonic_us();
    struct replica_read read = {.pool = replica->watch};
    struct failure failure;
    struct pipeline pipeline;
    if (!freshness_find_mark(replica->freshness, 0, now_us, &read.mark) ||
        !require_statement(&read.mark, arena, &read.require))
        return REPLICA_BEHIND;
    int64_t deadline_us = now_us + (int64_t)WATCH_WITHIN_MS * 1000;
    read.connection = pool_take(read.pool, deadline_us, &failure);
    if (read.connection == NULL)
        return REPLICA_AWAY;
    pipeline_start(&pipeline, read.connection, deadline_us);
    pipeline_add(&pipeline, &read.require, NULL);
    pipeline_run(&pipeline, true);
    enum replica_outcome outcome = outcome_of(&pipeline);
    replica_give(&read, &pipeline);
    return outcome;
}

/* A standby that comes and goes is a few lines of log a minute. */
static void say_state(struct replica *replica, enum replica_outcome state) {
    int64_t now_us = clock_monotonic_us();
    if (state == replica->said || now_us - replica->said_us < SAY_AGAIN_US)
        return;
    log_write(state == REPLICA_ANSWERED ? LOG_INFO : LOG_WARNING, "replica", NULL, "%s%s",
              outcome_text[state], state == REPLICA_ANSWERED ? "" : ": lists ask the primary");
    replica->said = state;
    replica->said_us = now_us;
}

static void look(struct replica *replica) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(WATCH_ARENA);
    if (arena == NULL)
        return;
    ask_primary(replica, arena);
    enum replica_outcome state = ask_standby(replica, arena);
    atomic_store(&replica->state, state);
    say_state(replica, state);
}

static void *watch(void *context) {
    struct replica *replica = context;
    pthread_mutex_lock(&replica->lock);
    while (!replica->stopping) {
        int64_t until_us = clock_monotonic_us() + freshness_interval_us(replica->freshness);
        struct timespec until = {.tv_sec = until_us / 1000000,
                                 .tv_nsec = until_us % 1000000 * 1000};
        pthread_mutex_unlock(&replica->lock);
        look(replica);
        pthread_mutex_lock(&replica->lock);
        int error = 0;
        while (!replica->stopping && error == 0)
            error = pthread_cond_timedwait(&replica->wake, &replica->lock, &until);
    }
    pthread_mutex_unlock(&replica->lock);
    return NULL;
}

/* --- start, end, figures --- */

static bool start_pools(struct replica *replica, const struct config *config) {
    struct connection_settings settings = {
        .database = replica->conninfo,
        .attributes = "standby",
        .secret_key = replica->database->secret_key,
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .idle_timeout_ms = 10000,
        .client_check_ms = CLIENT_CHECK_MS,
    };
    replica->requests = pool_new("replica", &settings, config->read_pool_size);
    replica->watch = pool_new("replica watch", &settings, 1);
    settings.statement_timeout_ms = config->export_timeout_ms;
    settings.idle_timeout_ms = config->export_timeout_ms;
    replica->exports = pool_new("replica exports", &settings, config->export_pool_size);
    return replica->requests != NULL && replica->watch != NULL && replica->exports != NULL;
}

static bool start_watcher(struct replica *replica) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WATCH_STACK);
    replica->watching = pthread_create(&replica->watcher, &attributes, watch, replica) == 0;
    pthread_attr_destroy(&attributes);
    return replica->watching;
}

struct replica *replica_new(struct database *database, const struct config *config) {
    struct replica *replica = calloc(1, sizeof *replica);
    if (replica == NULL)
        return NULL;
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
    pthread_cond_init(&replica->wake, &condition);
    pthread_condattr_destroy(&condition);
    pthread_mutex_init(&replica->lock, NULL);
    replica->database = database;
    replica->said = REPLICA_OUTCOMES;
    atomic_store(&replica->state, REPLICA_AWAY);
    snprintf(replica->conninfo, sizeof replica->conninfo, "%s", config->read_database);
    replica->freshness = freshness_new(config->read_staleness_ms);
    if (replica->freshness != NULL && start_pools(replica, config) && start_watcher(replica))
        return replica;
    replica_free(replica);
    return NULL;
}

void replica_free(struct replica *replica) {
    if (replica == NULL)
        return;
    pthread_mutex_lock(&replica->lock);
    replica->stopping = true;
    pthread_cond_signal(&replica->wake);
    pthread_mutex_unlock(&replica->lock);
    if (replica->watching)
        pthread_join(replica->watcher, NULL);
    pool_free(replica->requests);
    pool_free(replica->exports);
    pool_free(replica->watch);
    freshness_free(replica->freshness);
    pthread_cond_destroy(&replica->wake);
    pthread_mutex_destroy(&replica->lock);
    free(replica);
}

void replica_figures(struct replica *replica, struct replica_figures *ret_figures) {
    pool_figures(replica->requests, &ret_figures->requests);
    pool_figures(replica->exports, &ret_figures->exports);
    for (size_t i = 0; i < REPLICA_OUTCOMES; i++)
        ret_figures->reads[i] = atomic_load_explicit(&replica->reads[i], memory_order_relaxed);
    ret_figures->usable = atomic_load(&replica->state) == REPLICA_ANSWERED;
}
