#include "base.h"

#include "canceller.h"

#include <pthread.h>

#include "log.h"

enum { QUEUE_MAX = 64, CANCELLER_STACK = 262144 };

struct canceller {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    PGcancel *queue[QUEUE_MAX]; /* a ring */
    unsigned first, count;
    uint64_t cancelled;
    bool stopping;
};

static void *run(void *context) {
    struct canceller *canceller = context;
    pthread_mutex_lock(&canceller->lock);
    while (!canceller->stopping) {
        if (canceller->count == 0) {
            pthread_cond_wait(&canceller->wake, &canceller->lock);
            continue;
        }
        PGcancel *cancel = canceller->queue[canceller->first];
        canceller->first = (canceller->first + 1) % QUEUE_MAX;
        canceller->count--;
        canceller->cancelled++;
        pthread_mutex_unlock(&canceller->lock);
        char why[256];
        if (PQcancel(cancel, why, sizeof why) != 1)
            log_write(LOG_DEBUG, "database", NULL, "cancel: %s", why);
        PQfreeCancel(cancel);
        pthread_mutex_lock(&canceller->lock);
    }
    pthread_mutex_unlock(&canceller->lock);
    return NULL;
}

struct canceller *canceller_new(void) {
    struct canceller *canceller = calloc(1, sizeof *canceller);
    if (canceller == NULL)
        return NULL;
    pthread_mutex_init(&canceller->lock, NULL);
    pthread_cond_init(&canceller->wake, NULL);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, CANCELLER_STACK);
    int error = pthread_create(&canceller->thread, &attributes, run, canceller);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return canceller;
    pthread_cond_destroy(&canceller->wake);
    pthread_mutex_destroy(&canceller->lock);
    free(canceller);
    return NULL;
}

void canceller_free(struct canceller *canceller) {
    if (canceller == NULL)
        return;
    pthread_mutex_lock(&canceller->lock);
    canceller->stopping = true;
    pthread_cond_signal(&canceller->wake);
    pthread_mutex_unlock(&canceller->lock);
    pthread_join(canceller->thread, NULL);
    for (; canceller->count > 0; canceller->count--) {
        PQfreeCancel(canceller->queue[canceller->first]);
        canceller->first = (canceller->first + 1) % QUEUE_MAX;
    }
    pthread_cond_destroy(&canceller->wake);
    pthread_mutex_destroy(&canceller->lock);
    free(canceller);
}

void canceller_add(struct canceller *canceller, struct connection *connection) {
    PGcancel *cancel = PQgetCancel(connection->pg);
    if (cancel == NULL)
        return;
    pthread_mutex_lock(&canceller->lock);
    bool taken = canceller->count < QUEUE_MAX && !canceller->stopping;
    if (taken) {
        canceller->queue[(canceller->first + canceller->count) % QUEUE_MAX] = cancel;
        canceller->count++;
        pthread_cond_signal(&canceller->wake);
    }
    pthread_mutex_unlock(&canceller->lock);
    if (!taken)
        PQfreeCancel(cancel);
}

uint64_t canceller_count(struct canceller *canceller) {
    pthread_mutex_lock(&canceller->lock);
    uint64_t count = canceller->cancelled;
    pthread_mutex_unlock(&canceller->lock);
    return count;
}
