/* Inside the room: what stands around the rows that an answer shows: the select that is asked of
 * them alone, and the note of who reads which records. */
#ifndef MAILLAGE_SHOWING_H
#define MAILLAGE_SHOWING_H

#include "buffer.h"
#include "statement.h"

/* Around a page, a single record or an export; `shown` is the file's part in front of `-->`. Both
 * do nothing for a file without that part and a request that is not traced. */
void showing_open(struct buffer *out, const struct statement_request *request, struct slice shown);
void showing_close(struct buffer *out, const struct statement_request *request, struct slice shown);
/* The note of an export; `query` is the number of the parameter that holds what was asked. */
void showing_write_trace(struct buffer *out, struct slice file,
                         const struct statement_request *request, int query);

#endif
