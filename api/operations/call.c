#include "base.h"
#include "call.h"

#include "clock.h"
#include "log.h"

#include <poll.h>

const struct argument *call_argument(const struct call *call, const char *name) {
    const struct parameter *parameter = operation_parameter(call->operation, name);
    if (!parameter || !call->argument) {
        return NULL;
    }
    const struct argument *argument = &call->argument[parameter - call->operation->parameter];
    return argument->present ? argument : NULL;
}

struct render_choice call_choice(const struct call *call) {
    return (struct render_choice){
        .fields = call_argument(call, "fields"),
        .include = call_argument(call, "include"),
    };
}

bool call_is_true(const struct call *call, const char *name) {
    const struct argument *argument = call_argument(call, name);
    return argument && slice_is(argument->text, "true");
}

/* --- binding --- */

static bool bind_parameter(struct call *call, const struct parameter *parameter,
                           const struct argument *argument, struct binding *ret_binding) {
    *ret_binding = (struct binding){
        .name = parameter->bind,
        .type = binding_type(parameter->type, parameter->is_list),
        .present = argument->present,
    };
    if (argument->present) {
        ret_binding->text = parameter->is_list
                                ? binding_list(call->arena, argument->item, argument->items)
                                : arena_copy(call->arena, argument->text);
    }
    return !argument->present || ret_binding->text;
}

static void bind_own(struct call *call, const char *name, const char *text) {
    struct binding *binding = &call->binding[call->bindings++];
    *binding = (struct binding){.name = name, .text = text, .present = text != NULL};
    binding_reserved(name, &binding->type);
}

bool call_bind(struct call *call) {
    const struct operation *operation = call->operation;
    const char *body = NULL, *if_match = NULL;
    if (operation->parameters + 3 > CALL_MAX_BINDINGS) {
        return false;
    }
    call->bindings = 0;
    for (size_t i = 0; i < operation->parameters; i++) {
        if (!bind_parameter(call, &operation->parameter[i], &call->argument[i],
                            &call->binding[call->bindings++])) {
            return false;
        }
    }
    if (call->body) {
        body = arena_copy(call->arena, call->exchange->body);
    }
    if (call->has_if_match) {
        if_match = arena_print(call->arena, "%" PRIu64, call->if_match);
    }
    bind_own(call, "body", body);
    bind_own(call, "if_match", if_match);
    bind_own(call, "public_url", call->service->config->public_url);
    return (!call->body || body) && (!call->has_if_match || if_match);
}

bool call_statement(struct call *call, struct statement_text *ret_text) {
    struct statement_request request = {
        .shape = SHAPE_PLAIN,
        .trace = statement_trace_of(call->operation),
        .binding = call->binding,
        .bindings = call->bindings,
    };
    const char *error = NULL;
    const struct statement *statement =
        statement_find(call->service->statements, call->operation->id);
    return statement && statement_build(statement, &request, call->arena, ret_text, &error);
}

/* --- running --- */

static bool wants_retry(const struct failure *failure) {
    return failure->code && strcmp(failure->code, "retry") == 0;
}

/* Two callers that collided must not collide again at once. */
static void pause_before_retry(int try_number) {
    unsigned char noise = 0;
    digest_random(&noise, sizeof noise);
    poll(NULL, 0, try_number * 5 + noise % 20);
}

bool call_run(struct call *call, const struct statement_text *statement, size_t count, bool commit,
              struct rows **ret_rows, struct transaction **ret_open, struct failure *ret_failure) {
    for (int try_number = 1;; try_number++) {
        *ret_failure = (struct failure){0};
        if (database_run(call->service->database, &call->opening, statement, count, commit,
                         call->arena, &call->exchange->principal, ret_rows, ret_open,
                         ret_failure)) {
            if (call->exchange->principal.key_id) {
                database_note_key_use(call->service->database, call->exchange->principal.key_id);
            }
            return true;
        }
        if (!wants_retry(ret_failure) || try_number == CALL_MAX_TRIES) {
            return false;
        }
        pause_before_retry(try_number);
    }
}

bool call_may_lag(const struct call *call) {
    return call->operation->kind == OPERATION_LIST && !call->operation->traced;
}

/* --- what this caller may use --- */

static bool sort_is_visible(const struct call *call, unsigned bit) {
    const struct argument *sort = call_argument(call, "sort");
    for (size_t i = 0; sort && sort->sent && i < sort->items; i++) {
        struct slice name = sort->item[i];
        if (slice_starts_with(name, SLICE("-"))) {
            name = (struct slice){name.at + 1, name.size - 1};
        }
        for (size_t j = 0; j < call->operation->sorts; j++) {
            const struct sort_key *key = &call->operation->sort[j];
            if (slice_is(name, key->name) && !(key->readers & bit)) {
                return false;
            }
        }
    }
    return true;
}

/* `parameter` is one whose items are names of properties. */
static bool names_are_visible(const struct call *call, const char *parameter, unsigned bit) {
    const struct argument *names = call_argument(call, parameter);
    for (size_t i = 0; names && names->sent && i < names->items; i++) {
        for (size_t j = 0; j < call->operation->properties; j++) {
            const struct property *property = &call->operation->property[j];
            if (slice_is(names->item[i], property->name) && !(property->readers & bit)) {
                return false;
            }
        }
    }
    return true;
}

bool call_may_use(struct call *call) {
    unsigned bit = 1u << call->exchange->principal.caller;
    bool allowed = sort_is_visible(call, bit) && names_are_visible(call, "fields", bit) &&
                   names_are_visible(call, "include", bit);
    for (size_t i = 0; allowed && i < call->operation->parameters; i++) {
        allowed = !call->argument[i].sent || (call->operation->parameter[i].readers & bit);
    }
    return allowed || call_refuse(call, "forbidden");
}

bool call_may_write(struct call *call) {
    const struct schema *schema = call->body_type ? call->body_type->schema : NULL;
    unsigned bit = 1u << call->exchange->principal.caller;
    struct schema_property property;
    struct faults faults;
    char pointer[128];
    faults_init(&faults, call->arena);
    for (size_t i = 0; schema && schema_property_at(schema, i, &property); i++) {
        if (!(property.readers & bit) && json_object_get(call->body, property.name)) {
            snprintf(pointer, sizeof pointer, "/%s", property.name);
            faults_add(&faults, (struct fault){.pointer = pointer, .code = "not-yours-to-change"});
        }
    }
    struct problem_extra extra = {.faults = &faults};
    return faults.found == 0 || call_refuse_with(call, "not-yours-to-change", &extra);
}

/* --- answering --- */

void call_head(struct call *call, unsigned status, const char *content_type) {
    struct exchange *exchange = call->exchange;
    exchange->status = status;
    if (content_type) {
        exchange_print_header(exchange, "Content-Type", "%s%s", content_type,
                              strncmp(content_type, "text/", 5) == 0 ? "; charset=utf-8" : "");
    }
    exchange_vary(exchange, "Accept-Encoding"); /* the edge compresses */
    if (call->operation->answers > 1) {
        exchange_vary(exchange, "Accept");
    }
    if (call->operation->no_store) {
        exchange_set_header(exchange, "Cache-Control", "no-store");
    } else if (call->operation->max_age > 0) {
        exchange_print_header(exchange, "Cache-Control", "public, max-age=%u",
                              call->operation->max_age);
    } else {
        exchange_set_header(exchange, "Cache-Control", "private, no-cache");
        exchange_vary(exchange, "Authorization");
        exchange_vary(exchange, "Cookie");
    }
}

void call_not_modified(struct call *call) {
    call->exchange->status = 304;
    buffer_clear(&call->exchange->answer);
}

bool call_refuse_with(struct call *call, const char *code, const struct problem_extra *extra) {
    struct exchange *exchange = call->exchange;
    problem_answer(call->service->problems, exchange, code, extra);
    if (exchange->status == 401) {
        exchange_print_header(exchange, "WWW-Authenticate", "Bearer realm=\"maillage\"%s",
                              call->has_key ? ", error=\"invalid_token\"" : "");
        if (call->session_digest
                [0]) { /* a session that has ended: the next request is a stranger's */
            exchange_set_header(exchange, "Set-Cookie",
                                COOKIE_NAME
                                "=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
        }
    } else if (exchange->status == 403 && call->operation && call->operation->scope) {
        exchange_print_header(
            exchange, "WWW-Authenticate",
            "Bearer realm=\"maillage\", error=\"insufficient_scope\", scope=\"%s\"",
            call->operation->scope);
    }
    return false;
}

bool call_refuse(struct call *call, const char *code) {
    return call_refuse_with(call, code, NULL);
}

bool call_out_of_memory(struct call *call) {
    log_write(LOG_ERROR, "run", call->exchange->request_id, "memory of the exchange exhausted");
    return call_refuse(call, "busy");
}

bool call_refuse_syntax(struct call *call, const struct body_report *report) {
    struct problem_extra extra = {0};
    const char *line = arena_print(call->arena, "%d", report->line);
    const char *column = arena_print(call->arena, "%d", report->column);
    if (strcmp(report->syntax_code, "out-of-memory") == 0 || !line || !column) {
        return call_out_of_memory(call);
    }
    if (report->line > 0) {
        extra.member[extra.members++] = (struct problem_member){"line", line, true};
        extra.member[extra.members++] = (struct problem_member){"column", column, true};
    }
    return call_refuse_with(call, report->syntax_code, &extra);
}

/* --- failures of the database --- */

const char *call_failure_code(const struct call *call, const struct failure *failure) {
    const struct problem *problem = NULL;
    if (failure->code) {
        return wants_retry(failure) ? "busy" : failure->code;
    }
    if (failure->constraint[0]) {
        problem = problems_of_constraint(call->service->problems, failure->constraint);
    }
    return problem ? problem->code : failure->fallback ? failure->fallback : "internal-error";
}

/* Several faults at once: an array of {pointer, code, value, allowed} that a rule of the database
 * gave. */
static void add_errors(const json_t *errors, struct faults *faults) {
    size_t index;
    json_t *error;
    json_array_foreach(errors, index, error) {
        faults_add(faults, (struct fault){
                               .pointer = json_string_value(json_object_get(error, "pointer")),
                               .code = json_string_value(json_object_get(error, "code")),
                               .value = json_string_value(json_object_get(error, "value")),
                               .allowed = json_string_value(json_object_get(error, "allowed")),
                           });
    }
}

/* Members of a JSON detail that our own SQL functions gave: shown as they are, but for those that
 * say where the fault is. */
static void add_detail(struct call *call, const struct failure *failure,
                       struct problem_extra *extra, struct faults *faults,
                       const char **ret_pointer) {
    json_t *detail = json_loads(failure->detail, 0, NULL);
    const char *name;
    json_t *value;
    json_object_foreach(detail, name, value) {
        if (strcmp(name, "pointer") == 0 && json_is_string(value)) {
            *ret_pointer = arena_copy(call->arena, slice_of(json_string_value(value)));
        } else if (strcmp(name, "errors") == 0 && json_is_array(value)) {
            add_errors(value, faults);
        } else if (extra->members < COUNT_OF(extra->member)) {
            char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
            extra->member[extra->members++] = (struct problem_member){
                .name = arena_copy(call->arena, slice_of(name)),
                .text = text ? arena_copy(call->arena, slice_of(text)) : "null",
                .is_json = true};
            free(text);
        }
    }
    json_decref(detail);
}

void call_fail(struct call *call, const struct failure *failure) {
    const char *code = call_failure_code(call, failure), *pointer = NULL;
    const struct problem *problem = problems_find(call->service->problems, code);
    struct faults faults;
    struct problem_extra extra = {0};
    faults_init(&faults, call->arena);
    log_write(problem && problem->status >= 500 ? LOG_WARNING : LOG_DEBUG, "database",
              call->exchange->request_id, "operation=%s sqlstate=%s constraint=%s code=%s",
              call->operation->id, failure->sqlstate, failure->constraint, code);
    add_detail(call, failure, &extra, &faults, &pointer);
    if (!pointer && problem) {
        pointer = problem->pointer;
    }
    if (pointer && faults.found == 0) {
        faults_add(&faults, (struct fault){.pointer = pointer, .code = code});
    }
    if (faults.found > 0) {
        extra.faults = &faults;
    }
    if (failure->retry_after > 0 && extra.members < COUNT_OF(extra.member)) {
        extra.member[extra.members++] = (struct problem_member){
            "retry_after", arena_print(call->arena, "%u", failure->retry_after), true};
    }
    call_refuse_with(call, code, &extra);
}
