/* What the contract says of one operation, ready for the engine: parameters, body, answers, who may
 * call. */
#ifndef MAILLAGE_OPERATION_H
#define MAILLAGE_OPERATION_H

#include "schema.h"

/* The five kinds of caller; the contract names them in upper case (x-readers, x-callers). */
enum caller {
    CALLER_ANONYMOUS,
    CALLER_PARTNER,
    CALLER_STRUCTURE,
    CALLER_DELEGATION,
    CALLER_NATIONAL,
    CALLERS
};
extern const char *const caller_name[CALLERS];
enum { CALLER_ALL = (1u << CALLERS) - 1u };

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHODS };
extern const char *const method_name[METHODS];

enum operation_kind {
    /* GET, answer {"data":[…],"page":{…}}: paged, exported, counted by the engine */
    OPERATION_LIST,
    /* GET of one object; no row is 404 */
    OPERATION_READ,
    /* POST, Idempotency-Key required; 201 with Location when x-location is given, else 200 */
    OPERATION_CREATE,
    /* POST with x-compute: changes nothing, needs no key, runs read only */
    OPERATION_COMPUTE,
    /* PATCH, PUT, DELETE and actions with x-if-match: If-Match required */
    OPERATION_UPDATE,
};

struct parameter {
    const char *name; /* as on the wire: "joined_on[gte]" */
    const char *bind; /* as in the SQL files: "joined_on_gte" */
    bool in_path;     /* else in the query; header parameters are documentation for clients only */
    bool required;
    bool is_list;     /* style form, explode false: split at commas, which no value holds */
    bool distinct;    /* of a list: uniqueItems */
    size_t items_min; /* of a list */
    size_t items_max;
    enum schema_type type;       /* of the value, or of each item */
    const struct schema *schema; /* of the value, or of each item */
    const char *default_text;    /* or NULL */
    unsigned readers;            /* callers that may use it; the others get 403 */
};

struct property {
    const char *name;
    struct slice json_key; /* ,"name": */
    enum schema_type type;
    unsigned readers;
    bool never_null;  /* no null among its types: rows in its order are one range of an index */
    bool included;    /* shown only when the parameter `include` names it */
    const char *self; /* x-self: no column, made from the id; or NULL */
    bool once;        /* a secret: left out of the answer that is kept for a repetition */
};

struct sort_key {
    const char *name; /* in the sort parameter; also the column of the SQL file */
    unsigned readers;
};

struct media_type {
    const char *name;            /* "application/json" */
    const struct schema *schema; /* may be NULL for text and files */
};

enum { OPERATION_MAX_MEDIA = 6, OPERATION_MAX_CAPTURES = 4 };

struct operation {
    const char *id;
    /* Template: "/v1/members/{id}", basis of routes, metrics and the access matrix. */
    const char *path;
    const char *capture[OPERATION_MAX_CAPTURES]; /* names of its captures, in order */
    size_t captures;
    enum method method;
    enum operation_kind kind;
    bool special; /* x-special: answered in C, no SQL file */
    bool deprecated;
    bool public;       /* anonymous callers allowed */
    const char *scope; /* that a key must hold; NULL when none is asked */

    const struct parameter *parameter;
    size_t parameters;

    struct media_type body[OPERATION_MAX_MEDIA]; /* accepted request bodies */
    size_t bodies;
    bool body_required;
    size_t body_max; /* bytes; x-body-max, default 65536 */

    unsigned success; /* status of the answer: 200, 201, 202, 204, 207 */
    struct media_type answer[OPERATION_MAX_MEDIA]; /* of that status, first is the default */
    size_t answers;
    const struct property *property; /* of the object, or of each item of a list */
    size_t properties;

    const struct sort_key *sort; /* lists only; from the enum of the sort parameter, without "-" */
    size_t sorts;
    const char *default_sort; /* "name" or "-updated_at,name"; NULL when there is none */

    /* x-location: "/v1/members/{id}", {name} being a column of the answer; or NULL */
    const char *location;
    /* x-reader: operationId that reads the same resource, to tell 404 from 412; or NULL */
    const char *reader;
    /* x-traced: type of the records shown; who read which is written down. NULL = not traced */
    const char *traced;
    bool varies_by_day;    /* x-varies-by-day: the answer changes at midnight with no write */
    bool varies_by_others; /* x-varies-by-others: it shows figures of other records */
    bool always_read;      /* x-always-read: it changes with no write that engine.stamp() sees */
    const json_t *import;  /* x-import: how files of other programs are read; or NULL */
    unsigned max_age;      /* x-max-age: seconds for public caching; 0 = private, revalidate */
    bool no_store;     /* x-no-store: about a key or a secret, never kept by anyone on the way */
    unsigned page_max; /* maximum of the limit parameter */
    unsigned page_default;
};

/* NULL when there is none of that name. */
const struct parameter *operation_parameter(const struct operation *operation, const char *name);
const struct property *operation_property(const struct operation *operation, const char *name);

#endif
