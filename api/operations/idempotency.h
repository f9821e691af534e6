/* The record of answers by Idempotency-Key, kept 72 hours by the database (wire conventions 3.8).
 */
#ifndef MAILLAGE_IDEMPOTENCY_H
#define MAILLAGE_IDEMPOTENCY_H

#include "call.h"

/* First statement of a keyed write: fails as "replayed", "idempotency-key-reused" or
 * "idempotency-in-progress". */
MUST_CHECK bool idempotency_claim(struct call *call, struct statement_text *ret_text);
/* Last statement: the answer as it stands in the exchange. */
MUST_CHECK bool idempotency_store(struct call *call, struct statement_text *ret_text);
/* Gives the recorded answer again. */
void idempotency_replay(struct call *call);

#endif
