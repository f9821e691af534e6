/* Says in TAP what held and what did not. A test program is a main() that calls the macros and ends
 * with `return tap_end();`. A failed check tells both values and goes on with the next. */
#ifndef MAILLAGE_TAP_H
#define MAILLAGE_TAP_H

#include "slice.h"

static unsigned tap_count;
static unsigned tap_failures;

static inline bool tap_check(bool held, const char *file, int line, const char *what) {
    printf("%sok %u - %s\n", held ? "" : "not ", ++tap_count, what);
    if (!held) {
        tap_failures++;
        printf("# %s:%d\n", file, line);
    }
    (void)fflush(stdout);
    return held;
}

/* On one line whatever it holds, else TAP would read it as its own. */
static inline void tap_show(const char *label, struct slice text) {
    printf("#   %s \"", label);
    for (size_t i = 0; i < text.size; i++) {
        (void)putchar(text.at[i] == '\n' || text.at[i] == '\r' ? '~' : text.at[i]);
    }
    printf("\"\n");
}

static inline void tap_slices(struct slice got, struct slice wanted, const char *file, int line,
                              const char *what) {
    if (!tap_check(slice_equals(got, wanted), file, line, what)) {
        tap_show("got   ", got);
        tap_show("wanted", wanted);
    }
}

static inline void tap_numbers(long long got, long long wanted, const char *file, int line,
                               const char *what) {
    if (!tap_check(got == wanted, file, line, what)) {
        printf("#   got %lld, wanted %lld\n", got, wanted);
    }
}

/* The condition as written is the name of the check: no "#" in it, TAP reads that as a directive.
 */
#define CHECK(condition) ((void)tap_check((condition), __FILE__, __LINE__, #condition))
#define CHECK_FOR(condition, what) ((void)tap_check((condition), __FILE__, __LINE__, (what)))
#define CHECK_TEXT(got, wanted)                                                                    \
    tap_slices(slice_of(got), slice_of(wanted), __FILE__, __LINE__, #got)
#define CHECK_SLICE(got, wanted) tap_slices((got), slice_of(wanted), __FILE__, __LINE__, #got)
#define CHECK_NUMBER(got, wanted)                                                                  \
    tap_numbers((long long)(got), (long long)(wanted), __FILE__, __LINE__, #got)

/* What cannot go on without this stops here, and the missing plan fails the program. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("Bail out! %s:%d %s\n", __FILE__, __LINE__, #condition);                        \
            exit(2);                                                                               \
        }                                                                                          \
    } while (0)

static inline int tap_end(void) {
    printf("1..%u\n", tap_count);
    return tap_failures == 0 ? 0 : 1;
}

#endif
