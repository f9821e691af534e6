/* The rows shown and the note of who saw them come from one statement: neither without the other.
 *
 *   with _page as materialized (…)
 *   select _page.*, (select audit.trace_rows('listPasses', 'PASS', array_agg(s.id), …)
 *                    from (select * from _page limit 50) s) as _traced
 *   from _page
 *
 * The sub-select asks nothing of the row, so it runs once; it reads the page in its order and
 * leaves out the row behind the last one, which only says that there is more. With no row it
 * never runs; a row without id is of something that is not there yet, and no record.
 *
 * A file with `-->` has its own select in the place of `_page.*`. The page stands apart from it, as
 * a limit, an offset or `materialized` keep it: so each dear value of a row is worked out once, and
 * only of rows that were not sorted or cut away. */
#include "base.h"

#include "showing.h"

struct statement_trace statement_trace_of(const struct operation *operation) {
    if (operation->traced == NULL)
        return (struct statement_trace){0};
    return (struct statement_trace){
        .operation = operation->id,
        .record_type = operation->traced,
        .by_member = operation_property(operation, "member_id") != NULL,
    };
}

static bool is_traced(const struct statement_request *request) {
    return request->trace.operation != NULL;
}

/* The file's own select does not know of the columns that the cursor is made of. */
static void write_select(struct buffer *out, const struct statement_request *request,
                         struct slice shown) {
    if (shown.size == 0) {
        buffer_add_text(out, "select _page.*");
        return;
    }
    buffer_add_slice(out, shown);
    for (size_t i = 0; request->shape == SHAPE_PAGE && i < request->orders; i++)
        buffer_print(out, ", _page._k%zu", i);
}

void showing_open(struct buffer *out, const struct statement_request *request, struct slice shown) {
    if (is_traced(request)) {
        buffer_add_text(out, "with _page as materialized (\n");
    } else if (shown.size > 0) {
        write_select(out, request, shown);
        buffer_add_text(out, "\nfrom (\n");
    }
}

/* Names of operations and record types are letters, digits and underscores: the contract checks
 * them. */
static void write_note(struct buffer *out, const struct statement_request *request) {
    const struct statement_trace *trace = &request->trace;
    buffer_print(out,
                 ", (select audit.trace_rows('%s', '%s', array_agg(s.id), %s) "
                 "from (select * from _page",
                 trace->operation, trace->record_type,
                 trace->by_member ? "array_agg(s.member_id)" : "null");
    if (request->shape == SHAPE_PAGE)
        buffer_print(out, " limit %u", request->limit - 1);
    buffer_add_text(out, ") s where s.id is not null having count(*) > 0) as _traced");
}

void showing_close(struct buffer *out, const struct statement_request *request,
                   struct slice shown) {
    if (is_traced(request)) {
        buffer_add_text(out, "\n)\n");
        write_select(out, request, shown);
        write_note(out, request);
        buffer_add_text(out, "\nfrom _page");
    } else if (shown.size > 0) {
        buffer_add_text(out, "\noffset 0\n) _page");
    }
}

void showing_write_trace(struct buffer *out, struct slice file,
                         const struct statement_request *request, int query) {
    const struct statement_trace *trace = &request->trace;
    buffer_print(out,
                 "select audit.trace_export('%s', '%s', $%d, count(*), %s) as _traced\nfrom (\n",
                 trace->operation, trace->record_type, query,
                 trace->by_member ? "array_agg(distinct q.member_id)" : "null");
    buffer_add_slice(out, file);
    buffer_add_text(out, "\n) q");
}
