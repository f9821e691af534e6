/* The first statement of every pipeline: who is calling. */
#include "base.h"

#include "inside.h"
#include "log.h"
#include "result.h"

static const char session_sql[] =
    "select caller, key_id, label, delegation_id, member_id, scopes, expires_at"
    " from session.open($1::text, $2::text, $3::text, $4::integer, $5::boolean)";

enum {
    COLUMN_CALLER,
    COLUMN_KEY_ID,
    COLUMN_LABEL,
    COLUMN_DELEGATION_ID,
    COLUMN_MEMBER_ID,
    COLUMN_SCOPES,
    COLUMN_EXPIRES_AT
};

bool session_statement(const struct database_opening *opening, unsigned timeout_ms,
                       struct arena *arena, struct statement_text *ret_text) {
    const char *timeout = arena_print(arena, "%u", timeout_ms);
    const char *const value[] = {opening->key_digest, opening->scope, opening->request_id, timeout,
                                 opening->writes ? "true" : "false"};
    return timeout != NULL &&
           statement_fixed(session_sql, (int)COUNT_OF(value), value, arena, ret_text);
}

static const char *text_or_null(const PGresult *result, int column) {
    return PQgetisnull(result, 0, column) ? NULL : PQgetvalue(result, 0, column);
}

const char *session_key_id(const PGresult *opened) {
    return PQntuples(opened) == 1 ? text_or_null(opened, COLUMN_KEY_ID) : NULL;
}

static bool read_caller(const char *name, enum caller *ret_caller) {
    for (unsigned i = 0; i < CALLERS; i++) {
        if (name != NULL && strcmp(name, caller_name[i]) == 0) {
            *ret_caller = (enum caller)i;
            return true;
        }
    }
    return false;
}

bool session_read(PGresult *result, struct arena *arena, struct principal *ret_principal,
                  struct failure *ret_failure) {
    struct rows *rows;
    if (!rows_wrap(arena, result, &rows)) {
        failure_own(ret_failure, "out-of-memory", 1);
        return false;
    }
    if (rows_count(rows) != 1 ||
        !read_caller(text_or_null(result, COLUMN_CALLER), &ret_principal->caller)) {
        log_write(LOG_ERROR, "database", NULL, "session.open does not say who is calling");
        failure_own(ret_failure, "internal-error", 0);
        return false;
    }
    ret_principal->key_id = text_or_null(result, COLUMN_KEY_ID);
    ret_principal->label = text_or_null(result, COLUMN_LABEL);
    ret_principal->delegation_id = text_or_null(result, COLUMN_DELEGATION_ID);
    ret_principal->member_id = text_or_null(result, COLUMN_MEMBER_ID);
    ret_principal->scopes = text_or_null(result, COLUMN_SCOPES);
    ret_principal->expires_at = text_or_null(result, COLUMN_EXPIRES_AT);
    return true;
}
