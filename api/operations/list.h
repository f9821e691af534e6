/* Lists: a page of rows with the way to the next one, or the whole of it as an export. */
#ifndef MAILLAGE_LIST_H
#define MAILLAGE_LIST_H

#include "call.h"

void list_page(struct call *call);
/* CSV or NDJSON, row by row in constant memory. */
void list_export(struct call *call);

#endif
