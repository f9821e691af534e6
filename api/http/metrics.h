/* Counters of the HTTP side, by route template and never by path, in Prometheus text form. All are
 * atomic; counting is a few additions per request. */
#ifndef MAILLAGE_METRICS_H
#define MAILLAGE_METRICS_H

#include "buffer.h"
#include "contract.h"
#include "database.h"

struct metrics;

MUST_CHECK struct metrics *metrics_new(const struct contract *contract);
void metrics_free(struct metrics *metrics);

/* `operation` NULL: no route matched. */
void metrics_count(struct metrics *metrics, const struct operation *operation, unsigned status,
                   int64_t duration_us, uint64_t bytes);

enum metric_event {
    METRIC_AUTH_FAILED,
    METRIC_IDEMPOTENCY_REPLAYED,
    METRIC_IMPORT_ROWS,
    METRIC_DEPRECATED_CALL,
    METRIC_TOKEN_IN_QUERY,
    METRIC_EVENTS,
};
void metrics_add(struct metrics *metrics, enum metric_event event, uint64_t count);

/* What the rest of the daemon knows at this moment. */
struct metrics_gauges {
    unsigned in_flight;
    unsigned connections;
    bool ready;
    struct database_figures requests, exports;
    bool has_replica; /* the rest is about it */
    struct replica_figures replica;
};
/* `openmetrics` adds the closing line and the suffixes that OpenMetrics 1.0 asks for. */
void metrics_write(const struct metrics *metrics, const struct metrics_gauges *gauges,
                   bool openmetrics, struct buffer *to);

#endif
