/* Which column of a file means which property of the rows, and how its text is read. Without the
 * contract's mark x-import a column bears the name of its property, and any other is refused. With
 * it the file of another program is understood: its columns have their own names, dates and codes,
 * and whatever has no place here is left out at the door, before anything is stored or reported:
 *
 *   needs     properties without which a file is none of this kind
 *   rows      members of a JSON document that hold the rows
 *   columns   property -> {from: [names], read: code|date|year, values: {theirs: ours}, otherwise}
 *   personal  names that the report lists as personal data; other names are listed as ignored
 */
#ifndef MAILLAGE_IMPORT_PLAN_H
#define MAILLAGE_IMPORT_PLAN_H

#include "call.h"

struct import_column {
    const char *property;        /* NULL: passed over */
    const struct schema *schema; /* of the property */
    const json_t *rule;          /* of the mark; NULL: read as sent */
    bool secret;                 /* writeOnly: neither kept nor shown again */
};

enum import_place {
    IMPORT_KNOWN,
    IMPORT_NOTE,     /* of our own rejects file, passed over */
    IMPORT_LEFT_OUT, /* named in the report at most */
    IMPORT_UNKNOWN,
};

struct import_plan {
    struct call *call;
    const struct schema *row_schema;
    const json_t *mark;         /* NULL: only our own names */
    json_t *personal, *ignored; /* sets of names met: {name: true} */
};

MUST_CHECK bool import_plan_start(struct call *call, const struct schema *row_schema,
                                  struct import_plan *ret_plan);

/* Where a column belongs; what is left out is noted for the report. */
enum import_place import_plan_find(struct import_plan *plan, const char *name,
                                   struct import_column *ret_column);

/* The value that the property gets, a new reference; text that cannot be read stays as it is, and
 * its check fails. */
json_t *import_plan_read(const struct import_column *column, json_t *value);

/* The rows of a document: itself when it is a list, else what the mark says; NULL when neither. */
const json_t *import_plan_rows(const struct import_plan *plan, const json_t *document);

/* One row from an object with other objects in it: properties as they were sent and as they are
 * read. */
void import_plan_flatten(struct import_plan *plan, const json_t *object, json_t *sent,
                         json_t *data);

/* A property that the mark needs and that `has` lacks; NULL when nothing is missing. */
const char *import_plan_missing(const struct import_plan *plan, const json_t *has, size_t index);

#endif
