#include "base.h"
#include "admin.h"

#include "text.h"

static void answer_text(struct exchange *exchange, unsigned status, const char *text) {
    exchange->status = status;
    exchange_set_header(exchange, "Content-Type", "text/plain; charset=utf-8");
    exchange_set_header(exchange, "Cache-Control", "no-store");
    buffer_add_text(&exchange->answer, text);
}

static void answer_metrics(struct exchange *exchange, const struct admin *admin) {
    const char *accept = exchange_header(exchange, "Accept");
    bool openmetrics = accept && strstr(accept, "application/openmetrics-text");
    struct metrics_gauges gauges = {
        .ready = !admin->is_stopping() && database_is_ready(admin->database),
        .in_flight = admin->server ? server_in_flight(admin->server) : 0,
        .connections = admin->server ? server_connections(admin->server) : 0,
    };
    database_figures(admin->database, false, &gauges.requests);
    database_figures(admin->database, true, &gauges.exports);
    gauges.has_replica = database_replica_figures(admin->database, &gauges.replica);
    exchange->status = 200;
    exchange_set_header(exchange, "Content-Type",
                        openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                    : "text/plain; version=0.0.4; charset=utf-8");
    metrics_write(admin->metrics, &gauges, openmetrics, &exchange->answer);
}

static void answer_ready(struct exchange *exchange, const struct admin *admin) {
    if (admin->is_stopping()) {
        answer_text(exchange, 503, "stopping\n");
    } else if (!database_is_ready(admin->database)) {
        answer_text(exchange, 503, "database not ready\n");
    } else {
        answer_text(exchange, 200, "ready\n");
    }
}

void admin_answer(struct exchange *exchange, void *user) {
    const struct admin *admin = user;
    struct slice path, query;
    slice_cut(exchange->target, '?', &path, &query);
    exchange->is_head = slice_is(exchange->method, "HEAD");
    if (!exchange->is_head && !slice_is(exchange->method, "GET")) {
        exchange_set_header(exchange, "Allow", "GET, HEAD");
        answer_text(exchange, 405, "GET or HEAD\n");
    } else if (slice_is(path, "/livez")) {
        answer_text(exchange, 200, "alive\n");
    } else if (slice_is(path, "/readyz")) {
        answer_ready(exchange, admin);
    } else if (slice_is(path, "/metrics")) {
        answer_metrics(exchange, admin);
    } else {
        answer_text(exchange, 404, "/livez, /readyz, /metrics\n");
    }
}
