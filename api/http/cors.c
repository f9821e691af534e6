#include "base.h"
#include "cors.h"

static const char exposed[] =
    "ETag, Link, Location, Total-Count, X-Request-Id, Retry-After, Deprecation, Sunset, "
    "Idempotency-Replayed, Preference-Applied, Api-Revision, Content-Disposition";
static const char accepted[] = "Authorization, Content-Type, Accept-Language, If-Match, "
                               "If-None-Match, Idempotency-Key, Prefer, "
                               "X-Request-Id, traceparent";

static bool is_listed(struct slice origin, const char *allowed) {
    struct slice rest = slice_of(allowed), one;
    while (rest.size > 0) {
        slice_cut(rest, ' ', &one, &rest);
        if (one.size > 0 && slice_equals(one, origin)) {
            return true;
        }
    }
    return false;
}

static bool mark(struct exchange *exchange, const char *allowed) {
    const char *origin = exchange_header(exchange, "Origin");
    if (!*allowed) {
        return false;
    }
    exchange_vary(exchange, "Origin");
    if (!origin || !is_listed(slice_of(origin), allowed)) {
        return false;
    }
    exchange_set_header(exchange, "Access-Control-Allow-Origin", origin);
    return true;
}

void cors_mark(struct exchange *exchange, const char *allowed) {
    if (mark(exchange, allowed)) {
        exchange_set_header(exchange, "Access-Control-Expose-Headers", exposed);
    }
}

void cors_preflight(struct exchange *exchange, const char *allowed, const char *methods) {
    if (exchange_header(exchange, "Access-Control-Request-Method") && mark(exchange, allowed)) {
        exchange_set_header(exchange, "Access-Control-Allow-Methods", methods);
        exchange_set_header(exchange, "Access-Control-Allow-Headers", accepted);
        exchange_set_header(exchange, "Access-Control-Max-Age", "600");
    }
}
