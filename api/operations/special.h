/* The few operations that need more than SQL; each has its own file and is marked x-special in the
 * contract. */
#ifndef MAILLAGE_SPECIAL_H
#define MAILLAGE_SPECIAL_H

#include "call.h"

struct special {
    const char *operation_id;
    void (*answer)(struct call *call);
    bool reads_body; /* the body is not one JSON document of the contract: the operation reads it
                        itself */
};

/* NULL when SQL answers. */
const struct special *special_find(const char *operation_id);
/* All names, for the check at start. */
const char *const *special_names(size_t *ret_count);

void contract_answer_json(struct call *call);
void contract_answer_yaml(struct call *call);
void status_answer(struct call *call);
void problem_pages_list(struct call *call);
void problem_pages_show(struct call *call);
void calendar_feed_answer(struct call *call);
void sign_in_answer(struct call *call);
void sign_out_answer(struct call *call);
void sign_out_everywhere_answer(struct call *call);
void import_answer(struct call *call);
void import_rejects_answer(struct call *call);

#endif
