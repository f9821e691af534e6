#include "base.h"

#include "freshness.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MARKS_WITHIN_STALENESS = 8, INTERVAL_LEAST_MS = 25 };
static_assert((int)MARKS_WITHIN_STALENESS < (int)FRESHNESS_MARKS,
              "no mark is forgotten while it is of use");

struct freshness {
    int64_t staleness_us;
    pthread_mutex_t lock;
    struct log_mark mark[FRESHNESS_MARKS]; /* a ring; the oldest at `first` */
    size_t first, count;
    atomic_int_least64_t written_us[FRESHNESS_CALLERS];
};

struct freshness *freshness_new(unsigned staleness_ms) {
    struct freshness *freshness = calloc(1, sizeof *freshness);
    if (freshness == NULL)
        return NULL;
    pthread_mutex_init(&freshness->lock, NULL);
    freshness->staleness_us = (int64_t)staleness_ms * 1000;
    return freshness;
}

void freshness_free(struct freshness *freshness) {
    if (freshness == NULL)
        return;
    pthread_mutex_destroy(&freshness->lock);
    free(freshness);
}

int64_t freshness_interval_us(const struct freshness *freshness) {
    const int64_t least_us = (int64_t)INTERVAL_LEAST_MS * 1000;
    int64_t interval_us = freshness->staleness_us / MARKS_WITHIN_STALENESS;
    return interval_us > least_us ? interval_us : least_us;
}

static struct log_mark *mark_at(struct freshness *freshness, size_t index) {
    return &freshness->mark[(freshness->first + index) % FRESHNESS_MARKS];
}

static bool same_history(const struct log_mark *a, const struct log_mark *b) {
    return strcmp(a->system_id, b->system_id) == 0 && strcmp(a->timeline, b->timeline) == 0;
}

void freshness_add_mark(struct freshness *freshness, const struct log_mark *mark) {
    pthread_mutex_lock(&freshness->lock);
    if (freshness->count > 0 && !same_history(mark, mark_at(freshness, freshness->count - 1)))
        freshness->count = 0;
    if (freshness->count == FRESHNESS_MARKS) {
        freshness->first = (freshness->first + 1) % FRESHNESS_MARKS;
        freshness->count--;
    }
    *mark_at(freshness, freshness->count++) = *mark;
    pthread_mutex_unlock(&freshness->lock);
}

bool freshness_find_mark(struct freshness *freshness, int64_t after_us, int64_t now_us,
                         struct log_mark *ret_mark) {
    bool found = false;
    pthread_mutex_lock(&freshness->lock);
    for (size_t i = 0; i < freshness->count && !found; i++) {
        const struct log_mark *mark = mark_at(freshness, i);
        found = mark->asked_us > after_us && now_us - mark->asked_us <= freshness->staleness_us;
        if (found)
            *ret_mark = *mark;
    }
    pthread_mutex_unlock(&freshness->lock);
    return found;
}

/* FNV-1a, 64 bits. */
static size_t place_of(const char *caller) {
    uint64_t hash = 14695981039346656037u;
    for (const char *at = caller != NULL ? caller : ""; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    return hash % FRESHNESS_CALLERS;
}

void freshness_note_write(struct freshness *freshness, const char *caller, int64_t now_us) {
    atomic_int_least64_t *written_us = &freshness->written_us[place_of(caller)];
    int_least64_t before_us = atomic_load(written_us);
    while (before_us < now_us && !atomic_compare_exchange_weak(written_us, &before_us, now_us)) {
    }
}

int64_t freshness_last_write_us(struct freshness *freshness, const char *caller) {
    return atomic_load(&freshness->written_us[place_of(caller)]);
}
