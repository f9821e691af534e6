#include "base.h"
#include "access.h"

#include "clock.h"
#include "log.h"

void access_note(const struct exchange *exchange, struct metrics *metrics) {
    const struct operation *operation = exchange->operation;
    int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    metrics_count(metrics, operation, exchange->status, duration_us, exchange->bytes_sent);
    if (exchange->status == 401) {
        metrics_add(metrics, METRIC_AUTH_FAILED, 1);
    }
    if (operation && operation->deprecated) {
        metrics_add(metrics, METRIC_DEPRECATED_CALL, 1);
    }
    log_write(LOG_INFO, "http", exchange->request_id,
              "method=%.*s route=%s status=%u code=%s bytes=%" PRIu64 " us=%" PRId64
              " caller=%s key=%s trace=%s",
              (int)exchange->method.size, exchange->method.at, operation ? operation->path : "-",
              exchange->status, exchange->problem_code ? exchange->problem_code : "-",
              exchange->bytes_sent, duration_us, caller_name[exchange->principal.caller],
              exchange->principal.key_id ? exchange->principal.key_id : "-",
              exchange->trace_id ? exchange->trace_id : "-");
}
