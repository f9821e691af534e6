#include "base.h"
#include "render.h"

/* Place of the name in the list; the list's length when it is not there. */
static size_t place_of(struct slice name, const struct argument *names) {
    size_t place = 0;
    while (place < names->items && !slice_equals(names->item[place], name)) {
        place++;
    }
    return place;
}

static bool is_named(const char *name, const struct argument *names) {
    return names && names->present && place_of(slice_of(name), names) < names->items;
}

/* What has to be asked for is shown to who asks for it, whatever `fields` says of the rest. */
static bool is_wanted(const struct property *property, const struct render_choice *choice) {
    if (property->included) {
        return is_named(property->name, choice->include);
    }
    return !choice->fields || !choice->fields->present || is_named(property->name, choice->fields);
}

/* Files select their columns mostly in the contract's order: the search starts where the last one
 * ended. */
static int find_column(const struct rows *rows, const char *name, int *next) {
    int columns = rows_columns(rows);
    for (int i = 0; i < columns; i++) {
        int column = (*next + i) % columns;
        if (strcmp(rows_column_name(rows, column), name) == 0) {
            *next = column + 1;
            return column;
        }
    }
    return -1;
}

/* "/v1/members/{id}" → "/v1/members/". */
static struct slice self_stem(const char *self) {
    struct slice stem, rest;
    slice_cut(slice_of(self), '{', &stem, &rest);
    return stem;
}

static bool add_column(struct render_plan *plan, const struct property *property,
                       const struct rows *rows, int column) {
    if (plan->columns == RENDER_MAX_COLUMNS) {
        return false;
    }
    plan->column[plan->columns].name = slice_of(property->name);
    plan->column[plan->columns].key = property->json_key;
    plan->column[plan->columns].column = column;
    plan->column[plan->columns].self = self_stem(property->self);
    plan->column[plan->columns].type = rows_column_type(rows, column);
    plan->columns++;
    return true;
}

/* `fields` also says in which order: a table's reader asked for it. The rest follows. */
static void order_as_asked(struct render_plan *plan, const struct argument *fields) {
    for (size_t i = 1; fields && fields->present && i < plan->columns; i++) {
        struct render_column column = plan->column[i];
        size_t place = place_of(column.name, fields), to = i;
        for (; to > 0 && place_of(plan->column[to - 1].name, fields) > place; to--) {
            plan->column[to] = plan->column[to - 1];
        }
        plan->column[to] = column;
    }
}

bool render_prepare(const struct operation *operation, const struct rows *rows, enum caller caller,
                    const struct render_choice *choice, struct arena *arena,
                    struct render_plan *ret_plan) {
    struct buffer masked;
    bool done = true;
    int next = 0;
    ret_plan->columns = 0;
    ret_plan->masked = NULL;
    buffer_init(&masked, 4096);
    for (size_t i = 0; i < operation->properties && done; i++) {
        const struct property *property = &operation->property[i];
        if (property->included && !is_wanted(property, choice)) {
            continue; /* nothing was asked for, so nothing is kept back */
        }
        int column =
            property->self ? rows_find(rows, "id") : find_column(rows, property->name, &next);
        if (!(property->readers & (1u << caller))) {
            buffer_print(&masked, "%s\"%s\"", masked.size ? "," : "[", property->name);
        } else if (column >= 0 && is_wanted(property, choice)) {
            done = add_column(ret_plan, property, rows, column);
        }
    }
    order_as_asked(ret_plan, choice->fields);
    if (masked.size > 0) {
        buffer_add_char(&masked, ']');
        ret_plan->masked = arena_copy(arena, buffer_slice(&masked));
        done = done && ret_plan->masked && buffer_ok(&masked);
    }
    buffer_release(&masked);
    return done;
}

/* "2026-11-22 02:03:50.1234+00" (session in UTC) → "2026-11-22T02:03:50.123400Z". */
static void add_instant(struct slice value, struct buffer *to) {
    char text[] = "0000-00-00T00:00:00.000000Z";
    if (value.size < 19) { /* infinity and its like */
        buffer_add_json(to, value);
        return;
    }
    memcpy(text, value.at, 19);
    text[10] = 'T';
    for (size_t i = 20; i < value.size && i < 26 && value.at[i] >= '0' && value.at[i] <= '9'; i++) {
        if (value.at[19] == '.') {
            text[i] = value.at[i];
        }
    }
    buffer_add(to, text, sizeof text - 1);
}

/* NaN and the infinities have no JSON number. */
static bool is_json_number(struct slice value) {
    char first = value.size ? value.at[0] : 'N';
    return (first >= '0' && first <= '9') ||
           (first == '-' && value.size > 1 && value.at[1] >= '0' && value.at[1] <= '9');
}

/* An id is made of letters, digits and hyphens: it needs no escape, in a path or in JSON. */
static void add_self(struct slice stem, struct slice id, struct buffer *to) {
    buffer_add_slice(to, stem);
    buffer_add_slice(to, id);
}

static void add_value(enum column_type type, struct slice value, struct buffer *to) {
    switch (type) {
    case COLUMN_NUMBER:
        buffer_add_slice(to, is_json_number(value) ? value : SLICE("null"));
        break;
    case COLUMN_BOOLEAN:
        buffer_add_slice(to, slice_is(value, "t") ? SLICE("true") : SLICE("false"));
        break;
    case COLUMN_INSTANT:
        buffer_add_char(to, '"');
        add_instant(value, to);
        buffer_add_char(to, '"');
        break;
    case COLUMN_JSON:
        buffer_add_slice(to, value);
        break;
    case COLUMN_DATE:
    case COLUMN_TEXT:
        buffer_add_json(to, value);
        break;
    }
}

void render_json(const struct render_plan *plan, const struct rows *rows, int row, bool with_masked,
                 struct buffer *to) {
    buffer_add_char(to, '{');
    for (size_t i = 0; i < plan->columns; i++) {
        int column = plan->column[i].column;
        size_t comma = i > 0 ? 0 : 1;
        buffer_add(to, plan->column[i].key.at + comma, plan->column[i].key.size - comma);
        if (rows_is_null(rows, row, column)) {
            buffer_add(to, "null", 4);
        } else if (plan->column[i].self.size > 0) {
            buffer_add_char(to, '"');
            add_self(plan->column[i].self, rows_value(rows, row, column), to);
            buffer_add_char(to, '"');
        } else {
            add_value(plan->column[i].type, rows_value(rows, row, column), to);
        }
    }
    if (with_masked && plan->masked) {
        buffer_print(to, "%s\"masked\":%s", plan->columns ? "," : "", plan->masked);
    }
    buffer_add_char(to, '}');
}

/* --- CSV --- */

static bool needs_quotes(struct slice value, char separator) {
    if (value.size == 0) {
        return false;
    }
    if (value.at[0] == ' ' || value.at[value.size - 1] == ' ') {
        return true;
    }
    for (size_t i = 0; i < value.size; i++) {
        char byte = value.at[i];
        if (byte == separator || byte == '"' || byte == '\r' || byte == '\n' || byte == '\t') {
            return true;
        }
    }
    return false;
}

static void add_quoted(struct slice value, const char *before, struct buffer *to) {
    struct slice part, rest = value;
    buffer_add_char(to, '"');
    buffer_add_text(to, before);
    while (slice_cut(rest, '"', &part, &rest)) {
        buffer_add_slice(to, part);
        buffer_add_text(to, "\"\"");
    }
    buffer_add_slice(to, part);
    buffer_add_char(to, '"');
}

static void add_decimal_comma(struct slice value, struct buffer *to) {
    struct slice whole, fraction;
    if (slice_cut(value, '.', &whole, &fraction)) {
        buffer_add_slice(to, whole);
        buffer_add_char(to, ',');
        buffer_add_slice(to, fraction);
    } else {
        buffer_add_slice(to, value);
    }
}

void render_csv_cell(struct slice value, enum csv_dialect dialect, bool is_number,
                     struct buffer *to) {
    char separator = dialect == CSV_EXCEL_FR ? ';' : ',';
    if (is_number && dialect == CSV_EXCEL_FR) {
        add_decimal_comma(value, to);
        return;
    }
    bool formula =
        dialect == CSV_EXCEL_FR && !is_number && value.size > 0 && strchr("=+-@\t\r", value.at[0]);
    if (formula) {
        add_quoted(value, "'", to);
    } else if (needs_quotes(value, separator)) {
        add_quoted(value, "", to);
    } else {
        buffer_add_slice(to, value);
    }
}

void render_csv_head(const struct render_plan *plan, enum csv_dialect dialect, struct buffer *to) {
    if (dialect == CSV_EXCEL_FR) {
        buffer_add_text(to, "\xEF\xBB\xBF");
    }
    for (size_t i = 0; i < plan->columns; i++) {
        if (i > 0) {
            buffer_add_char(to, dialect == CSV_EXCEL_FR ? ';' : ',');
        }
        buffer_add_slice(to, plan->column[i].name);
    }
    buffer_add_text(to, "\r\n");
}

void render_csv_row(const struct render_plan *plan, const struct rows *rows, int row,
                    enum csv_dialect dialect, struct buffer *to) {
    for (size_t i = 0; i < plan->columns; i++) {
        int column = plan->column[i].column;
        enum column_type type = plan->column[i].type;
        struct slice value = rows_value(rows, row, column);
        if (i > 0) {
            buffer_add_char(to, dialect == CSV_EXCEL_FR ? ';' : ',');
        }
        if (rows_is_null(rows, row, column)) {
            continue;
        }
        if (plan->column[i].self.size > 0) {
            add_self(plan->column[i].self, value, to);
        } else if (type == COLUMN_INSTANT) {
            add_instant(value, to);
        } else if (type == COLUMN_BOOLEAN) {
            buffer_add_text(to, slice_is(value, "t") ? "true" : "false");
        } else {
            render_csv_cell(value, dialect, type == COLUMN_NUMBER, to);
        }
    }
    buffer_add_text(to, "\r\n");
}
