#include "base.h"
#include "list.h"

#include "render.h"
#include "sorting.h"

enum export_format { EXPORT_CSV, EXPORT_NDJSON };

/* Lives in the exchange's arena, as long as the answer is being sent. */
struct export {
    struct call *call;
    struct cursor *cursor;
    struct rows *block; /* read but not yet written */
    struct render_plan plan;
    enum export_format format;
    enum csv_dialect dialect;
    bool end_marker;
    bool head_due;  /* the header row, always sent, even above no rows */
    uint64_t limit; /* 0 = none */
    uint64_t count;
    bool ended;
};

static void write_block(struct export *export, struct buffer *to) {
    int rows = rows_count(export->block);
    for (int i = 0; i < rows && (export->limit == 0 || export->count < export->limit); i++) {
        if (export->format == EXPORT_CSV) {
            render_csv_row(&export->plan, export->block, i, export->dialect, to);
        } else {
            render_json(&export->plan, export->block, i, false, to);
            buffer_add_char(to, '\n');
        }
        export->count++;
    }
    if (rows == 0 || export->count == export->limit) {
        export->ended = true;
        if (export->end_marker && export->format == EXPORT_NDJSON) {
            buffer_print(to, "{\"@end\":{\"count\":%" PRIu64 "}}\n", export->count);
        }
    }
}

static bool next_piece(void *state, struct buffer *piece) {
    struct export *export = state;
    struct failure failure;
    if (export->head_due) {
        render_csv_head(&export->plan, export->dialect, piece);
        export->head_due = false;
    }
    while (!export->ended && piece->size == 0) {
        if (!export->block && !cursor_next(export->cursor, &export->block, &failure)) {
            return false;
        }
        write_block(export, piece);
        export->block = NULL;
    }
    return buffer_ok(piece);
}

static void close_export(void *state) {
    struct export *export = state;
    cursor_close(export->cursor);
}

/* --- opening --- */

static bool build(struct call *call, struct statement_text *ret_text) {
    struct sorting sorting;
    const char *error = NULL;
    struct statement_request request = {.shape = SHAPE_EXPORT};
    if (!call_bind(call)) {
        return false;
    }
    sorting_read(call, &sorting);
    request.binding = call->binding;
    request.bindings = call->bindings;
    request.orders = sorting.keys;
    memcpy(request.order, sorting.key, sizeof request.order);
    return statement_build(statement_find(call->service->statements, call->operation->id), &request,
                           call->arena, ret_text, &error);
}

/* The number of rows, asked before the export opens; under concurrent writes the two may differ. */
static bool count_first(struct call *call) {
    const char *error = NULL;
    struct statement_request request = {
        .shape = SHAPE_COUNT, .binding = call->binding, .bindings = call->bindings};
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (!statement_build(statement_find(call->service->statements, call->operation->id), &request,
                         call->arena, &text, &error)) {
        return call_out_of_memory(call);
    }
    if (!call_run(call, &text, 1, true, &rows, NULL, &failure)) {
        call_fail(call, &failure);
        return false;
    }
    exchange_set_header(call->exchange, "Total-Count", rows_value(rows, 0, 0).at);
    exchange_set_header(call->exchange, "Preference-Applied", "count=exact");
    return true;
}

/* What was asked, as it stood in the URL; words that were searched for may be names of people. */
static const char *print_query(struct call *call) {
    struct buffer text;
    buffer_init(&text, 4 * URI_MAX_BYTES);
    for (size_t i = 0; i < call->uri.pairs; i++) {
        const struct uri_pair *pair = &call->uri.pair[i];
        buffer_print(&text, "%s%.*s=", i > 0 ? "&" : "", (int)pair->name.size, pair->name.at);
        buffer_add_slice(&text, slice_is(pair->name, "q") ? SLICE("…") : pair->value);
    }
    const char *copy = buffer_ok(&text) ? arena_copy(call->arena, buffer_slice(&text)) : NULL;
    buffer_release(&text);
    return copy;
}

/* Committed before the export opens: a row that leaves is traced, also when the export breaks. */
static bool trace_first(struct call *call) {
    const char *error = NULL;
    struct statement_request request = {.shape = SHAPE_TRACE,
                                        .trace = statement_trace_of(call->operation),
                                        .binding = call->binding,
                                        .bindings = call->bindings};
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    request.trace.query = print_query(call);
    if (!request.trace.query ||
        !statement_build(statement_find(call->service->statements, call->operation->id), &request,
                         call->arena, &text, &error)) {
        return call_out_of_memory(call);
    }
    call->opening.timeout_ms = call->service->config->export_timeout_ms;
    if (!call_run(call, &text, 1, true, &rows, NULL, &failure)) {
        call_fail(call, &failure);
        return false;
    }
    call->opening.writes = false; /* from here on nothing is written */
    return call_may_use(call);
}

static void read_options(struct export *export) {
    const struct call *call = export->call;
    const struct argument *csv = call_argument(call, "csv");
    const struct argument *limit = call_argument(call, "limit");
    export->format = strcmp(call->answer_type->name, "text/csv") == 0 ? EXPORT_CSV : EXPORT_NDJSON;
    export->head_due = export->format == EXPORT_CSV;
    export->dialect = csv && slice_is(csv->text, "excel-fr") ? CSV_EXCEL_FR : CSV_PLAIN;
    export->end_marker = call_is_true(call, "end_marker");
    if (limit && limit->sent && !slice_to_unsigned(limit->text, UINT32_MAX, &export->limit)) {
        export->limit = 0;
    }
}

static void set_headers(const struct export *export) {
    struct call *call = export->call;
    const char *name = strrchr(call->operation->path, '/') + 1;
    call_head(call, 200, call->answer_type->name);
    exchange_vary(call->exchange, "Prefer");
    exchange_print_header(call->exchange, "Content-Disposition", "attachment; filename=\"%s.%s\"",
                          name, export->format == EXPORT_CSV ? "csv" : "ndjson");
}

/* The first block is read before the first header is sent: what fails until then is an ordinary
 * problem. */
static bool open_export(struct export *export, const struct statement_text *text) {
    struct call *call = export->call;
    struct failure failure = {0};
    export->cursor = cursor_open(call->service->database, &call->opening, text, call->arena,
                                 &call->exchange->principal, &failure);
    if (!export->cursor) {
        call_fail(call, &failure);
        return false;
    }
    if (!call_may_use(call)) {
        cursor_close(export->cursor);
        return false;
    }
    struct render_choice choice = call_choice(call);
    if (!cursor_next(export->cursor, &export->block, &failure) ||
        !render_prepare(call->operation, export->block, call->exchange->principal.caller, &choice,
                        call->arena, &export->plan)) {
        cursor_close(export->cursor);
        call_fail(call, &failure);
        return false;
    }
    return true;
}

void list_export(struct call *call) {
    struct export *export = arena_take(call->arena, sizeof *export);
    struct call *kept = arena_take(call->arena, sizeof *kept);
    struct statement_text text;
    if (!export || !kept || !build(call, &text)) {
        call_out_of_memory(call);
        return;
    }
    call->opening.may_lag = call_may_lag(call);
    *kept = *call; /* the caller's own goes away before the last row is sent */
    export->call = kept;
    read_options(export);
    if (call->prefer.count_exact && !count_first(call)) {
        return;
    }
    if (kept->operation->traced && !trace_first(kept)) {
        return;
    }
    if (!open_export(export, &text)) {
        return;
    }
    set_headers(export);
    call->exchange->stream =
        (struct body_stream){.state = export, .next = next_piece, .close = close_export};
}
