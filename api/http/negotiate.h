/* What a caller accepts and sends: media types with their weights, languages, preferences (RFC
 * 9110, RFC 7240). */
#ifndef MAILLAGE_NEGOTIATE_H
#define MAILLAGE_NEGOTIATE_H

#include "exchange.h"

/* Index of the best of `offer` for an Accept header (NULL: the first), or -1 when none is
 * acceptable. Equal weights: the more specific range, then the earlier offer. */
int negotiate_type(const char *accept, const struct media_type *offer, size_t offers);

/* French unless English is asked for with a higher weight. */
enum language negotiate_language(const char *accept_language);

/* Index of the body type that a Content-Type names, or -1; a charset other than UTF-8 gives -1. */
int negotiate_body(const char *content_type, const struct media_type *accepted, size_t count);

struct preferences {
    bool count_exact;
    bool return_minimal;
    bool return_representation;
};
void negotiate_preferences(const char *prefer, struct preferences *ret_preferences);

#endif
