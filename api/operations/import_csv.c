/* CSV → rows: the header names properties of the contract, a cell is read by the type of its
 * property. */
#include "base.h"
#include "import_rows.h"

#include "csv_reader.h"
#include "text.h"

struct column {
    const char *name; /* in the header */
    struct import_column means;
};

struct table {
    struct column column[IMPORT_MAX_COLUMNS];
    size_t columns;
    struct slice null_as; /* empty: no text means null */
    json_t *met;          /* set of the properties that have a column */
};

static void check_column(struct table *table, struct import_plan *plan, struct column *column,
                         struct faults *faults) {
    enum import_place place = import_plan_find(plan, column->name, &column->means);
    const char *code = NULL;
    bool repeated = false;
    for (size_t i = 0; i < table->columns; i++) {
        repeated |= strcmp(table->column[i].name, column->name) == 0;
    }
    if (place == IMPORT_KNOWN) {
        repeated |= json_object_get(table->met, column->means.property) != NULL;
        json_object_set_new(table->met, column->means.property, json_true());
    } else if (place == IMPORT_UNKNOWN) {
        code = "unknown-column";
    }
    if (repeated && place != IMPORT_LEFT_OUT) {
        code = "repeated-column";
    }
    if (code) {
        faults_add(faults, (struct fault){.pointer = "", .code = code, .value = column->name});
    }
}

/* A file without a column that it cannot do without has no header, or is another file. */
static void check_needs(const struct import_plan *plan, const struct table *table,
                        struct faults *faults) {
    const char *name;
    for (size_t i = 0; (name = import_plan_missing(plan, table->met, i)); i++) {
        faults_add(faults,
                   (struct fault){.pointer = "", .code = "missing-column", .allowed = name});
    }
}

static bool read_header(struct call *call, struct import_plan *plan,
                        const struct csv_record *record, struct table *table) {
    struct faults faults;
    struct problem_extra extra = {.faults = &faults};
    faults_init(&faults, call->arena);
    for (size_t i = 0; i < record->cells && i < IMPORT_MAX_COLUMNS; i++) {
        struct column column = {.name = arena_copy(call->arena, slice_trim(record->cell[i]))};
        if (!column.name) {
            return call_out_of_memory(call);
        }
        check_column(table, plan, &column, &faults);
        table->column[table->columns++] = column;
    }
    check_needs(plan, table, &faults);
    return faults.found == 0 || call_refuse_with(call, "validation-failed", &extra);
}

/* The JSON value that a cell means; text that is no number or boolean stays text, and its check
 * fails. */
static json_t *value_of(const struct table *table, const struct column *column, struct slice cell) {
    json_t *value = NULL;
    if (table->null_as.size > 0 && slice_equals(cell, table->null_as)) {
        return json_null();
    }
    switch (schema_type_of(column->means.schema)) {
    case SCHEMA_BOOLEAN:
        value = slice_is(cell, "true")    ? json_true()
                : slice_is(cell, "false") ? json_false()
                                          : NULL;
        break;
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
        value = json_loadb(cell.at, cell.size, JSON_DECODE_ANY, NULL);
        if (!json_is_number(value)) {
            json_decref(value);
            value = NULL;
        }
        break;
    default:
        break;
    }
    return value ? value : json_stringn(cell.at, cell.size);
}

static bool add_record(struct call *call, struct import_plan *plan, struct import_rows *rows,
                       const struct table *table, const struct csv_record *record) {
    struct import_row *row = import_rows_add(call, rows, record->line);
    if (!row) {
        return false;
    }
    if (record->cells != table->columns &&
        !import_row_fault(call, row, (struct fault){.pointer = "", .code = "cell-count"})) {
        return false;
    }
    json_t *sent = json_object(), *data = json_object();
    for (size_t i = 0; i < record->cells && i < table->columns; i++) {
        const struct column *column = &table->column[i];
        struct slice cell = record->cell[i];
        const char *property = column->means.property;
        if (property && cell.size > 0) { /* an empty cell is an absent value */
            json_t *value = value_of(table, column, cell);
            json_object_set_new(sent, property, json_stringn(cell.at, cell.size));
            json_object_set_new(data, property, import_plan_read(&column->means, value));
            json_decref(value);
        }
    }
    return import_row_check(call, plan, row, sent, data);
}

static bool keep_columns(struct call *call, const struct table *table, struct import_rows *rows) {
    rows->columns = json_array();
    for (size_t i = 0; i < table->columns; i++) {
        if (table->column[i].means.property && !table->column[i].means.secret) {
            json_array_append_new(rows->columns, json_string(table->column[i].means.property));
        }
    }
    return import_own(call, rows->columns);
}

static bool refuse_broken(struct call *call, unsigned line) {
    struct problem_extra extra = {.member = {{"line", arena_print(call->arena, "%u", line), true}},
                                  .members = 1};
    return call_refuse_with(call, "malformed-csv", &extra);
}

bool import_csv_read(struct call *call, struct import_plan *plan, struct import_rows *rows) {
    const struct argument *null_as = call_argument(call, "null_as");
    struct table *table = arena_take(call->arena, sizeof *table);
    struct csv_record *record = arena_take(call->arena, sizeof *record);
    struct csv_reader reader;
    if (!table || !record) {
        return call_out_of_memory(call);
    }
    if (!text_is_utf8(call->exchange->body)) {
        return call_refuse(call, "malformed-csv");
    }
    table->met = json_object();
    if (!import_own(call, table->met)) {
        return false;
    }
    table->null_as = null_as ? null_as->text : (struct slice){NULL, 0};
    csv_start(&reader, call->exchange->body, call->arena);
    enum csv_result result = csv_next(&reader, record);
    if (result == CSV_RECORD &&
        (!read_header(call, plan, record, table) || !keep_columns(call, table, rows))) {
        return false;
    }
    while (result == CSV_RECORD) {
        result = csv_next(&reader, record);
        if (result == CSV_RECORD && !add_record(call, plan, rows, table, record)) {
            return false;
        }
    }
    if (result == CSV_NO_MEMORY) {
        return call_out_of_memory(call);
    }
    return result == CSV_END || refuse_broken(call, record->line);
}
