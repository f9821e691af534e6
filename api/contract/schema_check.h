/* The walk over an instance, shared by the files that check it. Private to this room. */
#ifndef MAILLAGE_SCHEMA_CHECK_H
#define MAILLAGE_SCHEMA_CHECK_H

#include "schema_node.h"

struct checker {
    struct faults *faults; /* NULL: only the verdict is asked, the first fault ends the walk */
    struct arena *arena;
    const char *parameter;
    bool secret; /* below a writeOnly property: what was sent is not repeated */
};

/* All of these: true when there is no fault. */
bool check_value(struct checker *checker, const struct schema *schema, const json_t *value,
                 const struct place *place);
bool check_number(struct checker *checker, const struct schema *schema, const json_t *value,
                  const struct place *place);
bool check_string(struct checker *checker, const struct schema *schema, const json_t *value,
                  const struct place *place);

/* Whether a fault found now would be kept: else its details need not be worked out. */
bool check_is_told(const struct checker *checker);

/* Always false, so that a fault is one statement. `value` may be NULL. */
bool check_fault(struct checker *checker, const struct place *place, struct fault fault,
                 const json_t *value);

/* "1..500", "at least 1" as "1..", "at most 9" as "..9"; NULL for a side that has no limit. */
const char *check_range(struct checker *checker, const json_t *least, const json_t *most);
const char *check_count_range(struct checker *checker, size_t least, size_t most);

#endif
