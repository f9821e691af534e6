/* Rows on top of a libpq result, which stays whole: values are read where libpq put them. */
#include "base.h"

#include "rows.h"

#include "result.h"

struct rows {
    PGresult *result;
    int rows;
    int columns;
    enum column_type *type;
};

/* Numbers from pg_type.dat, fixed for ever by PostgreSQL; the server's header is not for clients.
 */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_JSON = 114,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_NUMERIC = 1700,
    OID_JSONB = 3802,
};

enum column_type column_type_of(unsigned type) {
    switch (type) {
    case OID_BOOL:
        return COLUMN_BOOLEAN;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_FLOAT4:
    case OID_FLOAT8:
    case OID_NUMERIC:
        return COLUMN_NUMBER;
    case OID_DATE:
        return COLUMN_DATE;
    case OID_TIMESTAMPTZ:
        return COLUMN_INSTANT;
    case OID_JSON:
    case OID_JSONB:
        return COLUMN_JSON;
    default:
        return COLUMN_TEXT;
    }
}

static void rows_fill(struct rows *rows, PGresult *result) {
    rows->result = result;
    rows->rows = PQntuples(result);
    rows->columns = PQnfields(result);
    for (int column = 0; column < rows->columns; column++)
        rows->type[column] = column_type_of(PQftype(result, column));
}

static void result_release(void *result) {
    PQclear(result);
}

bool rows_wrap(struct arena *arena, PGresult *result, struct rows **ret_rows) {
    if (!arena_defer(arena, result_release, result)) {
        PQclear(result);
        return false;
    }
    struct rows *rows = arena_take(arena, sizeof *rows);
    if (rows == NULL)
        return false;
    size_t columns = (size_t)PQnfields(result);
    rows->type = arena_take(arena, (columns + 1) * sizeof *rows->type);
    if (rows->type == NULL)
        return false;
    rows_fill(rows, result);
    *ret_rows = rows;
    return true;
}

struct rows *rows_new(PGresult *result) {
    size_t columns = (size_t)PQnfields(result);
    struct rows *rows = calloc(1, sizeof *rows);
    enum column_type *type = calloc(columns + 1, sizeof *type);
    if (rows == NULL || type == NULL) {
        free(rows);
        free(type);
        PQclear(result);
        return NULL;
    }
    rows->type = type;
    rows_fill(rows, result);
    return rows;
}

void rows_free(struct rows *rows) {
    if (rows == NULL)
        return;
    PQclear(rows->result);
    free(rows->type);
    free(rows);
}

int rows_count(const struct rows *rows) {
    return rows->rows;
}

size_t rows_bytes(const struct rows *rows) {
    return PQresultMemorySize(rows->result);
}

int rows_columns(const struct rows *rows) {
    return rows->columns;
}

const char *rows_column_name(const struct rows *rows, int column) {
    return PQfname(rows->result, column);
}

enum column_type rows_column_type(const struct rows *rows, int column) {
    return rows->type[column];
}

/* Not PQfnumber: that one folds case as SQL does, and our names are exact. */
int rows_find(const struct rows *rows, const char *name) {
    for (int column = 0; column < rows->columns; column++)
        if (strcmp(PQfname(rows->result, column), name) == 0)
            return column;
    return -1;
}

bool rows_is_null(const struct rows *rows, int row, int column) {
    return PQgetisnull(rows->result, row, column) != 0;
}

struct slice rows_value(const struct rows *rows, int row, int column) {
    return (struct slice){PQgetvalue(rows->result, row, column),
                          (size_t)PQgetlength(rows->result, row, column)};
}
