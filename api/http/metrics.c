#include "base.h"
#include "metrics.h"

#include "log.h"

#include <dirent.h>
#include <stdatomic.h>
#include <unistd.h>

/* Upper bounds of the duration histogram, in microseconds. */
static const int64_t bound_us[] = {1000,   2500,   5000,   10000,   25000,   50000,
                                   100000, 250000, 500000, 1000000, 2500000, 10000000};
static const char *const bound_text[] = {"0.001", "0.0025", "0.005", "0.01", "0.025", "0.05",
                                         "0.1",   "0.25",   "0.5",   "1",    "2.5",   "10"};
enum { BOUNDS = COUNT_OF(bound_us), STATUSES = 600 };

struct route_metrics {
    const struct operation *operation; /* NULL: no route */
    atomic_uint_fast64_t by_status[STATUSES];
    atomic_uint_fast64_t bucket[BOUNDS + 1];
    atomic_uint_fast64_t duration_us;
    atomic_uint_fast64_t bytes;
};

struct metrics {
    struct route_metrics *route; /* one per operation, and the last for requests without a route */
    size_t routes;
    atomic_uint_fast64_t event[METRIC_EVENTS];
};

static const struct {
    const char *name;
    const char *help;
} event_text[METRIC_EVENTS] = {
    [METRIC_AUTH_FAILED] = {"maillage_auth_failures", "Requests refused with 401."},
    [METRIC_IDEMPOTENCY_REPLAYED] = {"maillage_idempotency_replays",
                                     "Answers given again for a repeated Idempotency-Key."},
    [METRIC_IMPORT_ROWS] = {"maillage_import_rows", "Rows received by imports."},
    [METRIC_DEPRECATED_CALL] = {"maillage_deprecated_calls", "Calls of deprecated operations."},
    [METRIC_TOKEN_IN_QUERY] = {"maillage_leaked_tokens", "Requests with a key in the URL."},
};

struct metrics *metrics_new(const struct contract *contract) {
    struct metrics *metrics = calloc(1, sizeof *metrics);
    size_t count = contract_operations(contract);
    if (!metrics) {
        return NULL;
    }
    metrics->route = calloc(count + 1, sizeof *metrics->route);
    if (!metrics->route) {
        free(metrics);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        metrics->route[i].operation = contract_operation(contract, i);
    }
    metrics->routes = count + 1;
    return metrics;
}

void metrics_free(struct metrics *metrics) {
    if (metrics) {
        free(metrics->route);
        free(metrics);
    }
}

static struct route_metrics *route_of(struct metrics *metrics, const struct operation *operation) {
    for (size_t i = 0; i + 1 < metrics->routes; i++) {
        if (metrics->route[i].operation == operation) {
            return &metrics->route[i];
        }
    }
    return &metrics->route[metrics->routes - 1];
}

void metrics_count(struct metrics *metrics, const struct operation *operation, unsigned status,
                   int64_t duration_us, uint64_t bytes) {
    struct route_metrics *route = route_of(metrics, operation);
    size_t bucket = 0;
    while (bucket < BOUNDS && duration_us > bound_us[bucket]) {
        bucket++;
    }
    atomic_fetch_add(&route->by_status[status < STATUSES ? status : 0], 1);
    atomic_fetch_add(&route->bucket[bucket], 1);
    atomic_fetch_add(&route->duration_us, (uint64_t)duration_us);
    atomic_fetch_add(&route->bytes, bytes);
}

void metrics_add(struct metrics *metrics, enum metric_event event, uint64_t count) {
    atomic_fetch_add(&metrics->event[event], count);
}

/* --- writing --- */

static void add_head(struct buffer *to, const char *name, const char *type, const char *help,
                     bool openmetrics) {
    /* Prometheus text names the sample, OpenMetrics the family: they differ for counters. */
    const char *suffix = !openmetrics && strcmp(type, "counter") == 0 ? "_total" : "";
    buffer_print(to, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix, type);
}

static const char *route_method(const struct route_metrics *route) {
    return route->operation ? method_name[route->operation->method] : "";
}

static const char *route_path(const struct route_metrics *route) {
    return route->operation ? route->operation->path : "unmatched";
}

static uint64_t requests_of(const struct route_metrics *route) {
    uint64_t count = 0;
    for (size_t i = 0; i <= BOUNDS; i++) {
        count += atomic_load(&route->bucket[i]);
    }
    return count;
}

static void write_requests(const struct metrics *metrics, bool openmetrics, struct buffer *to) {
    add_head(to, "maillage_http_requests", "counter", "Answered requests.", openmetrics);
    for (size_t i = 0; i < metrics->routes; i++) {
        for (unsigned status = 0; status < STATUSES; status++) {
            uint64_t count = atomic_load(&metrics->route[i].by_status[status]);
            if (count > 0) {
                buffer_print(
                    to,
                    "maillage_http_requests_total{method=\"%s\",route=\"%s\",status=\"%u\"} "
                    "%" PRIu64 "\n",
                    route_method(&metrics->route[i]), route_path(&metrics->route[i]), status,
                    count);
            }
        }
    }
}

static void write_histogram(const struct route_metrics *route, struct buffer *to) {
    static const char *const name = "maillage_http_request_duration_seconds";
    uint64_t count = 0;
    for (size_t i = 0; i <= BOUNDS; i++) {
        count += atomic_load(&route->bucket[i]);
        buffer_print(to, "%s_bucket{method=\"%s\",route=\"%s\",le=\"%s\"} %" PRIu64 "\n", name,
                     route_method(route), route_path(route), i < BOUNDS ? bound_text[i] : "+Inf",
                     count);
    }
    buffer_print(to, "%s_sum{method=\"%s\",route=\"%s\"} %.6f\n", name, route_method(route),
                 route_path(route), (double)atomic_load(&route->duration_us) / 1e6);
    buffer_print(to, "%s_count{method=\"%s\",route=\"%s\"} %" PRIu64 "\n", name,
                 route_method(route), route_path(route), count);
}

static void write_routes(const struct metrics *metrics, bool openmetrics, struct buffer *to) {
    write_requests(metrics, openmetrics, to);
    add_head(to, "maillage_http_request_duration_seconds", "histogram",
             "From the request line to the answer handed over.", openmetrics);
    for (size_t i = 0; i < metrics->routes; i++) {
        if (requests_of(&metrics->route[i]) > 0) {
            write_histogram(&metrics->route[i], to);
        }
    }
    add_head(to, "maillage_http_response_bytes", "counter", "Bytes of answers' bodies.",
             openmetrics);
    for (size_t i = 0; i < metrics->routes; i++) {
        const struct route_metrics *route = &metrics->route[i];
        if (requests_of(route) > 0) {
            buffer_print(
                to, "maillage_http_response_bytes_total{method=\"%s\",route=\"%s\"} %" PRIu64 "\n",
                route_method(route), route_path(route), atomic_load(&route->bytes));
        }
    }
}

static void add_gauge(struct buffer *to, const char *name, const char *help, double value) {
    add_head(to, name, "gauge", help, false);
    buffer_print(to, "%s %.17g\n", name, value);
}

#define FIGURE(field) offsetof(struct database_figures, field)

struct figure {
    const char *name;
    const char *help;
    size_t at;
};

/* Of each pool: numbers of type unsigned now, and sums of type uint64_t. */
static const struct figure pool_gauge[] = {
    {"maillage_pool_size", "Connections the pool may hold.", FIGURE(size)},
    {"maillage_pool_open", "Connections open.", FIGURE(open)},
    {"maillage_pool_busy", "Connections lent.", FIGURE(busy)},
    {"maillage_pool_waiting", "Requests waiting.", FIGURE(waiting)},
};
static const struct figure pool_counter[] = {
    {"maillage_pool_timeouts", "Waits that ended in 503.", FIGURE(waits_timed_out)},
    {"maillage_pool_connects", "Connections made.", FIGURE(connects)},
    {"maillage_pool_connect_failures", "Connections that failed.", FIGURE(connects_failed)},
    {"maillage_pool_wait_microseconds", "Time spent waiting for a connection.", FIGURE(wait_us)},
};
/* Of the database as a whole. */
static const struct figure database_counter[] = {
    {"maillage_database_statements", "Statements run.", FIGURE(statements)},
    {"maillage_database_statement_microseconds", "Time that calls held a connection.",
     FIGURE(statement_us)},
    {"maillage_database_shared_calls", "Calls that travelled with those of other requests.",
     FIGURE(shared)},
    {"maillage_database_cancels", "Statements cancelled.", FIGURE(cancelled)},
};

static const void *figure_of(const struct database_figures *figures, const struct figure *figure) {
    return (const char *)figures + figure->at;
}

enum { POOLS = 4 };

struct pool_label {
    const char *name;
    const struct database_figures *figures;
};

/* The pools that there are; those of the standby only where one is set. */
static size_t list_pools(const struct metrics_gauges *gauges, struct pool_label ret_pool[POOLS]) {
    const struct pool_label pool[POOLS] = {
        {"requests", &gauges->requests},
        {"exports", &gauges->exports},
        {"replica", &gauges->replica.requests},
        {"replica_exports", &gauges->replica.exports},
    };
    memcpy(ret_pool, pool, sizeof pool);
    return gauges->has_replica ? POOLS : POOLS - 2;
}

static void write_pool_gauges(const struct metrics_gauges *gauges, struct buffer *to) {
    struct pool_label pool[POOLS];
    size_t pools = list_pools(gauges, pool);
    for (size_t i = 0; i < COUNT_OF(pool_gauge); i++) {
        const struct figure *figure = &pool_gauge[i];
        add_head(to, figure->name, "gauge", figure->help, false);
        for (size_t j = 0; j < pools; j++) {
            buffer_print(to, "%s{pool=\"%s\"} %u\n", figure->name, pool[j].name,
                         *(const unsigned *)figure_of(pool[j].figures, figure));
        }
    }
}

static void write_pool_counters(const struct metrics_gauges *gauges, bool openmetrics,
                                struct buffer *to) {
    struct pool_label pool[POOLS];
    size_t pools = list_pools(gauges, pool);
    for (size_t i = 0; i < COUNT_OF(pool_counter); i++) {
        const struct figure *figure = &pool_counter[i];
        add_head(to, figure->name, "counter", figure->help, openmetrics);
        for (size_t j = 0; j < pools; j++) {
            buffer_print(to, "%s_total{pool=\"%s\"} %" PRIu64 "\n", figure->name, pool[j].name,
                         *(const uint64_t *)figure_of(pool[j].figures, figure));
        }
    }
    for (size_t i = 0; i < COUNT_OF(database_counter); i++) {
        const struct figure *figure = &database_counter[i];
        add_head(to, figure->name, "counter", figure->help, openmetrics);
        buffer_print(to, "%s_total %" PRIu64 "\n", figure->name,
                     *(const uint64_t *)figure_of(&gauges->requests, figure));
    }
}

/* Reads that the standby may answer, by what became of them. */
static void write_replica(const struct metrics_gauges *gauges, bool openmetrics,
                          struct buffer *to) {
    static const char *const outcome[REPLICA_OUTCOMES] = {
        [REPLICA_ANSWERED] = "answered", [REPLICA_WROTE] = "caller_wrote",
        [REPLICA_BEHIND] = "behind",     [REPLICA_AWAY] = "away",
        [REPLICA_REFUSED] = "refused",
    };
    if (!gauges->has_replica) {
        return;
    }
    add_gauge(to, "maillage_replica_usable", "1 when the standby answers lists and exports.",
              gauges->replica.usable ? 1 : 0);
    add_head(to, "maillage_replica_reads", "counter",
             "Lists and exports that it may answer: answered there, or why the primary was asked.",
             openmetrics);
    for (size_t i = 0; i < REPLICA_OUTCOMES; i++) {
        buffer_print(to, "maillage_replica_reads_total{outcome=\"%s\"} %" PRIu64 "\n", outcome[i],
                     gauges->replica.reads[i]);
    }
}

static double resident_bytes(void) {
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (fscanf(file, "%lu %lu", &pages, &resident) != 2) { /* NOLINT: two bounded numbers */
            resident = 0;
        }
        fclose(file);
    }
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double open_descriptors(void) {
    double count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder)) {
        count++;
    }
    if (folder) {
        closedir(folder);
    }
    return count > 3 ? count - 3 : 0; /* ".", ".." and the folder itself */
}

void metrics_write(const struct metrics *metrics, const struct metrics_gauges *gauges,
                   bool openmetrics, struct buffer *to) {
    write_routes(metrics, openmetrics, to);
    for (size_t i = 0; i < METRIC_EVENTS; i++) {
        add_head(to, event_text[i].name, "counter", event_text[i].help, openmetrics);
        buffer_print(to, "%s_total %" PRIu64 "\n", event_text[i].name,
                     atomic_load(&metrics->event[i]));
    }
    add_head(to, "maillage_log_lost_lines", "counter", "Log lines the sink did not take.",
             openmetrics);
    buffer_print(to, "maillage_log_lost_lines_total %" PRIu64 "\n", log_lost_lines());
    add_gauge(to, "maillage_http_in_flight", "Requests being answered.", gauges->in_flight);
    add_gauge(to, "maillage_http_connections", "Open HTTP connections.", gauges->connections);
    add_gauge(to, "maillage_ready", "1 when the database answers.", gauges->ready ? 1 : 0);
    write_pool_gauges(gauges, to);
    write_pool_counters(gauges, openmetrics, to);
    write_replica(gauges, openmetrics, to);
    add_gauge(to, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
    add_gauge(to, "process_open_fds", "Open file descriptors.", open_descriptors());
    if (openmetrics) {
        buffer_add_text(to, "# EOF\n");
    }
}
