#include "base.h"
#include "special.h"

static const struct special special[] = {
    {"getContract", contract_answer_json, false},
    {"getContractYaml", contract_answer_yaml, false},
    {"getStatus", status_answer, false},
    {"listProblems", problem_pages_list, false},
    {"getProblem", problem_pages_show, false},
    {"importMembers", import_answer, true},
    {"getCalendar", calendar_feed_answer, false},
    {"importPasses", import_answer, true},
    {"signIn", sign_in_answer, false},
    {"signOut", sign_out_answer, false},
    {"signOutEverywhere", sign_out_everywhere_answer, false},
    {"getImportRejects", import_rejects_answer, false},
};

const struct special *special_find(const char *operation_id) {
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        if (strcmp(special[i].operation_id, operation_id) == 0) {
            return &special[i];
        }
    }
    return NULL;
}

const char *const *special_names(size_t *ret_count) {
    static const char *name[COUNT_OF(special)];
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        name[i] = special[i].operation_id;
    }
    *ret_count = COUNT_OF(special);
    return name;
}
