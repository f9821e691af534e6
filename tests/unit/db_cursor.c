/* Exports: every row once, constant memory, and nothing left behind when the reader goes away. */
#include "base.h"

#include <unistd.h>

#include "db_fixture.h"

static struct cursor *open_cursor(struct database *database, struct arena *arena, const char *sql,
                                  struct failure *ret_failure) {
    struct principal principal;
    struct database_opening opening = {.key_digest = "PARTNER", .request_id = "r"};
    struct statement_text text = fixture_text(arena, sql);
    return cursor_open(database, &opening, &text, arena, &principal, ret_failure);
}

static long resident_kb(void) {
    char line[128];
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    MUST(file != NULL && fgets(line, sizeof line, file) != NULL);
    fclose(file);
    char *rest;
    strtol(line, &rest, 10);
    pages = strtol(rest, NULL, 10);
    return pages * 4;
}

/* 200 MB go through; a few blocks of them are ever here. */
static void exports_in_constant_memory(struct database *database) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    struct failure failure;
    struct rows *rows;
    struct cursor *cursor =
        open_cursor(database, arena,
                    "select n, repeat('x', 1000) as text, current_setting('app.caller') as c"
                    " from generate_series(1, 200000) n",
                    &failure);
    MUST(cursor != NULL);
    long count = 0, most_kb = 0, start_kb = 0;
    bool ordered = true;
    int blocks = 0;
    while (cursor_next(cursor, &rows, &failure) && rows_count(rows) > 0) {
        for (int i = 0; i < rows_count(rows); i++)
            ordered = ordered && strtol(rows_value(rows, i, 0).at, NULL, 10) == ++count;
        ordered = ordered && rows_count(rows) <= CURSOR_BLOCK;
        if (++blocks == 20)
            start_kb = resident_kb();
        if (blocks >= 20 && resident_kb() > most_kb)
            most_kb = resident_kb();
        if (blocks == 1)
            CHECK_SLICE(rows_value(rows, 0, 2), "PARTNER");
    }
    cursor_close(cursor);
    CHECK(ordered);
    CHECK_NUMBER(count, 200000);
    printf("# resident %ld KB, then at most %ld KB\n", start_kb, most_kb);
    /* The address sanitizer keeps what was freed for a while, to catch late uses. */
    CHECK(FIXTURE_KEEPS_FREED || most_kb - start_kb < 8192);
}

static void gives_its_connection_back(struct database *database) {
    struct database_figures before, after;
    struct failure failure;
    struct rows *rows;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    database_figures(database, true, &before);
    for (int i = 0; i < 5; i++) {
        struct cursor *cursor = open_cursor(database, arena, "select 1 as n", &failure);
        MUST(cursor != NULL);
        CHECK(cursor_next(cursor, &rows, &failure) && rows_count(rows) == 1);
        CHECK(cursor_next(cursor, &rows, &failure) && rows_count(rows) == 0);
        cursor_close(cursor);
    }
    database_figures(database, true, &after);
    CHECK_NUMBER(after.connects, before.connects);
    CHECK_NUMBER(after.busy, 0);
}

static void stops_in_the_middle(struct database *database) {
    struct failure failure;
    struct rows *rows;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    for (int i = 0; i < 6; i++) {
        struct cursor *cursor =
            open_cursor(database, arena,
                        "select n, pg_sleep(0.0001) from generate_series(1, 100000) n", &failure);
        MUST(cursor != NULL);
        CHECK(cursor_next(cursor, &rows, &failure));
        cursor_close(cursor);
    }
    long running = 1;
    for (int i = 0; i < 40 && running > 0; i++) {
        running = fixture_number("select count(*) from pg_stat_activity where state <> 'idle'"
                                 " and application_name = 'maillage'");
        usleep(50000);
    }
    CHECK_NUMBER(running, 0);
    struct database_figures figures;
    database_figures(database, true, &figures);
    CHECK_NUMBER(figures.busy, 0);
}

static void fails_at_the_start(struct database *database) {
    struct failure failure;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    CHECK(open_cursor(database, arena, "select nothing", &failure) == NULL);
    CHECK_TEXT(failure.code, "internal-error");
    struct principal principal;
    struct statement_text text = fixture_text(arena, "select 1");
    struct database_opening opening = {.key_digest = "unknown"};
    CHECK(cursor_open(database, &opening, &text, arena, &principal, &failure) == NULL);
    CHECK_TEXT(failure.code, "unauthenticated");
}

static void fails_in_the_middle(struct database *database) {
    struct failure failure;
    struct rows *rows;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    struct cursor *cursor = open_cursor(
        database, arena, "select 1 / (1200 - n) from generate_series(1, 5000) n", &failure);
    MUST(cursor != NULL);
    CHECK(cursor_next(cursor, &rows, &failure));
    CHECK(cursor_next(cursor, &rows, &failure));
    CHECK(!cursor_next(cursor, &rows, &failure));
    CHECK_TEXT(failure.sqlstate, "22012");
    CHECK(!cursor_next(cursor, &rows, &failure));
    cursor_close(cursor);
}

static void binds_parameters(struct database *database) {
    struct failure failure;
    struct rows *rows;
    struct principal principal;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    struct statement_text text;
    const char *const value[] = {"5", "x"};
    MUST(statement_fixed("select n, $2::text as t from generate_series(1, $1::bigint) n", 2, value,
                         arena, &text));
    struct database_opening opening = {.request_id = "r"};
    struct cursor *cursor = cursor_open(database, &opening, &text, arena, &principal, &failure);
    MUST(cursor != NULL);
    CHECK(cursor_next(cursor, &rows, &failure));
    CHECK_NUMBER(rows_count(rows), 5);
    CHECK_SLICE(rows_value(rows, 4, 1), "x");
    cursor_close(cursor);
}

/* The clock of the whole export runs, however fast each block comes. */
static void ends_in_time(void) {
    struct config config = fixture_config();
    config.export_timeout_ms = 1500;
    struct database *database = fixture_database(&config);
    struct failure failure = {0};
    struct rows *rows;
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    struct cursor *cursor =
        open_cursor(database, arena, "select n from generate_series(1, 1000000) n", &failure);
    MUST(cursor != NULL);
    int64_t start_us = clock_monotonic_us();
    while (cursor_next(cursor, &rows, &failure) && rows_count(rows) > 0)
        usleep(50000);
    CHECK_TEXT(failure.code, "export-too-slow");
    CHECK(fixture_ms_since(start_us) < 6000);
    cursor_close(cursor);
    database_free(database);
}

int main(void) {
    fixture_start();
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    exports_in_constant_memory(database);
    gives_its_connection_back(database);
    binds_parameters(database);
    fails_at_the_start(database);
    fails_in_the_middle(database);
    stops_in_the_middle(database);
    ends_in_time();
    database_free(database);
    return tap_end();
}
