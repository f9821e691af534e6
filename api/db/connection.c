#include "base.h"

#include "connection.h"

#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "log.h"

/* What the server says beside its answers. With no answer awaited, its end is said here too. */
static void take_notice(void *context, const PGresult *notice) {
    struct connection *connection = context;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
        connection->goodbye = true;
    log_write(LOG_DEBUG, "database", NULL, "%s", text != NULL ? text : "notice without text");
}

/* Ours first, so that the connection string may say otherwise; then what it may not change. Of the
 * primary `primary`, not `read-write`: with the disk policy set to read only, reads are still
 * answered. */
static PGconn *connect_blocking(const struct connection_settings *settings, bool ping_only,
                                PGPing *ret_ping) {
    char timeout[16];
    unsigned seconds = (settings->connect_timeout_ms + 999) / 1000;
    snprintf(timeout, sizeof timeout, "%u", seconds < 2 ? 2 : seconds); /* libpq's least is 2 */
    const char *const keyword[] = {"tcp_user_timeout",     "keepalives_idle", "gssencmode",
                                   "target_session_attrs", "connect_timeout", "dbname",
                                   "application_name",     "client_encoding", NULL};
    const char *const value[] = {
        "3000",     "10",   "disable", settings->attributes, timeout, settings->database,
        "maillage", "UTF8", NULL};
    if (ping_only) {
        *ret_ping = PQpingParams(keyword, value, 1);
        return NULL;
    }
    return PQconnectdbParams(keyword, value, 1);
}

/* Whoever configured the server or the role: texts come in one form, no wait is without end. */
static bool send_settings(struct connection *connection,
                          const struct connection_settings *settings) {
    char statement_timeout[16], idle_timeout[16], client_check[16];
    snprintf(statement_timeout, sizeof statement_timeout, "%u", settings->statement_timeout_ms);
    snprintf(idle_timeout, sizeof idle_timeout, "%u", settings->idle_timeout_ms);
    snprintf(client_check, sizeof client_check, "%u", settings->client_check_ms);
    const char *const value[] = {statement_timeout, idle_timeout, settings->secret_key,
                                 client_check};
    return PQsendQueryParams(connection->pg,
                             "select set_config('TimeZone', 'UTC', false),"
                             " set_config('DateStyle', 'ISO, YMD', false),"
                             " set_config('IntervalStyle', 'iso_8601', false),"
                             " set_config('client_min_messages', 'warning', false),"
                             " set_config('lock_timeout', '2s', false),"
                             " set_config('statement_timeout', $1, false),"
                             " set_config('idle_in_transaction_session_timeout', $2, false),"
                             " set_config('keyed.secret', $3, false),"
                             " set_config('client_connection_check_interval', $4, false)",
                             (int)COUNT_OF(value), NULL, value, NULL, NULL, 0) == 1;
}

/* Reads to the end of the one command that is under way. */
static bool read_settings(struct connection *connection, int64_t deadline_us) {
    bool fine = false;
    for (;;) {
        while (PQisBusy(connection->pg))
            if (connection_wait(connection, false, deadline_us) != WAIT_READY)
                return false;
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL)
            return fine;
        fine = PQresultStatus(result) == PGRES_TUPLES_OK;
        PQclear(result);
    }
}

static bool prepare_connection(struct connection *connection,
                               const struct connection_settings *settings) {
    int64_t deadline_us = clock_monotonic_us() + (int64_t)settings->connect_timeout_ms * 1000;
    PQsetNoticeReceiver(connection->pg, take_notice, connection);
    return PQsetnonblocking(connection->pg, 1) == 0 && send_settings(connection, settings) &&
           PQflush(connection->pg) == 0 && read_settings(connection, deadline_us) &&
           PQenterPipelineMode(connection->pg) == 1;
}

/* libpq's messages may have several lines; one is enough for a log. */
static void take_message(const PGconn *pg, char *reterr, size_t reterr_size) {
    const char *text = pg != NULL ? PQerrorMessage(pg) : "out of memory";
    int size = (int)strcspn(text, "\n");
    snprintf(reterr, reterr_size, "%.*s", size, size > 0 ? text : "");
}

static struct connection *try_open(const struct connection_settings *settings, char *reterr,
                                   size_t reterr_size) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        snprintf(reterr, reterr_size, "out of memory");
        return NULL;
    }
    connection->pg = connect_blocking(settings, false, NULL);
    if (PQstatus(connection->pg) == CONNECTION_OK && prepare_connection(connection, settings))
        return connection;
    take_message(connection->pg, reterr, reterr_size);
    connection_close(connection);
    return NULL;
}

/* A server that takes connections and not ours may only just have come up: asked once more before
 * it is believed. */
struct connection *connection_open(const struct connection_settings *settings,
                                   enum connect_fault *ret_fault, char *reterr,
                                   size_t reterr_size) {
    *ret_fault = CONNECT_NO_ANSWER;
    struct connection *connection = try_open(settings, reterr, reterr_size);
    if (connection != NULL)
        return connection;
    PGPing ping = PQPING_NO_RESPONSE;
    connect_blocking(settings, true, &ping);
    if (ping != PQPING_OK)
        return NULL;
    *ret_fault = CONNECT_REFUSED;
    return try_open(settings, reterr, reterr_size);
}

void connection_close(struct connection *connection) {
    if (connection == NULL)
        return;
    PQfinish(connection->pg);
    free(connection);
}

enum wait connection_wait(struct connection *connection, bool sending, int64_t deadline_us) {
    for (;;) {
        int64_t left_us = deadline_us - clock_monotonic_us();
        if (left_us <= 0)
            return WAIT_LATE;
        int64_t left_ms = left_us / 1000 + 1;
        struct pollfd ready = {.fd = PQsocket(connection->pg),
                               .events = (short)(POLLIN | (sending ? POLLOUT : 0))};
        if (ready.fd < 0)
            return WAIT_LOST;
        int count = poll(&ready, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
        if (count < 0 && errno != EINTR)
            return WAIT_LOST;
        if (count <= 0)
            continue;
        if ((ready.revents & ~POLLOUT) != 0 && PQconsumeInput(connection->pg) != 1)
            return WAIT_LOST;
        return WAIT_READY;
    }
}

/* An idle server only speaks to say goodbye or to report a setting; the second is read and
 * forgotten. */
bool connection_is_alive(struct connection *connection) {
    for (int round = 0; round < 4; round++) {
        struct pollfd ready = {.fd = PQsocket(connection->pg), .events = POLLIN};
        if (ready.fd < 0)
            return false;
        int count = poll(&ready, 1, 0);
        if (count == 0)
            return PQstatus(connection->pg) == CONNECTION_OK && !connection->goodbye;
        if (count < 0 && errno == EINTR)
            continue;
        if (PQconsumeInput(connection->pg) != 1 || PQisBusy(connection->pg) || connection->goodbye)
            return false;
    }
    return false;
}
