#include "base.h"
#include "unread.h"

#include "clock.h"
#include "conditional.h"

/* Lists whose pages change with writes of a domain and at midnight, and with nothing else. Who read
 * traced rows is written down, so these are read. */
static bool may_stay_unread(const struct call *call) {
    const struct operation *operation = call->operation;
    return !operation->always_read && !operation->varies_by_others && !operation->traced &&
           !call->prefer.count_exact;
}

/* All that a page depends on but the database: what is asked, by whom, on which day. */
static void print_key(const struct call *call, char ret_key[DIGEST_HEX_SIZE + 1]) {
    char today[11];
    clock_print_today(today);
    const char *caller = call->opening.key_digest ? call->opening.key_digest : "";
    const struct slice piece[] = {slice_of(call->operation->id), call->exchange->target,
                                  slice_of(caller), slice_of(today)};
    digest_sha256_hex(piece, COUNT_OF(piece), ret_key);
}

/* A look at the end of an index, which travels with the reads of others. False: the exchange is
 * answered. */
static bool read_stamp(struct call *call, const char **ret_stamp) {
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (!statement_fixed("select engine.stamp()", 0, NULL, call->arena, &text)) {
        return call_out_of_memory(call);
    }
    call->opening.shareable = true;
    bool read = call_run(call, &text, 1, true, &rows, NULL, &failure);
    call->opening.shareable = false;
    if (!read) {
        call_fail(call, &failure);
        return false;
    }
    if (rows_count(rows) == 1 && !rows_is_null(rows, 0, 0)) {
        *ret_stamp = rows_value(rows, 0, 0).at;
    }
    return call_may_use(call);
}

bool unread_answer(struct call *call, struct unread *ret_unread) {
    const char *sent = exchange_header(call->exchange, "If-None-Match");
    struct page_note note;
    ret_unread->stamp = NULL;
    if (!sent || !may_stay_unread(call)) {
        return false;
    }
    if (!read_stamp(call, &ret_unread->stamp)) {
        return true;
    }
    print_key(call, ret_unread->key);
    if (!ret_unread->stamp || !page_notes_find(call->service->page_notes, ret_unread->key, &note) ||
        strcmp(note.stamp, ret_unread->stamp) != 0 || !conditional_none_match(sent, note.etag)) {
        return false;
    }
    call_head(call, 200, "application/json");
    exchange_vary(call->exchange, "Prefer");
    exchange_set_header(call->exchange, "ETag", note.etag);
    call_not_modified(call);
    return true;
}

void unread_keep(const struct call *call, const struct unread *unread, const char *etag) {
    if (unread->stamp) {
        page_notes_keep(call->service->page_notes, unread->key, etag, unread->stamp);
    }
}
