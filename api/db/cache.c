/* A dense array of keys with a table of positions beside it. Removal rebuilds the table: it happens
 * only when a connection sees more than CACHE_FULL different statements, and costs about a
 * microsecond. */
#include "base.h"

#include "cache.h"

static unsigned slot_of(const struct cache *cache, uint64_t key) {
    unsigned slot = (unsigned)(key % CACHE_TABLE);
    while (cache->table[slot] != 0 && cache->key[cache->table[slot] - 1] != key)
        slot = (slot + 1) % CACHE_TABLE;
    return slot;
}

bool cache_use(struct cache *cache, uint64_t key) {
    unsigned slot = slot_of(cache, key);
    if (cache->table[slot] == 0)
        return false;
    cache->used[cache->table[slot] - 1] = ++cache->clock;
    return true;
}

void cache_add(struct cache *cache, uint64_t key) {
    if (cache_use(cache, key))
        return;
    assert(cache->count < CACHE_ROOM);
    cache->key[cache->count] = key;
    cache->used[cache->count] = ++cache->clock;
    cache->count++;
    cache->table[slot_of(cache, key)] = (uint16_t)cache->count;
}

void cache_remove(struct cache *cache, uint64_t key) {
    unsigned slot = slot_of(cache, key);
    if (cache->table[slot] == 0)
        return;
    unsigned at = cache->table[slot] - 1u;
    cache->count--;
    cache->key[at] = cache->key[cache->count];
    cache->used[at] = cache->used[cache->count];
    memset(cache->table, 0, sizeof cache->table);
    for (unsigned i = 0; i < cache->count; i++)
        cache->table[slot_of(cache, cache->key[i])] = (uint16_t)(i + 1);
}

bool cache_oldest(const struct cache *cache, uint64_t *ret_key) {
    if (cache->count < CACHE_FULL)
        return false;
    unsigned oldest = 0;
    for (unsigned i = 1; i < cache->count; i++)
        if (cache->used[i] < cache->used[oldest])
            oldest = i;
    *ret_key = cache->key[oldest];
    return true;
}
