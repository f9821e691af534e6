#include "base.h"
#include "problem.h"

#include <jansson.h>

/* Faults of one field: code and sentence. */
struct fault_text {
    const char *code;
    const char *detail[2];
};

struct constraint_name {
    const char *name;
    const struct problem *problem;
};

struct problems {
    json_t *document; /* owns every string below */
    const char *public_url;
    struct problem *problem;
    size_t problems;
    struct fault_text *fault;
    size_t faults;
    struct constraint_name *constraint;
    size_t constraints;
};

/* What the engine answers by itself, wherever the database or the contract stand. */
static const char *const needed[] = {
    "malformed-json",
    "malformed-csv",
    "duplicate-key",
    "validation-failed",
    "invalid-parameter",
    "limit-out-of-range",
    "cursor-invalid",
    "idempotency-key-required",
    "invalid-idempotency-key",
    "token-in-query",
    "bad-request-target",
    "unauthenticated",
    "forbidden",
    "not-found",
    "method-not-allowed",
    "not-acceptable",
    "conflict",
    "idempotency-in-progress",
    "idempotency-key-reused",
    "precondition-required",
    "invalid-precondition",
    "version-conflict",
    "payload-too-large",
    "uri-too-long",
    "headers-too-large",
    "unsupported-media-type",
    "too-many-rows",
    "internal-error",
    "database-unavailable",
    "pool-exhausted",
    "busy",
    "statement-timeout",
};

static int by_code(const void *a, const void *b) {
    return strcmp(((const struct problem *)a)->code, ((const struct problem *)b)->code);
}

static int by_fault(const void *a, const void *b) {
    return strcmp(((const struct fault_text *)a)->code, ((const struct fault_text *)b)->code);
}

static int by_constraint(const void *a, const void *b) {
    return strcmp(((const struct constraint_name *)a)->name,
                  ((const struct constraint_name *)b)->name);
}

const struct problem *problems_find(const struct problems *problems, const char *code) {
    struct problem wanted = {.code = code};
    return bsearch(&wanted, problems->problem, problems->problems, sizeof wanted, by_code);
}

const struct problem *problems_of_constraint(const struct problems *problems,
                                             const char *constraint) {
    struct constraint_name wanted = {.name = constraint};
    const struct constraint_name *found =
        bsearch(&wanted, problems->constraint, problems->constraints, sizeof wanted, by_constraint);
    return found ? found->problem : NULL;
}

size_t problems_count(const struct problems *problems) {
    return problems->problems;
}

const struct problem *problems_at(const struct problems *problems, size_t index) {
    return &problems->problem[index];
}

/* --- loading --- */

/* French first; English where the catalogue has it, else French. */
static void read_texts(const json_t *entry, const char *key, const char *ret_text[2]) {
    const json_t *texts = json_object_get(entry, key);
    const char *french = json_string_value(json_object_get(texts, "fr"));
    const char *english = json_string_value(json_object_get(texts, "en"));
    ret_text[LANGUAGE_FRENCH] = french;
    ret_text[LANGUAGE_ENGLISH] = english ? english : french;
}

static bool read_problem(const json_t *entry, struct problem *ret_problem) {
    struct problem problem = {
        .code = json_string_value(json_object_get(entry, "code")),
        .status = (unsigned)json_integer_value(json_object_get(entry, "status")),
        .pointer = json_string_value(json_object_get(entry, "pointer")),
    };
    read_texts(entry, "title", problem.title);
    read_texts(entry, "detail", problem.detail);
    read_texts(entry, "cause", problem.cause);
    read_texts(entry, "cure", problem.cure);
    *ret_problem = problem;
    return problem.code && problem.title[0] && problem.detail[0] && problem.cause[0] &&
           problem.cure[0] && problem.status >= 400 && problem.status <= 599;
}

static bool read_problems(struct problems *problems, const json_t *list) {
    size_t index;
    const json_t *entry;
    problems->problem = calloc(json_array_size(list) + 1, sizeof *problems->problem);
    json_array_foreach(list, index, entry) {
        if (!problems->problem || !read_problem(entry, &problems->problem[index])) {
            return false;
        }
        problems->constraints += json_array_size(json_object_get(entry, "constraints"));
    }
    problems->problems = json_array_size(list);
    qsort(problems->problem, problems->problems, sizeof *problems->problem, by_code);
    return true;
}

static bool read_constraints(struct problems *problems, const json_t *list) {
    size_t index, inner, at = 0;
    const json_t *entry, *name;
    problems->constraint = calloc(problems->constraints + 1, sizeof *problems->constraint);
    if (!problems->constraint) {
        return false;
    }
    json_array_foreach(list, index, entry) {
        const char *code = json_string_value(json_object_get(entry, "code"));
        json_array_foreach(json_object_get(entry, "constraints"), inner, name) {
            problems->constraint[at++] =
                (struct constraint_name){json_string_value(name), problems_find(problems, code)};
        }
    }
    qsort(problems->constraint, at, sizeof *problems->constraint, by_constraint);
    return true;
}

static bool read_faults(struct problems *problems, const json_t *list) {
    size_t index;
    const json_t *entry;
    problems->fault = calloc(json_array_size(list) + 1, sizeof *problems->fault);
    json_array_foreach(list, index, entry) {
        struct fault_text *fault = problems->fault ? &problems->fault[index] : NULL;
        if (!fault) {
            return false;
        }
        fault->code = json_string_value(json_object_get(entry, "code"));
        read_texts(entry, "detail", fault->detail);
        if (!fault->code || !fault->detail[0]) {
            return false;
        }
    }
    problems->faults = json_array_size(list);
    qsort(problems->fault, problems->faults, sizeof *problems->fault, by_fault);
    return true;
}

struct problems *problems_load(const char *path, const char *public_url, char *reterr,
                               size_t reterr_size) {
    json_error_t error;
    struct problems *problems = calloc(1, sizeof *problems);
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!problems || !document) {
        snprintf(reterr, reterr_size, "problems: %s: %s", path,
                 document ? "no memory" : error.text);
        json_decref(document);
        free(problems);
        return NULL;
    }
    problems->document = document;
    problems->public_url = public_url;
    const json_t *list = json_object_get(document, "problems");
    if (!read_problems(problems, list) || !read_constraints(problems, list) ||
        !read_faults(problems, json_object_get(document, "faults"))) {
        snprintf(reterr, reterr_size, "problems: %s: an entry lacks its code, status or texts",
                 path);
        problems_free(problems);
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        if (!problems_find(problems, needed[i])) {
            snprintf(reterr, reterr_size, "problems: %s: no entry \"%s\"", path, needed[i]);
            problems_free(problems);
            return NULL;
        }
    }
    return problems;
}

void problems_free(struct problems *problems) {
    if (problems) {
        json_decref(problems->document);
        free(problems->problem);
        free(problems->fault);
        free(problems->constraint);
        free(problems);
    }
}

/* --- writing --- */

static void add_member(struct buffer *to, const char *name, const char *text) {
    buffer_print(to, ",\"%s\":", name);
    buffer_add_json(to, slice_of(text));
}

/* Copies `text`, each {name} replaced through `value_of(name)`; an unknown name is left as it
 * stands. */
static void fill(struct buffer *to, const char *text,
                 const char *(*value_of)(const void *user, struct slice name), const void *user) {
    struct slice rest = slice_of(text), before, after, name, tail;
    while (slice_cut(rest, '{', &before, &after)) {
        buffer_add_slice(to, before);
        const char *value = slice_cut(after, '}', &name, &tail) ? value_of(user, name) : NULL;
        if (value) {
            buffer_add_text(to, value);
            rest = tail;
        } else {
            buffer_add_char(to, '{');
            rest = after;
        }
    }
    buffer_add_slice(to, rest);
}

static const char *value_of_member(const void *user, struct slice name) {
    const struct problem_extra *extra = user;
    for (size_t i = 0; extra && i < extra->members; i++) {
        if (slice_is(name, extra->member[i].name)) {
            return extra->member[i].text;
        }
    }
    return NULL;
}

static const char *value_of_fault(const void *user, struct slice name) {
    const struct fault *fault = user;
    return slice_is(name, "value")        ? fault->value
           : slice_is(name, "allowed")    ? fault->allowed
           : slice_is(name, "suggestion") ? fault->suggestion
           : slice_is(name, "parameter")  ? fault->parameter
           : slice_is(name, "pointer")    ? fault->pointer
                                          : NULL;
}

/* A sentence is short; one that does not fit is left out rather than the answer lost. */
static void add_filled(struct buffer *to, const char *text,
                       const char *(*value_of)(const void *, struct slice), const void *user) {
    struct buffer sentence;
    buffer_init(&sentence, 4096);
    fill(&sentence, text, value_of, user);
    buffer_add_json(to, buffer_ok(&sentence) ? buffer_slice(&sentence) : slice_of(text));
    buffer_release(&sentence);
}

void problem_write_fault(const struct problems *problems, enum language language,
                         const struct fault *fault, struct buffer *to) {
    struct fault_text wanted = {.code = fault->code};
    const struct fault_text *text =
        bsearch(&wanted, problems->fault, problems->faults, sizeof wanted, by_fault);
    const struct problem *problem = text ? NULL : problems_find(problems, fault->code);
    const char *sentence = text      ? text->detail[language]
                           : problem ? problem->detail[language]
                                     : fault->code;
    buffer_add_text(to, "{\"code\":");
    buffer_add_json(to, slice_of(fault->code));
    if (fault->pointer) {
        add_member(to, "pointer", fault->pointer);
    }
    if (fault->parameter) {
        add_member(to, "parameter", fault->parameter);
    }
    buffer_add_text(to, ",\"detail\":");
    add_filled(to, sentence, value_of_fault, fault);
    if (fault->value) {
        add_member(to, "value", fault->value);
    }
    if (fault->suggestion) {
        add_member(to, "suggestion", fault->suggestion);
    }
    if (fault->allowed) {
        add_member(to, "allowed", fault->allowed);
    }
    buffer_add_char(to, '}');
}

static void write_faults(const struct problems *problems, const struct exchange *exchange,
                         const struct faults *faults, struct buffer *to) {
    buffer_add_text(to, ",\"errors\":[");
    for (size_t i = 0; i < faults->kept; i++) {
        if (i > 0) {
            buffer_add_char(to, ',');
        }
        problem_write_fault(problems, exchange->language, &faults->item[i], to);
    }
    buffer_add_char(to, ']');
    if (faults->found > faults->kept) {
        buffer_add_text(to, ",\"truncated\":true");
    }
}

static void write_extra(const struct problems *problems, struct exchange *exchange,
                        const struct problem_extra *extra) {
    struct buffer *to = &exchange->answer;
    for (size_t i = 0; i < extra->members; i++) {
        const struct problem_member *member = &extra->member[i];
        if (member->is_json) {
            buffer_print(to, ",\"%s\":%s", member->name, member->text);
        } else {
            add_member(to, member->name, member->text);
        }
        if (strcmp(member->name, "retry_after") == 0) {
            exchange_set_header(exchange, "Retry-After", member->text);
        }
    }
    if (extra->faults && extra->faults->found > 0) {
        write_faults(problems, exchange, extra->faults, to);
    }
}

static struct slice path_of(const struct exchange *exchange) {
    struct slice path, query;
    const struct operation *operation = exchange->operation;
    if (operation && operation->no_store && operation->captures > 0) {
        return slice_of(operation->path); /* what it captures is a secret */
    }
    slice_cut(exchange->target, '?', &path, &query);
    return path;
}

void problem_answer(const struct problems *problems, struct exchange *exchange, const char *code,
                    const struct problem_extra *extra) {
    const struct problem *problem = problems_find(problems, code);
    if (!problem) {
        problem = problems_find(problems, "internal-error");
    }
    struct buffer *to = &exchange->answer;
    buffer_clear(to);
    exchange->status = problem->status;
    exchange->problem_code = problem->code;
    buffer_print(to, "{\"type\":\"%s/v1/problems/%s\",\"title\":", problems->public_url,
                 problem->code);
    buffer_add_json(to, slice_of(problem->title[exchange->language]));
    buffer_print(to, ",\"status\":%u,\"detail\":", problem->status);
    add_filled(to, problem->detail[exchange->language], value_of_member, extra);
    buffer_add_text(to, ",\"instance\":");
    buffer_add_json(to, path_of(exchange));
    buffer_print(to, ",\"code\":\"%s\",\"request_id\":\"%s\"", problem->code, exchange->request_id);
    if (extra) {
        write_extra(problems, exchange, extra);
    }
    buffer_add_char(to, '}');
    exchange_set_header(exchange, "Content-Type", "application/problem+json");
    exchange_set_header(exchange, "Content-Language",
                        exchange->language == LANGUAGE_ENGLISH ? "en" : "fr");
    exchange_set_header(exchange, "Cache-Control", "no-store");
    exchange_vary(exchange, "Accept-Language");
    exchange_vary(exchange, "Accept-Encoding"); /* the edge compresses */
}
