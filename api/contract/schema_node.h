/* What a schema is compiled to: every keyword looked up once, at start. Private to this room. */
#ifndef MAILLAGE_SCHEMA_NODE_H
#define MAILLAGE_SCHEMA_NODE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "format.h"
#include "place.h"
#include "schema.h"

enum {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4, /* whole numbers; 1.0 is one to the standard, not to the contract */
    TYPE_NUMBER = 8,  /* the others; "number" means both */
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64,
    TYPE_ANY = 127,
};

struct member {
    const char *name;
    const struct schema *schema;
};

struct dependency {
    const char *name;
    const char *const *needs;
    size_t count;
};

struct alternatives {
    const struct schema **schema;
    size_t count;
};

struct schema {
    const struct schema_set *set;
    const json_t *definition; /* how the node is found while definitions are compiled */
    const char *pointer;
    struct schema *next; /* of its set, newest first */
    int visit;           /* while looking for a reference that leads to itself */

    bool never; /* the schema `false` */
    unsigned types;
    const char *types_text;
    bool read_only, write_only, deprecated;
    unsigned readers;
    const char *self;       /* x-self, or NULL */
    bool once;              /* x-once: a secret, shown when it is made and never again */
    bool included;          /* x-included: shown only to who asks for it with `include` */
    const json_t *fallback; /* default */

    const json_t **choice; /* enum, or oneOf that only names constants */
    size_t choices;
    const char *choices_text;
    const json_t *constant;

    const json_t *minimum, *maximum, *above, *below, *step;
    size_t min_length, max_length; /* in code points */
    pcre2_code *pattern;
    const char *pattern_text;
    const struct format *format;

    const struct schema *items; /* NULL: anything */
    size_t min_items, max_items;
    bool distinct_items;

    struct member *member; /* in the contract's order */
    const struct member **sorted;
    size_t members;
    const char *const *required;
    size_t required_count;
    const struct schema *additional; /* NULL: anything */
    size_t min_properties, max_properties;
    struct dependency *dependency;
    size_t dependencies;

    const struct schema *reference;
    struct alternatives all, any, one;
    const struct schema *negated;
};

enum { SCHEMA_BUCKETS = 2048 };

struct schema_set {
    const json_t *document; /* while definitions are compiled */
    json_t *kept;           /* copies of its values, for the nodes to point at */
    enum schema_mode mode;
    struct arena *arena;
    pcre2_match_context *match;            /* limits; read by every thread */
    struct schema *bucket[SCHEMA_BUCKETS]; /* by the address of the definition */
    const struct schema *anything;
};

struct compiler {
    struct schema_set *set;
    char *reterr;
    size_t reterr_size;
};

/* Always false; "<pointer>: <message>" goes to the caller of schema_compile. */
bool compile_refuse(struct compiler *compiler, const struct place *place, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* NULL when refused. The same definition gives the same node, also while it is being compiled. */
struct schema *compile_node(struct compiler *compiler, const json_t *definition,
                            const struct place *place);

/* Reads every keyword of an object into its node. */
MUST_CHECK bool compile_keywords(struct compiler *compiler, struct schema *schema,
                                 const struct place *place);

/* The value that "#/components/schemas/X" stands for, or NULL. */
const json_t *reference_find(const json_t *document, const char *reference);

/* Bit set of caller names; false when one is unknown. */
MUST_CHECK bool readers_read(const json_t *names, unsigned *ret_readers);

const struct member *member_find(const struct schema *schema, const char *name);

#endif
