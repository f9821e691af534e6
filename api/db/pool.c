#include "base.h"

#include "pool.h"

#include <errno.h>
#include <pthread.h>

#include "clock.h"
#include "digest.h"
#include "log.h"

enum {
    AGE_MAX_S = 1800,
    AGE_JITTER_S = 180,
    SWEEP_US = 5000000,
    SWEEP_SOON_US = 100000,
    BACKOFF_FIRST_US = 50000,
    BACKOFF_SOON_US =
        1500000, /* nobody answers: asking costs little, coming back late costs much */
    BACKOFF_MAX_US = 32000000, /* refused by a server that works */
    KEEPER_STACK = 524288,
};

struct waiter {
    pthread_cond_t wake;
    struct connection *granted;
    bool refused; /* the server is away */
    struct waiter *next;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t wake; /* of the keeper */
    pthread_t keeper;
    const char *name;
    struct connection_settings settings;
    unsigned size;
    unsigned open; /* all but the one that is being made */
    unsigned idle_count;
    unsigned waiting;
    struct connection *idle; /* the last used first: the others may grow old */
    struct waiter *first;
    bool stopping;
    unsigned failures; /* connects in a row */
    int64_t retry_us;  /* no connect before */
    int64_t sweep_us;
    int64_t swept_us;
    struct database_figures figures;
};

static bool is_down(const struct pool *pool) {
    return pool->open == 0 && pool->failures > 0;
}

static void monotonic_cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

static struct timespec timespec_of(int64_t us) {
    return (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
}

/* Between half and all of `us`, so that daemons that lost the server together do not return
 * together. */
static int64_t jitter(int64_t us) {
    uint32_t random;
    digest_random(&random, sizeof random);
    return us / 2 + us / 2 * (random % 1024) / 1023;
}

/* --- with the lock held --- */

static void unlink_waiter(struct pool *pool, struct waiter *waiter) {
    struct waiter **at = &pool->first;
    while (*at != NULL && *at != waiter)
        at = &(*at)->next;
    if (*at != NULL) {
        *at = waiter->next;
        pool->waiting--;
    }
}

/* To the one who has waited longest, or to the idle list. */
static void hand_over(struct pool *pool, struct connection *connection) {
    struct waiter *waiter = pool->first;
    if (waiter != NULL) {
        unlink_waiter(pool, waiter);
        waiter->granted = connection;
        pthread_cond_signal(&waiter->wake);
        return;
    }
    connection->next = pool->idle;
    pool->idle = connection;
    pool->idle_count++;
}

static struct connection *pop_idle(struct pool *pool) {
    struct connection *connection = pool->idle;
    if (connection != NULL) {
        pool->idle = connection->next;
        pool->idle_count--;
    }
    return connection;
}

static void refuse_all(struct pool *pool) {
    while (pool->first != NULL) {
        struct waiter *waiter = pool->first;
        unlink_waiter(pool, waiter);
        waiter->refused = true;
        pthread_cond_signal(&waiter->wake);
    }
}

/* One less is open; whoever waits may need a new one, and its neighbours may be dead for the same
 * reason. */
static void count_closed(struct pool *pool) {
    pool->open--;
    int64_t soon_us = pool->swept_us + SWEEP_SOON_US;
    if (soon_us < pool->sweep_us)
        pool->sweep_us = soon_us;
    pthread_cond_signal(&pool->wake);
}

static bool wants_connection(const struct pool *pool) {
    return pool->open < pool->size && (pool->waiting > 0 || pool->open == 0);
}

/* --- the keeper --- */

static void plan_retry(struct pool *pool, enum connect_fault fault, const char *why) {
    int64_t most_us = fault == CONNECT_REFUSED ? BACKOFF_MAX_US : BACKOFF_SOON_US;
    unsigned doublings = pool->failures > 12 ? 12 : pool->failures;
    int64_t pause_us = (int64_t)BACKOFF_FIRST_US << doublings;
    pause_us = jitter(pause_us > most_us ? most_us : pause_us);
    pool->failures++;
    pool->figures.connects_failed++;
    pool->retry_us = clock_monotonic_us() + pause_us;
    /* The first, then every doubling: a night's outage is a page of log, not a disk full. */
    if ((pool->failures & (pool->failures - 1)) == 0)
        log_write(LOG_WARNING, "pool", NULL,
                  "%s: no connection (attempt %u, next in %" PRId64 " ms): %s", pool->name,
                  pool->failures, pause_us / 1000, why);
    if (pool->open == 0)
        refuse_all(pool);
}

/* The lock is free while the connection is made. */
static void connect_one(struct pool *pool) {
    char why[256];
    enum connect_fault fault;
    pthread_mutex_unlock(&pool->lock);
    struct connection *connection = connection_open(&pool->settings, &fault, why, sizeof why);
    int64_t age_us = (int64_t)AGE_MAX_S * 1000000 + jitter((int64_t)AGE_JITTER_S * 1000000);
    pthread_mutex_lock(&pool->lock);
    if (connection == NULL) {
        plan_retry(pool, fault, why);
        return;
    }
    if (pool->failures > 0)
        log_write(LOG_INFO, "pool", NULL, "%s: connected again after %u attempts", pool->name,
                  pool->failures);
    pool->failures = 0;
    pool->retry_us = 0;
    pool->figures.connects++;
    pool->open++;
    connection->retire_us = clock_monotonic_us() + age_us;
    hand_over(pool, connection);
}

/* Takes every idle connection into its hands, closes the dead and the old, returns the others. */
static void sweep(struct pool *pool) {
    struct connection *list = pool->idle, *keep = NULL, *drop = NULL;
    pool->idle = NULL;
    pool->idle_count = 0;
    pthread_mutex_unlock(&pool->lock);
    int64_t now_us = clock_monotonic_us();
    while (list != NULL) {
        struct connection *connection = list;
        list = connection->next;
        bool fine = now_us < connection->retire_us && connection_is_alive(connection);
        connection->next = fine ? keep : drop;
        *(fine ? &keep : &drop) = connection;
    }
    unsigned dropped = 0;
    while (drop != NULL) {
        struct connection *connection = drop;
        drop = connection->next;
        connection_close(connection);
        dropped++;
    }
    pthread_mutex_lock(&pool->lock);
    pool->open -= dropped;
    while (keep != NULL) {
        struct connection *connection = keep;
        keep = connection->next;
        hand_over(pool, connection);
    }
    pool->swept_us = now_us;
    pool->sweep_us = now_us + SWEEP_US;
}

static void *run_keeper(void *context) {
    struct pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        int64_t now_us = clock_monotonic_us();
        if (now_us >= pool->sweep_us) {
            sweep(pool);
            continue;
        }
        bool wanted = wants_connection(pool);
        if (wanted && now_us >= pool->retry_us) {
            connect_one(pool);
            continue;
        }
        int64_t until_us = pool->sweep_us;
        if (wanted && pool->retry_us < until_us)
            until_us = pool->retry_us;
        struct timespec until = timespec_of(until_us);
        pthread_cond_timedwait(&pool->wake, &pool->lock, &until);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* --- for callers --- */

struct pool *pool_new(const char *name, const struct connection_settings *settings, unsigned size) {
    struct pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    monotonic_cond_init(&pool->wake);
    pool->name = name;
    pool->settings = *settings;
    pool->size = size;
    pool->sweep_us = clock_monotonic_us() + SWEEP_US;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, KEEPER_STACK);
    int error = pthread_create(&pool->keeper, &attributes, run_keeper, pool);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return pool;
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    return NULL;
}

void pool_free(struct pool *pool) {
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    refuse_all(pool);
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    pthread_join(pool->keeper, NULL);
    for (struct connection *connection; (connection = pop_idle(pool)) != NULL;)
        connection_close(connection);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* Waits in the queue; the lock is held on both sides. */
static struct connection *wait_turn(struct pool *pool, int64_t deadline_us,
                                    struct failure *ret_failure) {
    struct waiter waiter = {0};
    struct timespec deadline = timespec_of(deadline_us);
    int64_t start_us = clock_monotonic_us();
    monotonic_cond_init(&waiter.wake);
    struct waiter **at = &pool->first;
    while (*at != NULL)
        at = &(*at)->next;
    *at = &waiter;
    pool->waiting++;
    pthread_cond_signal(&pool->wake);
    int error = 0;
    while (waiter.granted == NULL && !waiter.refused && error == 0)
        error = pthread_cond_timedwait(&waiter.wake, &pool->lock, &deadline);
    pool->figures.wait_us += (uint64_t)(clock_monotonic_us() - start_us);
    pthread_cond_destroy(&waiter.wake);
    if (waiter.granted != NULL)
        return waiter.granted;
    if (waiter.refused) {
        failure_own(ret_failure, "database-unavailable", 1);
        return NULL;
    }
    unlink_waiter(pool, &waiter);
    pool->figures.waits_timed_out++;
    failure_own(ret_failure, "pool-exhausted", 1);
    return NULL;
}

struct connection *pool_take(struct pool *pool, int64_t deadline_us, struct failure *ret_failure) {
    struct connection *connection;
    pthread_mutex_lock(&pool->lock);
    while ((connection = pop_idle(pool)) != NULL) {
        pthread_mutex_unlock(&pool->lock);
        if (connection_is_alive(connection))
            return connection;
        connection_close(connection);
        pthread_mutex_lock(&pool->lock);
        count_closed(pool);
    }
    if (pool->stopping || is_down(pool))
        failure_own(ret_failure, "database-unavailable", 1);
    else
        connection = wait_turn(pool, deadline_us, ret_failure);
    pthread_mutex_unlock(&pool->lock);
    return connection;
}

void pool_give(struct pool *pool, struct connection *connection, bool fine) {
    fine = fine && clock_monotonic_us() < connection->retire_us;
    if (!fine)
        connection_close(connection);
    pthread_mutex_lock(&pool->lock);
    if (fine)
        hand_over(pool, connection);
    else
        count_closed(pool);
    pthread_mutex_unlock(&pool->lock);
}

void pool_figures(struct pool *pool, struct database_figures *ret_figures) {
    pthread_mutex_lock(&pool->lock);
    *ret_figures = pool->figures;
    ret_figures->size = pool->size;
    ret_figures->open = pool->open;
    ret_figures->busy = pool->open - pool->idle_count;
    ret_figures->waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
}
