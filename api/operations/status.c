/* Whether the service works, for everyone; answers also while the database is away. */
#include "base.h"
#include "special.h"

#include "clock.h"

void status_answer(struct call *call) {
    struct buffer *to = &call->exchange->answer;
    char instant[CLOCK_INSTANT_SIZE + 1];
    bool ready = database_is_ready(call->service->database);
    int64_t last = database_answered_us(call->service->database);
    buffer_print(to,
                 "{\"state\":\"%s\",\"revision\":\"%s\",\"schema_revision\":\"%s\",\"last_ok\":",
                 ready ? "UP" : "DEGRADED", contract_revision(call->service->contract),
                 MAILLAGE_SCHEMA_REVISION);
    if (last > 0) {
        clock_print_instant(last, instant);
        buffer_print(to, "\"%s\"}", instant);
    } else {
        buffer_add_text(to, "null}");
    }
    call_head(call, 200, "application/json");
    exchange_set_header(call->exchange, "Cache-Control", "no-store");
}
