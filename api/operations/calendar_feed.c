/* A calendar program asks with the secret in the address and nothing else: the database takes the
 * territory of the link and gives its events in the same transaction. */
#include "base.h"
#include "special.h"

#include "calendar.h"
#include "conditional.h"

enum { STATEMENT_OPEN, STATEMENT_EVENTS, STATEMENTS };

enum {
    COLUMN_UID,
    COLUMN_SEQUENCE,
    COLUMN_ALL_DAY,
    COLUMN_START,
    COLUMN_END,
    COLUMN_SUMMARY,
    COLUMN_DESCRIPTION,
    COLUMN_LOCATION,
    COLUMN_CANCELLED,
    COLUMN_UPDATED
};

/* Dates and instants in their wire form; the last day becomes the day after it. */
static const char events_sql[] =
    "select e.uid, greatest(e.sequence, 0), e.starts_on is not null,"
    " case when e.starts_on is not null then to_char(e.starts_on, 'YYYYMMDD')"
    "  else to_char(e.starts_at at time zone 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"') end,"
    " case when e.starts_on is not null then to_char(coalesce(e.ends_on, e.starts_on) + 1, "
    "'YYYYMMDD')"
    "  else to_char(e.ends_at at time zone 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"') end,"
    " left(e.summary, 500), left(e.description, 4000), left(e.location, 500),"
    " coalesce(e.status = 'CANCELLED', false),"
    " to_char(e.updated_at at time zone 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')"
    " from calendar.events() e"
    " where e.uid is not null and e.updated_at is not null"
    " and (e.starts_on is not null or e.starts_at is not null)";

static bool build(struct call *call, struct statement_text text[STATEMENTS]) {
    char digest[DIGEST_HEX_SIZE + 1];
    const struct argument *secret = call_argument(call, "secret");
    digest_plain_sha256_hex(secret->text, digest);
    const char *const value[] = {arena_copy(call->arena, slice_of(digest))};
    return value[0] &&
           statement_fixed("select calendar.open($1::text)", 1, value, call->arena,
                           &text[STATEMENT_OPEN]) &&
           statement_fixed(events_sql, 0, NULL, call->arena, &text[STATEMENT_EVENTS]);
}

static void add_event(struct buffer *to, struct slice domain, const struct rows *rows, int row) {
    const struct calendar_event event = {
        .uid = rows_value(rows, row, COLUMN_UID),
        .sequence = rows_value(rows, row, COLUMN_SEQUENCE),
        .all_day = slice_is(rows_value(rows, row, COLUMN_ALL_DAY), "t"),
        .start = rows_value(rows, row, COLUMN_START),
        .end = rows_value(rows, row, COLUMN_END),
        .summary = rows_value(rows, row, COLUMN_SUMMARY),
        .description = rows_value(rows, row, COLUMN_DESCRIPTION),
        .location = rows_value(rows, row, COLUMN_LOCATION),
        .cancelled = slice_is(rows_value(rows, row, COLUMN_CANCELLED), "t"),
        .updated = rows_value(rows, row, COLUMN_UPDATED),
    };
    calendar_add(to, domain, &event);
}

/* "https://maillage.example.org" → "maillage.example.org". */
static struct slice domain_of(const struct call *call) {
    const char *host = strstr(call->service->config->public_url, "//");
    struct slice domain, port;
    slice_cut(slice_of(host ? host + 2 : "maillage"), ':', &domain, &port);
    return domain;
}

static void answer(struct call *call, struct slice name, const struct rows *events) {
    struct exchange *exchange = call->exchange;
    struct buffer *to = &exchange->answer;
    char etag[ETAG_SIZE];
    calendar_begin(to, name);
    for (int i = 0; i < rows_count(events); i++) {
        add_event(to, domain_of(call), events, i);
    }
    calendar_end(to);
    if (!buffer_ok(to)) {
        call_out_of_memory(call);
        return;
    }
    call_head(call, 200, "text/calendar");
    exchange_set_header(exchange, "Cache-Control", "private, no-cache");
    exchange_set_header(exchange, "Content-Disposition", "inline; filename=\"maillage.ics\"");
    conditional_print_bytes(etag, 'c', buffer_slice(to));
    exchange_set_header(exchange, "ETag", etag);
    if (conditional_none_match(exchange_header(exchange, "If-None-Match"), etag)) {
        call_not_modified(call);
    }
}

void calendar_feed_answer(struct call *call) {
    struct statement_text text[STATEMENTS];
    struct rows *rows[STATEMENTS] = {NULL};
    struct failure failure;
    if (!build(call, text)) {
        call_out_of_memory(call);
        return;
    }
    call->opening.writes = true; /* the day of the last reading */
    if (!call_run(call, text, STATEMENTS, true, rows, NULL, &failure)) {
        call_fail(call, &failure);
    } else if (rows_count(rows[STATEMENT_OPEN]) != 1 || rows_is_null(rows[STATEMENT_OPEN], 0, 0)) {
        call_refuse(call, "not-found");
    } else {
        answer(call, rows_value(rows[STATEMENT_OPEN], 0, 0), rows[STATEMENT_EVENTS]);
    }
}
