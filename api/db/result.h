/* Inside the room: a libpq result as rows. */
#ifndef MAILLAGE_RESULT_H
#define MAILLAGE_RESULT_H

#include <libpq-fe.h>

#include "arena.h"
#include "rows.h"

/* The rows own `result` from now on and clear it with the arena; on false it is cleared at once. */
MUST_CHECK bool rows_wrap(struct arena *arena, PGresult *result, struct rows **ret_rows);

/* Rows that outlive no arena: a cursor's block. NULL when memory is short, `result` is cleared then
 * too. */
MUST_CHECK struct rows *rows_new(PGresult *result);
void rows_free(struct rows *rows);

enum column_type column_type_of(unsigned type);

#endif
