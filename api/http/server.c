#include "base.h"
#include "server.h"

#include "clock.h"
#include "log.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <ulfius.h>
#include <yder.h>

enum {
    STACK_BYTES = 512 << 10,      /* jansson recurses; the validator stops at depth 32 */
    CONNECTION_MEMORY = 32 << 10, /* request line and headers; the edge allows 25 KiB */
    IDLE_SECONDS = 75,            /* longer than the edge keeps an idle connection */
    LISTEN_BACKLOG = 1024,
    ACCEPT_GRACE_MS = 50, /* what the kernel had accepted when we stopped listening is still read */
    STREAM_BLOCK = 128 << 10,
};

struct server {
    struct _u_instance instance;
    struct server_options options;
    int socket;
    bool inherited;
    char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
    atomic_uint in_flight;
    atomic_bool closing;
};

/* --- request: from ulfius to an exchange --- */

static void take_headers(struct exchange *exchange, const struct _u_map *map) {
    const char **names = u_map_enum_keys(map);
    for (size_t i = 0; names && names[i]; i++) {
        if (exchange->request_headers == EXCHANGE_MAX_HEADERS) {
            exchange->too_many_headers = true;
            break;
        }
        exchange->request_header[exchange->request_headers++] =
            (struct header){names[i], u_map_get(map, names[i])};
    }
}

static struct exchange *exchange_new(const struct _u_request *request, bool closing) {
    struct arena *arena = arena_new(EXCHANGE_MAX_MEMORY);
    struct exchange *exchange = arena ? arena_take(arena, sizeof *exchange) : NULL;
    if (!exchange) {
        arena_free(arena);
        return NULL;
    }
    exchange->arena = arena;
    exchange->started_us = clock_monotonic_us();
    exchange->method = slice_of(request->http_verb);
    exchange->target = slice_of(request->http_url);
    exchange->body = (struct slice){request->binary_body, request->binary_body_length};
    exchange->closing = closing;
    take_headers(exchange, request->map_header);
    buffer_init(&exchange->answer, EXCHANGE_MAX_ANSWER);
    return exchange;
}

static void exchange_end(struct server *server, struct exchange *exchange) {
    if (server->options.finished) {
        server->options.finished(exchange, server->options.user);
    }
    buffer_release(&exchange->answer);
    arena_free(exchange->arena);
}

/* --- answer: from the exchange to ulfius --- */

struct sending {
    struct server *server;
    struct exchange *exchange;
    struct buffer piece;
    size_t given; /* bytes of the piece already handed on */
};

static ssize_t send_piece(void *user, uint64_t offset, char *to, size_t room) {
    struct sending *sending = user;
    struct body_stream *stream = &sending->exchange->stream;
    (void)offset;
    if (sending->given == sending->piece.size) {
        buffer_clear(&sending->piece);
        sending->given = 0;
        if (!stream->next(stream->state, &sending->piece) || !buffer_ok(&sending->piece)) {
            return U_STREAM_ERROR; /* no terminating chunk: the client sees that it is broken */
        }
        if (sending->piece.size == 0) {
            return U_STREAM_END;
        }
    }
    size_t size = sending->piece.size - sending->given;
    if (size > room) {
        size = room;
    }
    memcpy(to, sending->piece.at + sending->given, size);
    sending->given += size;
    sending->exchange->bytes_sent += size;
    return (ssize_t)size;
}

static void end_stream(void *user) {
    struct sending *sending = user;
    sending->exchange->stream.close(sending->exchange->stream.state);
    buffer_release(&sending->piece);
    exchange_end(sending->server, sending->exchange);
    free(sending);
}

static bool answer_with_stream(struct server *server, struct exchange *exchange,
                               struct _u_response *response) {
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending) {
        return false;
    }
    *sending = (struct sending){.server = server, .exchange = exchange};
    buffer_init(&sending->piece, EXCHANGE_MAX_ANSWER);
    return ulfius_set_stream_response(response, exchange->status, send_piece, end_stream,
                                      U_STREAM_SIZE_UNKNOWN, STREAM_BLOCK, sending) == U_OK;
}

static void free_texts(char **text) {
    for (size_t i = 0; text && text[i]; i++) {
        free(text[i]);
    }
    free(text);
}

/* What u_map_put would do one by one, each time looking through all earlier names and moving the
 * three lists; at once, because the names are already different. The map owns what it is given. */
static bool answer_with_headers(const struct exchange *exchange, struct _u_map *map) {
    size_t count = exchange->answer_headers;
    char **name = calloc(count + 1, sizeof *name), **value = calloc(count + 1, sizeof *value);
    size_t *size = calloc(count + 1, sizeof *size);
    bool fine = name && value && size;
    for (size_t i = 0; fine && i < count; i++) {
        size[i] = strlen(exchange->answer_header[i].value);
        name[i] = strdup(exchange->answer_header[i].name);
        value[i] = strdup(exchange->answer_header[i].value);
        fine = name[i] && value[i];
    }
    if (!fine) {
        free_texts(name);
        free_texts(value);
        free(size);
        return false;
    }
    u_map_clean(map);
    *map = (struct _u_map){(int)count, name, value, size};
    return true;
}

/* Hands the buffer's memory over: ulfius frees it with the response. */
static void answer_with_bytes(struct exchange *exchange, struct _u_response *response) {
    response->status = exchange->status;
    response->binary_body = exchange->answer.at;
    response->binary_body_length = exchange->answer.size;
    exchange->bytes_sent = exchange->answer.size;
    buffer_init(&exchange->answer, 0);
}

/* Our last word when memory is short; short enough to need none. */
static void answer_without_memory(struct _u_response *response) {
    static const char body[] =
        "{\"type\":\"about:blank\",\"title\":\"Service momentanément indisponible\","
        "\"status\":503,\"code\":\"internal-error\"}";
    u_map_put(response->map_header, "Content-Type", "application/problem+json");
    u_map_put(response->map_header, "Retry-After", "1");
    ulfius_set_binary_body_response(response, 503, body, sizeof body - 1);
}

static int answer(const struct _u_request *request, struct _u_response *response, void *user) {
    struct server *server = user;
    struct exchange *exchange = exchange_new(request, atomic_load(&server->closing));
    if (!exchange) {
        answer_without_memory(response);
        return U_CALLBACK_COMPLETE;
    }
    server->options.handler(exchange, server->options.user);
    if (atomic_load(&server->closing)) {
        exchange_set_header(exchange, "Connection", "close");
    }
    if (!answer_with_headers(exchange, response->map_header)) {
        answer_without_memory(response);
    } else if (exchange->stream.next && !exchange->is_head) {
        if (answer_with_stream(server, exchange, response)) {
            return U_CALLBACK_COMPLETE; /* end_stream ends the exchange */
        }
        answer_without_memory(response);
    } else {
        answer_with_bytes(exchange, response);
    }
    if (exchange->stream.next) {
        exchange->stream.close(exchange->stream.state);
    }
    exchange_end(server, exchange);
    return U_CALLBACK_COMPLETE;
}

/* --- libmicrohttpd's hooks --- */

/* The stock redirect passes a client's bytes on as a format: this one never does. */
PRINTF_LIKE(2, 0)
static void log_from_mhd(void *user, const char *format, va_list arguments) {
    char text[512];
    (void)user;
    vsnprintf(text, sizeof text, format, arguments);
    log_write(LOG_DEBUG, "mhd", NULL, "%s", text);
}

static void log_from_yder(void *user, const char *app, const time_t date, const unsigned long level,
                          const char *message) {
    (void)user, (void)app, (void)date;
    log_write(level == Y_LOG_LEVEL_ERROR ? LOG_WARNING : LOG_DEBUG, "ulfius", NULL, "%s", message);
}

/* Once for all listeners: the library's log is one of the process. */
static void take_library_logs(void) {
    static bool taken;
    if (!taken) {
        taken = true;
        y_init_logs("maillage", Y_LOG_MODE_CALLBACK, Y_LOG_LEVEL_WARNING, NULL, NULL);
        y_set_logs_callback(log_from_yder, NULL, NULL);
    }
}

/* A request counts from its first line to its last byte. */
static void *request_begins(void *user, const char *uri) {
    struct server *server = user;
    atomic_fetch_add(&server->in_flight, 1);
    return ulfius_uri_logger(NULL, uri);
}

static void request_ends(void *user, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how) {
    struct server *server = user;
    mhd_request_completed(NULL, connection, state, how);
    atomic_fetch_sub(&server->in_flight, 1);
}

/* --- listening --- */

static int listen_unix(struct server *server, const char *path, char *reterr, size_t reterr_size) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(reterr, reterr_size, "listen: %s is longer than %zu bytes", path,
                 sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* A socket file that nobody listens on is a leftover; one that answers is another daemon. */
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        snprintf(reterr, reterr_size, "listen: another process answers on %s", path);
        close(fd);
        return -1;
    }
    if (fd >= 0) {
        close(fd);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    }
    unlink(path);
    mode_t before = umask(0117); /* 0660 */
    bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    if (!bound || listen(fd, LISTEN_BACKLOG) != 0) {
        snprintf(reterr, reterr_size, "listen: %s: %s", path, strerrordesc_np(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    memcpy(server->socket_path, path, strlen(path) + 1);
    return fd;
}

static int listen_loopback(const char *text, char *reterr, size_t reterr_size) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct slice host, port;
    uint64_t number = 0;
    char host_text[16] = "";
    int fd = -1;
    if (!slice_cut(slice_of(text), ':', &host, &port) || host.size >= sizeof host_text ||
        !slice_to_unsigned(port, 65535, &number)) {
        snprintf(reterr, reterr_size, "listen: %s is neither unix:/path nor 127.0.0.1:port", text);
        return -1;
    }
    memcpy(host_text, host.at, host.size);
    address.sin_port = htons((uint16_t)number);
    if (inet_pton(AF_INET, host_text, &address.sin_addr) == 1) {
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    }
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, LISTEN_BACKLOG) != 0) {
        snprintf(reterr, reterr_size, "listen: %s: %s", text, strerrordesc_np(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static int open_socket(struct server *server, char *reterr, size_t reterr_size) {
    const char *listen = server->options.listen;
    if (server->options.inherited_socket >= 0) {
        server->inherited = true;
        return server->options.inherited_socket;
    }
    if (strncmp(listen, "unix:", 5) == 0) {
        return listen_unix(server, listen + 5, reterr, reterr_size);
    }
    return listen_loopback(listen, reterr, reterr_size);
}

static bool start_listening(struct server *server) {
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_from_mhd, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)request_ends, server},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)request_begins, server},
        {MHD_OPTION_LISTEN_SOCKET, server->socket, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)server->options.connections_max, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    return ulfius_start_framework_with_mhd_options(&server->instance, flags, options) == U_OK;
}

struct server *server_start(const struct server_options *options, char *reterr,
                            size_t reterr_size) {
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(reterr, reterr_size, "no memory for a listener");
        return NULL;
    }
    server->options = *options;
    take_library_logs();
    server->socket = open_socket(server, reterr, reterr_size);
    if (server->socket < 0) {
        free(server);
        return NULL;
    }
    /* The port is not used, the listening socket is ours; ulfius only refuses 0. */
    if (ulfius_init_instance(&server->instance, 1, NULL, NULL) != U_OK ||
        ulfius_add_endpoint_by_val(&server->instance, "*", NULL, "*", 0, answer, server) != U_OK ||
        ulfius_set_default_endpoint(&server->instance, answer, server) != U_OK) {
        snprintf(reterr, reterr_size, "the HTTP library could not be set up");
        free(server);
        return NULL;
    }
    server->instance.max_post_body_size = options->body_max + 1;
    server->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    server->instance.check_utf8 = 0; /* it drops headers silently; what we use of them we check */
    if (!start_listening(server)) {
        snprintf(reterr, reterr_size, "the HTTP library could not listen on %s", options->listen);
        ulfius_clean_instance(&server->instance);
        free(server);
        return NULL;
    }
    return server;
}

/* --- stopping --- */

static void wait_ms(int milliseconds) {
    poll(NULL, 0, milliseconds);
}

bool server_stop(struct server *server, unsigned drain_ms) {
    atomic_store(&server->closing, true);
    MHD_quiesce_daemon(server->instance.mhd_daemon);
    wait_ms(ACCEPT_GRACE_MS);
    int64_t deadline = clock_monotonic_us() + (int64_t)drain_ms * 1000;
    while (atomic_load(&server->in_flight) > 0 && clock_monotonic_us() < deadline) {
        wait_ms(5);
    }
    bool drained = atomic_load(&server->in_flight) == 0;
    ulfius_stop_framework(&server->instance);
    ulfius_clean_instance(&server->instance);
    if (!server->inherited) {
        close(server->socket);
        if (server->socket_path[0]) {
            unlink(server->socket_path);
        }
    }
    free(server);
    return drained;
}

unsigned server_in_flight(const struct server *server) {
    return atomic_load(&server->in_flight);
}

unsigned server_connections(const struct server *server) {
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->instance.mhd_daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}
