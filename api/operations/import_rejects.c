/* The refused rows of an import, in the format they came in, each with `_row` and `_errors`: mend
 * and send again. */
#include "base.h"
#include "special.h"

#include "render.h"

static bool fetch(struct call *call, struct rows **ret_rows) {
    struct statement_text text;
    struct failure failure;
    const struct argument *id = call_argument(call, "id");
    const char *const value[] = {id ? arena_copy(call->arena, id->text) : NULL};
    if (!value[0] ||
        !statement_fixed("select media_type, columns, rejects from engine.import_rejects($1::uuid)",
                         1, value, call->arena, &text)) {
        return call_out_of_memory(call);
    }
    if (!call_run(call, &text, 1, true, ret_rows, NULL, &failure)) {
        call_fail(call, &failure);
        return false;
    }
    return rows_count(*ret_rows) == 1 || call_refuse(call, "not-found");
}

static json_t *load(const struct rows *rows, int column) {
    struct slice text = rows_value(rows, 0, column);
    return rows_is_null(rows, 0, column) ? NULL : json_loadb(text.at, text.size, 0, NULL);
}

/* {"siret":…,"_row":3,"_errors":[…]} */
static json_t *row_with_notes(const json_t *reject) {
    const json_t *sent = json_object_get(reject, "sent");
    json_t *row = json_is_object(sent) ? json_deep_copy(sent) : json_object();
    json_object_set(row, "_row", json_object_get(reject, "row"));
    json_object_set(row, "_errors", json_object_get(reject, "errors"));
    return row;
}

static void write_json(const json_t *rejects, bool lines, struct buffer *to) {
    size_t index;
    json_t *reject;
    buffer_add_text(to, lines ? "" : "[");
    json_array_foreach(rejects, index, reject) {
        json_t *row = row_with_notes(reject);
        char *text = json_dumps(row, JSON_COMPACT);
        buffer_add_text(to, !lines && index > 0 ? "," : "");
        buffer_add_text(to, text ? text : "{}");
        buffer_add_text(to, lines ? "\n" : "");
        free(text);
        json_decref(row);
    }
    buffer_add_text(to, lines ? "" : "]");
}

static void write_cell(const json_t *value, struct buffer *to) {
    char *text =
        json_is_string(value) || !value ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *cell = text ? text : json_string_value(value);
    render_csv_cell(slice_of(cell), CSV_PLAIN, false, to);
    free(text);
}

/* Faults in one cell: "/siret siret-checksum; /name too-short". */
static void write_errors_cell(const json_t *errors, struct buffer *to) {
    struct buffer text;
    size_t index;
    json_t *error;
    buffer_init(&text, 16 << 10);
    json_array_foreach(errors, index, error) {
        const char *pointer = json_string_value(json_object_get(error, "pointer"));
        const char *code = json_string_value(json_object_get(error, "code"));
        buffer_print(&text, "%s%s%s%s", index ? "; " : "", pointer ? pointer : "",
                     pointer && *pointer ? " " : "", code ? code : "");
    }
    render_csv_cell(buffer_slice(&text), CSV_PLAIN, false, to);
    buffer_release(&text);
}

/* Files sent as JSON have no header of their own: the names met in the refused rows make one. */
static json_t *columns_met(const json_t *rejects) {
    json_t *columns = json_array(), *reject, *value;
    json_t *met = json_object();
    const char *name;
    size_t index;
    json_array_foreach(rejects, index, reject) {
        json_object_foreach(json_object_get(reject, "sent"), name, value) {
            if (!json_object_get(met, name)) {
                json_object_set_new(met, name, json_true());
                json_array_append_new(columns, json_string(name));
            }
        }
    }
    json_decref(met);
    return columns;
}

static void write_csv(const json_t *rejects, const json_t *columns, struct buffer *to) {
    size_t index, inner;
    json_t *reject, *column;
    json_array_foreach(columns, index, column) {
        buffer_print(to, "%s,", json_string_value(column));
    }
    buffer_add_text(to, "_row,_errors\r\n");
    json_array_foreach(rejects, index, reject) {
        json_array_foreach(columns, inner, column) {
            write_cell(json_object_get(json_object_get(reject, "sent"), json_string_value(column)),
                       to);
            buffer_add_char(to, ',');
        }
        write_cell(json_object_get(reject, "row"), to);
        buffer_add_char(to, ',');
        write_errors_cell(json_object_get(reject, "errors"), to);
        buffer_add_text(to, "\r\n");
    }
}

/* The format that was sent, unless another one is asked for by name. */
static const char *choose_type(struct call *call, const struct rows *rows) {
    const char *accept = exchange_header(call->exchange, "Accept");
    const char *sent = rows_value(rows, 0, 0).at;
    if (!accept || strcmp(accept, "*/*") == 0) {
        return sent;
    }
    return call->answer_type->name;
}

void import_rejects_answer(struct call *call) {
    struct rows *rows = NULL;
    if (!fetch(call, &rows)) {
        return;
    }
    struct buffer *to = &call->exchange->answer;
    const char *type = choose_type(call, rows);
    json_t *rejects = load(rows, 2), *columns = load(rows, 1);
    if (strcmp(type, "text/csv") == 0) {
        if (!columns) {
            columns = columns_met(rejects);
        }
        write_csv(rejects, columns, to);
    } else {
        write_json(rejects, strcmp(type, "application/x-ndjson") == 0, to);
    }
    json_decref(rejects);
    json_decref(columns);
    if (!buffer_ok(to)) {
        call_out_of_memory(call);
        return;
    }
    call_head(call, 200, type);
    exchange_print_header(call->exchange, "Content-Disposition",
                          "attachment; filename=\"rejects.%s\"",
                          strcmp(type, "text/csv") == 0           ? "csv"
                          : strcmp(type, "application/json") == 0 ? "json"
                                                                  : "ndjson");
}
