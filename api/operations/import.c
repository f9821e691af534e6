/* Bulk import (wire conventions 3.9): rows are read and checked here against the contract, all of
 * them; those that pass go to the database function of the operation in one call, which stores them
 * set by set and says of each refused one why. When an atomic import has a faulty row, the database
 * still tries the others, as a dry run, so that the caller learns every fault at once. */
#include "base.h"
#include "special.h"

#include "clock.h"
#include "import_rows.h"
#include "text.h"
#include "write.h"

enum {
    REPORTED_ROWS_MAX = 1000,
    IMPORT_TIMEOUT_MS = 50000, /* 5,000 rows with all their rules; the edge waits longer */
};

/* Each takes the rows [{row, line, data}], the operation's parameters as an object, and whether to
 * try only; each answers {summary, rows}. */
static const struct target {
    const char *operation_id, *statement;
} targets[] = {
    {"importMembers", "select network.import_members($1::jsonb, $2::jsonb, $3::boolean) as report"},
    {"importPasses", "select pass.import_passes($1::jsonb, $2::jsonb, $3::boolean) as report"},
};

struct import {
    struct call *call;
    const struct target *target;
    struct import_plan plan;
    struct import_rows rows;
    const char *mode, *on_conflict;
    bool atomic, dry_run;
    size_t faulty;        /* rows that did not pass the contract */
    const char *rejected; /* every refused row as it was sent, for the rejects file; JSON */
};

/* --- what goes to the database --- */

static const char *print_json(struct call *call, const json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    const char *copy = text ? arena_copy(call->arena, slice_of(text)) : NULL;
    free(text);
    return copy;
}

static const char *valid_rows(struct import *import) {
    json_t *list = json_array();
    for (size_t i = 0; i < import->rows.count; i++) {
        const struct import_row *row = &import->rows.item[i];
        if (row->data) {
            json_array_append_new(list, json_pack("{s:i,s:o,s:O}", "row", (int)row->row, "line",
                                                  row->line ? json_integer(row->line) : json_null(),
                                                  "data", row->data));
        }
    }
    const char *text = print_json(import->call, list);
    json_decref(list);
    return text;
}

static const char *text_of(struct call *call, const char *name, const char *otherwise) {
    const struct argument *argument = call_argument(call, name);
    return argument ? arena_copy(call->arena, argument->text) : otherwise;
}

/* The parameters as they were sent, or their defaults. */
static const char *options(struct import *import) {
    const struct call *call = import->call;
    json_t *object = json_object();
    for (size_t i = 0; i < call->operation->parameters; i++) {
        const char *name = call->operation->parameter[i].name;
        const struct argument *argument = call_argument(call, name);
        if (argument) {
            json_object_set_new(object, name, json_stringn(argument->text.at, argument->text.size));
        }
    }
    if (import->faulty > 0) {
        /* A faulty row may name any member: absence from such a file proves nothing. */
        json_object_del(object, "on_missing");
    }
    const char *text = print_json(import->call, object);
    json_decref(object);
    return text;
}

static bool build_effect(struct import *import, struct statement_text *ret_text) {
    bool only_try = import->dry_run || (import->atomic && import->faulty > 0);
    const char *const value[] = {valid_rows(import), options(import), only_try ? "true" : "false"};
    return value[0] && value[1] &&
           statement_fixed(import->target->statement, COUNT_OF(value), value, import->call->arena,
                           ret_text);
}

/* --- the report --- */

/* {"code","pointer","detail" …} of one fault, as problems write it. */
static json_t *describe(struct call *call, const struct fault *fault) {
    struct buffer text;
    buffer_init(&text, 16 << 10);
    problem_write_fault(call->service->problems, call->exchange->language, fault, &text);
    json_t *json = json_loadb(text.at ? text.at : "", text.size, 0, NULL);
    buffer_release(&text);
    return json ? json : json_object();
}

static json_t *describe_faults(struct call *call, const struct faults *faults) {
    json_t *list = json_array();
    for (size_t i = 0; i < faults->kept; i++) {
        json_array_append_new(list, describe(call, &faults->item[i]));
    }
    return list;
}

/* The database names constraints or codes; callers get the catalogue's words. */
static json_t *describe_refusal(struct call *call, const json_t *error) {
    const char *name = json_string_value(json_object_get(error, "code"));
    const char *pointer = json_string_value(json_object_get(error, "pointer"));
    const struct problem *problem =
        name ? problems_of_constraint(call->service->problems, name) : NULL;
    struct fault fault = {
        .code = problem ? problem->code
                : name  ? name
                        : "validation-failed",
        .pointer = pointer                       ? pointer
                   : problem && problem->pointer ? problem->pointer
                                                 : "",
    };
    return describe(call, &fault);
}

static void describe_refusals(struct call *call, json_t *row) {
    json_t *errors = json_object_get(row, "errors"), *described = json_array(), *error;
    size_t index;
    json_array_foreach(errors, index, error) {
        json_array_append_new(described, describe_refusal(call, error));
    }
    json_object_set_new(row, "errors", described);
}

static json_t *faulty_row(struct call *call, const struct import_row *row) {
    return json_pack("{s:i,s:o,s:i,s:o}", "row", (int)row->row, "line",
                     row->line ? json_integer(row->line) : json_null(), "status", 422, "errors",
                     describe_faults(call, row->faults));
}

static json_int_t row_number(const json_t *row) {
    return json_integer_value(json_object_get(row, "row"));
}

/* Both lists run by row number. */
static json_t *merge_rows(struct import *import, const json_t *stored) {
    json_t *merged = json_array();
    size_t at = 0;
    for (size_t i = 0; i <= import->rows.count; i++) {
        const struct import_row *row = i < import->rows.count ? &import->rows.item[i] : NULL;
        while (at < json_array_size(stored) &&
               (!row || row_number(json_array_get(stored, at)) <= row->row)) {
            json_t *one = json_array_get(stored, at++);
            describe_refusals(import->call, one);
            json_array_append(merged, one);
        }
        if (row && !row->data) {
            json_array_append_new(merged, faulty_row(import->call, row));
        }
    }
    return merged;
}

static json_int_t summary_of(const json_t *report, const char *name) {
    return json_integer_value(json_object_get(json_object_get(report, "summary"), name));
}

/* The refused rows as they were sent, for the rejects file. */
static const char *rejected_rows(struct import *import, const json_t *rows) {
    json_t *list = json_array(), *row;
    size_t index;
    json_array_foreach(rows, index, row) {
        size_t number = (size_t)row_number(row);
        if (json_array_size(json_object_get(row, "errors")) > 0 && number >= 1 &&
            number <= import->rows.count) {
            json_t *sent = import->rows.item[number - 1].sent;
            json_array_append_new(list, json_pack("{s:i,s:O,s:O}", "row", (int)number, "sent",
                                                  sent ? sent : json_null(), "errors",
                                                  json_object_get(row, "errors")));
        }
    }
    const char *text = print_json(import->call, list);
    json_decref(list);
    return text;
}

/* The rows of both checks in one list, cut for the report once the rejects file has all of them. */
static bool complete_rows(struct import *import, json_t *report) {
    json_t *rows = merge_rows(import, json_object_get(report, "rows"));
    json_object_set_new(report, "rows", rows);
    import->rejected = rejected_rows(import, rows);
    json_object_set_new(report, "truncated",
                        json_boolean(json_array_size(rows) > REPORTED_ROWS_MAX));
    while (json_array_size(rows) > REPORTED_ROWS_MAX) {
        json_array_remove(rows, json_array_size(rows) - 1);
    }
    return import->rejected != NULL;
}

/* Counts what is stored: of an atomic import with a refused row, nothing. */
static json_int_t complete_summary(const struct import *import, json_t *report) {
    static const char *const effect[] = {"created", "updated", "removed"};
    json_int_t failed = summary_of(report, "failed") + (json_int_t)import->faulty;
    json_t *summary = json_object_get(report, "summary");
    json_object_set_new(summary, "received", json_integer((json_int_t)import->rows.count));
    json_object_set_new(summary, "failed", json_integer(failed));
    for (size_t i = 0; import->atomic && failed > 0 && i < COUNT_OF(effect); i++) {
        json_object_set_new(summary, effect[i], json_integer(0));
    }
    return failed;
}

static const char *state_of(const struct import *import, json_int_t failed) {
    return import->dry_run ? "DRY_RUN" : failed > 0 ? "PARTIAL" : "SUCCEEDED";
}

static json_t *names_of(const json_t *set) {
    json_t *names = json_array(), *value;
    const char *name;
    json_object_foreach((json_t *)set, name, value) {
        json_array_append_new(names, json_string(name));
    }
    return names;
}

/* Completes the database's report to what the contract calls an Import. */
static bool complete_report(struct import *import, json_t *report) {
    struct call *call = import->call;
    char id[UUID_TEXT_SIZE + 1], instant[CLOCK_INSTANT_SIZE + 1];
    json_int_t failed = complete_summary(import, report);
    text_new_uuid(id);
    clock_print_instant(clock_wall_us(), instant);
    json_object_set_new(report, "id", import->dry_run ? json_null() : json_string(id));
    if (!import->dry_run) {
        json_object_set_new(report, "self",
                            json_string(arena_print(call->arena, "/v1/imports/%s", id)));
    }
    json_object_set_new(report, "state", json_string(state_of(import, failed)));
    json_object_set_new(report, "mode", json_string(import->mode));
    json_object_set_new(report, "on_conflict", json_string(import->on_conflict));
    json_object_set_new(report, "dry_run", json_boolean(import->dry_run));
    json_object_set_new(report, "created_at", json_string(instant));
    json_object_set_new(report, "finished_at", json_string(instant));
    const char *rejects = !import->dry_run && failed > 0
                              ? arena_print(call->arena, "/v1/imports/%s/rejects", id)
                              : NULL;
    json_object_set_new(report, "rejects", rejects ? json_string(rejects) : json_null());
    if (import->plan.mark) {
        json_object_set_new(report, "personal_columns", names_of(import->plan.personal));
        json_object_set_new(report, "ignored_columns", names_of(import->plan.ignored));
    }
    return complete_rows(import, report);
}

/* --- answers --- */

/* An atomic import with a refused row: nothing is stored, and every refused row is named. */
static bool refuse_all(struct import *import, const json_t *report) {
    struct call *call = import->call;
    json_t *errors = json_array(), *row, *error;
    size_t index, inner;
    json_array_foreach(json_object_get(report, "rows"), index, row) {
        json_array_foreach(json_object_get(row, "errors"), inner, error) {
            json_object_set(error, "row", json_object_get(row, "row"));
            json_object_set(error, "line", json_object_get(row, "line"));
            json_array_append(errors, error);
        }
    }
    struct problem_extra extra = {
        .member = {{"errors", print_json(call, errors), true},
                   {"summary", print_json(call, json_object_get(report, "summary")), true},
                   {"truncated", print_json(call, json_object_get(report, "truncated")), true}},
        .members = 3};
    json_decref(errors);
    if (!extra.member[0].text || !extra.member[1].text || !extra.member[2].text) {
        return call_out_of_memory(call);
    }
    return call_refuse_with(call, "import-failed", &extra);
}

static bool keep(struct import *import, const json_t *report, const char *report_text,
                 struct write_effect *effect) {
    struct call *call = import->call;
    const char *const value[] = {
        call->operation->id,
        json_string_value(json_object_get(report, "id")),
        call->body_type->name,
        report_text,
        import->rows.columns ? print_json(call, import->rows.columns) : NULL,
        import->rejected,
    };
    effect->has_closing = true;
    return statement_fixed("select engine.keep_import($1::text, $2::uuid, $3::text, $4::jsonb, "
                           "$5::jsonb, $6::jsonb)",
                           COUNT_OF(value), value, call->arena, &effect->closing);
}

static bool answer_report(struct call *call, const struct rows *rows, struct write_effect *effect) {
    struct import *import = effect->user;
    struct slice text = rows_value(rows, 0, 0);
    json_t *report = json_loadb(text.at, text.size, 0, NULL);
    if (!report || !import_own(call, report) || !complete_report(import, report)) {
        return call_out_of_memory(call);
    }
    metrics_add(call->service->metrics, METRIC_IMPORT_ROWS, import->rows.count);
    if (import->atomic && summary_of(report, "failed") > 0) {
        return refuse_all(import, report);
    }
    const char *body = print_json(call, report);
    if (!body || (!import->dry_run && !keep(import, report, body, effect))) {
        return call_out_of_memory(call);
    }
    buffer_add_text(&call->exchange->answer, body);
    call_head(call, import->atomic ? 200 : 207, "application/json");
    if (!import->dry_run) {
        exchange_print_header(call->exchange, "Location", "/v1/imports/%s",
                              json_string_value(json_object_get(report, "id")));
    }
    return true;
}

/* --- the way in --- */

static bool check_options(struct import *import) {
    struct call *call = import->call;
    import->mode = text_of(call, "mode", "atomic");
    import->on_conflict = text_of(call, "on_conflict", "fail");
    if (!import->mode || !import->on_conflict) {
        return call_out_of_memory(call);
    }
    import->atomic = strcmp(import->mode, "atomic") == 0;
    import->dry_run = call_is_true(call, "dry_run");
    const struct argument *missing = call_argument(call, "on_missing");
    if (missing && slice_is(missing->text, "tombstone") && !call_argument(call, "max_removed")) {
        return call_refuse(call, "max-removed-required");
    }
    return true;
}

static const struct schema *row_schema_of(const struct operation *operation) {
    for (size_t i = 0; i < operation->bodies; i++) {
        const struct schema *items =
            operation->body[i].schema ? schema_items(operation->body[i].schema) : NULL;
        if (items) {
            return items;
        }
    }
    return NULL;
}

static const struct target *target_of(const struct operation *operation) {
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        if (strcmp(targets[i].operation_id, operation->id) == 0) {
            return &targets[i];
        }
    }
    return NULL;
}

static size_t faulty_rows(const struct import_rows *rows) {
    size_t faulty = 0;
    for (size_t i = 0; i < rows->count; i++) {
        faulty += rows->item[i].data == NULL;
    }
    return faulty;
}

void import_answer(struct call *call) {
    struct import import = {.call = call, .target = target_of(call->operation)};
    struct write_effect effect = {.answer = answer_report, .user = &import};
    const struct schema *row_schema = row_schema_of(call->operation);
    if (!row_schema || !import.target) {
        call_refuse(call, "internal-error");
        return;
    }
    if (!check_options(&import) || !import_plan_start(call, row_schema, &import.plan) ||
        !import_rows_read(call, &import.plan, &import.rows)) {
        write_remember_refusal(call);
        return;
    }
    import.faulty = faulty_rows(&import.rows);
    if (!build_effect(&import, &effect.statement)) {
        call_out_of_memory(call);
        return;
    }
    call->opening.timeout_ms = IMPORT_TIMEOUT_MS;
    write_effect(call, &effect);
}
