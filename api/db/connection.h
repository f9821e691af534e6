/* Inside the room: one connection, made ready once: settings fixed, non-blocking, in pipeline mode
 * for good. */
#ifndef MAILLAGE_CONNECTION_H
#define MAILLAGE_CONNECTION_H

#include <libpq-fe.h>

#include "cache.h"

struct connection_settings {
    const char *database;   /* libpq connection string */
    const char *attributes; /* target_session_attrs, unless that string says another */
    const char *secret_key; /* for the schema keyed, as hex; "" = none */
    unsigned connect_timeout_ms;
    unsigned statement_timeout_ms;
    unsigned idle_timeout_ms; /* inside a transaction */
    unsigned
        client_check_ms; /* a statement ends so soon after its connection; 0 = by its timeout */
};

struct connection {
    PGconn *pg;
    struct cache cache;
    bool goodbye;      /* the server ended it between two calls: it has not read a later one */
    int64_t retire_us; /* not lent any more after this */
    struct connection *next; /* in the pool's list */
};

/* What is known of a server that could not be reached. */
enum connect_fault {
    CONNECT_NO_ANSWER, /* nobody there, starting up, too slow: worth asking again soon */
    CONNECT_REFUSED,   /* a server that works does not want us: somebody has to act */
};

/* Blocks at most about two connect timeouts (per host of the connection string). */
MUST_CHECK struct connection *connection_open(const struct connection_settings *settings,
                                              enum connect_fault *ret_fault, char *reterr,
                                              size_t reterr_size);
void connection_close(struct connection *connection);

/* For an idle connection: nothing unread from the server and no end of file. Does not wait. */
bool connection_is_alive(struct connection *connection);

enum wait { WAIT_READY, WAIT_LATE, WAIT_LOST };
/* Waits until the server's bytes can be read or, with `sending`, ours be written; takes in what
 * came. */
enum wait connection_wait(struct connection *connection, bool sending, int64_t deadline_us);

#endif
