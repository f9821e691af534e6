/* Answers that are the same bytes for everyone: ETag of the bytes, 304 for who has them. */
#ifndef MAILLAGE_FIXED_H
#define MAILLAGE_FIXED_H

#include "call.h"

/* `bytes` are those already in the answer when it is empty, else they are added. */
void fixed_answer(struct call *call, const char *content_type, struct slice bytes);

#endif
