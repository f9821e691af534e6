/* When keys were last used: gathered in memory, written once a minute in one statement. What a
 * crash loses is at most a minute of "last used", which nobody decides anything on. */
#include "base.h"

#include <pthread.h>

#include "buffer.h"
#include "clock.h"
#include "inside.h"
#include "log.h"
#include "text.h"

enum { NOTES_MAX = 1024, FLUSH_S = 60, WRITE_WITHIN_MS = 3000, NOTES_STACK = 262144 };

struct note {
    char key_id[UUID_TEXT_SIZE + 1];
    int64_t used_us; /* wall clock */
};

struct key_notes {
    struct database *database;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool stopping;
    size_t count;
    struct note note[NOTES_MAX];
};

/* Two array literals; ids and instants need no quoting. */
static bool write_arrays(const struct note *note, size_t count, struct buffer *ids,
                         struct buffer *instants) {
    for (size_t i = 0; i < count; i++) {
        char instant[CLOCK_INSTANT_SIZE + 1];
        clock_print_instant(note[i].used_us, instant);
        buffer_print(ids, "%c%s", i == 0 ? '{' : ',', note[i].key_id);
        buffer_print(instants, "%c%s", i == 0 ? '{' : ',', instant);
    }
    buffer_add_char(ids, '}');
    buffer_add_char(instants, '}');
    return buffer_ok(ids) && buffer_ok(instants);
}

static void write_notes(struct database *database, const struct note *note, size_t count) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(65536);
    struct buffer ids CLEANUP(buffer_release), instants CLEANUP(buffer_release);
    buffer_init(&ids, 65536);
    buffer_init(&instants, 65536);
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (arena == NULL || !write_arrays(note, count, &ids, &instants))
        return;
    const char *const value[] = {ids.at, instants.at};
    if (statement_fixed("select access.note_use($1::uuid[], $2::timestamptz[])", 2, value, arena,
                        &text) &&
        !database_house(database, &text, WRITE_WITHIN_MS, arena, &rows, &failure))
        log_write(LOG_DEBUG, "database", NULL, "the last use of %zu keys was not noted", count);
}

/* The lock is held; it is free while the notes are written. */
static void flush(struct key_notes *notes) {
    size_t count = notes->count;
    struct note *copy = count > 0 ? malloc(count * sizeof *copy) : NULL;
    if (copy == NULL)
        return;
    memcpy(copy, notes->note, count * sizeof *copy);
    notes->count = 0;
    pthread_mutex_unlock(&notes->lock);
    write_notes(notes->database, copy, count);
    free(copy);
    pthread_mutex_lock(&notes->lock);
}

static void *run(void *context) {
    struct key_notes *notes = context;
    pthread_mutex_lock(&notes->lock);
    do {
        int64_t until_us = clock_monotonic_us() + (int64_t)FLUSH_S * 1000000;
        struct timespec until = {.tv_sec = until_us / 1000000,
                                 .tv_nsec = until_us % 1000000 * 1000};
        int error = 0;
        while (!notes->stopping && error == 0)
            error = pthread_cond_timedwait(&notes->wake, &notes->lock, &until);
        flush(notes);
    } while (!notes->stopping);
    pthread_mutex_unlock(&notes->lock);
    return NULL;
}

struct key_notes *key_notes_new(struct database *database) {
    struct key_notes *notes = calloc(1, sizeof *notes);
    if (notes == NULL)
        return NULL;
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
    pthread_cond_init(&notes->wake, &condition);
    pthread_condattr_destroy(&condition);
    pthread_mutex_init(&notes->lock, NULL);
    notes->database = database;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, NOTES_STACK);
    int error = pthread_create(&notes->thread, &attributes, run, notes);
    pthread_attr_destroy(&attributes);
    if (error == 0)
        return notes;
    pthread_cond_destroy(&notes->wake);
    pthread_mutex_destroy(&notes->lock);
    free(notes);
    return NULL;
}

void key_notes_free(struct key_notes *notes) {
    if (notes == NULL)
        return;
    pthread_mutex_lock(&notes->lock);
    notes->stopping = true;
    pthread_cond_signal(&notes->wake);
    pthread_mutex_unlock(&notes->lock);
    pthread_join(notes->thread, NULL);
    pthread_cond_destroy(&notes->wake);
    pthread_mutex_destroy(&notes->lock);
    free(notes);
}

/* A full table loses a note: the key will be seen again. */
void key_notes_add(struct key_notes *notes, const char *key_id) {
    if (key_id == NULL || !text_is_uuid(slice_of(key_id)))
        return;
    int64_t now_us = clock_wall_us();
    pthread_mutex_lock(&notes->lock);
    size_t i = 0;
    while (i < notes->count && strcmp(notes->note[i].key_id, key_id) != 0)
        i++;
    if (i < NOTES_MAX) {
        snprintf(notes->note[i].key_id, sizeof notes->note[i].key_id, "%s", key_id);
        notes->note[i].used_us = now_us;
        if (i == notes->count)
            notes->count++;
    }
    pthread_mutex_unlock(&notes->lock);
}
