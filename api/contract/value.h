/* JSON values compared as JSON Schema does: 1 and 1.0 are one number. Private to this room. */
#ifndef MAILLAGE_VALUE_H
#define MAILLAGE_VALUE_H

#include <jansson.h>

#include "arena.h"
#include "buffer.h"

bool value_same(const json_t *a, const json_t *b);
uint64_t value_hash(const json_t *value); /* equal for values that are the same */
int number_compare(const json_t *a, const json_t *b);
bool number_is_whole(const json_t *number);     /* 3 and 3.0 are, 3.1 is not */
bool number_fits_integer(const json_t *number); /* whole, and a 64-bit integer holds it */
bool number_is_multiple(const json_t *number, const json_t *step);

/* How a scalar is shown to people, a long text by its beginning (whoever shows it cuts between two
 * characters); NULL for arrays and objects, and when memory is short. */
const char *value_text(struct arena *arena, const json_t *value);
/* Shown one after the other, with ", " between. */
const char *values_text(struct arena *arena, const json_t *const *value, size_t count);

#endif
