/* Reads CSV as people's programs write it: with or without BOM, comma, semicolon or tab, CRLF or
 * LF, quoted cells with separators, line breaks and doubled quotes inside. One record at a time,
 * nothing kept. */
#ifndef MAILLAGE_CSV_READER_H
#define MAILLAGE_CSV_READER_H

#include "arena.h"

enum { CSV_MAX_CELLS = 128 };

struct csv_reader {
    struct slice rest;
    char separator;
    unsigned line; /* physical line that the next record starts on; the first line is 1 */
    struct arena *arena;
};

struct csv_record {
    struct slice cell[CSV_MAX_CELLS];
    size_t cells;
    unsigned line; /* where it starts */
};

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_BROKEN, /* a quote that never closes, text behind a closing quote, too many cells */
    CSV_NO_MEMORY,
};

/* The separator is the one of the three that stands most often in the first line, outside quotes.
 */
void csv_start(struct csv_reader *reader, struct slice text, struct arena *arena);

/* Blank lines are passed over. After CSV_BROKEN the reader stands at the end. */
enum csv_result csv_next(struct csv_reader *reader, struct csv_record *ret_record);

#endif
