/* Blocks are chained, newest first; a piece never spans two. The maximum counts what was handed out
 * (rounded up to the alignment), so the memory behind it is at most about twice that.
 * Under AddressSanitizer every piece has a block of its own, so that running past a piece is seen.
 */
#include "base.h"

#include "arena.h"

/* What an exchange that reads one record takes fits the first block. */
enum { FIRST_BLOCK = 16 * 1024 - 64, LAST_BLOCK = 256 * 1024 };

#if defined(__SANITIZE_ADDRESS__)
#define ONE_PIECE_PER_BLOCK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_PIECE_PER_BLOCK 1
#endif
#endif
#ifndef ONE_PIECE_PER_BLOCK
#define ONE_PIECE_PER_BLOCK 0
#endif

struct block {
    struct block *next;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

struct deferral {
    struct deferral *next;
    void (*release)(void *);
    void *thing;
};

struct arena {
    struct block *blocks;
    struct deferral *deferrals;
    size_t used;
    size_t max;
    size_t next_block;
};

struct arena *arena_new(size_t max_bytes) {
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL) {
        return NULL;
    }
    /* Halved so that rounding up cannot wrap around. */
    arena->max = max_bytes > PTRDIFF_MAX / 2 ? PTRDIFF_MAX / 2 : max_bytes;
    arena->next_block = FIRST_BLOCK;
    return arena;
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    for (const struct deferral *item = arena->deferrals; item != NULL; item = item->next) {
        item->release(item->thing);
    }
    struct block *block = arena->blocks;
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

void arena_cleanup(struct arena **arena) {
    arena_free(*arena);
    *arena = NULL;
}

static struct block *add_block(struct arena *arena, size_t piece) {
    size_t size = piece;
    if (!ONE_PIECE_PER_BLOCK && size < arena->next_block) {
        size = arena->next_block;
        arena->next_block = size < LAST_BLOCK ? size * 2 : size;
    }
    struct block *block = malloc(sizeof(*block) + size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    return block;
}

void *arena_take(struct arena *arena, size_t size) {
    const size_t align = _Alignof(max_align_t);
    if (size > arena->max - arena->used) {
        return NULL;
    }
    /* A piece of no bytes still gets an address of its own. */
    size_t piece = size == 0 ? align : (size + align - 1) / align * align;
    if (piece > arena->max - arena->used) {
        return NULL;
    }
    struct block *block = arena->blocks;
    if (block == NULL || piece > block->size - block->used) {
        /* The exact size, not the rounded one, lets AddressSanitizer see the first byte beyond. */
        block = add_block(arena, ONE_PIECE_PER_BLOCK ? size : piece);
        if (block == NULL) {
            return NULL;
        }
    }
    void *taken = (char *)block->bytes + block->used;
    block->used = ONE_PIECE_PER_BLOCK ? block->size : block->used + piece;
    arena->used += piece;
    return memset(taken, 0, size);
}

char *arena_copy(struct arena *arena, struct slice bytes) {
    if (bytes.size == SIZE_MAX) {
        return NULL;
    }
    char *copy = arena_take(arena, bytes.size + 1);
    if (copy != NULL && bytes.size > 0) {
        memcpy(copy, bytes.at, bytes.size);
    }
    return copy;
}

char *arena_print(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return NULL;
    }
    char *text = arena_take(arena, (size_t)size + 1);
    if (text == NULL) {
        return NULL;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return text;
}

bool arena_defer(struct arena *arena, void (*release)(void *), void *thing) {
    struct deferral *item = arena_take(arena, sizeof(*item));
    if (item == NULL) {
        return false;
    }
    *item = (struct deferral){arena->deferrals, release, thing};
    arena->deferrals = item;
    return true;
}

size_t arena_used(const struct arena *arena) {
    return arena->used;
}
