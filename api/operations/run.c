#include "base.h"
#include "run.h"

#include "access.h"
#include "admit.h"
#include "list.h"
#include "read.h"
#include "special.h"
#include "write.h"

/* A body that its schema refuses is an outcome like any other: kept under the key, so that a
 * repetition gets the same answer and the key is spent. */
static bool admit_body_or_remember(struct call *call) {
    if (admit_body(call)) {
        return true;
    }
    write_remember_refusal(call);
    return false;
}

static void dispatch(struct call *call, const struct special *special) {
    if (special) {
        special->answer(call);
        return;
    }
    switch (call->operation->kind) {
    case OPERATION_LIST:
        if (strcmp(call->answer_type->name, "application/json") == 0) {
            list_page(call);
        } else {
            list_export(call);
        }
        break;
    case OPERATION_READ:
    case OPERATION_COMPUTE:
        read_object(call);
        break;
    case OPERATION_CREATE:
    case OPERATION_UPDATE:
        write_object(call);
        break;
    }
}

void run_exchange(struct exchange *exchange, void *user) {
    struct call *call = arena_take(exchange->arena, sizeof *call);
    if (!call) {
        exchange->status = 503;
        return;
    }
    call->service = user;
    call->exchange = exchange;
    call->arena = exchange->arena;
    admit_identify(call);
    if (!admit_route(call)) {
        return;
    }
    const struct special *special = special_find(call->operation->id);
    if (admit_credentials(call) && admit_formats(call) && admit_arguments(call) &&
        admit_conditions(call) &&
        ((special && special->reads_body) || admit_body_or_remember(call))) {
        dispatch(call, special);
    }
}

void run_finished(struct exchange *exchange, void *user) {
    const struct service *service = user;
    access_note(exchange, service->metrics);
}
