/* Memory of one exchange: taken piece by piece, given back all at once.
 * An arena has a maximum; beyond it, as when the system has no memory, taking gives NULL and the
 * exchange ends with 503. Nothing taken from an arena is freed singly. */
#ifndef MAILLAGE_ARENA_H
#define MAILLAGE_ARENA_H

#include "slice.h"

struct arena;

MUST_CHECK struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *arena); /* NULL is fine */
void arena_cleanup(struct arena **arena);

MUST_CHECK void *arena_take(struct arena *arena, size_t size);        /* zeroed, aligned */
MUST_CHECK char *arena_copy(struct arena *arena, struct slice bytes); /* ends with NUL */
MUST_CHECK char *arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Runs `release(thing)` when the arena is freed, last deferred first (json_decref, PQclear …).
 * False when there is no memory for it: the thing is still the caller's to release. */
MUST_CHECK bool arena_defer(struct arena *arena, void (*release)(void *), void *thing);

size_t arena_used(const struct arena *arena);

#endif
