/* Inside the room: the select around a list's file that orders it, starts after the cursor and
 * limits it. */
#ifndef MAILLAGE_PAGING_H
#define MAILLAGE_PAGING_H

#include "buffer.h"
#include "statement.h"

/* Writes the page around `file`. `after[i]` is the number of the parameter that holds the cursor
 * value of key i, 0 where that value is null or there is no cursor. */
void paging_write(struct buffer *out, struct slice file, const struct statement_request *request,
                  const int after[ORDER_MAX]);

/* ` order by …` of an export: nulls last. */
void paging_write_order(struct buffer *out, const struct statement_request *request);

#endif
