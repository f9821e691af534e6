/* Rows of an answer as the renderers see them: text by row and column, without libpq's names. */
#ifndef MAILLAGE_ROWS_H
#define MAILLAGE_ROWS_H

#include "slice.h"

enum column_type {
    COLUMN_TEXT,
    COLUMN_NUMBER,
    COLUMN_BOOLEAN,
    COLUMN_DATE,
    COLUMN_INSTANT,
    COLUMN_JSON
};

struct rows; /* wraps a result; lives until the arena of the exchange is freed */

int rows_count(const struct rows *rows);
size_t rows_bytes(const struct rows *rows); /* memory they take: about what their JSON will */
int rows_columns(const struct rows *rows);
const char *rows_column_name(const struct rows *rows, int column);
enum column_type rows_column_type(const struct rows *rows, int column);
int rows_find(const struct rows *rows, const char *name); /* column, or -1 */
bool rows_is_null(const struct rows *rows, int row, int column);
struct slice rows_value(const struct rows *rows, int row, int column); /* also ends with NUL */

#endif
