/* One object: a row of the operation's file, 404 when there is none; also what computes and stores
 * nothing. */
#ifndef MAILLAGE_READ_H
#define MAILLAGE_READ_H

#include "call.h"

void read_object(struct call *call);

/* Writes row 0 as the answer's body, with its ETag and headers; also used for what a write returns.
 */
MUST_CHECK bool read_write_object(struct call *call, const struct rows *rows, unsigned status);

#endif
