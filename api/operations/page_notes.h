/* Pages that were right under a stamp of the database: what makes a 304 of a list cheap.
 *
 * The tag of a page is made of its bytes. When a caller comes back with it, the page need not be
 * read again if nothing was written since: engine.stamp() differs after every commit that changed a
 * table of a domain. A note says which tag this very request, of this very caller, had under which
 * stamp; it is taken in the order stamp, page, so a write between the two leaves a note that no
 * longer holds, never one that holds too long.
 *
 * Kept in memory, a fixed number; a new note takes the place of another. What is forgotten is read
 * again.
 */
#ifndef MAILLAGE_PAGE_NOTES_H
#define MAILLAGE_PAGE_NOTES_H

#include "conditional.h"
#include "digest.h"

enum { PAGE_NOTES = 4096, PAGE_STAMP_MAX = 96 }; /* half a megabyte in all */

struct page_note {
    char key[DIGEST_HEX_SIZE + 1]; /* of the request and its caller */
    char etag[ETAG_SIZE];
    char stamp[PAGE_STAMP_MAX + 1];
};

struct page_notes;
MUST_CHECK struct page_notes *page_notes_new(void);
void page_notes_free(struct page_notes *notes);

/* The note of `key`; false when there is none. */
MUST_CHECK bool page_notes_find(struct page_notes *notes, const char key[DIGEST_HEX_SIZE + 1],
                                struct page_note *ret_note);
/* A stamp longer than PAGE_STAMP_MAX (many open writers) is not noted. */
void page_notes_keep(struct page_notes *notes, const char key[DIGEST_HEX_SIZE + 1],
                     const char *etag, const char *stamp);

#endif
