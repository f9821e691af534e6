/* An operation's SQL file, cut into lines, and the variants of it that requests ask for.
 *
 *   select m.id, m.version, m.name from member m
 *   where true
 *     and m.kind = any(:kind)             --? kind
 *
 * `:name` binds a value; a line ending in `--? name` is kept only when that value is present (a
 * name preceded by `!` : only when it is absent). Files hold one statement, no trailing semicolon,
 * no paging, no output format. For lists the engine wraps the file: select … from (file) q where
 * <after the cursor> order by … limit n.
 *
 * What is dear to work out and nobody sorts by stands in front of a line `-->`, as a select without
 * `from`: it is asked of the rows shown, once the page is cut, and not of those that are counted.
 *
 *   select id, name, engine.dear(id) as dear
 *   --> of the rows shown
 *   select m.id, m.name from member m */
#ifndef MAILLAGE_STATEMENT_H
#define MAILLAGE_STATEMENT_H

#include "arena.h"
#include "operation.h"

struct statement;     /* one file */
struct statement_set; /* all files of the folder operations/<resource>/<operationId>.sql */

/* One line in `reterr` for an unreadable file, two files of one name, a broken line. */
MUST_CHECK struct statement_set *statement_set_load(const char *folder, char *reterr,
                                                    size_t reterr_size);
void statement_set_free(struct statement_set *set);
const struct statement *statement_find(const struct statement_set *set, const char *operation_id);
size_t statement_count(const struct statement_set *set);
const struct statement *statement_at(const struct statement_set *set, size_t index);
const char *statement_name(const struct statement *statement); /* the operationId */

/* Whether the file says `:name` anywhere, or asks for it in a `--?`. */
bool statement_names(const struct statement *statement, const char *name);

/* Type OID that a value of the contract binds as: integer int8, number numeric, boolean bool, date
 * date, date-time timestamptz, uuid uuid, json jsonb, everything else text; arrays of these for
 * lists. */
unsigned binding_type(enum schema_type type, bool is_list);
/* The engine's own names: body jsonb, if_match int8, key_id uuid, caller text, public_url text;
 * false for any other. */
bool binding_reserved(const char *name, unsigned *ret_type);
/* Text form of a PostgreSQL array: {"a","b"}. NULL when memory is short. */
MUST_CHECK const char *binding_list(struct arena *arena, const struct slice *item, size_t items);

/* A value that a file may name. `text` is PostgreSQL's text form ending with NUL; NULL = SQL null.
 */
struct binding {
    const char *name;
    const char *text;
    unsigned type; /* type OID, 0 = let the server infer */
    bool present;  /* decides the `--?` lines; an absent value binds null */
};

/* The last key is always `id`, so that the order is total. Best when all keys run in one direction.
 */
struct order_by {
    const char *column;
    enum schema_type type; /* of the column: the cursor value is compared as this type */
    bool descending;       /* null values come last in either direction */
    bool never_null; /* the contract says so (`id` always): one row comparison instead of two parts
                      */
    const char
        *after; /* cursor value as text, NULL = null value; only looked at when `paged_after` */
};

enum { ORDER_MAX = 4 }; /* three keys and id */

enum statement_shape {
    SHAPE_PLAIN, /* the file as it is */
    SHAPE_PAGE,  /* ordered, after the cursor, limited; sort values come back as columns _k0 … _k3
                    (text) */
    SHAPE_EXPORT,   /* ordered, no limit, for a cursor */
    SHAPE_COUNT,    /* select count(*)::bigint as total */
    SHAPE_TRACE,    /* notes an export before its first row: number of rows, members concerned */
    SHAPE_ESTIMATE, /* the planner's guess of the same, as the JSON of explain */
};

/* Who reads which records is written down (audit.access_trace) by the statement that reads them:
 * the rows shown, no more. PLAIN and PAGE become a select around the file, in which a file that
 * changes something is an error of syntax; TRACE is the note alone. */
struct statement_trace {
    const char *operation;   /* its id; NULL = not traced */
    const char *record_type; /* x-traced */
    bool by_member;          /* the rows have a column member_id */
    const char *query;       /* of an export: what was asked */
};
struct statement_trace statement_trace_of(const struct operation *operation);

struct statement_request {
    enum statement_shape shape;
    struct statement_trace trace;
    const struct binding *binding;
    size_t bindings;
    struct order_by order[ORDER_MAX];
    size_t orders;
    bool paged_after;
    bool backwards; /* walk towards the first page: comparisons and order turned round */
    unsigned limit; /* rows to fetch, already plus one */
};

/* Text and parameters ready to send. `key` is equal for equal SQL: it names the prepared statement.
 */
struct statement_text {
    const char *sql;
    uint64_t key;
    int parameters;
    const char *const *value;
    const unsigned *type;
};

/* False: memory, or a `:name` that no binding has (reterr says which; found at start by `check`).
 */
MUST_CHECK bool statement_build(const struct statement *statement,
                                const struct statement_request *request, struct arena *arena,
                                struct statement_text *ret_text, const char **reterr);

/* A statement of the engine's own, with $1 … parameters, prepared like the others; `sql` is kept,
 * not copied. */
MUST_CHECK bool statement_fixed(const char *sql, int parameters, const char *const *value,
                                struct arena *arena, struct statement_text *ret_text);

#endif
