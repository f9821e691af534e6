/* Inside the room: the part of a statement that writes down who reads which records. */
#ifndef MAILLAGE_TRACING_H
#define MAILLAGE_TRACING_H

#include "buffer.h"
#include "statement.h"

/* What stands around a page or a single record. Both do nothing for a request that is not traced.
 */
void tracing_open(struct buffer *out, const struct statement_request *request);
void tracing_close(struct buffer *out, const struct statement_request *request);
/* The note of an export; `query` is the number of the parameter that holds what was asked. */
void tracing_write_export(struct buffer *out, struct slice file,
                          const struct statement_request *request, int query);

#endif
