/* Operations that change something: their effect, the record of their Idempotency-Key and the
 * answer are one transaction. With a key: session, claim, effect; then, the answer being written,
 * its record and the commit. Whoever repeats the request gets the recorded answer, whatever
 * happened to the first one on its way. */
#ifndef MAILLAGE_WRITE_H
#define MAILLAGE_WRITE_H

#include "call.h"

void write_object(struct call *call);

/* A write done by C: `effect` is run instead of the SQL file, `finish` writes the answer from its
 * rows. */
struct write_effect {
    struct statement_text statement;
    /* Writes the answer; may set `closing`. False: it wrote a refusal, and the effect is taken
     * back. */
    bool (*answer)(struct call *call, const struct rows *rows, struct write_effect *effect);
    struct statement_text closing; /* run before the commit, when `has_closing` */
    bool has_closing;
    void *user;
};
void write_effect(struct call *call, struct write_effect *effect);

/* Records the refusal that was just written (409, 412, 422) under the call's Idempotency-Key, if it
 * has one. */
void write_remember_refusal(struct call *call);

#endif
