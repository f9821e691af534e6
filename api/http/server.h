/* The HTTP listener. Its .c file is the only one of the daemon that knows ulfius and libmicrohttpd.
 *
 * One bounded thread per connection waits with poll, so that nothing of a caller ever waits behind
 * another caller's slow statement. ulfius is started through its options entry point with our own
 * log function: the stock start formats a client's path as a format string. Its router, parameter
 * maps and form parser are not used: one catch-all hands raw target, method, headers and body to
 * `handler`. */
#ifndef MAILLAGE_SERVER_H
#define MAILLAGE_SERVER_H

#include "exchange.h"

struct server;

struct server_options {
    const char *listen;   /* "unix:/path" or "127.0.0.1:8081" */
    int inherited_socket; /* a listening descriptor that somebody else opened, or -1 */
    unsigned connections_max;
    size_t body_max; /* bytes; a longer body reaches the handler cut at body_max + 1 */
    void (*handler)(struct exchange *exchange, void *user);
    void (*finished)(struct exchange *exchange, void *user); /* all bytes sent or the client gone */
    void *user;
};

MUST_CHECK struct server *server_start(const struct server_options *options, char *reterr,
                                       size_t reterr_size);

/* Stops accepting, lets what is in flight finish, at most `drain_ms`, then closes. True when
 * nothing was cut. */
bool server_stop(struct server *server, unsigned drain_ms);

unsigned server_in_flight(const struct server *server);
unsigned server_connections(const struct server *server);

#endif
