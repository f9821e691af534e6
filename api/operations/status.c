/* Whether the service works, for everyone; answers also while the database is away. */
#include "base.h"
#include "special.h"

#include "clock.h"

#include <stdatomic.h>

static _Atomic int64_t last_ok_us;

void status_answer(struct call *call) {
    struct buffer *to = &call->exchange->answer;
    char instant[CLOCK_INSTANT_SIZE + 1];
    bool ready = database_is_ready(call->service->database);
    if (ready) {
        atomic_store(&last_ok_us, clock_wall_us());
    }
    int64_t last = atomic_load(&last_ok_us);
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
