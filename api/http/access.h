/* The access log: one line per answer, counted in the metrics. Route template and key id, never the
 * query's values, a path beyond the template, a key or a body. */
#ifndef MAILLAGE_ACCESS_H
#define MAILLAGE_ACCESS_H

#include "exchange.h"
#include "metrics.h"

void access_note(const struct exchange *exchange, struct metrics *metrics);

#endif
