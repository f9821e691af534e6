#include "base.h"
#include "sorting.h"

static void add_key(const struct call *call, struct slice name, struct sorting *sorting) {
    bool descending = slice_starts_with(name, SLICE("-"));
    if (descending) {
        name = (struct slice){name.at + 1, name.size - 1};
    }
    for (size_t i = 0; i < call->operation->sorts && sorting->keys < ORDER_MAX - 1; i++) {
        const char *column = call->operation->sort[i].name;
        if (slice_is(name, column)) {
            const struct property *property = operation_property(call->operation, column);
            sorting->key[sorting->keys++] = (struct order_by){
                .column = column,
                .type = property ? property->type : SCHEMA_TEXT,
                .descending = descending,
                .never_null = property && property->never_null,
            };
        }
    }
}

/* What makes the order total. It runs the way of the last key, so that an order of one key is one
 * range of an index. */
static void add_id(const struct call *call, struct sorting *sorting) {
    const struct property *id = operation_property(call->operation, "id");
    sorting->key[sorting->keys] = (struct order_by){
        .column = "id",
        .type = id ? id->type : SCHEMA_UUID,
        .descending = sorting->keys > 0 && sorting->key[sorting->keys - 1].descending,
        .never_null = true};
    sorting->keys++;
}

void sorting_read(const struct call *call, struct sorting *ret_sorting) {
    const struct argument *sort = call_argument(call, "sort");
    ret_sorting->keys = 0;
    if (sort && sort->items > 0) {
        for (size_t i = 0; i < sort->items; i++) {
            add_key(call, sort->item[i], ret_sorting);
        }
    } else {
        struct slice rest = slice_of(call->operation->default_sort), name;
        while (rest.size > 0) {
            slice_cut(rest, ',', &name, &rest);
            add_key(call, name, ret_sorting);
        }
    }
    add_id(call, ret_sorting);
}
