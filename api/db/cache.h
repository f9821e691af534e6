/* Inside the room: which statements a connection has prepared, by key; the least recently used goes
 * first. */
#ifndef MAILLAGE_CACHE_H
#define MAILLAGE_CACHE_H

#include "base.h"

/* Beyond CACHE_FULL one has to go for each that comes; the slack holds what a refused pipeline
 * brings back. */
enum { CACHE_FULL = 256, CACHE_ROOM = 320, CACHE_TABLE = 1024 };

struct cache {
    uint64_t key[CACHE_ROOM];
    uint64_t used[CACHE_ROOM];
    unsigned count;
    uint64_t clock;
    uint16_t table[CACHE_TABLE]; /* position + 1, by hash; 0 = empty */
};

bool cache_use(struct cache *cache, uint64_t key); /* true when there; it is the youngest then */
void cache_add(struct cache *cache, uint64_t key);
void cache_remove(struct cache *cache, uint64_t key);
/* When the cache is full: which statement has to go. */
bool cache_oldest(const struct cache *cache, uint64_t *ret_key);

#endif
