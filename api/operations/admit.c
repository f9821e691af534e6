#include "base.h"
#include "admit.h"

#include "conditional.h"
#include "cors.h"
#include "log.h"
#include "text.h"

#include <strings.h>

/* --- who asks, in which words --- */

static bool is_request_id(const char *text) {
    size_t size = text ? strlen(text) : 0;
    if (size < 8 || size > EXCHANGE_REQUEST_ID_SIZE) {
        return false;
    }
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
           size;
}

/* "00-<32 hex>-<16 hex>-<2 hex>"; anything else is ignored, never an error. */
static const char *trace_of(struct call *call) {
    static const char hex[] = "0123456789abcdef";
    const char *parent = exchange_header(call->exchange, "traceparent");
    if (!parent || strlen(parent) != 55 || strncmp(parent, "00-", 3) != 0 ||
        strspn(parent + 3, hex) != 32 || parent[35] != '-' || strspn(parent + 36, hex) != 16 ||
        parent[52] != '-' || strspn(parent + 53, hex) != 2 || strspn(parent + 3, "0") >= 32 ||
        strspn(parent + 36, "0") >= 16) {
        return NULL;
    }
    return arena_copy(call->arena, (struct slice){parent + 3, 32});
}

void admit_identify(struct call *call) {
    struct exchange *exchange = call->exchange;
    const char *given = exchange_header(exchange, "X-Request-Id");
    if (is_request_id(given)) {
        memcpy(exchange->request_id, given, strlen(given) + 1);
    } else {
        text_new_uuid(exchange->request_id);
    }
    exchange->trace_id = trace_of(call);
    exchange->language = negotiate_language(exchange_header(exchange, "Accept-Language"));
    exchange->is_head = slice_is(exchange->method, "HEAD");
    exchange_set_header(exchange, "X-Request-Id", exchange->request_id);
    exchange_set_header(exchange, "Api-Revision", contract_revision(call->service->contract));
    exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    cors_mark(exchange, call->service->config->allowed_origins);
}

/* --- target, route, method --- */

static bool refuse_target(struct call *call, enum uri_fault fault, struct slice name) {
    struct faults faults;
    struct problem_extra extra = {.faults = &faults};
    faults_init(&faults, call->arena);
    if (fault == URI_TOO_LONG) {
        return call_refuse(call, "uri-too-long");
    }
    if (fault == URI_NO_MEMORY) {
        return call_out_of_memory(call);
    }
    if (fault == URI_REPEATED || fault == URI_EMPTY_NAME) {
        faults_add(&faults, (struct fault){.parameter = arena_copy(call->arena, name),
                                           .code = fault == URI_REPEATED ? "repeated-parameter"
                                                                         : "unknown-parameter"});
        return call_refuse_with(call, "invalid-parameter", &extra);
    }
    return call_refuse(call, "bad-request-target");
}

/* A key in the URL stands in logs and histories: it is refused wherever it stands, and counted as
 * leaked. */
static bool refuse_token_in_query(struct call *call) {
    static const char *const names[] = {"access_token", "api_key", "apikey", "token",
                                        "authorization"};
    for (size_t i = 0; i < call->uri.pairs; i++) {
        const struct uri_pair *pair = &call->uri.pair[i];
        bool leaked = slice_starts_with(pair->value, SLICE("fed_"));
        for (size_t j = 0; j < COUNT_OF(names); j++) {
            leaked = leaked || slice_equals_nocase(pair->name, slice_of(names[j]));
        }
        if (leaked) {
            metrics_add(call->service->metrics, METRIC_TOKEN_IN_QUERY, 1);
            log_write(LOG_WARNING, "auth", call->exchange->request_id,
                      "a key was sent in the URL and must be considered leaked");
            call_refuse(call, "token-in-query");
            return true;
        }
    }
    return false;
}

static bool read_method(struct slice method, enum method *ret_method) {
    if (slice_is(method, "HEAD")) {
        *ret_method = METHOD_GET;
        return true;
    }
    for (size_t i = 0; i < METHODS; i++) {
        if (slice_is(method, method_name[i])) {
            *ret_method = (enum method)i;
            return true;
        }
    }
    return false;
}

static const char *allowed_methods(struct call *call) {
    struct buffer text;
    buffer_init(&text, 128);
    for (size_t i = 0; i < METHODS; i++) {
        if (call->route.at_path[i]) {
            buffer_print(&text, "%s%s%s", text.size ? ", " : "", method_name[i],
                         i == METHOD_GET ? ", HEAD" : "");
        }
    }
    buffer_add_text(&text, text.size ? ", OPTIONS" : "OPTIONS");
    const char *copy = arena_copy(call->arena, buffer_slice(&text));
    buffer_release(&text);
    return copy ? copy : "OPTIONS";
}

static void advertise_bodies(struct call *call, enum method method, const char *header) {
    const struct operation *operation = call->route.at_path[method];
    struct buffer text;
    buffer_init(&text, 512);
    for (size_t i = 0; operation && i < operation->bodies; i++) {
        buffer_print(&text, "%s%s", i ? ", " : "", operation->body[i].name);
    }
    const char *copy = text.size ? arena_copy(call->arena, buffer_slice(&text)) : NULL;
    if (copy) {
        exchange_set_header(call->exchange, header, copy);
    }
    buffer_release(&text);
}

static void answer_options(struct call *call) {
    const char *methods = allowed_methods(call);
    call->exchange->status = 204;
    exchange_set_header(call->exchange, "Allow", methods);
    advertise_bodies(call, METHOD_POST, "Accept-Post");
    advertise_bodies(call, METHOD_PATCH, "Accept-Patch");
    cors_preflight(call->exchange, call->service->config->allowed_origins, methods);
}

/* "/v1/members/" → "/v1/members" for reading; a write is never redirected. */
static bool answer_trailing_slash(struct call *call, bool is_read) {
    struct slice path = call->uri.path, query = call->uri.query;
    if (!is_read) {
        return call_refuse(call, "not-found");
    }
    char *target = arena_print(call->arena, "%.*s%s%.*s", (int)path.size - 1, path.at,
                               query.size ? "?" : "", (int)query.size, query.size ? query.at : "");
    if (!target) {
        return call_out_of_memory(call);
    }
    call->exchange->status = 308;
    exchange_set_header(call->exchange, "Location", target);
    exchange_set_header(call->exchange, "Cache-Control", "no-store");
    return false;
}

static bool refuse_method(struct call *call) {
    exchange_set_header(call->exchange, "Allow", allowed_methods(call));
    return call_refuse(call, "method-not-allowed");
}

bool admit_route(struct call *call) {
    struct exchange *exchange = call->exchange;
    struct slice name;
    enum method method = METHOD_GET;
    enum uri_fault fault = uri_parse(call->arena, exchange->target, &call->uri, &name);
    if (exchange->too_many_headers) {
        return call_refuse(call, "headers-too-large");
    }
    if (fault != URI_FINE) {
        return refuse_target(call, fault, name);
    }
    bool known = read_method(exchange->method, &method);
    if (refuse_token_in_query(call)) {
        return false;
    }
    if (!contract_route(call->service->contract, &call->uri, method, &call->route)) {
        return call_refuse(call, "not-found");
    }
    if (call->uri.trailing_slash) {
        return answer_trailing_slash(call, known && method == METHOD_GET);
    }
    if (slice_is(exchange->method, "OPTIONS")) {
        answer_options(call);
        return false;
    }
    if (!known || !call->route.operation) {
        return refuse_method(call);
    }
    call->operation = call->route.operation;
    exchange->operation = call->operation;
    return true;
}

/* --- credentials --- */

/* A browser sends the cookie along whoever wrote the page: what changes something must come from
 * our own pages, and carry a header that a foreign page cannot send without being asked first. */
static bool admit_session(struct call *call) {
    const struct exchange *exchange = call->exchange;
    struct slice token;
    if (!cookie_read(exchange_header(exchange, "Cookie"), &token)) {
        return true;
    }
    cookie_digest(token, call->session_digest);
    if (call->operation->method == METHOD_GET) {
        return true;
    }
    return (cookie_origin_is_own(exchange_header(exchange, "Origin"),
                                 call->service->config->public_url) &&
            exchange_header(exchange, "X-Requested-With")) ||
           call_refuse(call, "cross-site-request");
}

/* Whoever signs in is nobody yet; a page of somebody else's must not do it for them. */
static bool admit_stranger(struct call *call) {
    const char *origin = exchange_header(call->exchange, "Origin");
    return !origin || cookie_origin_is_own(origin, call->service->config->public_url) ||
           call_refuse(call, "cross-site-request");
}

/* The record that ends its path, with no note of who read it: milliseconds at most, so it may
 * travel with the reads of others (db/share.h). Lists, sums below a record and what C answers
 * itself have a connection of their own. */
static bool is_short_read(const struct operation *operation) {
    size_t length = strlen(operation->path);
    return operation->kind == OPERATION_READ && operation->path[length - 1] == '}' &&
           !operation->traced && !operation->special;
}

bool admit_credentials(struct call *call) {
    const char *authorization = exchange_header(call->exchange, "Authorization");
    switch (bearer_read(authorization, &call->bearer)) {
    case BEARER_KEY:
        call->has_key = true;
        break;
    case BEARER_MALFORMED:
        call->has_key = true; /* something was presented: error="invalid_token" */
        return call_refuse(call, "unauthenticated");
    case BEARER_NONE:
        if (strcmp(call->operation->id, "signIn") == 0) {
            return admit_stranger(call);
        }
        if (!admit_session(call)) {
            return false;
        }
        if (!call->operation->public && !call->session_digest[0]) {
            return call_refuse(call, "unauthenticated");
        }
        break;
    }
    call->opening = (struct database_opening){
        .key_digest = call->has_key             ? call->bearer.digest
                      : call->session_digest[0] ? call->session_digest
                                                : NULL,
        .scope = call->operation->public ? NULL : call->operation->scope,
        .request_id = call->exchange->request_id,
        .writes = call->operation->kind == OPERATION_CREATE ||
                  call->operation->kind == OPERATION_UPDATE || call->operation->traced,
        .shareable = is_short_read(call->operation),
    };
    return true;
}

/* --- formats and sizes --- */

static bool refuse_accept(struct call *call) {
    struct buffer list;
    buffer_init(&list, 512);
    for (size_t i = 0; i < call->operation->answers; i++) {
        buffer_print(&list, "%s\"%s\"", i ? "," : "[", call->operation->answer[i].name);
    }
    buffer_add_char(&list, ']');
    struct problem_extra extra = {
        .member = {{"available", arena_copy(call->arena, buffer_slice(&list)), true}},
        .members = 1};
    buffer_release(&list);
    exchange_vary(call->exchange, "Accept");
    return extra.member[0].text ? call_refuse_with(call, "not-acceptable", &extra)
                                : call_out_of_memory(call);
}

static bool refuse_media_type(struct call *call) {
    advertise_bodies(call, call->operation->method,
                     call->operation->method == METHOD_PATCH ? "Accept-Patch" : "Accept-Post");
    return call_refuse(call, "unsupported-media-type");
}

static bool admit_body_format(struct call *call) {
    const struct operation *operation = call->operation;
    const struct exchange *exchange = call->exchange;
    const char *encoding = exchange_header(exchange, "Content-Encoding");
    const char *type = exchange_header(exchange, "Content-Type");
    if (operation->bodies == 0) {
        return true; /* a body that nobody asked for is not looked at */
    }
    if (exchange->body.size > operation->body_max) {
        return call_refuse(call, "payload-too-large");
    }
    if (encoding && strcasecmp(encoding, "identity") != 0) {
        return refuse_media_type(call);
    }
    if (exchange->body.size == 0 && !operation->body_required && !type) {
        return true;
    }
    int index = type ? negotiate_body(type, operation->body, operation->bodies) : -1;
    if (index < 0) {
        return exchange->body.size == 0 && !type ? call_refuse(call, "malformed-json")
                                                 : refuse_media_type(call);
    }
    call->body_type = &operation->body[index];
    return true;
}

bool admit_formats(struct call *call) {
    const struct operation *operation = call->operation;
    negotiate_preferences(exchange_header(call->exchange, "Prefer"), &call->prefer);
    if (operation->answers > 0) {
        int index = negotiate_type(exchange_header(call->exchange, "Accept"), operation->answer,
                                   operation->answers);
        if (index < 0) {
            return refuse_accept(call);
        }
        call->answer_type = &operation->answer[index];
    }
    return admit_body_format(call);
}

/* --- parameters --- */

bool admit_arguments(struct call *call) {
    struct faults *faults = arena_take(call->arena, sizeof *faults);
    if (!faults) {
        return call_out_of_memory(call);
    }
    faults_init(faults, call->arena);
    call->argument =
        contract_arguments(call->operation, &call->route, &call->uri, call->arena, faults);
    if (!call->argument) {
        return call_out_of_memory(call);
    }
    if (faults->found == 0) {
        return true;
    }
    for (size_t i = 0; i < faults->kept; i++) {
        const struct fault *fault = &faults->item[i];
        const struct parameter *parameter =
            fault->parameter ? operation_parameter(call->operation, fault->parameter) : NULL;
        if (parameter && parameter->in_path) {
            return call_refuse(call, "not-found"); /* what cannot be an id names nothing */
        }
    }
    struct problem_extra extra = {.faults = faults};
    bool limit_alone =
        faults->found == 1 && strcmp(faults->item[0].code, "limit-out-of-range") == 0;
    return call_refuse_with(call, limit_alone ? "limit-out-of-range" : "invalid-parameter", &extra);
}

/* --- conditions --- */

static bool is_idempotency_key(struct slice key) {
    if (key.size < IDEMPOTENCY_KEY_MIN || key.size > IDEMPOTENCY_KEY_MAX) {
        return false;
    }
    for (size_t i = 0; i < key.size; i++) {
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-",
                    key.at[i])) {
            return false;
        }
    }
    return true;
}

static bool admit_idempotency(struct call *call) {
    const struct exchange *exchange = call->exchange;
    const char *sent = exchange_header(exchange, "Idempotency-Key");
    const char *type = exchange_header(exchange, "Content-Type");
    struct slice key = slice_trim(slice_of(sent));
    if (!sent) {
        return call->operation->kind != OPERATION_CREATE ||
               call_refuse(call, "idempotency-key-required");
    }
    if (key.size >= 2 && key.at[0] == '"' && key.at[key.size - 1] == '"') {
        key = (struct slice){key.at + 1, key.size - 2};
    }
    if (!is_idempotency_key(key)) {
        return call_refuse(call, "invalid-idempotency-key");
    }
    call->idempotency_key = arena_copy(call->arena, key);
    const struct slice payload[] = {exchange->method, exchange->target, slice_of(type ? type : ""),
                                    exchange->body};
    digest_sha256_hex(payload, COUNT_OF(payload), call->payload_digest);
    return call->idempotency_key || call_out_of_memory(call);
}

bool admit_conditions(struct call *call) {
    enum operation_kind kind = call->operation->kind;
    if (kind == OPERATION_UPDATE && !call->operation->special) {
        switch (
            conditional_if_match(exchange_header(call->exchange, "If-Match"), &call->if_match)) {
        case PRECONDITION_ABSENT:
            return call_refuse(call, "precondition-required");
        case PRECONDITION_BAD:
            return call_refuse(call, "invalid-precondition");
        case PRECONDITION_VERSION:
            call->has_if_match = true;
        }
    }
    return (kind != OPERATION_CREATE && (kind != OPERATION_UPDATE || call->operation->special)) ||
           admit_idempotency(call);
}

/* --- body --- */

bool admit_body(struct call *call) {
    struct body_report report = {0};
    if (!call->body_type || !call->body_type->schema) {
        return true;
    }
    struct faults *faults = arena_take(call->arena, sizeof *faults);
    if (!faults) {
        return call_out_of_memory(call);
    }
    faults_init(faults, call->arena);
    contract_read_json(call->body_type->schema, call->exchange->body, call->arena, faults, &report);
    if (!report.parsed) {
        return call_refuse_syntax(call, &report);
    }
    call->body = report.json;
    if (faults->found > 0) {
        struct problem_extra extra = {.faults = faults};
        return call_refuse_with(call, "validation-failed", &extra);
    }
    return true;
}
