/* Inside the room: statements sent together on one connection, their results read back by position.
 *
 * Every message sent is a step, every step has its result, in order. After an error the server
 * skips to the Sync and libpq answers each skipped step itself; a step that did not happen is taken
 * back from the statement cache. */
#ifndef MAILLAGE_PIPELINE_H
#define MAILLAGE_PIPELINE_H

#include "connection.h"
#include "failure.h"
#include "statement.h"

enum outcome {
    OUTCOME_FINE,
    OUTCOME_REFUSED, /* the server said no; the connection is good once the Sync is read */
    OUTCOME_SKIPPED, /* shared: the server had said no to an earlier one; good likewise */
    OUTCOME_STALE, /* a prepared statement is out of date: nothing was written, close and run again
                    */
    OUTCOME_UNTOUCHED, /* the server said goodbye before it did anything */
    OUTCOME_SILENT,    /* the connection ended before any answer: reads may run again */
    OUTCOME_LOST,      /* it ended later */
    OUTCOME_LATE,      /* the deadline passed: cancel and close */
};

enum { PIPELINE_STEPS = 96 };

enum step_kind { STEP_PREPARE, STEP_DEALLOCATE, STEP_QUERY };

struct step {
    enum step_kind kind;
    uint64_t key;
    PGresult **ret_result; /* NULL: not wanted */
};

struct pipeline {
    struct connection *connection;
    int64_t started_us;
    int64_t deadline_us;
    struct step step[PIPELINE_STEPS];
    size_t steps;
    bool in_block; /* inside begin … commit: a Sync does not end the transaction */
    bool shared;   /* one of several before the same Sync, which the last one sends and reads */
    bool followed; /* shared: the next turn has been sent on the same connection */
    bool answered;
    bool sending_failed;
    enum outcome outcome;
    struct failure failure; /* of OUTCOME_REFUSED and worse */
    char message[256];      /* for the log: the server's words without its detail */
};

void pipeline_start(struct pipeline *pipeline, struct connection *connection, int64_t deadline_us);
/* Prepares where this connection has not yet, then executes. `*ret_result` is set when it
 * succeeded; the caller's. */
void pipeline_add(struct pipeline *pipeline, const struct statement_text *text,
                  PGresult **ret_result);
void pipeline_add_plain(struct pipeline *pipeline, const char *sql, PGresult **ret_result);
/* Executes without keeping it prepared. */
void pipeline_add_once(struct pipeline *pipeline, const struct statement_text *text,
                       PGresult **ret_result);
/* Has it parsed, not run; the result has its columns and parameters. */
void pipeline_add_describe(struct pipeline *pipeline, const struct statement_text *text,
                           PGresult **ret_result);

/* Sends and reads everything. With `sync` the transaction ends, and after FINE and REFUSED the
 * connection is idle. Without, the transaction stays open after FINE; after REFUSED it is ended
 * here. */
enum outcome pipeline_run(struct pipeline *pipeline, bool sync);

/* Whether the connection may be lent again after this. */
bool pipeline_is_sound(const struct pipeline *pipeline);

/* The two halves of a run, for who has something better to do in between. */
bool pipeline_send(struct pipeline *pipeline,
                   bool sync); /* false: reading makes no sense any more */
enum outcome pipeline_read(struct pipeline *pipeline, bool sync);

#endif
