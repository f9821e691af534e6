/* Numbers and strings: limits, patterns, formats. Of each the first fault is reported, which says
 * what to change; a text that is too long is not matched with a pattern. */
#include "base.h"

#include "schema_check.h"
#include "text.h"
#include "value.h"

const char *check_range(struct checker *checker, const json_t *least, const json_t *most) {
    const char *low = least ? value_text(checker->arena, least) : "";
    const char *high = most ? value_text(checker->arena, most) : "";
    return low && high ? arena_print(checker->arena, "%s..%s", low, high) : NULL;
}

const char *check_count_range(struct checker *checker, size_t least, size_t most) {
    return most == SIZE_MAX ? arena_print(checker->arena, "%zu..", least)
                            : arena_print(checker->arena, "%zu..%zu", least, most);
}

static bool bad_number(struct checker *checker, const struct schema *schema, const json_t *value,
                       const struct place *place, const char *code) {
    const char *allowed = NULL;
    if (check_is_told(checker))
        allowed = check_range(checker, schema->minimum ? schema->minimum : schema->above,
                              schema->maximum ? schema->maximum : schema->below);
    return check_fault(checker, place, (struct fault){.code = code, .allowed = allowed}, value);
}

bool check_number(struct checker *checker, const struct schema *schema, const json_t *value,
                  const struct place *place) {
    if ((schema->minimum && number_compare(value, schema->minimum) < 0) ||
        (schema->above && number_compare(value, schema->above) <= 0))
        return bad_number(checker, schema, value, place, "too-small");
    if ((schema->maximum && number_compare(value, schema->maximum) > 0) ||
        (schema->below && number_compare(value, schema->below) >= 0))
        return bad_number(checker, schema, value, place, "too-large");
    if (schema->step && !number_is_multiple(value, schema->step))
        return check_fault(checker, place,
                           (struct fault){.code = "not-multiple",
                                          .allowed = check_is_told(checker)
                                                         ? value_text(checker->arena, schema->step)
                                                         : NULL},
                           value);
    return true;
}

/* A match that needs too much time or memory counts as no match. */
static bool matches(struct checker *checker, const struct schema *schema, struct slice text) {
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (!match) {
        if (checker->faults)
            checker->faults->out_of_memory = true;
        return false;
    }
    int count = pcre2_match(schema->pattern, (PCRE2_SPTR)text.at, text.size, 0, PCRE2_NO_UTF_CHECK,
                            match, schema->set->match);
    pcre2_match_data_free(match);
    return count >= 0;
}

static bool check_length(struct checker *checker, const struct schema *schema, const json_t *value,
                         const struct place *place, struct slice text) {
    if (schema->min_length == 0 && schema->max_length == SIZE_MAX)
        return true;
    size_t length = text_code_points(text);
    if (length >= schema->min_length && length <= schema->max_length)
        return true;
    struct fault fault = {.code = length < schema->min_length ? "too-short" : "too-long"};
    if (check_is_told(checker))
        fault.allowed = check_count_range(checker, schema->min_length, schema->max_length);
    return check_fault(checker, place, fault, value);
}

bool check_string(struct checker *checker, const struct schema *schema, const json_t *value,
                  const struct place *place) {
    struct slice text = {json_string_value(value), json_string_length(value)};
    if (schema->set->mode == SCHEMA_CONTRACT && text_has_control(text))
        return check_fault(checker, place, (struct fault){.code = "control-character"}, NULL);
    bool fine = check_length(checker, schema, value, place, text);
    if (fine && schema->pattern && !matches(checker, schema, text))
        fine =
            check_fault(checker, place,
                        (struct fault){.code = "pattern", .allowed = schema->pattern_text}, value);
    const char *code = fine && schema->format ? format_fault(schema->format, text) : NULL;
    if (code)
        fine = check_fault(checker, place,
                           (struct fault){.code = code, .allowed = schema->format->allowed}, value);
    return fine;
}
