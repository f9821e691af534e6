/* The steps between a raw request and a checked call. None of them touches the database. */
#ifndef MAILLAGE_ADMIT_H
#define MAILLAGE_ADMIT_H

#include "call.h"

/* Request id, trace, language, headers every answer carries. */
void admit_identify(struct call *call);
/* Target, route and method → operation. Also answers redirects, OPTIONS, 404, 405. */
MUST_CHECK bool admit_route(struct call *call);
/* Credentials by their form alone: absent, malformed, or a key to be looked up with the statement.
 */
MUST_CHECK bool admit_credentials(struct call *call);
/* Formats of answer and body, sizes. */
MUST_CHECK bool admit_formats(struct call *call);
/* Path captures and query. */
MUST_CHECK bool admit_arguments(struct call *call);
/* If-Match, Idempotency-Key, as the kind of operation asks. */
MUST_CHECK bool admit_conditions(struct call *call);
/* JSON body against its schema. A body with faults is refused with all of them. */
MUST_CHECK bool admit_body(struct call *call);

#endif
