/* The contract, byte for byte the document that this process obeys. */
#include "base.h"
#include "special.h"

#include "fixed.h"

void contract_answer_json(struct call *call) {
    fixed_answer(call, "application/json", contract_json(call->service->contract));
}

void contract_answer_yaml(struct call *call) {
    fixed_answer(call, "application/yaml", call->service->contract_yaml);
}
