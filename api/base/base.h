/* The first include of every file: the standard headers everyone needs, the attributes that
 * make the compiler check our calls, and the names nobody may use. */
#ifndef MAILLAGE_BASE_H
#define MAILLAGE_BASE_H

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h> /* here, because it declares names poisoned below */

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define CLEANUP(function) __attribute__((cleanup(function)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Macros where a fortified C library meets clang. */
#undef sprintf
#undef vsprintf

/* Unbounded, locale-dependent or not thread-safe: each has a safe sibling in this room. */
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gmtime localtime atoi atol system gets

#endif
