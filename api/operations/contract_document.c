/* The contract, byte for byte the document that this process obeys. */
#include "base.h"
#include "special.h"

#include "fixed.h"
#include "log.h"

static void answer(struct call *call, const char *content_type, const struct served *document) {
    if (!served_read(document, &call->exchange->answer)) {
        log_write(LOG_ERROR, "contract", call->exchange->request_id,
                  "the file is no longer the one that was read at the start");
        call_refuse(call, "internal-error");
        return;
    }
    fixed_answer(call, content_type, (struct slice){NULL, 0});
}

void contract_answer_json(struct call *call) {
    answer(call, "application/json", contract_json(call->service->contract));
}

void contract_answer_yaml(struct call *call) {
    answer(call, "application/yaml", &call->service->contract_yaml);
}
