/* The 304 of a page that need not be read: see page_notes.h. */
#ifndef MAILLAGE_UNREAD_H
#define MAILLAGE_UNREAD_H

#include "call.h"

struct unread {
    char key[DIGEST_HEX_SIZE + 1];
    const char *stamp; /* NULL: this request does not ask, or the page has to be read each time */
};

/* True when the exchange is answered: with 304, or with what went wrong. Else the page is to be
 * read. */
MUST_CHECK bool unread_answer(struct call *call, struct unread *ret_unread);

/* The page was read and has this tag. */
void unread_keep(const struct call *call, const struct unread *unread, const char *etag);

#endif
