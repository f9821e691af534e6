/* Reads SQL just well enough to know what is quoted, what is a comment and what is a bind. */
#include "base.h"

#include "statement_file.h"

struct reader {
    struct statement *statement;
    const char *at, *end;
    const char *piece_start; /* of the text not yet stored */
    struct line line;
    unsigned number; /* of the physical line, for messages */
    const char *fault;
};

/* Room for one more element; arrays grow by doubling at the powers of two. */
static bool grow(void **array, size_t count, size_t size) {
    if (count != 0 && (count & (count - 1)) != 0)
        return true;
    void *larger = reallocarray(*array, count == 0 ? 1 : count * 2, size);
    if (larger == NULL)
        return false;
    *array = larger;
    return true;
}

static bool is_name_start(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_name(char byte) {
    return is_name_start(byte) || (byte >= '0' && byte <= '9');
}

static bool fault(struct reader *reader, const char *text) {
    if (reader->fault == NULL)
        reader->fault = text;
    return false;
}

/* Index of the name in the statement's list, added when new; -1 when memory is short. */
static int bind_index(struct statement *statement, struct slice name) {
    for (size_t i = 0; i < statement->binds; i++)
        if (slice_is(name, statement->bind[i]))
            return (int)i;
    char *copy = strndup(name.at, name.size);
    if (copy == NULL || !grow((void **)&statement->bind, statement->binds, sizeof(char *))) {
        free(copy);
        return -1;
    }
    statement->bind[statement->binds] = copy;
    return (int)statement->binds++;
}

static bool add_piece(struct reader *reader, struct slice text, int bind) {
    struct statement *statement = reader->statement;
    if (!grow((void **)&statement->piece, statement->pieces, sizeof(struct piece)))
        return fault(reader, "out of memory");
    statement->piece[statement->pieces++] = (struct piece){.text = text, .bind = bind};
    reader->line.pieces++;
    return true;
}

/* Stores what was read since the last piece. */
static bool flush(struct reader *reader) {
    size_t size = (size_t)(reader->at - reader->piece_start);
    bool fine = size == 0 || add_piece(reader, (struct slice){reader->piece_start, size}, -1);
    reader->piece_start = reader->at;
    return fine;
}

static bool line_is_blank(const struct reader *reader) {
    for (size_t i = 0; i < reader->line.pieces; i++) {
        const struct piece *piece = &reader->statement->piece[reader->line.piece + i];
        if (piece->bind >= 0)
            return false;
        for (size_t j = 0; j < piece->text.size; j++)
            if (strchr(" \t\r\n", piece->text.at[j]) == NULL)
                return false;
    }
    return true;
}

/* Ends the logical line; blank ones are left out of the statement. */
static bool end_line(struct reader *reader) {
    struct statement *statement = reader->statement;
    if (!flush(reader))
        return false;
    if (line_is_blank(reader)) {
        if (reader->line.conditions > 0)
            return fault(reader, "a condition stands behind nothing");
        statement->pieces = reader->line.piece;
    } else {
        if (!grow((void **)&statement->line, statement->lines, sizeof(struct line)))
            return fault(reader, "out of memory");
        statement->line[statement->lines++] = reader->line;
    }
    reader->line = (struct line){.piece = statement->pieces, .condition = statement->conditions};
    return true;
}

/* `--? name` or `--? !name`; several names must all hold. */
static bool read_conditions(struct reader *reader) {
    struct statement *statement = reader->statement;
    for (;;) {
        while (reader->at < reader->end && strchr(" \t\r", *reader->at) != NULL)
            reader->at++;
        if (reader->at == reader->end || *reader->at == '\n')
            break;
        bool absent = *reader->at == '!';
        if (absent)
            reader->at++;
        const char *start = reader->at;
        while (reader->at < reader->end && is_name(*reader->at))
            reader->at++;
        if (reader->at == start)
            return fault(reader, "a condition needs names, each with or without `!`");
        int bind = bind_index(statement, (struct slice){start, (size_t)(reader->at - start)});
        if (bind < 0 ||
            !grow((void **)&statement->condition, statement->conditions, sizeof(struct condition)))
            return fault(reader, "out of memory");
        statement->condition[statement->conditions++] = (struct condition){bind, absent};
        reader->line.conditions++;
    }
    reader->piece_start = reader->at;
    return reader->line.conditions > 0 || fault(reader, "`--?` without a name");
}

/* `-->`: what stood so far is the select of the rows shown. */
static bool read_division(struct reader *reader) {
    struct statement *statement = reader->statement;
    if (statement->shown > 0 || statement->lines == 0 || !line_is_blank(reader))
        return fault(reader, "`-->` divides a file once, between two lines");
    statement->shown = statement->lines;
    return true;
}

static bool read_comment(struct reader *reader) {
    if (!flush(reader))
        return false;
    reader->at += 2;
    if (reader->at < reader->end && *reader->at == '>' && !read_division(reader))
        return false;
    if (reader->at < reader->end && *reader->at == '?') {
        reader->at++;
        return read_conditions(reader);
    }
    while (reader->at < reader->end && *reader->at != '\n')
        reader->at++;
    reader->piece_start = reader->at;
    return true;
}

static bool read_block_comment(struct reader *reader) {
    if (!flush(reader))
        return false;
    unsigned depth = 0;
    do {
        bool pair = reader->end - reader->at >= 2;
        if (!pair)
            return fault(reader, "a comment does not end");
        if (strncmp(reader->at, "/*", 2) == 0) {
            depth++;
            reader->at += 2;
        } else if (strncmp(reader->at, "*/", 2) == 0) {
            depth--;
            reader->at += 2;
        } else {
            reader->number += *reader->at++ == '\n';
        }
    } while (depth > 0);
    reader->piece_start = reader->at;
    return add_piece(reader, SLICE(" "), -1);
}

/* Past the closing quote; a doubled quote is two texts side by side, which is as good. */
static bool read_quoted(struct reader *reader, char quote, bool backslashes) {
    for (reader->at++; reader->at < reader->end; reader->at++) {
        reader->number += *reader->at == '\n';
        if (*reader->at == '\\' && backslashes && reader->at + 1 < reader->end)
            reader->at++;
        else if (*reader->at == quote) {
            reader->at++;
            return true;
        }
    }
    return fault(reader, "a quoted text does not end");
}

/* $$ … $$ or $tag$ … $tag$; anything else that starts with a dollar is refused, `$1` is the
 * engine's. */
static bool read_dollar(struct reader *reader) {
    const char *tag_end = reader->at + 1;
    while (tag_end < reader->end && is_name(*tag_end))
        tag_end++;
    if (tag_end == reader->end || *tag_end != '$')
        return fault(reader, "`$` that opens no text: values are named `:name`");
    size_t size = (size_t)(tag_end + 1 - reader->at);
    const char *close = memmem(tag_end + 1, (size_t)(reader->end - tag_end - 1), reader->at, size);
    if (close == NULL)
        return fault(reader, "a quoted text does not end");
    for (; reader->at < close + size; reader->at++)
        reader->number += *reader->at == '\n';
    return true;
}

/* `:name`; `::type`, `:=` and slices of arrays by number are SQL's own. */
static bool read_colon(struct reader *reader) {
    const char *next = reader->at + 1;
    if (next < reader->end && *next == ':') {
        reader->at += 2;
        return true;
    }
    if (next == reader->end || !is_name_start(*next)) {
        reader->at++;
        return true;
    }
    if (!flush(reader))
        return false;
    reader->at = next;
    while (reader->at < reader->end && is_name(*reader->at))
        reader->at++;
    int bind = bind_index(reader->statement, (struct slice){next, (size_t)(reader->at - next)});
    reader->piece_start = reader->at;
    return bind < 0 ? fault(reader, "out of memory") : add_piece(reader, (struct slice){0}, bind);
}

static bool read_word(struct reader *reader) {
    const char *start = reader->at;
    while (reader->at < reader->end && (is_name(*reader->at) || *reader->at == '$'))
        reader->at++;
    bool escapes = reader->at - start == 1 && (*start == 'E' || *start == 'e');
    if (escapes && reader->at < reader->end && *reader->at == '\'')
        return read_quoted(reader, '\'', true);
    return true;
}

static bool read_next(struct reader *reader) {
    char byte = *reader->at;
    bool pair = reader->end - reader->at >= 2;
    if (is_name_start(byte))
        return read_word(reader);
    if (byte == '\'' || byte == '"')
        return read_quoted(reader, byte, false);
    if (byte == '$')
        return read_dollar(reader);
    if (byte == ':')
        return read_colon(reader);
    if (byte == '-' && pair && reader->at[1] == '-')
        return read_comment(reader);
    if (byte == '/' && pair && reader->at[1] == '*')
        return read_block_comment(reader);
    if (byte == ';')
        return fault(reader, "`;`: a file holds one statement, without an end mark");
    reader->at++;
    if (byte == '\n') {
        reader->number++;
        return end_line(reader);
    }
    return true;
}

struct statement *statement_parse(const char *name, char *bytes, size_t size, char *reterr,
                                  size_t reterr_size) {
    struct statement *statement = calloc(1, sizeof *statement);
    if (statement == NULL) {
        free(bytes);
        snprintf(reterr, reterr_size, "%s: out of memory", name);
        return NULL;
    }
    statement->bytes = bytes;
    statement->name = strdup(name);
    struct reader reader = {.statement = statement,
                            .at = bytes,
                            .end = bytes + size,
                            .piece_start = bytes,
                            .number = 1};
    bool fine = statement->name != NULL;
    while (fine && reader.at < reader.end)
        fine = read_next(&reader);
    fine = fine && end_line(&reader);
    if (fine && statement->lines == statement->shown)
        fine = fault(&reader, "the file holds no statement");
    if (fine)
        return statement;
    snprintf(reterr, reterr_size, "%s.sql, line %u: %s", name, reader.number,
             reader.fault != NULL ? reader.fault : "out of memory");
    statement_free(statement);
    return NULL;
}

void statement_free(struct statement *statement) {
    if (statement == NULL)
        return;
    for (size_t i = 0; i < statement->binds; i++)
        free(statement->bind[i]);
    free(statement->bind);
    free(statement->condition);
    free(statement->piece);
    free(statement->line);
    free(statement->bytes);
    free(statement->name);
    free(statement);
}
