#include "base.h"
#include "import_rows.h"

static void release_json(void *json) {
    json_decref(json);
}

bool import_own(struct call *call, json_t *json) {
    if (arena_defer(call->arena, release_json, json)) {
        return true;
    }
    json_decref(json);
    return call_out_of_memory(call);
}

struct import_row *import_rows_add(struct call *call, struct import_rows *rows, unsigned line) {
    if (rows->count == IMPORT_MAX_ROWS) {
        struct problem_extra extra = {.member = {{"max_rows", "5000", true}}, .members = 1};
        call_refuse_with(call, "too-many-rows", &extra);
        return NULL;
    }
    struct import_row *row = &rows->item[rows->count++];
    *row = (struct import_row){.row = (unsigned)rows->count, .line = line};
    return row;
}

static bool own_faults(struct call *call, struct import_row *row) {
    if (!row->faults) {
        row->faults = arena_take(call->arena, sizeof *row->faults);
        if (!row->faults) {
            return call_out_of_memory(call);
        }
        faults_init(row->faults, call->arena);
    }
    return true;
}

bool import_row_fault(struct call *call, struct import_row *row, struct fault fault) {
    if (!own_faults(call, row)) {
        return false;
    }
    faults_add(row->faults, fault);
    return true;
}

/* --- what may be shown again of a row from another program --- */

/* Figures with slashes or hyphens: a day that does not exist is named, a name or number is not. */
static bool looks_like_day(const char *text) {
    size_t size = text ? strspn(text, "0123456789/-") : 0;
    return size >= 8 && size <= 10 && text[size] == '\0' && strpbrk(text, "/-");
}

static const char *day_sent(const json_t *sent, const char *pointer) {
    const char *name = pointer && *pointer == '/' ? pointer + 1 : "";
    const char *text = json_string_value(json_object_get(sent, name));
    return looks_like_day(text) ? text : NULL;
}

static bool is_faulty(const struct faults *faults, const char *property) {
    for (size_t i = 0; faults && i < faults->kept; i++) {
        const char *pointer = faults->item[i].pointer;
        if (pointer && *pointer == '/' && strcmp(pointer + 1, property) == 0) {
            return true;
        }
    }
    return false;
}

/* A cell may hold what belongs to another column: only what passed its check, and days, are kept.
 * The birth date is a year by now. */
static bool hide_the_rest(struct call *call, const struct import_plan *plan, struct import_row *row,
                          const json_t *data) {
    json_t *shown = json_object();
    struct schema_property property;
    for (size_t i = 0; schema_property_at(plan->row_schema, i, &property); i++) {
        json_t *value = json_object_get(data, property.name);
        if (!value || property.write_only) {
            continue;
        }
        if (!is_faulty(row->faults, property.name)) {
            json_object_set(shown, property.name, value);
        } else if (schema_type_of(property.schema) == SCHEMA_DATE &&
                   looks_like_day(json_string_value(json_object_get(row->sent, property.name)))) {
            json_object_set(shown, property.name, json_object_get(row->sent, property.name));
        }
    }
    for (size_t i = 0; row->faults && i < row->faults->kept; i++) {
        struct fault *fault = &row->faults->item[i];
        fault->value = fault->value ? day_sent(shown, fault->pointer) : NULL;
        fault->suggestion = NULL;
    }
    row->sent = shown;
    return import_own(call, shown);
}

bool import_row_check(struct call *call, const struct import_plan *plan, struct import_row *row,
                      json_t *sent, json_t *data) {
    struct faults found;
    if (!import_own(call, sent) || !import_own(call, data)) {
        return false;
    }
    row->sent = sent;
    faults_init(&found, call->arena);
    schema_check(plan->row_schema, data, "", &found);
    if (found.found == 0 && !row->faults) {
        row->data = data;
    } else if (!own_faults(call, row)) {
        return false;
    }
    for (size_t i = 0; i < found.kept; i++) {
        faults_add(row->faults, found.item[i]);
    }
    return !plan->mark || hide_the_rest(call, plan, row, data);
}

/* What a rejects file adds may come back with the mended rows. */
static void drop_notes(json_t *object) {
    json_object_del(object, "_row");
    json_object_del(object, "_errors");
}

static bool add_object(struct call *call, struct import_plan *plan, struct import_rows *rows,
                       unsigned line, json_t *object) {
    struct import_row *row = import_rows_add(call, rows, line);
    if (!row) {
        return false;
    }
    if (!json_is_object(object)) {
        return import_row_check(call, plan, row, json_null(), json_incref(object));
    }
    drop_notes(object);
    if (!plan->mark) {
        return import_row_check(call, plan, row, json_incref(object), json_incref(object));
    }
    json_t *sent = json_object(), *data = json_object();
    import_plan_flatten(plan, object, sent, data);
    return import_row_check(call, plan, row, sent, data);
}

static bool read_array(struct call *call, struct import_plan *plan, struct import_rows *rows) {
    struct body_report report = {0};
    struct faults faults;
    size_t index;
    json_t *item;
    faults_init(&faults, call->arena);
    contract_read_json(NULL, call->exchange->body, call->arena, &faults, &report);
    if (!report.parsed) {
        return call_refuse_syntax(call, &report);
    }
    const json_t *list = import_plan_rows(plan, report.json);
    if (!list) {
        faults_add(&faults,
                   (struct fault){.pointer = "", .code = "wrong-type", .allowed = "array"});
        struct problem_extra extra = {.faults = &faults};
        return call_refuse_with(call, "validation-failed", &extra);
    }
    json_array_foreach(list, index, item) {
        if (!add_object(call, plan, rows, 0, item)) {
            return false;
        }
    }
    return true;
}

static bool add_ndjson_line(struct call *call, struct import_plan *plan, struct import_rows *rows,
                            unsigned line, struct slice text) {
    struct body_report report = {0};
    struct faults faults;
    faults_init(&faults, call->arena);
    contract_read_json(NULL, text, call->arena, &faults, &report);
    if (report.parsed) {
        return add_object(call, plan, rows, line, report.json);
    }
    struct import_row *row = import_rows_add(call, rows, line);
    return row &&
           import_row_fault(call, row, (struct fault){.pointer = "", .code = report.syntax_code});
}

static bool read_ndjson(struct call *call, struct import_plan *plan, struct import_rows *rows) {
    struct slice rest = call->exchange->body, text;
    for (unsigned line = 1; rest.size > 0; line++) {
        slice_cut(rest, '\n', &text, &rest);
        if (text.size > 0 && text.at[text.size - 1] == '\r') {
            text.size--;
        }
        if (slice_trim(text).size > 0 && !add_ndjson_line(call, plan, rows, line, text)) {
            return false;
        }
    }
    return true;
}

bool import_rows_read(struct call *call, struct import_plan *plan, struct import_rows *ret_rows) {
    const char *type = call->body_type ? call->body_type->name : "";
    bool read;
    *ret_rows = (struct import_rows){
        .item = arena_take(call->arena, IMPORT_MAX_ROWS * sizeof *ret_rows->item)};
    if (!ret_rows->item) {
        return call_out_of_memory(call);
    }
    if (strcmp(type, "text/csv") == 0) {
        read = import_csv_read(call, plan, ret_rows);
    } else if (strcmp(type, "application/x-ndjson") == 0) {
        read = read_ndjson(call, plan, ret_rows);
    } else {
        read = read_array(call, plan, ret_rows);
    }
    if (read && ret_rows->count == 0) {
        struct faults faults;
        struct problem_extra extra = {.faults = &faults};
        faults_init(&faults, call->arena);
        faults_add(&faults, (struct fault){.pointer = "", .code = "too-few-items", .allowed = "1"});
        return call_refuse_with(call, "validation-failed", &extra);
    }
    return read;
}
