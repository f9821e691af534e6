/* A target is one file with this function. It is built twice: by clang with libFuzzer, which finds
 * inputs (tests/fuzz/run), and with replay.c by any compiler, which feeds it the files of its
 * corpus (meson test --suite fuzz). What must hold is said with HOLDS, not only "does not crash".
 */
#ifndef MAILLAGE_FUZZ_H
#define MAILLAGE_FUZZ_H

#include "slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): it must end the program in every build. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
