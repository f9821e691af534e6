/* One exchange on its way through the daemon, once its operation is known. Each step fills its
 * part; a step that refuses has already written the problem and says false, and nothing after it
 * runs. */
#ifndef MAILLAGE_CALL_H
#define MAILLAGE_CALL_H

#include "bearer.h"
#include "cookie.h"
#include "exchange.h"
#include "negotiate.h"
#include "render.h"
#include "service.h"

enum { IDEMPOTENCY_KEY_MIN = 8, IDEMPOTENCY_KEY_MAX = 128, CALL_MAX_BINDINGS = 96 };

struct call {
    const struct service *service;
    struct exchange *exchange;
    const struct operation *operation;
    struct arena *arena;

    struct uri uri;
    struct route route;
    struct argument *argument; /* by index of operation->parameter */
    struct preferences prefer;
    const struct media_type *answer_type; /* negotiated */
    const struct media_type *body_type;   /* of the request, NULL without a body */
    json_t *body;                         /* checked; the database gets the bytes */

    struct bearer bearer; /* of the presented key */
    bool has_key;
    char session_digest[COOKIE_DIGEST_SIZE + 1]; /* of the cookie of who signed in; "" = none */
    const char *idempotency_key;                 /* NULL when none is sent */
    char payload_digest[DIGEST_HEX_SIZE + 1];
    uint64_t if_match;
    bool has_if_match;

    struct database_opening opening;
    struct binding binding[CALL_MAX_BINDINGS];
    size_t bindings;
};

/* The value of a parameter by its name on the wire; NULL when absent or not declared. */
const struct argument *call_argument(const struct call *call, const char *name);
bool call_is_true(const struct call *call, const char *name);
/* Which of the properties that the caller may see are shown. */
struct render_choice call_choice(const struct call *call);

/* Binds parameters, body and the engine's own names for the operation's SQL file. */
MUST_CHECK bool call_bind(struct call *call);

/* Builds the operation's own statement in its plain shape. */
MUST_CHECK bool call_statement(struct call *call, struct statement_text *ret_text);

/* Runs `count` statements in a session of the caller; repeats when the database asks for it
 * (serialization, deadlock, stale plan), at most CALL_MAX_TRIES times. False: `ret_failure` says
 * why, nothing is written yet. */
enum { CALL_MAX_TRIES = 3 };
MUST_CHECK bool call_run(struct call *call, const struct statement_text *statement, size_t count,
                         bool commit, struct rows **ret_rows, struct transaction **ret_open,
                         struct failure *ret_failure);

/* Whether a list or an export may be answered by a standby: it leaves no trace of who read it. */
MUST_CHECK bool call_may_lag(const struct call *call);

/* Checks that this caller may use what it used: parameters, sort keys and fields that some may not
 * see. */
MUST_CHECK bool call_may_use(struct call *call);
/* Checks that the body names no property that the contract keeps from this caller. The caller is
 * known only once the database has opened the session, so it is asked before the effect is
 * committed. */
MUST_CHECK bool call_may_write(struct call *call);

/* Headers of every success: type, caching, variation. */
void call_head(struct call *call, unsigned status, const char *content_type);

/* 304: the headers stay, the body goes. */
void call_not_modified(struct call *call);

/* --- refusals --- */
bool call_refuse(struct call *call, const char *code); /* always false, to end a step */
bool call_refuse_with(struct call *call, const char *code, const struct problem_extra *extra);
/* What the database said, as a problem. */
void call_fail(struct call *call, const struct failure *failure);
/* The code that call_fail would answer with. */
const char *call_failure_code(const struct call *call, const struct failure *failure);
/* A body that is not JSON: 400 with line and column. */
bool call_refuse_syntax(struct call *call, const struct body_report *report);
/* Memory was short: 503. */
bool call_out_of_memory(struct call *call);

#endif
