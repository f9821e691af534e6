/* The order of a list: what the caller asked for, else what the contract says, and always id at the
 * end. */
#ifndef MAILLAGE_SORTING_H
#define MAILLAGE_SORTING_H

#include "call.h"

struct sorting {
    struct order_by key[ORDER_MAX];
    size_t keys;
};

void sorting_read(const struct call *call, struct sorting *ret_sorting);

#endif
