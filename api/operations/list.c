#include "base.h"
#include "list.h"

#include "conditional.h"
#include "page_token.h"
#include "render.h"
#include "sorting.h"
#include "unread.h"

enum { STATEMENT_PAGE, STATEMENT_COUNT, STATEMENTS };

struct page {
    struct call *call;
    struct sorting sorting;
    struct page_token from; /* where the page starts; no values: at the beginning */
    unsigned limit;
    const struct rows *rows;
    int count;                           /* rows shown */
    bool has_more;                       /* in the direction of the walk */
    const char *total;                   /* NULL when not asked for */
    bool total_is_estimate;              /* counting took longer than a statement may */
    const char *next, *previous, *first; /* links, NULL when there is none */
};

static unsigned read_limit(const struct call *call) {
    const struct argument *limit = call_argument(call, "limit");
    uint64_t value = call->operation->page_default;
    if (limit && !slice_to_unsigned(limit->text, call->operation->page_max, &value)) {
        value = call->operation->page_default;
    }
    return (unsigned)value;
}

static bool read_cursor(struct page *page) {
    const struct argument *cursor = call_argument(page->call, "cursor");
    if (!cursor) {
        return true;
    }
    if (!page_token_read(page->call, cursor->text, &page->from) ||
        page->from.values != page->sorting.keys) {
        return call_refuse(page->call, "cursor-invalid");
    }
    for (size_t i = 0; i < page->sorting.keys; i++) {
        page->sorting.key[i].after = page->from.value[i];
    }
    return true;
}

static bool build(struct page *page, enum statement_shape shape, struct statement_text *ret_text) {
    struct call *call = page->call;
    const char *error = NULL;
    struct statement_request request = {
        .shape = shape,
        .trace = statement_trace_of(call->operation),
        .binding = call->binding,
        .bindings = call->bindings,
        .orders = page->sorting.keys,
        .paged_after = page->from.values > 0,
        .backwards = page->from.backwards,
        .limit = page->limit + 1,
    };
    memcpy(request.order, page->sorting.key, sizeof request.order);
    return statement_build(statement_find(call->service->statements, call->operation->id), &request,
                           call->arena, ret_text, &error);
}

/* [{"Plan":{"Plan Rows":1234, … */
static const char *read_estimate(struct call *call, const struct rows *rows) {
    struct slice text = rows_value(rows, 0, 0);
    json_t *plan = json_loadb(text.at, text.size, 0, NULL);
    const json_t *top = json_object_get(json_array_get(plan, 0), "Plan");
    json_int_t estimate = json_integer_value(json_object_get(top, "Plan Rows"));
    json_decref(plan);
    return arena_print(call->arena, "%" JSON_INTEGER_FORMAT, estimate);
}

static bool took_too_long(const struct failure *failure) {
    return failure->code && strcmp(failure->code, "statement-timeout") == 0;
}

/* Page and exact count in one transaction; a count that takes too long must not cost the caller the
 * page. */
static bool run_statements(struct page *page, struct rows *ret_rows[STATEMENTS]) {
    struct call *call = page->call;
    struct statement_text text[STATEMENTS];
    struct failure failure;
    size_t count = call->prefer.count_exact ? STATEMENTS : STATEMENT_COUNT;
    if (!build(page, SHAPE_PAGE, &text[STATEMENT_PAGE]) ||
        (count == STATEMENTS && !build(page, SHAPE_COUNT, &text[STATEMENT_COUNT]))) {
        return call_out_of_memory(call);
    }
    bool done = call_run(call, text, count, true, ret_rows, NULL, &failure);
    if (!done && count == STATEMENTS && took_too_long(&failure)) {
        page->total_is_estimate = true;
        if (!build(page, SHAPE_ESTIMATE, &text[STATEMENT_COUNT])) {
            return call_out_of_memory(call);
        }
        done = call_run(call, text, count, true, ret_rows, NULL, &failure);
    }
    if (!done) {
        call_fail(call, &failure);
    }
    return done;
}

static bool fetch(struct page *page) {
    struct call *call = page->call;
    struct rows *rows[STATEMENTS] = {NULL};
    if (!call_bind(call)) {
        return call_out_of_memory(call);
    }
    if (!run_statements(page, rows)) {
        return false;
    }
    page->rows = rows[STATEMENT_PAGE];
    page->has_more = rows_count(page->rows) > (int)page->limit;
    page->count = page->has_more ? (int)page->limit : rows_count(page->rows);
    if (rows[STATEMENT_COUNT]) {
        page->total = page->total_is_estimate ? read_estimate(call, rows[STATEMENT_COUNT])
                                              : rows_value(rows[STATEMENT_COUNT], 0, 0).at;
    }
    return call_may_use(call);
}

/* --- links --- */

/* This request's URL with another cursor, or without one. */
static const char *link_to(const struct page *page, const char *cursor) {
    const struct uri *uri = &page->call->uri;
    struct buffer text;
    buffer_init(&text, 4 * URI_MAX_BYTES);
    buffer_add_slice(&text, uri->path);
    char separator = '?';
    for (size_t i = 0; i < uri->pairs; i++) {
        if (!slice_is(uri->pair[i].name, "cursor")) {
            buffer_add_char(&text, separator);
            buffer_add_encoded(&text, uri->pair[i].name);
            buffer_add_char(&text, '=');
            buffer_add_encoded(&text, uri->pair[i].value);
            separator = '&';
        }
    }
    if (cursor) {
        buffer_print(&text, "%ccursor=%s", separator, cursor);
    }
    const char *copy = buffer_ok(&text) ? arena_copy(page->call->arena, buffer_slice(&text)) : NULL;
    buffer_release(&text);
    return copy;
}

/* The cursor that continues behind `row` (or before it, when walking backwards). */
static const char *link_from(const struct page *page, int row, bool backwards) {
    struct page_token token = {.backwards = backwards, .values = page->sorting.keys};
    for (size_t i = 0; i < token.values; i++) {
        char name[] = "_k0";
        name[2] = (char)('0' + i);
        int column = rows_find(page->rows, name);
        token.value[i] = column < 0 || rows_is_null(page->rows, row, column)
                             ? NULL
                             : rows_value(page->rows, row, column).at;
    }
    const char *cursor = page_token_write(page->call, &token);
    return cursor ? link_to(page, cursor) : NULL;
}

/* Rows of a backward walk come last first; they are shown in the list's own order. */
static int row_at(const struct page *page, int index) {
    return page->from.backwards ? page->count - 1 - index : index;
}

static void find_links(struct page *page) {
    bool backwards = page->from.backwards, continued = page->from.values > 0;
    page->first = link_to(page, NULL);
    if (page->count == 0) {
        return;
    }
    if (backwards || page->has_more) {
        page->next = link_from(page, row_at(page, page->count - 1), false);
    }
    if (backwards ? page->has_more : continued) {
        page->previous = link_from(page, row_at(page, 0), true);
    }
}

static void set_link_header(const struct page *page) {
    struct buffer text;
    const struct {
        const char *target, *relation;
    } link[] = {{page->next, "next"}, {page->previous, "prev"}, {page->first, "first"}};
    buffer_init(&text, 16 * URI_MAX_BYTES);
    for (size_t i = 0; i < COUNT_OF(link); i++) {
        if (link[i].target) {
            buffer_print(&text, "%s<%s>; rel=\"%s\"", text.size ? ", " : "", link[i].target,
                         link[i].relation);
        }
    }
    buffer_add_char(&text, '\0');
    if (buffer_ok(&text)) {
        exchange_set_header(page->call->exchange, "Link", text.at);
    }
    buffer_release(&text);
}

/* --- writing --- */

static void add_link(struct buffer *to, const char *name, const char *target) {
    buffer_print(to, ",\"%s\":", name);
    if (target) {
        buffer_add_json(to, slice_of(target));
    } else {
        buffer_add_text(to, "null");
    }
}

static bool write_body(struct page *page) {
    struct exchange *exchange = page->call->exchange;
    struct buffer *to = &exchange->answer;
    struct render_choice choice = call_choice(page->call);
    struct render_plan plan;
    if (!render_prepare(page->call->operation, page->rows, exchange->principal.caller, &choice,
                        page->call->arena, &plan)) {
        return false;
    }
    buffer_reserve(to, rows_bytes(page->rows));
    buffer_add_text(to, "{\"data\":[");
    for (int i = 0; i < page->count; i++) {
        if (i > 0) {
            buffer_add_char(to, ',');
        }
        render_json(&plan, page->rows, row_at(page, i), false, to);
    }
    buffer_print(to, "],\"page\":{\"limit\":%u,\"has_more\":%s", page->limit,
                 page->next ? "true" : "false");
    add_link(to, "next", page->next);
    add_link(to, "prev", page->previous);
    if (page->total) {
        buffer_print(to, ",\"total\":%s%s", page->total,
                     page->total_is_estimate ? ",\"total_is_estimate\":true" : "");
    }
    buffer_add_char(to, '}');
    if (plan.masked) {
        buffer_print(to, ",\"masked\":%s", plan.masked);
    }
    buffer_add_char(to, '}');
    return buffer_ok(to);
}

static void set_headers(const struct page *page) {
    struct call *call = page->call;
    call_head(call, 200, "application/json");
    exchange_vary(call->exchange, "Prefer");
    set_link_header(page);
    if (page->total && !page->total_is_estimate) {
        exchange_set_header(call->exchange, "Total-Count", page->total);
        exchange_set_header(call->exchange, "Preference-Applied", "count=exact");
    }
}

void list_page(struct call *call) {
    struct page page = {.call = call, .limit = read_limit(call)};
    struct unread unread;
    char etag[ETAG_SIZE];
    sorting_read(call, &page.sorting);
    if (!read_cursor(&page) || unread_answer(call, &unread)) {
        return;
    }
    /* A page noted under a stamp of the primary must be one of the primary. */
    call->opening.may_lag = call_may_lag(call) && !unread.stamp;
    if (!fetch(&page)) {
        return;
    }
    find_links(&page);
    if (!write_body(&page)) {
        call_out_of_memory(call);
        return;
    }
    set_headers(&page);
    conditional_print_bytes(etag, 'l', buffer_slice(&call->exchange->answer));
    exchange_set_header(call->exchange, "ETag", etag);
    unread_keep(call, &unread, etag);
    if (conditional_none_match(exchange_header(call->exchange, "If-None-Match"), etag)) {
        call_not_modified(call);
    }
}
