/* CSV → rows: the header names properties of the contract, a cell is read by the type of its
 * property. */
#include "base.h"
#include "import_rows.h"

#include "csv_reader.h"
#include "text.h"

struct column {
    const char *name;
    const struct schema *schema; /* NULL: a note of our own rejects file, passed over */
};

struct table {
    struct column column[IMPORT_MAX_COLUMNS];
    size_t columns;
    struct slice null_as; /* empty: no text means null */
};

static bool find_property(const struct schema *row_schema, const char *name,
                          const struct schema **ret_schema) {
    struct schema_property property;
    for (size_t i = 0; schema_property_at(row_schema, i, &property); i++) {
        if (strcmp(property.name, name) == 0) {
            *ret_schema = property.schema;
            return true;
        }
    }
    return false;
}

static bool is_note(const char *name) {
    return strcmp(name, "_row") == 0 || strcmp(name, "_errors") == 0;
}

static void check_column(const struct table *table, const struct schema *row_schema,
                         struct column *column, struct faults *faults) {
    for (size_t i = 0; i < table->columns; i++) {
        if (strcmp(table->column[i].name, column->name) == 0) {
            faults_add(
                faults,
                (struct fault){.pointer = "", .code = "repeated-column", .value = column->name});
        }
    }
    if (!is_note(column->name) && !find_property(row_schema, column->name, &column->schema)) {
        faults_add(faults,
                   (struct fault){.pointer = "", .code = "unknown-column", .value = column->name});
    }
}

static bool read_header(struct call *call, const struct schema *row_schema,
                        const struct csv_record *record, struct table *table) {
    struct faults faults;
    struct problem_extra extra = {.faults = &faults};
    faults_init(&faults, call->arena);
    for (size_t i = 0; i < record->cells && i < IMPORT_MAX_COLUMNS; i++) {
        struct column column = {.name = arena_copy(call->arena, slice_trim(record->cell[i]))};
        if (!column.name) {
            return call_out_of_memory(call);
        }
        check_column(table, row_schema, &column, &faults);
        table->column[table->columns++] = column;
    }
    return faults.found == 0 || call_refuse_with(call, "validation-failed", &extra);
}

/* The JSON value that a cell means; text that is no number or boolean stays text, and its check
 * fails. */
static json_t *value_of(const struct table *table, const struct column *column, struct slice cell) {
    json_t *value = NULL;
    if (table->null_as.size > 0 && slice_equals(cell, table->null_as)) {
        return json_null();
    }
    switch (schema_type_of(column->schema)) {
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

static bool add_record(struct call *call, const struct schema *row_schema, struct import_rows *rows,
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
        if (column->schema && cell.size > 0) { /* an empty cell is an absent value */
            json_object_set_new(sent, column->name, json_stringn(cell.at, cell.size));
            json_object_set_new(data, column->name, value_of(table, column, cell));
        }
    }
    return import_row_check(call, row_schema, row, sent, data);
}

static bool keep_columns(struct call *call, const struct table *table, struct import_rows *rows) {
    rows->columns = json_array();
    for (size_t i = 0; i < table->columns; i++) {
        if (table->column[i].schema) {
            json_array_append_new(rows->columns, json_string(table->column[i].name));
        }
    }
    return import_own(call, rows->columns);
}

static bool refuse_broken(struct call *call, unsigned line) {
    struct problem_extra extra = {.member = {{"line", arena_print(call->arena, "%u", line), true}},
                                  .members = 1};
    return call_refuse_with(call, "malformed-csv", &extra);
}

bool import_csv_read(struct call *call, const struct schema *row_schema, struct import_rows *rows) {
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
    table->null_as = null_as ? null_as->text : (struct slice){NULL, 0};
    csv_start(&reader, call->exchange->body, call->arena);
    enum csv_result result = csv_next(&reader, record);
    if (result == CSV_RECORD &&
        (!read_header(call, row_schema, record, table) || !keep_columns(call, table, rows))) {
        return false;
    }
    while (result == CSV_RECORD) {
        result = csv_next(&reader, record);
        if (result == CSV_RECORD && !add_record(call, row_schema, rows, table, record)) {
            return false;
        }
    }
    if (result == CSV_NO_MEMORY) {
        return call_out_of_memory(call);
    }
    return result == CSV_END || refuse_broken(call, record->line);
}
