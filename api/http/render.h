/* One writer for every format: rows' text goes out by column type, straight from the database's
 * answer. Numbers and nested JSON are copied as they are, so nothing is ever rounded on the way. */
#ifndef MAILLAGE_RENDER_H
#define MAILLAGE_RENDER_H

#include "arena.h"
#include "buffer.h"
#include "contract.h"
#include "rows.h"

enum { RENDER_MAX_COLUMNS = 96 };

struct render_column {
    struct slice name;
    struct slice key; /* ,"name": */
    int column;
    struct slice self; /* of the property `self`: what stands before the id; else empty */
    enum column_type type;
};

/* Which columns go out, under which names: those of the contract, that the caller may see and asked
 * for; in the order of `fields`, else of the contract. */
struct render_plan {
    struct render_column column[RENDER_MAX_COLUMNS];
    size_t columns;
    const char *masked; /* JSON array of the names that this caller does not see, or NULL */
};

/* Arguments of the request; either may be NULL. */
struct render_choice {
    const struct argument *fields;  /* absent: all but what has to be asked for */
    const struct argument *include; /* what has to be asked for: properties marked x-included */
};

/* False when memory is short. */
MUST_CHECK bool render_prepare(const struct operation *operation, const struct rows *rows,
                               enum caller caller, const struct render_choice *choice,
                               struct arena *arena, struct render_plan *ret_plan);

/* {"id":"…",…}; `with_masked` adds the array of masked names. */
void render_json(const struct render_plan *plan, const struct rows *rows, int row, bool with_masked,
                 struct buffer *to);

enum csv_dialect {
    CSV_PLAIN,    /* RFC 4180: comma, CRLF */
    CSV_EXCEL_FR, /* BOM, semicolon, decimal comma, formula-like cells kept from being formulas */
};
void render_csv_head(const struct render_plan *plan, enum csv_dialect dialect, struct buffer *to);
void render_csv_row(const struct render_plan *plan, const struct rows *rows, int row,
                    enum csv_dialect dialect, struct buffer *to);
/* One cell, quoted where needed. */
void render_csv_cell(struct slice value, enum csv_dialect dialect, bool is_number,
                     struct buffer *to);

#endif
