/* Signing in and out. The order keeps guesses countable: the attempt is written down as failed and
 * committed, then the password is compared, then the attempt becomes a success together with its
 * session. Nothing tells an unknown address from a wrong password. */
#include "base.h"
#include "special.h"

#include "cookie.h"
#include "key.h"
#include "password.h"

enum { COLUMN_ATTEMPT, COLUMN_ACCOUNT, COLUMN_KEY, COLUMN_HASH, COLUMN_RETRY_AFTER };

struct sign_in {
    struct call *call;
    const char *email, *password, *key; /* what was sent; NULL where it was not */
    const struct rows *begun;
};

static const char *value_or_null(const struct rows *rows, int column) {
    return rows_is_null(rows, 0, column) ? NULL : rows_value(rows, 0, column).at;
}

static bool run(struct call *call, const char *sql, size_t parameters, const char *const *value,
                struct rows **ret_rows) {
    struct statement_text text;
    struct failure failure;
    if (!statement_fixed(sql, (int)parameters, value, call->arena, &text)) {
        return call_out_of_memory(call);
    }
    if (!call_run(call, &text, 1, true, ret_rows, NULL, &failure)) {
        call_fail(call, &failure);
        return false;
    }
    return true;
}

/* The address comes from the edge, which alone reaches the daemon's socket. */
static bool begin(struct sign_in *sign_in) {
    static const char sql[] = "select attempt, account_id, key_id, password_hash, retry_after"
                              " from access.sign_in_begin($1::text, $2::text, $3::text)";
    struct call *call = sign_in->call;
    char digest[DIGEST_HEX_SIZE + 1] = "";
    struct rows *rows = NULL;
    if (sign_in->key) {
        key_digest(slice_of(sign_in->key), digest);
    }
    const char *address = exchange_header(call->exchange, "X-Real-IP");
    const char *const value[] = {sign_in->email, arena_copy(call->arena, slice_of(digest)),
                                 address ? address : ""};
    if (!value[1] || !run(call, sql, COUNT_OF(value), value, &rows)) {
        return value[1] ? false : call_out_of_memory(call);
    }
    sign_in->begun = rows;
    const char *wait = value_or_null(rows, COLUMN_RETRY_AFTER);
    struct problem_extra extra = {.member = {{"retry_after", wait, true}}, .members = 1};
    return !wait || call_refuse_with(call, "sign-in-throttled", &extra);
}

static bool compare(struct sign_in *sign_in) {
    struct call *call = sign_in->call;
    if (sign_in->key) {
        return value_or_null(sign_in->begun, COLUMN_KEY) || call_refuse(call, "sign-in-failed");
    }
    switch (password_compare(value_or_null(sign_in->begun, COLUMN_HASH),
                             slice_of(sign_in->password), call->service->config->pool_wait_ms)) {
    case PASSWORD_RIGHT:
        return true;
    case PASSWORD_WRONG:
        return call_refuse(call, "sign-in-failed");
    case PASSWORD_BUSY:
        break;
    }
    return call_refuse(call, "busy");
}

static void set_cookie(struct call *call, const char *token, unsigned seconds) {
    exchange_print_header(call->exchange, "Set-Cookie",
                          COOKIE_NAME "=%s; Path=/; Max-Age=%u; Secure; HttpOnly; SameSite=Strict",
                          token, seconds);
}

static void answer_session(struct call *call, const struct rows *rows, const char *token) {
    struct render_choice choice = {0};
    struct render_plan plan;
    if (!render_prepare(call->operation, rows, call->exchange->principal.caller, &choice,
                        call->arena, &plan)) {
        call_out_of_memory(call);
        return;
    }
    render_json(&plan, rows, 0, true, &call->exchange->answer);
    call_head(call, 200, "application/json");
    set_cookie(call, token, 12 * 3600);
}

/* The session begins, unless the account has changed since its password was read. */
static void finish(struct sign_in *sign_in) {
    static const char sql[] = "select caller, label, expires_at from access.sign_in_end("
                              "$1::bigint, $2::uuid, $3::uuid, $4::text, $5::text)";
    struct call *call = sign_in->call;
    char token[COOKIE_TOKEN_SIZE + 1], digest[COOKIE_DIGEST_SIZE + 1];
    struct rows *rows = NULL;
    cookie_new_token(token);
    cookie_digest((struct slice){token, COOKIE_TOKEN_SIZE}, digest);
    const char *const value[] = {
        value_or_null(sign_in->begun, COLUMN_ATTEMPT),
        value_or_null(sign_in->begun, COLUMN_ACCOUNT), value_or_null(sign_in->begun, COLUMN_KEY),
        value_or_null(sign_in->begun, COLUMN_HASH),
        arena_copy(call->arena, (struct slice){digest + 2, DIGEST_HEX_SIZE})};
    if (!value[4]) {
        call_out_of_memory(call);
    } else if (run(call, sql, COUNT_OF(value), value, &rows)) {
        if (rows_count(rows) == 1) {
            answer_session(call, rows, token);
        } else {
            call_refuse(call, "sign-in-failed");
        }
    }
    explicit_bzero(token, sizeof token);
}

void sign_in_answer(struct call *call) {
    struct sign_in sign_in = {
        .call = call,
        .email = json_string_value(json_object_get(call->body, "email")),
        .password = json_string_value(json_object_get(call->body, "password")),
        .key = json_string_value(json_object_get(call->body, "key")),
    };
    call->opening =
        (struct database_opening){.request_id = call->exchange->request_id, .writes = true};
    if (begin(&sign_in) && compare(&sign_in)) {
        finish(&sign_in);
    }
}

static void end_sessions(struct call *call, const char *sql, size_t parameters,
                         const char *const *value) {
    struct rows *rows = NULL;
    call->opening.writes = true;
    if (run(call, sql, parameters, value, &rows)) {
        call_head(call, 204, NULL);
        set_cookie(call, "", 0);
    }
}

/* With a key there is no session to end, and nothing is ended. */
void sign_out_answer(struct call *call) {
    const char *digest = call->opening.key_digest;
    bool in_session = strncmp(digest, "s:", 2) == 0;
    const char *const value[] = {in_session ? digest + 2 : ""};
    end_sessions(call, "select access.sign_out($1::text)", 1, value);
}

void sign_out_everywhere_answer(struct call *call) {
    end_sessions(call, "select access.sign_out_everywhere()", 0, NULL);
}
