/* JSON Schema 2020-12, the part that the contract uses (listed in openapi/README.md), compiled at
 * start. Compilation refuses any keyword outside that part, so that nothing is silently not
 * checked. */
#ifndef MAILLAGE_SCHEMA_H
#define MAILLAGE_SCHEMA_H

#include <jansson.h>

#include "fault.h"

enum { SCHEMA_MAX_DEPTH = 32 }; /* of the instance; deeper is a fault "too-deep" */

struct schema;
struct schema_set; /* owns compiled schemas; each $ref target is compiled once, recursion allowed */

enum schema_mode {
    SCHEMA_CONTRACT, /* as the contract's bodies are checked: control characters and readOnly
                        refused too */
    SCHEMA_PLAIN,    /* as the standard says and no more, for the published test suite */
};

/* `document` is the root that "#/…" references resolve in; it must live until the set is sealed or
 * freed. A set is filled by one thread; compiled schemas are read by any number. */
MUST_CHECK struct schema_set *schema_set_new(const json_t *document, enum schema_mode mode);
void schema_set_free(struct schema_set *set);
/* Nothing more will be compiled: what the schemas need of the document, they have. */
void schema_set_seal(struct schema_set *set);
/* A copy of a part of the document, for as long as the set lives; NULL when memory is short. The
 * part itself would hold the page of memory on which it lies. */
MUST_CHECK const json_t *schema_set_keep(struct schema_set *set, const json_t *value);

/* NULL and one line in `reterr` (keyword and pointer) when `definition` cannot be honoured. */
MUST_CHECK const struct schema *schema_compile(struct schema_set *set, const json_t *definition,
                                               const char *pointer, char *reterr,
                                               size_t reterr_size);

/* Adds every fault of `instance` to `faults`, with pointers that start with `pointer` ("" for a
 * body). */
void schema_check(const struct schema *schema, const json_t *instance, const char *pointer,
                  struct faults *faults);

/* Checks the text of one parameter or CSV cell: it is read by the schema's type first
 * (integer, number, boolean, string with its format). */
void schema_check_text(const struct schema *schema, struct slice text, const char *parameter,
                       const char *pointer, struct faults *faults);

/* What the text of a value means; how the engine binds it and writes it. */
enum schema_type {
    SCHEMA_TEXT,
    SCHEMA_INTEGER,
    SCHEMA_NUMBER,
    SCHEMA_BOOLEAN,
    SCHEMA_DATE,
    SCHEMA_INSTANT,
    SCHEMA_UUID,
    SCHEMA_JSON, /* objects, arrays and whatever may be several things */
};
enum schema_type schema_type_of(const struct schema *schema);
/* Path of the resource that the object is, "/v1/members/{id}", on its property `self`; else NULL.
 */
const char *schema_self(const struct schema *schema);
bool schema_may_be_null(const struct schema *schema);
/* Item schema of an array, else NULL. */
const struct schema *schema_items(const struct schema *schema);

/* Properties in the order of the contract. `index` from 0; false past the end. */
struct schema_property {
    const char *name;
    const struct schema *schema;
    bool required;
    bool read_only;
    bool write_only;
    unsigned readers; /* bit set of callers (1u << enum caller) that may see it; from x-readers,
                         else all */
    bool once;        /* x-once: a secret, shown when it is made; not kept for a repetition */
    bool included;    /* x-included: part of an answer only when the parameter `include` names it */
};
MUST_CHECK bool schema_property_at(const struct schema *schema, size_t index,
                                   struct schema_property *ret_property);

/* What openapi/README.md lists: NULL past the end. */
const char *schema_keyword_at(size_t index);
const char *schema_format_at(size_t index);

#endif
