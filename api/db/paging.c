/* Keyset paging that is right with nulls last in both directions and that PostgreSQL answers from
 * an index.
 *
 * PostgreSQL 15 starts an index scan at a row comparison, `(q.a, q.id) > ($1, $2)`, or at `q.a >=
 * $1`, but at no condition with `or q.a is null` in it. So where the first key may be null, the
 * page is two parts, the rows with a value and the rows without, each an index range on its own;
 * the second is only run for the rows that the first leaves wanting. Inside a part the first key
 * has no nulls, or only nulls, therefore the part's order is the plain `asc` or `desc` that a plain
 * index (a, id) serves forwards and backwards. */
#include "base.h"

#include "paging.h"

struct page {
    struct buffer *out;
    struct slice file;
    const struct statement_request *request;
    const int *after;
};

/* Which rows a part holds, by its first key. */
enum part { PART_ALL, PART_VALUES, PART_NULLS };

static bool is_id(const struct order_by *key) {
    return strcmp(key->column, "id") == 0;
}

static bool may_be_null(const struct order_by *key) {
    return !key->never_null && !is_id(key);
}

/* The direction in which this request walks. */
static bool is_descending(const struct page *page, size_t i) {
    return page->request->order[i].descending != page->request->backwards;
}

static void write_name(struct buffer *out, const char *name) {
    buffer_add_char(out, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, *name);
    }
    buffer_add_char(out, '"');
}

static void write_column(struct buffer *out, const struct order_by *key) {
    buffer_add_text(out, "q.");
    write_name(out, key->column);
}

/* The cast gives the parameter the column's type; without one, text takes the column's type and
 * collation. */
static void write_value(const struct page *page, size_t i) {
    static const char *const cast[] = {
        [SCHEMA_TEXT] = "",
        [SCHEMA_INTEGER] = "::bigint",
        [SCHEMA_NUMBER] = "::numeric",
        [SCHEMA_BOOLEAN] = "::boolean",
        [SCHEMA_DATE] = "::date",
        [SCHEMA_INSTANT] = "::timestamptz",
        [SCHEMA_UUID] = "::uuid",
        [SCHEMA_JSON] = "",
    };
    const struct order_by *key = &page->request->order[i];
    buffer_print(page->out, "$%d%s", page->after[i], cast[key->type]);
}

static void write_comparison(const struct page *page, size_t i, const char *operator) {
    write_column(page->out, &page->request->order[i]);
    buffer_print(page->out, " %s ", operator);
    write_value(page, i);
}

/* The keys from `i` on lie after those of the cursor, one key at a time; opened brackets are closed
 * at the end. */
static void write_after_each(const struct page *page, size_t i) {
    const struct statement_request *request = page->request;
    unsigned brackets = 0;
    for (; i < request->orders; i++) {
        const struct order_by *key = &request->order[i];
        bool last = i + 1 == request->orders;
        buffer_add_char(page->out, '(');
        brackets++;
        if (page->after[i] == 0) {
            /* After a null come the values when walking backwards, else only what ties with it. */
            write_column(page->out, key);
            buffer_add_text(page->out, request->backwards ? " is not null or (" : " is null and (");
            if (request->backwards) {
                write_column(page->out, key);
                buffer_add_text(page->out, " is null and (");
                brackets++;
            }
            brackets++;
            if (last)
                buffer_add_text(page->out, "false");
            continue;
        }
        write_comparison(page, i, is_descending(page, i) ? "<" : ">");
        if (!request->backwards && may_be_null(key)) {
            buffer_add_text(page->out, " or ");
            write_column(page->out, key);
            buffer_add_text(page->out, " is null");
        }
        if (last)
            continue;
        buffer_add_text(page->out, " or (");
        write_comparison(page, i, "=");
        buffer_add_text(page->out, " and ");
        brackets++;
    }
    while (brackets-- > 0)
        buffer_add_char(page->out, ')');
}

/* True when one row comparison says it all: one direction, and no null among the later keys. */
static bool is_uniform(const struct page *page) {
    for (size_t i = 1; i < page->request->orders; i++)
        if (may_be_null(&page->request->order[i]) || page->after[i] == 0 ||
            is_descending(page, i) != is_descending(page, 0))
            return false;
    return true;
}

static void write_row_comparison(const struct page *page) {
    buffer_add_char(page->out, '(');
    for (size_t i = 0; i < page->request->orders; i++) {
        buffer_add_text(page->out, i == 0 ? "" : ", ");
        write_column(page->out, &page->request->order[i]);
    }
    buffer_add_text(page->out, is_descending(page, 0) ? ") < (" : ") > (");
    for (size_t i = 0; i < page->request->orders; i++) {
        buffer_add_text(page->out, i == 0 ? "" : ", ");
        write_value(page, i);
    }
    buffer_add_char(page->out, ')');
}

/* Rows after the cursor whose first key has a value, as the cursor's has. */
static void write_after_value(const struct page *page) {
    if (is_uniform(page)) {
        write_row_comparison(page);
        return;
    }
    const char *beyond = is_descending(page, 0) ? "<" : ">";
    /* First the bound where an index scan starts, then the truth among its ties. */
    write_comparison(page, 0, is_descending(page, 0) ? "<=" : ">=");
    buffer_add_text(page->out, " and (");
    write_comparison(page, 0, beyond);
    buffer_add_text(page->out, " or ");
    write_after_each(page, 1);
    buffer_add_char(page->out, ')');
}

static void write_condition(const struct page *page, enum part part, bool bounded) {
    const struct order_by *first = &page->request->order[0];
    if (part == PART_ALL && !bounded)
        return;
    buffer_add_text(page->out, "\nwhere ");
    if (part == PART_NULLS) {
        write_column(page->out, first);
        buffer_add_text(page->out, " is null");
        if (bounded && page->request->orders > 1) {
            buffer_add_text(page->out, " and ");
            write_after_each(page, 1);
        }
    } else if (bounded) {
        write_after_value(page);
    } else {
        write_column(page->out, first);
        buffer_add_text(page->out, " is not null");
    }
}

/* `prefix` is "q." inside a part, where the file's columns are meant, and "" around parts. */
static void write_order(const struct page *page, enum part part, const char *prefix) {
    const struct statement_request *request = page->request;
    const char *word = "\norder by ";
    for (size_t i = 0; i < request->orders; i++) {
        const struct order_by *key = &request->order[i];
        buffer_add_text(page->out, word);
        buffer_add_text(page->out, prefix);
        write_name(page->out, key->column);
        buffer_add_text(page->out, is_descending(page, i) ? " desc" : " asc");
        if (may_be_null(key) && (part == PART_ALL || i > 0))
            buffer_add_text(page->out, request->backwards ? " nulls first" : " nulls last");
        word = ", ";
    }
}

static void write_part(const struct page *page, enum part part, bool bounded) {
    buffer_add_text(page->out, "select q.*");
    for (size_t i = 0; i < page->request->orders; i++) {
        buffer_add_text(page->out, ", ");
        write_column(page->out, &page->request->order[i]);
        buffer_print(page->out, "::text as _k%zu", i);
    }
    buffer_add_text(page->out, "\nfrom (\n");
    buffer_add_slice(page->out, page->file);
    buffer_add_text(page->out, "\n) q");
    write_condition(page, part, bounded);
    write_order(page, part, "q.");
    buffer_print(page->out, "\nlimit %u", page->request->limit);
}

static void write_two_parts(const struct page *page, enum part first, bool bounded) {
    buffer_add_text(page->out, "with _a as materialized (\n");
    write_part(page, first, bounded);
    buffer_add_text(page->out, "\n), _b as materialized (\nselect * from (\n");
    write_part(page, first == PART_VALUES ? PART_NULLS : PART_VALUES, false);
    buffer_print(page->out,
                 "\n) q limit %u - (select count(*) from _a)\n)\n"
                 "select * from _a union all select * from _b",
                 page->request->limit);
    write_order(page, PART_ALL, "");
}

void paging_write(struct buffer *out, struct slice file, const struct statement_request *request,
                  const int after[ORDER_MAX]) {
    struct page page = {out, file, request, after};
    const struct order_by *first = &request->order[0];
    bool cursor = request->paged_after;
    bool null_cursor = cursor && after[0] == 0;
    if (cursor && !null_cursor && (!may_be_null(first) || request->backwards))
        write_part(&page, PART_VALUES, true);
    else if (cursor && !null_cursor)
        write_two_parts(&page, PART_VALUES, true);
    else if (null_cursor && request->backwards)
        write_two_parts(&page, PART_NULLS, true);
    else if (null_cursor)
        write_part(&page, PART_NULLS, true);
    else if (!may_be_null(first) || !first->descending)
        write_part(&page, PART_ALL, false);
    else
        write_two_parts(&page, request->backwards ? PART_NULLS : PART_VALUES, false);
}

void paging_write_order(struct buffer *out, const struct statement_request *request) {
    struct page page = {.out = out, .request = request};
    write_order(&page, PART_ALL, "q.");
}
