/* A JSON body: parsed strictly, then checked. What cannot be parsed is reported alone, with line
 * and column; what can is checked to the end. */
#include "base.h"

#include "contract.h"

static void release_json(void *json) {
    json_decref(json);
}

/* The codes of jansson, in our words; its own text is kept for people who look for the place. */
static const char *code_of(const json_error_t *error) {
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        return "duplicate-key";
    case json_error_out_of_memory:
        return "out-of-memory";
    default:
        return "malformed-json";
    }
}

static const char *reason_of(const json_error_t *error) {
    switch (json_error_code(error)) {
    case json_error_numeric_overflow:
        return "a number is beyond what is stored";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a text holds the character U+0000";
    case json_error_stack_overflow:
        return "arrays and objects are nested too deep";
    case json_error_invalid_utf8:
        return "the text is not UTF-8";
    case json_error_premature_end_of_input:
        return "the text ends too early";
    case json_error_end_of_input_expected:
        return "something follows the value";
    case json_error_duplicate_key:
        return "a name stands twice in one object";
    default:
        return "this is not JSON";
    }
}

static void refuse(struct body_report *report, const char *code, const char *text, int line,
                   int column) {
    report->syntax_code = code;
    report->syntax_text = text;
    report->line = line;
    report->column = column;
}

/* The parser recurses, so depth is looked at before it starts: brackets outside of strings are
 * counted. What is not JSON anyway is the parser's to refuse. */
static bool is_too_deep(struct slice body, int *ret_line, int *ret_column) {
    size_t depth = 0;
    bool in_string = false;
    *ret_line = 1;
    *ret_column = 0;
    for (size_t i = 0; i < body.size; i++) {
        char c = body.at[i];
        (*ret_column)++;
        if (c == '\n') {
            (*ret_line)++;
            *ret_column = 0;
        }
        if (in_string && c == '\\')
            i++, (*ret_column)++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{') && ++depth > BODY_MAX_DEPTH)
            return true;
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return false;
}

void contract_read_json(const struct schema *schema, struct slice body, struct arena *arena,
                        struct faults *faults, struct body_report *ret_report) {
    json_error_t error;
    int line, column;
    memset(ret_report, 0, sizeof *ret_report);
    if (is_too_deep(body, &line, &column)) {
        refuse(ret_report, "malformed-json", "arrays and objects are nested too deep", line,
               column);
        return;
    }
    json_t *json = json_loadb(body.at ? body.at : "", body.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) {
        refuse(ret_report, code_of(&error), reason_of(&error), error.line, error.column);
        return;
    }
    if (!arena_defer(arena, release_json, json)) {
        json_decref(json);
        refuse(ret_report, "out-of-memory", "memory is short", 0, 0);
        return;
    }
    ret_report->parsed = true;
    ret_report->json = json;
    if (schema)
        schema_check(schema, json, "", faults);
}
