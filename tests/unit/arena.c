#include "base.h"

#include "arena.h"
#include "tap.h"

static char order[8];

static void note(void *thing) {
    size_t size = strlen(order);
    order[size] = *(const char *)thing;
    order[size + 1] = '\0';
}

static void takes(void) {
    struct arena *arena = arena_new(1 << 20);
    MUST(arena != NULL);
    CHECK_NUMBER(arena_used(arena), 0);
    bool aligned = true;
    bool zeroed = true;
    for (size_t size = 1; size < 200; size++) {
        unsigned char *taken = arena_take(arena, size);
        MUST(taken != NULL);
        aligned = aligned && (uintptr_t)taken % _Alignof(max_align_t) == 0;
        for (size_t i = 0; i < size; i++) {
            zeroed = zeroed && taken[i] == 0;
        }
        memset(taken, 0xFF, size);
    }
    CHECK(aligned);
    CHECK(zeroed);
    char *copy = arena_copy(arena, SLICE("a\0b"));
    MUST(copy != NULL);
    CHECK(memcmp(copy, "a\0b", 4) == 0);
    char *empty = arena_copy(arena, (struct slice){NULL, 0});
    MUST(empty != NULL);
    CHECK_TEXT(empty, "");
    CHECK(arena_take(arena, 0) != arena_take(arena, 0));
    char *text = arena_print(arena, "%s-%d", "x", 12);
    CHECK_TEXT(text, "x-12");
    CHECK(arena_used(arena) > 19900);
    arena_free(arena);
}

static void is_bounded(void) {
    struct arena *arena = arena_new(10000);
    MUST(arena != NULL);
    CHECK(arena_take(arena, 10001) == NULL);
    CHECK(arena_take(arena, SIZE_MAX) == NULL);
    CHECK(arena_copy(arena, (struct slice){"", SIZE_MAX}) == NULL);
    size_t taken = 0;
    while (arena_take(arena, 100) != NULL) {
        taken += 100;
    }
    CHECK(taken > 8000 && taken <= 10000);
    CHECK(arena_used(arena) <= 10000);
    CHECK(arena_print(arena, "%1000d", 1) == NULL);
    arena_free(arena);

    arena = arena_new(SIZE_MAX);
    MUST(arena != NULL);
    CHECK(arena_take(arena, SIZE_MAX) == NULL);
    CHECK(arena_take(arena, SIZE_MAX - 8) == NULL);
    arena_cleanup(&arena);
    CHECK(arena == NULL);
    arena_free(NULL);
}

static void defers(void) {
    struct arena *arena = arena_new(4096);
    MUST(arena != NULL);
    char *a = arena_copy(arena, SLICE("a"));
    char *b = arena_copy(arena, SLICE("b"));
    char *c = arena_copy(arena, SLICE("c"));
    CHECK(arena_defer(arena, note, a) && arena_defer(arena, note, b) &&
          arena_defer(arena, note, c));
    CHECK_TEXT(order, "");
    arena_free(arena); /* what was deferred still sees the arena's bytes */
    CHECK_TEXT(order, "cba");

    arena = arena_new(16);
    MUST(arena != NULL);
    CHECK(!arena_defer(arena, note, a));
    arena_free(arena);
    CHECK_TEXT(order, "cba");
}

int main(void) {
    takes();
    is_bounded();
    defers();
    return tap_end();
}
