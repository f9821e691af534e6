/* One call = one pipeline = one transaction: what fails, what it leaves behind. */
#include "base.h"

#include "db_fixture.h"

static void answers(struct database *database) {
    struct database_opening opening = {.key_digest = "NATIONAL", .request_id = "req-1"};
    struct fixture_call call = fixture_run(
        database, &opening,
        "select 1::int4 as n, true as b, 'x'::text as t, date '2026-02-03' as d,"
        " timestamptz '2026-02-03 04:05:06.123456+02' as i, '{\"a\":1}'::jsonb as j, null::text as"
        " z, 1.50::numeric as \"Dec\", interval '1 day 2 hours' as v,"
        " current_setting('app.request_id') as r",
        true);
    MUST(call.fine);
    CHECK_NUMBER(call.principal.caller, CALLER_NATIONAL);
    CHECK_TEXT(call.principal.key_id, "01890000-0000-7000-8000-000000000001");
    CHECK(call.principal.member_id == NULL);
    CHECK_TEXT(call.principal.scopes, "members:read");
    CHECK_NUMBER(rows_count(call.rows), 1);
    CHECK_NUMBER(rows_columns(call.rows), 10);
    CHECK_NUMBER(rows_column_type(call.rows, 0), COLUMN_NUMBER);
    CHECK_NUMBER(rows_column_type(call.rows, 1), COLUMN_BOOLEAN);
    CHECK_NUMBER(rows_column_type(call.rows, 2), COLUMN_TEXT);
    CHECK_NUMBER(rows_column_type(call.rows, 3), COLUMN_DATE);
    CHECK_NUMBER(rows_column_type(call.rows, 4), COLUMN_INSTANT);
    CHECK_NUMBER(rows_column_type(call.rows, 5), COLUMN_JSON);
    CHECK_SLICE(rows_value(call.rows, 0, 4), "2026-02-03 02:05:06.123456+00");
    CHECK(rows_is_null(call.rows, 0, 6));
    CHECK_NUMBER(rows_find(call.rows, "Dec"), 7);
    CHECK_NUMBER(rows_find(call.rows, "dec"), -1);
    CHECK_SLICE(rows_value(call.rows, 0, 7), "1.50");
    CHECK_SLICE(rows_value(call.rows, 0, 8), "P1DT2H");
    CHECK_SLICE(rows_value(call.rows, 0, 9), "req-1");
    fixture_end(&call);
}

static void settings_do_not_stay(struct database *database) {
    struct fixture_call call = fixture_run(
        database, &(struct database_opening){.key_digest = "NATIONAL"}, "select 1", true);
    fixture_end(&call);
    for (int i = 0; i < 4; i++) {
        call = fixture_read(database, "select current_setting('app.caller')");
        CHECK_TEXT(fixture_value(&call), "ANONYMOUS");
        fixture_end(&call);
    }
}

struct refusal {
    const char *sql;
    const char *sqlstate;
    const char *code;
    const char *constraint;
};

/* Each on the same connection, with a good call after it: an error leaves it idle. */
static void refuses(void) {
    static const struct refusal refusals[] = {
        {"insert into child values (1000, null)", "23514", "validation-failed", "child_small"},
        {"insert into child values (7, null), (7, null)", "23505", "conflict", "child_pkey"},
        {"insert into child values (8, 99)", "23503", "validation-failed", "child_parent_known"},
        {"select 'x'::text::integer", "22P02", "validation-failed", ""},
        {"select 1 / (id - id) from parent", "22012", "validation-failed", ""},
        {"select no_such_column", "42703", "internal-error", ""},
        {"selectt", "42601", "internal-error", ""},
    };
    struct config config = fixture_config();
    config.pool_size = 1;
    struct database *database = fixture_database(&config);
    fixture_admin("insert into parent values (1)");
    struct fixture_call call = fixture_read(database, "select pg_backend_pid()");
    char pid[16];
    snprintf(pid, sizeof pid, "%s", fixture_value(&call));
    fixture_end(&call);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        call = fixture_write(database, refusals[i].sql);
        CHECK(!call.fine);
        CHECK_TEXT(call.failure.sqlstate, refusals[i].sqlstate);
        CHECK_TEXT(fixture_code(&call), refusals[i].code);
        CHECK_TEXT(call.failure.constraint, refusals[i].constraint);
        fixture_end(&call);
        call = fixture_read(database, "select pg_backend_pid()");
        CHECK_TEXT(fixture_value(&call), pid);
        fixture_end(&call);
    }
    CHECK_NUMBER(fixture_number("select count(*) from child"), 0);
    database_free(database);
}

static void own_refusals(struct database *database) {
    struct fixture_call call = fixture_run(
        database, &(struct database_opening){.key_digest = "unknown"}, "select 1", true);
    CHECK_TEXT(fixture_code(&call), "unauthenticated");
    fixture_end(&call);
    call = fixture_run(database, &(struct database_opening){.scope = "missing"}, "select 1", true);
    CHECK_TEXT(fixture_code(&call), "forbidden");
    CHECK_TEXT(call.failure.detail, "{\"scope\": \"missing\"}");
    fixture_end(&call);
    call =
        fixture_write(database, "do $$ begin raise exception using errcode = 'MA001', "
                                "constraint = 'period-overlap', message = 'two at once'; end $$");
    CHECK(call.failure.code == NULL);
    CHECK_TEXT(call.failure.constraint, "period-overlap");
    CHECK_TEXT(call.failure.detail, "two at once");
    fixture_end(&call);
    call = fixture_read(database, "insert into parent values (2)");
    CHECK_TEXT(call.failure.sqlstate, "");
    CHECK_TEXT(fixture_code(&call), "internal-error");
    fixture_end(&call);
}

static void deferred_constraint_fails_at_the_end(struct database *database) {
    struct fixture_call call =
        fixture_write(database, "insert into child values (9, 99) returning id");
    CHECK(!call.fine);
    CHECK_TEXT(call.failure.constraint, "child_parent_known");
    CHECK(call.rows == NULL);
    fixture_end(&call);
    call = fixture_read(database, "select 'after'");
    CHECK_TEXT(fixture_value(&call), "after");
    fixture_end(&call);
}

static void stays_open(struct database *database) {
    struct database_opening opening = {.request_id = "r", .writes = true};
    struct fixture_call call =
        fixture_run(database, &opening, "insert into child values (20, 1) returning id", false);
    MUST(call.fine && call.open != NULL);
    CHECK_TEXT(fixture_value(&call), "20");
    CHECK_NUMBER(fixture_number("select count(*) from child where id = 20"), 0);
    struct statement_text text = fixture_text(
        call.arena,
        "select current_setting('app.request_id') || count(*) from child where id = 20");
    struct rows *rows = NULL;
    CHECK(database_finish(call.open, &text, 1, true, call.arena, &rows, &call.failure));
    CHECK_SLICE(rows_value(rows, 0, 0), "r1");
    CHECK_NUMBER(fixture_number("select count(*) from child where id = 20"), 1);
    fixture_end(&call);

    call = fixture_run(database, &opening, "insert into child values (21, 1)", false);
    MUST(call.fine);
    CHECK(call.rows == NULL);
    CHECK(database_finish(call.open, NULL, 0, false, call.arena, NULL, &call.failure));
    CHECK_NUMBER(fixture_number("select count(*) from child where id = 21"), 0);
    fixture_end(&call);

    call = fixture_run(database, &opening, "insert into child values (22, 99)", false);
    MUST(call.fine);
    CHECK(!database_finish(call.open, NULL, 0, true, call.arena, NULL, &call.failure));
    CHECK_TEXT(call.failure.constraint, "child_parent_known");
    fixture_end(&call);

    call = fixture_run(database, &opening, "insert into child values (20, 1)", false);
    CHECK(!call.fine && call.open == NULL);
    CHECK_TEXT(call.failure.constraint, "child_pkey");
    fixture_end(&call);
    call = fixture_read(database, "select count(*) from child");
    CHECK_TEXT(fixture_value(&call), "1");
    fixture_end(&call);
}

static void times_out(struct database *database) {
    struct database_opening opening = {.request_id = "r", .timeout_ms = 200};
    int64_t start_us = clock_monotonic_us();
    struct fixture_call call = fixture_run(database, &opening, "select pg_sleep(5)", true);
    CHECK_TEXT(fixture_code(&call), "statement-timeout");
    CHECK_TEXT(call.failure.sqlstate, "57014");
    CHECK(fixture_ms_since(start_us) < 1000);
    fixture_end(&call);
    /* The server's own limit switched off: ours comes a second later, cancels and closes. */
    struct database_figures figures;
    start_us = clock_monotonic_us();
    call = fixture_run(database, &opening,
                       "do $$ begin perform set_config('statement_timeout', '0', true); loop begin "
                       "perform pg_sleep(10); exception when query_canceled then exit; end; end "
                       "loop; perform pg_sleep(10); end $$",
                       true);
    CHECK_TEXT(fixture_code(&call), "statement-timeout");
    CHECK_TEXT(call.failure.sqlstate, "");
    CHECK(fixture_ms_since(start_us) >= 1100 && fixture_ms_since(start_us) < 2500);
    fixture_end(&call);
    for (int i = 0; i < 40; i++) {
        if (fixture_number("select count(*) from pg_stat_activity where query like 'do $$%'") == 0)
            break;
        usleep(50000);
    }
    CHECK_NUMBER(fixture_number("select count(*) from pg_stat_activity where query like 'do $$%'"),
                 0);
    database_figures(database, false, &figures);
    CHECK_NUMBER(figures.cancelled, 1);
}

static void lock_waits_are_short(struct database *database) {
    PGconn *pg = PQconnectdb(getenv("MAILLAGE_TEST_DATABASE"));
    PQclear(PQexec(pg, "begin; lock table parent in access exclusive mode"));
    struct database_opening opening = {.request_id = "r", .timeout_ms = 8000};
    struct fixture_call call = fixture_run(database, &opening, "select * from parent", true);
    CHECK_TEXT(fixture_code(&call), "busy");
    CHECK_NUMBER(call.failure.retry_after, 1);
    fixture_end(&call);
    PQfinish(pg);
}

static void stale_statements(struct database *database) {
    struct fixture_call call;
    for (int i = 0; i < 2; i++) {
        call = fixture_read(database, "select * from parent where id = 1");
        CHECK_NUMBER(rows_columns(call.rows), 1);
        fixture_end(&call);
    }
    fixture_admin("alter table parent add column extra text");
    for (int i = 0; i < 6; i++) {
        call = fixture_read(database, "select * from parent where id = 1");
        CHECK_FOR(call.fine && rows_columns(call.rows) == 2, "a changed table is seen at once");
        fixture_end(&call);
    }
    fixture_admin("alter table parent drop column extra");
    call = fixture_read(database, "deallocate all");
    CHECK(call.fine);
    fixture_end(&call);
    for (int i = 0; i < 6; i++) {
        call = fixture_read(database, "select 'still'");
        CHECK_TEXT(fixture_value(&call), "still");
        fixture_end(&call);
    }
}

/* 300 different statements on one connection, twice over: never more than the bound on the server.
 */
static void prepared_statements_are_bounded(void) {
    struct config config = fixture_config();
    config.pool_size = 1;
    struct database *database = fixture_database(&config);
    bool fine = true;
    for (int i = 0; i < 600; i++) {
        char sql[64], wanted[16];
        snprintf(sql, sizeof sql, "select %d", i % 300);
        snprintf(wanted, sizeof wanted, "%d", i % 300);
        struct fixture_call call = fixture_read(database, sql);
        fine = fine && strcmp(fixture_value(&call), wanted) == 0;
        fixture_end(&call);
    }
    CHECK_FOR(fine, "every statement answers, prepared, gone and prepared again");
    struct fixture_call call =
        fixture_read(database, "select count(*) from pg_prepared_statements");
    CHECK_TEXT(fixture_value(&call), "256");
    fixture_end(&call);
    /* A refused pipeline neither loses nor keeps what it was about to prepare. */
    for (int i = 0; i < 20; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "select nothing_%d", i);
        call = fixture_read(database, sql);
        fine = fine && !call.fine;
        fixture_end(&call);
        call =
            fixture_run(database, &(struct database_opening){.key_digest = "unknown"}, sql, true);
        fine = fine && strcmp(fixture_code(&call), "unauthenticated") == 0;
        fixture_end(&call);
    }
    call = fixture_read(database, "select count(*) from pg_prepared_statements");
    long prepared = strtol(fixture_value(&call), NULL, 10);
    CHECK(prepared >= 250 && prepared <= 256);
    fixture_end(&call);
    struct database_figures figures;
    database_figures(database, false, &figures);
    CHECK_NUMBER(figures.connects, 1);
    CHECK(fine);
    database_free(database);
}

static void notes_keys(void) {
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    database_note_key_use(database, "01890000-0000-7000-8000-000000000001");
    database_note_key_use(database, "01890000-0000-7000-8000-000000000002");
    database_note_key_use(database, "01890000-0000-7000-8000-000000000001");
    database_note_key_use(database, "not an id");
    database_free(database);
    CHECK_NUMBER(fixture_number("select count(*) from access.seen"), 2);
}

static void asks_to_be_run_again(struct database *database) {
    static const char *const states[] = {"40001", "40P01"};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "do $$ begin raise exception using errcode = '%s'; end $$",
                 states[i]);
        struct fixture_call call = fixture_write(database, sql);
        CHECK_TEXT(fixture_code(&call), "retry");
        fixture_end(&call);
    }
}

/* The wrong node, or a disk policy: reads go on, writes are refused and look for another
 * connection. */
static void a_read_only_server(void) {
    struct config config = fixture_config();
    config.pool_size = 1;
    fixture_admin("alter database postgres set default_transaction_read_only = on");
    struct database *database = fixture_database(&config);
    struct fixture_call call = fixture_read(database, "select 'read'");
    CHECK_TEXT(fixture_value(&call), "read");
    fixture_end(&call);
    call = fixture_write(database, "insert into parent values (500)");
    CHECK_TEXT(call.failure.sqlstate, "25006");
    CHECK_TEXT(fixture_code(&call), "database-unavailable");
    fixture_end(&call);
    fixture_admin("begin read write; alter database postgres reset default_transaction_read_only;"
                  "commit");
    call = fixture_write(database, "insert into parent values (500) returning 'written'");
    if (!call.fine) { /* the connection may have been made just before the reset */
        fixture_end(&call);
        call = fixture_write(database, "insert into parent values (500) returning 'written'");
    }
    CHECK_TEXT(fixture_value(&call), "written");
    fixture_end(&call);
    database_free(database);
}

/* Wherever the arena ends, the call says so, and the connection is as good as before. */
static void memory_runs_out(void) {
    struct config config = fixture_config();
    config.pool_size = 1;
    struct database *database = fixture_database(&config);
    struct database_figures figures;
    unsigned fine = 0, refused = 0;
    for (size_t size = 64; size < 4096; size += 32) {
        struct arena *arena CLEANUP(arena_cleanup) = arena_new(size);
        struct statement_text text;
        struct rows *rows;
        struct principal principal;
        struct failure failure;
        struct transaction *open = NULL;
        bool commit = size % 64 == 0;
        if (!statement_fixed("select 1, 'x', 2", 0, NULL, arena, &text))
            continue;
        if (database_run(database, &(struct database_opening){.request_id = "r"}, &text, 1, commit,
                         arena, &principal, &rows, &open, &failure)) {
            fine++;
            if (!commit)
                CHECK(database_finish(open, NULL, 0, true, arena, NULL, &failure));
        } else {
            refused += strcmp(failure.code, "out-of-memory") == 0;
        }
    }
    database_figures(database, false, &figures);
    CHECK(fine > 0 && refused > 0);
    CHECK_NUMBER(figures.busy, 0);
    CHECK_NUMBER(figures.connects, 1);
    database_free(database);
}

int main(void) {
    fixture_start();
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    answers(database);
    settings_do_not_stay(database);
    refuses();
    own_refusals(database);
    deferred_constraint_fails_at_the_end(database);
    stays_open(database);
    times_out(database);
    lock_waits_are_short(database);
    stale_statements(database);
    prepared_statements_are_bounded();
    notes_keys();
    asks_to_be_run_again(database);
    a_read_only_server();
    memory_runs_out();
    database_free(database);
    return tap_end();
}
