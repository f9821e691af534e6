/* The contract: the bundled OpenAPI 3.1 document, read once at start. It is the router. */
#ifndef MAILLAGE_CONTRACT_H
#define MAILLAGE_CONTRACT_H

#include "served.h"
#include "operation.h"
#include "uri.h"

struct contract;

/* NULL and one line in `reterr` for a document that cannot be read, an unresolved reference, an
 * unsupported keyword, two operations with one id, a route that two templates match. */
MUST_CHECK struct contract *contract_load(const char *path, char *reterr, size_t reterr_size);
void contract_free(struct contract *contract);

size_t contract_operations(const struct contract *contract);
const struct operation *contract_operation(const struct contract *contract, size_t index);
const struct operation *contract_find(const struct contract *contract, const char *operation_id);
const char *contract_revision(const struct contract *contract);      /* info.version */
const struct served *contract_json(const struct contract *contract); /* the file it was read from */

enum { ROUTE_MAX_CAPTURES = 4 };

struct route {
    const struct operation *operation;        /* NULL: known path, method not declared */
    const struct operation *at_path[METHODS]; /* all of the path, for Allow and OPTIONS */
    struct slice capture[ROUTE_MAX_CAPTURES]; /* decoded, in the order of the template */
    const char *capture_name[ROUTE_MAX_CAPTURES];
    size_t captures;
};

/* False when no template matches the path. A literal segment wins over a capture, whatever the
 * order in the document. uri->trailing_slash is not looked at: the caller redirects or refuses. */
MUST_CHECK bool contract_route(const struct contract *contract, const struct uri *uri,
                               enum method method, struct route *ret_route);

/* Values of the operation's parameters, by index of operation->parameter. */
struct argument {
    bool present; /* sent, or has a default */
    bool sent;
    struct slice text;  /* decoded; of a list: the whole, with its commas */
    struct slice *item; /* of a list */
    size_t items;
};

/* Checks path captures and query against the operation; adds one fault per unknown, repeated or
 * ill-typed parameter. NULL only when memory is short. */
MUST_CHECK struct argument *contract_arguments(const struct operation *operation,
                                               const struct route *route, const struct uri *uri,
                                               struct arena *arena, struct faults *faults);

/* Reads and checks a JSON body. Codes of the first, unparseable kind are 400 (malformed-json,
 * duplicate-key …) and come alone with line and column; the others are 422 and come together. */
enum { BODY_MAX_DEPTH = 64 }; /* nested deeper: malformed-json; the schema's own limit is lower */
struct body_report {
    bool parsed;
    const char *syntax_code; /* when !parsed: "malformed-json", "duplicate-key", "out-of-memory" */
    int line, column;
    const char *syntax_text;
    json_t *json; /* when parsed; freed with the arena */
};
void contract_read_json(const struct schema *schema, struct slice body, struct arena *arena,
                        struct faults *faults, struct body_report *ret_report);

#endif
