/* The cursor of a page: sort values and id of the row it continues from, direction, and what list
 * it belongs to; signed, so that a changed byte, another filter or another sort is refused. Opaque
 * to callers. */
#ifndef MAILLAGE_PAGE_TOKEN_H
#define MAILLAGE_PAGE_TOKEN_H

#include "call.h"

struct page_token {
    bool backwards;
    const char *value[ORDER_MAX]; /* NULL is the null value */
    size_t values;
};

/* NULL when memory is short. */
MUST_CHECK const char *page_token_write(const struct call *call, const struct page_token *token);
MUST_CHECK bool page_token_read(const struct call *call, struct slice text,
                                struct page_token *ret_token);

#endif
