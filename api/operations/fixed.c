#include "base.h"
#include "fixed.h"

#include "conditional.h"

void fixed_answer(struct call *call, const char *content_type, struct slice bytes) {
    struct exchange *exchange = call->exchange;
    char etag[ETAG_SIZE];
    buffer_add_slice(&exchange->answer, bytes);
    if (!buffer_ok(&exchange->answer)) {
        call_out_of_memory(call);
        return;
    }
    call_head(call, 200, content_type);
    conditional_print_bytes(etag, 'r', buffer_slice(&exchange->answer));
    exchange_set_header(exchange, "ETag", etag);
    if (conditional_none_match(exchange_header(exchange, "If-None-Match"), etag)) {
        call_not_modified(call);
    }
}
