#include "base.h"
#include "idempotency.h"

static const char *const kept_headers[] = {"Content-Type",       "Content-Language",
                                           "Location",           "ETag",
                                           "Preference-Applied", "WWW-Authenticate"};

bool idempotency_claim(struct call *call, struct statement_text *ret_text) {
    const char *const value[] = {call->idempotency_key, call->payload_digest};
    return statement_fixed("select engine.idempotency_claim($1::text, $2::text)", 2, value,
                           call->arena, ret_text);
}

static const char *print_headers(struct call *call) {
    struct buffer text;
    buffer_init(&text, 16 << 10);
    for (size_t i = 0; i < COUNT_OF(kept_headers); i++) {
        const char *value = exchange_answer_header(call->exchange, kept_headers[i]);
        if (value) {
            buffer_print(&text, "%c\"%s\":", text.size ? ',' : '{', kept_headers[i]);
            buffer_add_json(&text, slice_of(value));
        }
    }
    buffer_add_text(&text, text.size ? "}" : "{}");
    const char *copy = buffer_ok(&text) ? arena_copy(call->arena, buffer_slice(&text)) : NULL;
    buffer_release(&text);
    return copy;
}

/* The answer as it stands, but for secrets that are shown once: those are stored nowhere. */
static const char *print_body(struct call *call) {
    struct slice answer = buffer_slice(&call->exchange->answer);
    const struct operation *operation = call->operation;
    json_t *stripped = NULL;
    for (size_t i = 0; i < operation->properties; i++) {
        if (operation->property[i].once) {
            stripped = stripped ? stripped : json_loadb(answer.at, answer.size, 0, NULL);
            json_object_del(stripped, operation->property[i].name);
        }
    }
    if (!stripped) {
        return arena_copy(call->arena, answer);
    }
    char *text = json_dumps(stripped, JSON_COMPACT);
    const char *copy = text ? arena_copy(call->arena, slice_of(text)) : NULL;
    free(text);
    json_decref(stripped);
    return copy;
}

bool idempotency_store(struct call *call, struct statement_text *ret_text) {
    const char *value[] = {call->idempotency_key, call->payload_digest,
                           arena_print(call->arena, "%u", call->exchange->status),
                           print_headers(call), print_body(call)};
    for (size_t i = 0; i < COUNT_OF(value); i++) {
        if (!value[i]) {
            return false;
        }
    }
    return statement_fixed(
        "select engine.idempotency_store($1::text, $2::text, $3::integer, $4::text, $5::text)",
        COUNT_OF(value), value, call->arena, ret_text);
}

static bool restore_headers(struct call *call, const char *text) {
    const char *name;
    json_t *value, *headers = json_loads(text, 0, NULL);
    json_object_foreach(headers, name, value) {
        for (size_t i = 0; i < COUNT_OF(kept_headers); i++) {
            if (strcmp(kept_headers[i], name) == 0 && json_is_string(value)) {
                exchange_set_header(call->exchange, kept_headers[i], json_string_value(value));
            }
        }
    }
    json_decref(headers);
    return headers != NULL;
}

void idempotency_replay(struct call *call) {
    static const char sql[] = "select status, headers, body from engine.idempotency_read($1::text)";
    const char *const value[] = {call->idempotency_key};
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    uint64_t status = 0;
    if (!statement_fixed(sql, 1, value, call->arena, &text)) {
        call_out_of_memory(call);
        return;
    }
    if (!call_run(call, &text, 1, true, &rows, NULL, &failure)) {
        call_fail(call, &failure);
        return;
    }
    if (rows_count(rows) != 1 || !slice_to_unsigned(rows_value(rows, 0, 0), 599, &status) ||
        !restore_headers(call, rows_value(rows, 0, 1).at)) {
        call_refuse(call,
                    "idempotency-in-progress"); /* it ran out just now: the next try is a new one */
        return;
    }
    buffer_clear(&call->exchange->answer);
    buffer_add_slice(&call->exchange->answer, rows_value(rows, 0, 2));
    call->exchange->status = (unsigned)status;
    exchange_set_header(call->exchange, "Idempotency-Replayed", "true");
    exchange_set_header(call->exchange, "Cache-Control", "private, no-cache");
    metrics_add(call->service->metrics, METRIC_IDEMPOTENCY_REPLAYED, 1);
}
