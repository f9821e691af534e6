/* The rows of an import, read from whichever format they came in and checked one by one against the
 * contract. */
#ifndef MAILLAGE_IMPORT_ROWS_H
#define MAILLAGE_IMPORT_ROWS_H

#include "import_plan.h"

enum { IMPORT_MAX_ROWS = 5000, IMPORT_MAX_COLUMNS = 96 };

struct import_row {
    unsigned row;  /* 1-based, headers not counted */
    unsigned line; /* physical line, 0 where the format has none */
    json_t *sent;  /* the object as it was sent, cells as text; NULL when it could not be read; with
                      a mark x-import only what may be shown again */
    json_t *data;  /* the object that is stored; NULL when faulty */
    struct faults *faults; /* NULL when there are none */
};

struct import_rows {
    struct import_row *item;
    size_t count;
    json_t *columns; /* names in the order of the CSV header; NULL for the other formats */
};

/* Reads the call's body. False: it cannot be taken as rows at all, and the refusal is written. */
MUST_CHECK bool import_rows_read(struct call *call, struct import_plan *plan,
                                 struct import_rows *ret_rows);

/* --- for the readers of formats --- */

/* A new row at the end; NULL when there are too many, or memory is short: the refusal is written.
 */
struct import_row *import_rows_add(struct call *call, struct import_rows *rows, unsigned line);
/* Keeps what was sent and checks what is to be stored (a new reference each); false when memory is
 * short. */
MUST_CHECK bool import_row_check(struct call *call, const struct import_plan *plan,
                                 struct import_row *row, json_t *sent, json_t *data);
MUST_CHECK bool import_row_fault(struct call *call, struct import_row *row, struct fault fault);

/* Gives the value to the exchange; false when memory is short. */
MUST_CHECK bool import_own(struct call *call, json_t *json);

MUST_CHECK bool import_csv_read(struct call *call, struct import_plan *plan,
                                struct import_rows *rows);

#endif
