/* Values that come as text: parameters of a query, captures of a path, cells of a CSV file. They
 * are read by the schema's type, then checked like any other value. */
#include "base.h"

#include "schema_check.h"
#include "text.h"

enum { SHOWN_MAX = 256 }; /* the list of faults cuts shorter, between two characters */

/* The grammar of JSON numbers, so that "0x1f", " 7" and "1e999" are not numbers here either. */
static json_t *read_number(struct slice text, const char **ret_code) {
    json_error_t error;
    *ret_code = "wrong-type";
    char first = text.size > 0 ? text.at[0] : ' ',
         last = text.size > 0 ? text.at[text.size - 1] : ' ';
    if ((first != '-' && (first < '0' || first > '9')) || last < '0' || last > '9')
        return NULL;
    json_t *value = json_loadb(text.at, text.size, JSON_DECODE_ANY, &error);
    if (!value && json_error_code(&error) == json_error_numeric_overflow)
        *ret_code = first == '-' ? "too-small" : "too-large";
    return value;
}

static json_t *read_text(const struct schema *schema, struct slice text, const char **ret_code) {
    *ret_code = "wrong-type";
    switch (schema_type_of(schema)) {
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
        return read_number(text, ret_code);
    case SCHEMA_BOOLEAN:
        if (slice_is(text, "true"))
            return json_true();
        return slice_is(text, "false") ? json_false() : NULL;
    case SCHEMA_JSON:
        return json_loadb(text.at, text.size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    default:
        return json_stringn_nocheck(text.at ? text.at : "", text.size);
    }
}

/* A number that 64 bits do not hold is out of the schema's range, when it gives one. */
static const char *expected(struct checker *checker, const struct schema *schema,
                            const char *code) {
    if (strcmp(code, "wrong-type") != 0)
        return check_range(checker, schema->minimum, schema->maximum);
    switch (schema_type_of(schema)) {
    case SCHEMA_INTEGER:
        return "integer";
    case SCHEMA_NUMBER:
        return "number";
    case SCHEMA_BOOLEAN:
        return "true, false";
    default:
        return "JSON";
    }
}

void schema_check_text(const struct schema *schema, struct slice text, const char *parameter,
                       const char *pointer, struct faults *faults) {
    struct checker checker = {faults, faults->arena, parameter, false};
    struct place place = {NULL, pointer ? pointer : "", 0};
    const char *code;
    if (!text_is_utf8(text)) {
        (void)check_fault(&checker, &place, (struct fault){.code = "control-character"}, NULL);
        return;
    }
    json_t *value = read_text(schema, text, &code);
    if (value) {
        (void)check_value(&checker, schema, value, &place);
        json_decref(value);
        return;
    }
    struct slice shown = {text.at, text.size < SHOWN_MAX ? text.size : SHOWN_MAX};
    const char *sent = arena_copy(faults->arena, shown);
    if (!sent)
        faults->out_of_memory = true;
    (void)check_fault(&checker, &place,
                      (struct fault){.code = code,
                                     .value = schema->write_only ? NULL : sent,
                                     .allowed = expected(&checker, schema, code)},
                      NULL);
}
