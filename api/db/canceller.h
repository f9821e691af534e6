/* Inside the room: cancels statements whose caller has gone. PQcancel blocks, as long as a silent
 * network likes; so it runs on a thread of its own, and what it cannot do in time is left to
 * statement_timeout. */
#ifndef MAILLAGE_CANCELLER_H
#define MAILLAGE_CANCELLER_H

#include "connection.h"

struct canceller;

MUST_CHECK struct canceller *canceller_new(void);
void canceller_free(struct canceller *canceller);

/* Call it before the connection is closed. */
void canceller_add(struct canceller *canceller, struct connection *connection);
uint64_t canceller_count(struct canceller *canceller);

#endif
