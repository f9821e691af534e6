#include "base.h"
#include "read.h"

#include "clock.h"
#include "conditional.h"
#include "render.h"

/* What makes the bytes differ though the version is the same: chosen fields, and the day where it
 * matters. Included data and sums belong to other records, whose changes leave the version as it
 * is: there the bytes themselves tell. */
static void print_variant(struct call *call, char ret_variant[DIGEST_TAG_SIZE + 1]) {
    const struct argument *fields = call_argument(call, "fields");
    const struct argument *as_of = call_argument(call, "as_of");
    char today[11] = "";
    struct buffer text;
    ret_variant[0] = '\0';
    buffer_init(&text, URI_MAX_BYTES * 2);
    if (call->operation->varies_by_day) {
        clock_print_today(today);
    }
    buffer_add_text(&text, today);
    if (as_of) {
        buffer_add_slice(&text, as_of->text);
    }
    if (fields) {
        buffer_add_char(&text, '/');
        buffer_add_slice(&text, fields->text);
    }
    if (call_argument(call, "include") || call->operation->varies_by_others) {
        char bytes[DIGEST_TAG_SIZE + 1];
        digest_tag(buffer_slice(&call->exchange->answer), bytes);
        buffer_print(&text, "/%s", bytes);
    }
    if (text.size > 0) {
        digest_tag(buffer_slice(&text), ret_variant);
        ret_variant[8] = '\0'; /* half a tag tells variants of one version apart */
    }
    buffer_release(&text);
}

static void set_etag(struct call *call, const struct rows *rows) {
    struct exchange *exchange = call->exchange;
    char etag[ETAG_SIZE], variant[DIGEST_TAG_SIZE + 1];
    int version = rows_find(rows, "version");
    if (version >= 0 && !rows_is_null(rows, 0, version)) {
        print_variant(call, variant);
        conditional_print_version(etag, rows_value(rows, 0, version).at, variant);
    } else {
        conditional_print_bytes(etag, 'r', buffer_slice(&exchange->answer));
    }
    exchange_set_header(exchange, "ETag", etag);
}

bool read_write_object(struct call *call, const struct rows *rows, unsigned status) {
    struct exchange *exchange = call->exchange;
    struct render_choice choice = call_choice(call);
    struct render_plan plan;
    if (!render_prepare(call->operation, rows, exchange->principal.caller, &choice, call->arena,
                        &plan)) {
        return call_out_of_memory(call);
    }
    render_json(&plan, rows, 0, true, &exchange->answer);
    if (!buffer_ok(&exchange->answer)) {
        return call_out_of_memory(call);
    }
    call_head(call, status, "application/json");
    set_etag(call, rows);
    return true;
}

void read_object(struct call *call) {
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (!call_bind(call) || !call_statement(call, &text)) {
        call_out_of_memory(call);
        return;
    }
    if (!call_run(call, &text, 1, true, &rows, NULL, &failure)) {
        call_fail(call, &failure);
        return;
    }
    if (!call_may_use(call)) {
        return;
    }
    if (rows_count(rows) == 0) {
        call_refuse(call, "not-found");
        return;
    }
    if (!read_write_object(call, rows, call->operation->success)) {
        return;
    }
    const char *sent = exchange_header(call->exchange, "If-None-Match");
    const char *etag = exchange_answer_header(call->exchange, "ETag");
    if (call->operation->kind == OPERATION_READ && sent && etag &&
        conditional_none_match(sent, etag)) {
        call_not_modified(call);
    }
}
