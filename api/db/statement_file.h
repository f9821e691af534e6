/* Inside the room: one SQL file, cut into lines, lines into pieces. Read once at start, then never
 * written. */
#ifndef MAILLAGE_STATEMENT_FILE_H
#define MAILLAGE_STATEMENT_FILE_H

#include "slice.h"

/* Text as it stands, or a bind. */
struct piece {
    struct slice text;
    int bind; /* index in statement->bind, or -1 */
};

struct condition {
    int bind; /* index in statement->bind */
    bool absent;
};

/* A logical line: a line end inside a quoted text does not end it. Kept when all its conditions
 * hold. */
struct line {
    size_t piece, pieces;
    size_t condition, conditions;
};

struct statement {
    char *name;
    char *bytes;
    struct line *line;
    size_t lines;
    size_t shown; /* so many lines in front are the select of the rows shown; 0 = none */
    struct piece *piece;
    size_t pieces;
    struct condition *condition;
    size_t conditions;
    char **bind; /* each name once, of binds and of conditions */
    size_t binds;
};

/* Cuts `bytes` (taken over, ends with NUL). NULL and one line in `reterr` for a broken one. */
MUST_CHECK struct statement *statement_parse(const char *name, char *bytes, size_t size,
                                             char *reterr, size_t reterr_size);
void statement_free(struct statement *statement);

#endif
