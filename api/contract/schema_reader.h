/* How a keyword is read into a node. `field` is where the table of schema_keyword.c says that the
 * keyword is kept; its type is the one that the reader names. Private to this room. */
#ifndef MAILLAGE_SCHEMA_READER_H
#define MAILLAGE_SCHEMA_READER_H

#include "schema_node.h"

typedef bool keyword_reader(struct compiler *compiler, struct schema *schema, const json_t *value,
                            const struct place *place, void *field);

keyword_reader read_schema;       /* const struct schema * */
keyword_reader read_alternatives; /* struct alternatives */
keyword_reader read_one_of;       /* struct alternatives, or the node's choices */
keyword_reader read_enum, read_properties, read_required, read_dependent, read_reference,
    read_definitions;

/* Memory of the set; NULL after a refusal. */
void *reader_take(struct compiler *compiler, size_t count, size_t size, const struct place *place);
void *reader_take_pointers(struct compiler *compiler, size_t count, const struct place *place);
/* Copies of the values and names that a node points at: the document itself goes. */
const json_t *reader_keep(struct compiler *compiler, const json_t *value,
                          const struct place *place);
const char *reader_copy(struct compiler *compiler, const char *name, const struct place *place);

#endif
