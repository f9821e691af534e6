#include "base.h"
#include "write.h"

#include "conditional.h"
#include "idempotency.h"
#include "read.h"

/* --- answers --- */

/* "/v1/members/{id}" with the row's own values. */
static void set_location(struct call *call, const struct rows *rows) {
    struct slice rest = slice_of(call->operation->location), before, name;
    struct buffer text;
    buffer_init(&text, 1024);
    while (slice_cut(rest, '{', &before, &rest)) {
        buffer_add_slice(&text, before);
        slice_cut(rest, '}', &name, &rest);
        char *column_name = arena_copy(call->arena, name);
        int column = column_name ? rows_find(rows, column_name) : -1;
        if (column >= 0) {
            buffer_add_encoded(&text, rows_value(rows, 0, column));
        }
    }
    buffer_add_slice(&text, before);
    buffer_add_char(&text, '\0');
    if (buffer_ok(&text)) {
        exchange_set_header(call->exchange, "Location", text.at);
    }
    buffer_release(&text);
}

static bool answer_object(struct call *call, const struct rows *rows, struct write_effect *effect) {
    (void)effect;
    struct exchange *exchange = call->exchange;
    if (!call_may_write(call) || !read_write_object(call, rows, call->operation->success)) {
        return false;
    }
    if (call->operation->location) {
        set_location(call, rows);
    }
    if (call->prefer.return_minimal || call->operation->success == 204) {
        buffer_clear(&exchange->answer);
        exchange->status = exchange->status == 201 ? 201 : 204;
    }
    if (call->prefer.return_minimal || call->prefer.return_representation) {
        exchange_set_header(exchange, "Preference-Applied",
                            call->prefer.return_minimal ? "return=minimal"
                                                        : "return=representation");
    }
    exchange_vary(exchange, "Prefer");
    return true;
}

/* --- nothing was changed: gone, foreign, or changed by somebody else --- */

/* The reader's parameters: those of the path from here, the rest absent. */
static bool bind_reader(struct call *call, const struct operation *reader) {
    struct binding own[CALL_MAX_BINDINGS];
    size_t owned = call->bindings;
    memcpy(own, call->binding, sizeof own);
    if (reader->parameters > CALL_MAX_BINDINGS) {
        return false;
    }
    call->bindings = 0;
    for (size_t i = 0; i < reader->parameters; i++) {
        const struct parameter *parameter = &reader->parameter[i];
        struct binding *binding = &call->binding[call->bindings++];
        *binding = (struct binding){.name = parameter->bind,
                                    .type = binding_type(parameter->type, parameter->is_list)};
        for (size_t j = 0; parameter->in_path && j < owned; j++) {
            if (strcmp(own[j].name, parameter->bind) == 0) {
                *binding = own[j];
            }
        }
    }
    return true;
}

/* Names of what others changed since the version that the caller knew; [] when the history cannot
 * tell. */
static bool build_changes(struct call *call, struct statement_text *ret_text) {
    const struct argument *id = call_argument(call, "id");
    const char *const value[] = {id ? arena_copy(call->arena, id->text) : NULL,
                                 arena_print(call->arena, "%" PRIu64, call->if_match)};
    return statement_fixed("select coalesce(jsonb_agg(distinct p ->> 'property'), '[]') "
                           "from audit.change c, jsonb_array_elements(c.changes) p "
                           "where c.record_id = $1::uuid and c.version > $2::bigint",
                           COUNT_OF(value), value, call->arena, ret_text);
}

/* The record is there for this caller, yet the write found none: another version, or not theirs to
 * change. */
static void answer_conflict(struct call *call, const struct rows *rows,
                            const struct rows *changes) {
    char etag[ETAG_SIZE];
    int version = rows_find(rows, "version");
    uint64_t current = 0;
    if (version >= 0 && slice_to_unsigned(rows_value(rows, 0, version), INT64_MAX, &current) &&
        current == call->if_match) {
        call_refuse(call, "forbidden");
        return;
    }
    conditional_print_version(etag, version >= 0 ? rows_value(rows, 0, version).at : "", "");
    struct problem_extra extra = {.member = {{"current_etag", etag, false},
                                             {"changed_since", rows_value(changes, 0, 0).at, true}},
                                  .members = 2};
    exchange_set_header(call->exchange, "ETag", etag);
    call_refuse_with(call, "version-conflict", &extra);
}

static void answer_nothing_changed(struct call *call) {
    const struct operation *reader =
        call->operation->reader ? contract_find(call->service->contract, call->operation->reader)
                                : NULL;
    struct statement_request request = {.shape = SHAPE_PLAIN, .binding = call->binding};
    struct statement_text text[2];
    struct rows *rows[2] = {NULL};
    struct failure failure;
    const char *error = NULL;
    if (!reader || call->operation->kind != OPERATION_UPDATE) {
        call_refuse(call, "not-found");
        return;
    }
    if (!build_changes(call, &text[1]) || !bind_reader(call, reader)) {
        call_out_of_memory(call);
        return;
    }
    request.bindings = call->bindings;
    if (!statement_build(statement_find(call->service->statements, reader->id), &request,
                         call->arena, &text[0], &error)) {
        call_out_of_memory(call);
    } else if (!call_run(call, text, COUNT_OF(text), true, rows, NULL, &failure)) {
        call_fail(call, &failure);
    } else if (rows_count(rows[0]) == 0) {
        call_refuse(call, "not-found");
    } else {
        answer_conflict(call, rows[0], rows[1]);
    }
}

/* --- refusals under a key --- */

static bool is_kept(unsigned status) {
    return status == 409 || status == 412 || status == 422;
}

/* Of what the record itself refuses, the caller must hear; of a busy database not: the refusal
 * stands anyway. */
static bool outranks_refusal(const struct call *call, const struct failure *failure) {
    static const char *const codes[] = {"idempotency-key-reused", "unauthenticated", "forbidden"};
    const char *code = call_failure_code(call, failure);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (strcmp(code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

void write_remember_refusal(struct call *call) {
    struct statement_text text[2];
    struct rows *rows[2] = {NULL};
    struct failure failure;
    if (!call->idempotency_key || !is_kept(call->exchange->status) ||
        !idempotency_claim(call, &text[0]) || !idempotency_store(call, &text[1])) {
        return;
    }
    call->opening.no_wait = true;
    if (!call_run(call, text, 2, true, rows, NULL, &failure)) {
        if (failure.code && strcmp(failure.code, "replayed") == 0) {
            idempotency_replay(call);
        } else if (outranks_refusal(call, &failure)) {
            call_fail(call, &failure);
        }
    }
}

/* --- the write --- */

static void fail(struct call *call, const struct failure *failure) {
    if (failure->code && strcmp(failure->code, "replayed") == 0) {
        idempotency_replay(call);
        return;
    }
    call_fail(call, failure);
    if (!failure->code || strncmp(failure->code, "idempotency-", 12) != 0) {
        write_remember_refusal(call);
    }
}

/* Takes the effect back; the answer that was written stays. */
static void take_back(struct call *call, struct transaction *open) {
    struct failure failure;
    if (open && !database_finish(open, NULL, 0, false, call->arena, NULL, &failure)) {
        return; /* the connection is gone, and the effect with it */
    }
}

static void finish(struct call *call, const struct write_effect *effect, struct transaction *open) {
    struct statement_text last[2];
    struct rows *rows[2] = {NULL};
    struct failure failure = {0};
    size_t count = 0;
    if (effect->has_closing) {
        last[count++] = effect->closing;
    }
    if (call->idempotency_key && !idempotency_store(call, &last[count++])) {
        take_back(call, open);
        call_out_of_memory(call);
    } else if (!database_finish(open, last, count, true, call->arena, rows, &failure)) {
        fail(call, &failure);
    }
}

void write_effect(struct call *call, struct write_effect *effect) {
    struct statement_text text[2];
    struct rows *rows[2] = {NULL};
    struct transaction *open = NULL;
    struct failure failure;
    size_t count = 0;
    if (call->idempotency_key && !idempotency_claim(call, &text[count++])) {
        call_out_of_memory(call);
        return;
    }
    text[count++] = effect->statement;
    if (!call_run(call, text, count, false, rows, &open, &failure)) {
        fail(call, &failure);
        return;
    }
    const struct rows *changed = rows[count - 1];
    if (rows_count(changed) == 0) {
        take_back(call, open);
        answer_nothing_changed(call);
        write_remember_refusal(call);
    } else if (!effect->answer(call, changed, effect)) {
        take_back(call, open);
        write_remember_refusal(call);
    } else {
        finish(call, effect, open);
    }
}

void write_object(struct call *call) {
    struct write_effect effect = {.answer = answer_object};
    if (!call_bind(call) || !call_statement(call, &effect.statement)) {
        call_out_of_memory(call);
        return;
    }
    write_effect(call, &effect);
}
