/* Browsers on other origins: an exact list, never a star, and what they may see of an answer. */
#ifndef MAILLAGE_CORS_H
#define MAILLAGE_CORS_H

#include "exchange.h"

/* Adds the headers when the Origin is one of the blank-separated `allowed` ones; else nothing but
 * Vary. */
void cors_mark(struct exchange *exchange, const char *allowed);
/* Headers of a preflight's answer, besides cors_mark; `methods` as in Allow. */
void cors_preflight(struct exchange *exchange, const char *allowed, const char *methods);

#endif
