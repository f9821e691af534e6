/* Problems (RFC 9457): the catalogue made from openapi/problems.yaml, and the answers written from
 * it. Every answer of status 400 and above is one of these; a code that the catalogue lacks does
 * not exist. */
#ifndef MAILLAGE_PROBLEM_H
#define MAILLAGE_PROBLEM_H

#include "exchange.h"
#include "fault.h"

struct problems;

struct problem {
    const char *code;
    unsigned status;
    const char *title[2];  /* by enum language */
    const char *detail[2]; /* may hold {name} of a member */
    const char *cause[2];
    const char *cure[2];
    const char *pointer; /* the field a constraint speaks of, or NULL */
};

/* NULL and one line in `reterr` when the file cannot be read or lacks a code that the engine itself
 * uses. */
MUST_CHECK struct problems *problems_load(const char *path, const char *public_url, char *reterr,
                                          size_t reterr_size);
void problems_free(struct problems *problems);

size_t problems_count(const struct problems *problems);
const struct problem *problems_at(const struct problems *problems, size_t index);
const struct problem *problems_find(const struct problems *problems, const char *code);
/* The problem that a database constraint means, or NULL. */
const struct problem *problems_of_constraint(const struct problems *problems,
                                             const char *constraint);

/* A further member of the answer; also fills {name} in the detail. */
struct problem_member {
    const char *name;
    const char *text;
    bool is_json; /* number, array …; else written as a string */
};

struct problem_extra {
    const struct faults *faults;
    struct problem_member member[6];
    size_t members;
};

/* Turns the exchange's answer into the problem `code`; `extra` may be NULL. A member `retry_after`
 * is also sent as header. Whatever the answer held before is dropped. */
void problem_answer(const struct problems *problems, struct exchange *exchange, const char *code,
                    const struct problem_extra *extra);

/* {"pointer":…,"code":…,"detail":…} as in `errors`. */
void problem_write_fault(const struct problems *problems, enum language language,
                         const struct fault *fault, struct buffer *to);

#endif
