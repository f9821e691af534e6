/* Which mark a standby must have replayed: age, own writes, another history, shared places. */
#include "base.h"

#include "freshness.h"
#include "tap.h"

enum { STALENESS_MS = 2000, MS = 1000 };

static struct freshness *freshness;
static struct log_mark found;

static void begin(void) {
    freshness = freshness_new(STALENESS_MS);
    MUST(freshness != NULL);
}

static void add(int64_t asked_us, const char *timeline, const char *written_to) {
    struct log_mark mark = {.asked_us = asked_us, .system_id = "7"};
    snprintf(mark.timeline, sizeof mark.timeline, "%s", timeline);
    snprintf(mark.written_to, sizeof mark.written_to, "%s", written_to);
    freshness_add_mark(freshness, &mark);
}

static const char *find(int64_t after_us, int64_t now_us) {
    return freshness_find_mark(freshness, after_us, now_us, &found) ? found.written_to : "none";
}

static void the_oldest_that_will_do(void) {
    begin();
    CHECK_TEXT(find(0, 1), "none");
    for (int i = 1; i <= 8; i++) {
        char written_to[MARK_TEXT_SIZE];
        snprintf(written_to, sizeof written_to, "0/%d", i);
        add((int64_t)i * 250 * MS, "1", written_to);
    }
    CHECK_TEXT(find(0, 2000 * MS), "0/1");
    CHECK_TEXT(find(0, 2250 * MS), "0/1"); /* exactly as old as allowed */
    CHECK_TEXT(find(0, 2250 * MS + 1), "0/2");
    CHECK_TEXT(find(0, 4000 * MS), "0/8");
    CHECK_TEXT(find(0, 4000 * MS + 1), "none");
    CHECK_TEXT(find(499 * MS, 2000 * MS), "0/2");
    CHECK_TEXT(find(500 * MS, 2000 * MS), "0/3"); /* asked at the instant of the write: not after */
    CHECK_TEXT(find(2000 * MS, 2000 * MS), "none");
    freshness_free(freshness);
}

/* Marks come at least as often as the ring needs to hold all that are young enough. */
static void none_of_use_is_forgotten(void) {
    begin();
    int64_t now_us = 0;
    for (int i = 0; i < 100; i++) {
        now_us += freshness_interval_us(freshness);
        add(now_us, "1", "0/1");
        int64_t oldest_us = now_us > STALENESS_MS * MS ? now_us - STALENESS_MS * MS
                                                       : freshness_interval_us(freshness);
        MUST(freshness_find_mark(freshness, 0, now_us, &found));
        CHECK_NUMBER(found.asked_us, oldest_us);
    }
    freshness_free(freshness);
}

static void a_new_history_starts_afresh(void) {
    begin();
    add(100 * MS, "1", "0/1");
    add(200 * MS, "1", "0/2");
    add(300 * MS, "2", "0/3");
    CHECK_TEXT(find(0, 400 * MS), "0/3");
    add(400 * MS, "2", "0/4");
    CHECK_TEXT(find(0, 400 * MS), "0/3");
    freshness_free(freshness);
}

static void writes_are_kept_by_caller(void) {
    char caller[32], same[32] = "";
    begin();
    CHECK_NUMBER(freshness_last_write_us(freshness, "a"), 0);
    freshness_note_write(freshness, "a", 50);
    freshness_note_write(freshness, "a", 40); /* two at once may come in either order */
    CHECK_NUMBER(freshness_last_write_us(freshness, "a"), 50);
    CHECK_NUMBER(freshness_last_write_us(freshness, "b"), 0);
    CHECK_NUMBER(freshness_last_write_us(freshness, NULL), 0);
    freshness_note_write(freshness, NULL, 60);
    CHECK_NUMBER(freshness_last_write_us(freshness, NULL), 60);
    for (int i = 0; i < 100 * FRESHNESS_CALLERS && same[0] == '\0'; i++) {
        snprintf(caller, sizeof caller, "caller %d", i);
        if (freshness_last_write_us(freshness, caller) == 50)
            snprintf(same, sizeof same, "%s", caller);
    }
    MUST(same[0] != '\0'); /* in one place with a */
    freshness_note_write(freshness, same, 70);
    CHECK_NUMBER(freshness_last_write_us(freshness, "a"), 70);
    freshness_free(freshness);
}

int main(void) {
    the_oldest_that_will_do();
    none_of_use_is_forgotten();
    a_new_history_starts_afresh();
    writes_are_kept_by_caller();
    return tap_end();
}
