#include "base.h"
#include "import_plan.h"

#include "import_rows.h"

enum { NESTING_MAX = 4, NAME_MAX_SHOWN = 60, NAMES_MAX_SHOWN = 100, DIGITS_MAX_SHOWN = 4 };

bool import_plan_start(struct call *call, const struct schema *row_schema,
                       struct import_plan *ret_plan) {
    *ret_plan = (struct import_plan){.call = call,
                                     .row_schema = row_schema,
                                     .mark = call->operation->import,
                                     .personal = json_object(),
                                     .ignored = json_object()};
    return import_own(call, ret_plan->personal) && import_own(call, ret_plan->ignored);
}

/* --- names --- */

static bool is_listed(const json_t *names, const char *name) {
    size_t index;
    const json_t *one;
    json_array_foreach(names, index, one) {
        if (strcmp(json_string_value(one), name) == 0) {
            return true;
        }
    }
    return false;
}

/* The property that a column of another program means; its own name where the mark has no other. */
static const char *property_of(const struct import_plan *plan, const char *name) {
    const char *property;
    json_t *rule;
    json_object_foreach(json_object_get(plan->mark, "columns"), property, rule) {
        if (is_listed(json_object_get(rule, "from"), name)) {
            return property;
        }
    }
    return name;
}

static bool find_property(const struct import_plan *plan, const char *name,
                          struct import_column *column) {
    struct schema_property property;
    for (size_t i = 0; schema_property_at(plan->row_schema, i, &property); i++) {
        if (strcmp(property.name, name) == 0) {
            *column = (struct import_column){
                .property = property.name,
                .schema = property.schema,
                .rule = json_object_get(json_object_get(plan->mark, "columns"), name),
                .secret = property.write_only,
            };
            return true;
        }
    }
    return false;
}

/* A file without its header has people in the place of names: what looks like a value is not
 * repeated. */
static bool may_be_shown(const char *name) {
    size_t size = strlen(name), digits = 0;
    for (const char *at = name; *at; at++) {
        digits += *at >= '0' && *at <= '9';
    }
    return size > 0 && size <= NAME_MAX_SHOWN && digits <= DIGITS_MAX_SHOWN && !strchr(name, '@');
}

static void note_left_out(struct import_plan *plan, const char *name) {
    bool personal = is_listed(json_object_get(plan->mark, "personal"), name);
    json_t *names = personal ? plan->personal : plan->ignored;
    if (json_object_size(names) < NAMES_MAX_SHOWN && may_be_shown(name)) {
        json_object_set_new(names, name, json_true());
    }
}

enum import_place import_plan_find(struct import_plan *plan, const char *name,
                                   struct import_column *ret_column) {
    *ret_column = (struct import_column){0};
    if (strcmp(name, "_row") == 0 || strcmp(name, "_errors") == 0) {
        return IMPORT_NOTE;
    }
    if (find_property(plan, property_of(plan, name), ret_column)) {
        return IMPORT_KNOWN;
    }
    if (!plan->mark) {
        return IMPORT_UNKNOWN;
    }
    note_left_out(plan, name);
    return IMPORT_LEFT_OUT;
}

const char *import_plan_missing(const struct import_plan *plan, const json_t *has, size_t index) {
    const json_t *needs = json_object_get(plan->mark, "needs");
    for (size_t i = 0, missing = 0; i < json_array_size(needs); i++) {
        const char *name = json_string_value(json_array_get(needs, i));
        if (!json_object_get(has, name) && missing++ == index) {
            return name;
        }
    }
    return NULL;
}

/* --- values --- */

/* "99999 21 35866" → "999992135866". */
static json_t *read_code(struct slice text) {
    char code[64];
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == ' ' || c == '\t') {
            continue;
        }
        if (size == sizeof code) {
            return NULL;
        }
        code[size++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return json_stringn(code, size);
}

struct day {
    unsigned long year, month, number;
};

/* A day as people and spreadsheets write it: 31/12/2023, 2023-12-31, with midnight behind it. Says
 * nothing of whether it exists. */
static bool read_day(struct slice text, struct day *day) {
    static const char *const midnight[] = {"", " 00:00", " 00:00:00", "T00:00:00", "T00:00:00Z"};
    struct slice first, second, third;
    uint64_t number[3];
    for (size_t i = COUNT_OF(midnight); i-- > 1;) {
        size_t size = strlen(midnight[i]);
        if (text.size > size &&
            slice_is((struct slice){text.at + text.size - size, size}, midnight[i])) {
            text.size -= size;
            break;
        }
    }
    char separator = memchr(text.at, '/', text.size) ? '/' : '-';
    if (!slice_cut(text, separator, &first, &second) ||
        !slice_cut(second, separator, &second, &third) ||
        !slice_to_unsigned(first, 9999, &number[0]) || !slice_to_unsigned(second, 99, &number[1]) ||
        !slice_to_unsigned(third, 9999, &number[2])) {
        return false;
    }
    struct slice year = separator == '/' ? third : first, last = separator == '/' ? first : third;
    if (year.size != 4 || last.size > 2) {
        return false;
    }
    *day = (struct day){separator == '/' ? number[2] : number[0], number[1],
                        separator == '/' ? number[0] : number[2]};
    return true;
}

static json_t *read_date(struct slice text) {
    struct day day;
    return read_day(text, &day) ? json_sprintf("%04lu-%02lu-%02lu", day.year, day.month, day.number)
                                : NULL;
}

/* Of a birth date the year alone is kept. */
static json_t *read_year(struct slice text) {
    struct day day;
    uint64_t year;
    if (text.size == 4 && slice_to_unsigned(text, 9999, &year)) {
        return json_integer((json_int_t)year);
    }
    return read_day(text, &day) ? json_integer((json_int_t)day.year) : NULL;
}

static json_t *read_value(const json_t *rule, struct slice text, const char *sent) {
    const char *read = json_string_value(json_object_get(rule, "read"));
    json_t *ours = json_object_get(json_object_get(rule, "values"), sent);
    if (ours || json_object_get(rule, "otherwise")) {
        return json_incref(ours ? ours : json_object_get(rule, "otherwise"));
    }
    if (!read) {
        return NULL;
    }
    return strcmp(read, "date") == 0   ? read_date(text)
           : strcmp(read, "year") == 0 ? read_year(text)
                                       : read_code(text);
}

json_t *import_plan_read(const struct import_column *column, json_t *value) {
    struct slice text = {json_string_value(value), json_string_length(value)};
    json_t *read = NULL;
    if (column->rule && text.at) {
        read = read_value(column->rule, slice_trim(text), text.at);
    }
    return read ? read : json_incref(value);
}

/* --- documents --- */

const json_t *import_plan_rows(const struct import_plan *plan, const json_t *document) {
    const json_t *names = json_object_get(plan->mark, "rows"), *name;
    size_t index;
    if (json_is_array(document)) {
        return document;
    }
    json_array_foreach(names, index, name) {
        const json_t *rows = json_object_get(document, json_string_value(name));
        if (json_is_array(rows)) {
            return rows;
        }
    }
    return NULL;
}

static void take_member(struct import_plan *plan, const char *name, json_t *value, json_t *sent,
                        json_t *data) {
    struct import_column column;
    bool empty = json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
    if (import_plan_find(plan, name, &column) == IMPORT_KNOWN && !empty &&
        !json_object_get(data, column.property)) {
        json_object_set(sent, column.property, value);
        json_object_set_new(data, column.property, import_plan_read(&column, value));
    }
}

static void flatten(struct import_plan *plan, const json_t *object, json_t *sent, json_t *data,
                    unsigned depth) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        if (json_is_object(value) && depth < NESTING_MAX) {
            flatten(plan, value, sent, data, depth + 1);
        } else {
            take_member(plan, name, value, sent, data);
        }
    }
}

void import_plan_flatten(struct import_plan *plan, const json_t *object, json_t *sent,
                         json_t *data) {
    flatten(plan, object, sent, data, 0);
}
