#include "base.h"
#include "csv_reader.h"

static char find_separator(struct slice text) {
    static const char separator[] = {',', ';', '\t'};
    size_t found[COUNT_OF(separator)] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.size && (quoted || text.at[i] != '\n'); i++) {
        quoted ^= text.at[i] == '"';
        for (size_t j = 0; !quoted && j < COUNT_OF(separator); j++) {
            found[j] += text.at[i] == separator[j];
        }
    }
    for (size_t j = 1; j < COUNT_OF(separator); j++) {
        best = found[j] > found[best] ? j : best;
    }
    return separator[best];
}

void csv_start(struct csv_reader *reader, struct slice text, struct arena *arena) {
    if (slice_starts_with(text, SLICE("\xEF\xBB\xBF"))) {
        text = (struct slice){text.at + 3, text.size - 3};
    }
    *reader = (struct csv_reader){
        .rest = text, .separator = find_separator(text), .line = 1, .arena = arena};
}

static char peek(const struct csv_reader *reader) {
    return reader->rest.size ? reader->rest.at[0] : '\0';
}

static void advance(struct csv_reader *reader, size_t count) {
    reader->rest = (struct slice){reader->rest.at + count, reader->rest.size - count};
}

static bool at_line_end(const struct csv_reader *reader) {
    return reader->rest.size == 0 || peek(reader) == '\n' ||
           (peek(reader) == '\r' && (reader->rest.size == 1 || reader->rest.at[1] == '\n'));
}

static void skip_line_end(struct csv_reader *reader) {
    if (peek(reader) == '\r') {
        advance(reader, 1);
    }
    if (peek(reader) == '\n') {
        advance(reader, 1);
    }
    reader->line++;
}

/* Stands behind the opening quote. The cell is copied because doubled quotes shrink. */
static enum csv_result read_quoted(struct csv_reader *reader, struct slice *ret_cell) {
    const char *end = memchr(reader->rest.at, '"', reader->rest.size);
    while (end && end + 1 < reader->rest.at + reader->rest.size && end[1] == '"') {
        const char *behind = end + 2;
        end = memchr(behind, '"', (size_t)(reader->rest.at + reader->rest.size - behind));
    }
    if (!end) {
        return CSV_BROKEN;
    }
    struct slice raw = {reader->rest.at, (size_t)(end - reader->rest.at)};
    char *copy = arena_copy(reader->arena, raw);
    if (!copy) {
        return CSV_NO_MEMORY;
    }
    size_t size = 0;
    for (size_t i = 0; i < raw.size; i++) {
        reader->line += raw.at[i] == '\n';
        copy[size++] = raw.at[i];
        i += raw.at[i] == '"';
    }
    copy[size] = '\0';
    *ret_cell = (struct slice){copy, size};
    advance(reader, raw.size + 1);
    return at_line_end(reader) || peek(reader) == reader->separator ? CSV_RECORD : CSV_BROKEN;
}

static struct slice read_bare(struct csv_reader *reader) {
    size_t size = 0;
    struct csv_reader probe = *reader;
    while (!at_line_end(&probe) && peek(&probe) != probe.separator) {
        advance(&probe, 1);
        size++;
    }
    struct slice cell = {reader->rest.at, size};
    advance(reader, size);
    return cell;
}

static enum csv_result read_record(struct csv_reader *reader, struct csv_record *ret_record) {
    ret_record->cells = 0;
    ret_record->line = reader->line;
    for (;;) {
        struct slice cell;
        if (ret_record->cells == CSV_MAX_CELLS) {
            return CSV_BROKEN;
        }
        if (peek(reader) == '"') {
            advance(reader, 1);
            enum csv_result result = read_quoted(reader, &cell);
            if (result != CSV_RECORD) {
                return result;
            }
        } else {
            cell = read_bare(reader);
        }
        ret_record->cell[ret_record->cells++] = cell;
        if (at_line_end(reader)) {
            skip_line_end(reader);
            return CSV_RECORD;
        }
        advance(reader, 1); /* the separator */
    }
}

enum csv_result csv_next(struct csv_reader *reader, struct csv_record *ret_record) {
    while (reader->rest.size > 0 && at_line_end(reader)) {
        skip_line_end(reader);
    }
    if (reader->rest.size == 0) {
        return CSV_END;
    }
    enum csv_result result = read_record(reader, ret_record);
    if (result != CSV_RECORD) {
        reader->rest.size = 0;
    }
    return result;
}
