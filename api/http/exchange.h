/* One request and the answer that grows for it. Everything in it lives in its arena; the server
 * makes the exchange, the operations fill the answer, the server sends it and frees all of it in
 * one place. */
#ifndef MAILLAGE_EXCHANGE_H
#define MAILLAGE_EXCHANGE_H

#include "arena.h"
#include "buffer.h"
#include "database.h"
#include "operation.h"

enum {
    EXCHANGE_MAX_MEMORY =
        64 << 20, /* arena of one exchange: parsed body, rows' wrappers, strings */
    EXCHANGE_MAX_ANSWER = 64 << 20, /* an answer that is not streamed */
    EXCHANGE_MAX_HEADERS = 64,
    EXCHANGE_REQUEST_ID_SIZE = 64,
};

struct header {
    const char *name;
    const char *value;
};

enum language { LANGUAGE_FRENCH, LANGUAGE_ENGLISH };

/* A body produced piece by piece while it is sent. */
struct body_stream {
    void *state;
    /* Appends the next piece to `piece` (empty piece: the end). False: the connection is cut, so
     * that the client sees a broken answer and never a short one that looks whole. */
    bool (*next)(void *state, struct buffer *piece);
    void (*close)(void *state);
};

struct exchange {
    struct arena *arena;
    int64_t started_us;
    char request_id[EXCHANGE_REQUEST_ID_SIZE + 1];
    const char *trace_id; /* of a valid traceparent, or NULL */

    struct slice method; /* as sent */
    struct slice target; /* as sent: path and query, undecoded */
    struct slice body;
    struct header request_header[EXCHANGE_MAX_HEADERS];
    size_t request_headers;
    bool too_many_headers;

    bool is_head;
    enum language language;
    const struct operation *operation; /* once routed, else NULL */
    struct principal principal;        /* once the database said who it is */
    bool closing;                      /* the daemon is stopping: answer with Connection: close */

    unsigned status;
    struct header answer_header[EXCHANGE_MAX_HEADERS];
    size_t answer_headers;
    struct buffer answer;
    struct body_stream stream; /* used when .next is set */
    uint64_t bytes_sent;
    const char *problem_code; /* of an answer that is a problem, for log and metrics */
};

/* NULL when absent; names are compared without case. Repeated headers arrive joined by commas. */
const char *exchange_header(const struct exchange *exchange, const char *name);

/* Replaces a header of that name. `value` is copied; control characters in it are dropped, so that
 * nothing a caller wrote can split a header. */
void exchange_set_header(struct exchange *exchange, const char *name, const char *value);
void exchange_print_header(struct exchange *exchange, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* NULL when it was not set. */
const char *exchange_answer_header(const struct exchange *exchange, const char *name);
/* "Vary: A" then "Vary: B" gives "Vary: A, B". */
void exchange_vary(struct exchange *exchange, const char *name);

#endif
