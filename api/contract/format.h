/* The formats of the contract, each of them checked and none only announced. Private to this room.
 */
#ifndef MAILLAGE_FORMAT_H
#define MAILLAGE_FORMAT_H

#include "identifier.h"
#include "schema.h"

struct format {
    const char *name;
    enum schema_type type;
    const char *code;                /* of the fault; NULL: the identifier's rules give it */
    const char *allowed;             /* what would be right, in one word or example */
    bool (*fits)(struct slice text); /* NULL for identifiers */
    enum identifier_kind identifier;
};

const struct format *format_named(const char *name); /* NULL when there is none */
const char *format_fault(const struct format *format, struct slice text); /* NULL when it fits */

#endif
