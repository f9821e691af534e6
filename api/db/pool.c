#include "base.h"

#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

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

enum waiter_state { WAITER_QUEUED, WAITER_SERVED, WAITER_REFUSED /* the server is away */ };

/* On its caller's stack; it sleeps on a semaphore of its own, so that who is woken has no lock to
 * wait for. Out of the queue it is touched once more: by the post that wakes it. */
struct waiter {
    sem_t wake;
    struct connection *granted;
    _Atomic(enum waiter_state) state;
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
    struct waiter *first, **last;
    bool stopping;
    unsigned failures; /* connects in a row */
    int64_t retry_us;  /* no connect before */
    int64_t sweep_us;
    int64_t swept_us;
    atomic_uint_fast64_t wait_us;
    struct database_figures figures; /* all but wait_us */
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

static void enqueue(struct pool *pool, struct waiter *waiter) {
    *pool->last = waiter;
    pool->last = &waiter->next;
    pool->waiting++;
}

static void unlink_waiter(struct pool *pool, struct waiter *waiter) {
    struct waiter **at = &pool->first;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    if (*at == NULL)
        pool->last = at;
    pool->waiting--;
}

/* To the one who has waited longest, who is then to be woken; or to the idle list. */
static struct waiter *hand_over(struct pool *pool, struct connection *connection) {
    struct waiter *waiter = pool->first;
    if (waiter != NULL) {
        unlink_waiter(pool, waiter);
        waiter->granted = connection;
        return waiter;
    }
    connection->next = pool->idle;
    pool->idle = connection;
    pool->idle_count++;
    return NULL;
}

/* With or without the lock. */
static void wake(struct waiter *waiter, enum waiter_state state) {
    atomic_store_explicit(&waiter->state, state, memory_order_release);
    sem_post(&waiter->wake);
}

static void hand_over_and_wake(struct pool *pool, struct connection *connection) {
    struct waiter *waiter = hand_over(pool, connection);
    if (waiter != NULL)
        wake(waiter, WAITER_SERVED);
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
        wake(waiter, WAITER_REFUSED);
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
    hand_over_and_wake(pool, connection);
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
        hand_over_and_wake(pool, connection);
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
    pool->last = &pool->first;
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

/* Nobody has served it, and from now on nobody will. */
static bool withdraw(struct pool *pool, struct waiter *waiter) {
    pthread_mutex_lock(&pool->lock);
    bool queued = atomic_load(&waiter->state) == WAITER_QUEUED && waiter->granted == NULL;
    if (queued) {
        unlink_waiter(pool, waiter);
        pool->figures.waits_timed_out++;
    }
    pthread_mutex_unlock(&pool->lock);
    return queued;
}

/* False when the time is over. */
static bool sleep_until(struct pool *pool, struct waiter *waiter, int64_t deadline_us) {
    struct timespec deadline = timespec_of(deadline_us);
    while (sem_clockwait(&waiter->wake, CLOCK_MONOTONIC, &deadline) != 0) {
        if (errno != ETIMEDOUT)
            continue;
        if (withdraw(pool, waiter))
            return false;
        deadline.tv_sec += 1; /* served at this moment: the post is on its way */
    }
    return true;
}

/* The waiter is in the queue. */
static struct connection *wait_turn(struct pool *pool, struct waiter *waiter, int64_t deadline_us,
                                    struct failure *ret_failure) {
    int64_t start_us = clock_monotonic_us();
    bool answered = sleep_until(pool, waiter, deadline_us);
    atomic_fetch_add(&pool->wait_us, (uint64_t)(clock_monotonic_us() - start_us));
    sem_destroy(&waiter->wake);
    if (!answered) {
        failure_own(ret_failure, "pool-exhausted", 1);
        return NULL;
    }
    if (atomic_load_explicit(&waiter->state, memory_order_acquire) == WAITER_SERVED)
        return waiter->granted;
    failure_own(ret_failure, "database-unavailable", 1);
    return NULL;
}

/* The best of the idle ones that still lives; the lock is held on both sides, free while one is
 * looked at. */
static struct connection *take_idle(struct pool *pool) {
    struct connection *connection;
    while ((connection = pop_idle(pool)) != NULL) {
        pthread_mutex_unlock(&pool->lock);
        bool alive = connection_is_alive(connection);
        if (!alive)
            connection_close(connection);
        pthread_mutex_lock(&pool->lock);
        if (alive)
            return connection;
        count_closed(pool);
    }
    return NULL;
}

struct connection *pool_take(struct pool *pool, int64_t deadline_us, struct failure *ret_failure) {
    struct waiter waiter = {0};
    pthread_mutex_lock(&pool->lock);
    struct connection *connection = take_idle(pool);
    bool away = pool->stopping || is_down(pool);
    bool waits = connection == NULL && !away;
    if (waits) {
        sem_init(&waiter.wake, 0, 0);
        enqueue(pool, &waiter);
        if (wants_connection(pool))
            pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    if (waits)
        return wait_turn(pool, &waiter, deadline_us, ret_failure);
    if (connection == NULL)
        failure_own(ret_failure, "database-unavailable", 1);
    return connection;
}

void pool_give(struct pool *pool, struct connection *connection, bool fine) {
    struct waiter *next = NULL;
    fine = fine && clock_monotonic_us() < connection->retire_us;
    if (!fine)
        connection_close(connection);
    pthread_mutex_lock(&pool->lock);
    if (fine)
        next = hand_over(pool, connection);
    else
        count_closed(pool);
    pthread_mutex_unlock(&pool->lock);
    if (next != NULL)
        wake(next, WAITER_SERVED);
}

bool pool_may_keep(struct pool *pool, const struct connection *connection) {
    pthread_mutex_lock(&pool->lock);
    bool wanted = pool->waiting > 0 || pool->stopping;
    pthread_mutex_unlock(&pool->lock);
    return !wanted && clock_monotonic_us() < connection->retire_us;
}

void pool_figures(struct pool *pool, struct database_figures *ret_figures) {
    pthread_mutex_lock(&pool->lock);
    *ret_figures = pool->figures;
    ret_figures->wait_us = atomic_load(&pool->wait_us);
    ret_figures->size = pool->size;
    ret_figures->open = pool->open;
    ret_figures->busy = pool->open - pool->idle_count;
    ret_figures->waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
}
