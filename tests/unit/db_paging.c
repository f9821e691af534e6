/* Keyset pages: whatever the keys, directions and nulls, a walk sees every row once, in order, and
 * comes back the same way. */
#include "base.h"

#include "db_fixture.h"

/* Ties and nulls everywhere, so that every key matters. `label` is compared as people do in French.
 */
static const char table_sql[] =
    "create table item (id uuid primary key, label text collate \"fr-x-icu\","
    " day date, seen_at timestamptz, seen_on timestamptz not null, rank integer, size numeric,"
    " open boolean, owner uuid);"
    "insert into item select md5(n::text)::uuid,"
    " case when n % 7 = 0 then null else (array['été', 'Eté', 'ete', 'étage', 'Zoé', 'zoé',"
    "   'l''île', 'œuf', 'oeuf', ''])[1 + n % 10] || n / 50 end,"
    " case when n % 11 = 0 then null else date '2020-01-01' + n % 300 end,"
    " case when n % 5 = 0 then null else timestamptz '2026-01-01Z' + n / 3 * interval '1 "
    "microsecond'"
    " end, timestamptz '2026-01-01Z' + n / 4 * interval '1 microsecond',"
    " nullif(n % 40, 0) - 20, nullif(n % 30, 0) / 7.0, case n % 3 when 0 then true when 1 then "
    "false"
    " end, case when n % 4 = 0 then null else md5((n % 900)::text)::uuid end"
    " from generate_series(1, 10000) n;"
    "create index on item (label, id); create index on item (seen_at, id);"
    "create index on item (seen_on, id); analyze item;";

static struct database *database;
static struct statement_set *set;

struct page {
    struct arena *arena;
    struct rows *rows;
};

static struct page fetch(const struct order_by *order, size_t orders, bool cursor, bool backwards,
                         unsigned limit) {
    struct page page = {.arena = arena_new(1 << 22)};
    struct statement_request request = {.shape = SHAPE_PAGE,
                                        .orders = orders,
                                        .paged_after = cursor,
                                        .backwards = backwards,
                                        .limit = limit};
    struct statement_text text;
    const char *why = "";
    struct principal principal;
    struct failure failure;
    memcpy(request.order, order, orders * sizeof *order);
    MUST(page.arena != NULL &&
         statement_build(statement_find(set, "item"), &request, page.arena, &text, &why));
    struct database_opening opening = {.request_id = "r", .timeout_ms = 10000};
    if (!database_run(database, &opening, &text, 1, true, page.arena, &principal, &page.rows, NULL,
                      &failure)) {
        printf("# %s\n%s\n", failure.sqlstate, text.sql);
        MUST(false);
    }
    return page;
}

/* The cursor values of a row. */
static void stand_at(const struct page *page, int row, struct order_by *order, size_t orders,
                     char value[ORDER_MAX][128]) {
    for (size_t i = 0; i < orders; i++) {
        char name[32];
        snprintf(name, sizeof name, "_k%zu", i);
        int column = rows_find(page->rows, name);
        MUST(column >= 0);
        snprintf(value[i], 128, "%s", rows_value(page->rows, row, column).at);
        order[i].after = rows_is_null(page->rows, row, column) ? NULL : value[i];
    }
}

enum { ROWS = 10000, ID_SIZE = 36 };
static char truth[ROWS][ID_SIZE + 1];

/* The whole order as PostgreSQL sorts it without any cursor. */
static void read_truth(const struct order_by *order, size_t orders) {
    char sql[512] = "select id from item order by ";
    for (size_t i = 0; i < orders; i++)
        snprintf(sql + strlen(sql), sizeof sql - strlen(sql), "%s%s %s nulls last",
                 i == 0 ? "" : ", ", order[i].column, order[i].descending ? "desc" : "asc");
    struct fixture_call call = {.arena = arena_new(1 << 22)};
    struct statement_text text = fixture_text(call.arena, sql);
    struct database_opening opening = {.request_id = "r", .timeout_ms = 10000};
    MUST(database_run(database, &opening, &text, 1, true, call.arena, &call.principal, &call.rows,
                      NULL, &call.failure));
    MUST(rows_count(call.rows) == ROWS);
    for (int i = 0; i < ROWS; i++)
        snprintf(truth[i], sizeof truth[i], "%s", rows_value(call.rows, i, 0).at);
    fixture_end(&call);
}

/* Rows that were seen where the truth has them; a page may not be longer than asked. */
static int walk_forwards(struct order_by *order, size_t orders, unsigned limit,
                         char value[ORDER_MAX][128]) {
    int seen = 0;
    for (bool cursor = false;; cursor = true) {
        struct page page = fetch(order, orders, cursor, false, limit);
        int rows = rows_count(page.rows);
        for (int i = 0; i < rows; i++, seen++)
            if (seen >= ROWS || !slice_is(rows_value(page.rows, i, 0), truth[seen]))
                rows = 0;
        if (rows > 0)
            stand_at(&page, rows - 1, order, orders, value);
        arena_free(page.arena);
        if (rows < (int)limit)
            return seen;
    }
}

/* From where the other walk stopped, its last row, back to the first. */
static int walk_backwards(struct order_by *order, size_t orders, unsigned limit,
                          char value[ORDER_MAX][128]) {
    int at = ROWS - 1;
    for (;;) {
        struct page page = fetch(order, orders, true, true, limit);
        int rows = rows_count(page.rows);
        for (int i = 0; i < rows; i++)
            if (--at < 0 || !slice_is(rows_value(page.rows, i, 0), truth[at]))
                rows = 0;
        if (rows > 0)
            stand_at(&page, rows - 1, order, orders, value);
        arena_free(page.arena);
        if (rows < (int)limit)
            return at;
    }
}

static void walk(const char *what, struct order_by *order, size_t orders) {
    static char value[ORDER_MAX][128];
    char name[128];
    read_truth(order, orders);
    snprintf(name, sizeof name, "%s: forwards", what);
    int seen = walk_forwards(order, orders, 401, value);
    tap_numbers(seen, ROWS, __FILE__, __LINE__, name);
    snprintf(name, sizeof name, "%s: backwards", what);
    int at = seen == ROWS ? walk_backwards(order, orders, 401, value) : -1;
    tap_numbers(at, 0, __FILE__, __LINE__, name);
}

static const struct {
    const char *name;
    enum schema_type type;
    bool never_null;
} column[] = {
    {"label", SCHEMA_TEXT, false},      {"day", SCHEMA_DATE, false},
    {"seen_at", SCHEMA_INSTANT, false}, {"seen_on", SCHEMA_INSTANT, true},
    {"rank", SCHEMA_INTEGER, false},    {"size", SCHEMA_NUMBER, false},
    {"open", SCHEMA_BOOLEAN, false},    {"owner", SCHEMA_UUID, false},
};

static struct order_by key(size_t i, bool descending) {
    return (struct order_by){.column = column[i].name,
                             .type = column[i].type,
                             .never_null = column[i].never_null,
                             .descending = descending};
}

static void walks_one_key(void) {
    for (size_t i = 0; i < COUNT_OF(column); i++) {
        for (int down = 0; down < 2; down++) {
            for (int id_down = 0; id_down < 2; id_down++) {
                struct order_by order[2] = {
                    key(i, down), {.column = "id", .type = SCHEMA_UUID, .descending = id_down}};
                char what[64];
                snprintf(what, sizeof what, "%s%s, %sid", down ? "-" : "", column[i].name,
                         id_down ? "-" : "");
                walk(what, order, 2);
            }
        }
    }
    struct order_by id = {.column = "id", .type = SCHEMA_UUID};
    walk("id", &id, 1);
    id.descending = true;
    walk("-id", &id, 1);
}

static void walks_three_keys(void) {
    static const struct {
        size_t key[3];
        unsigned down; /* bit per key */
    } mixed[] = {
        {{6, 4, 0}, 0}, {{6, 4, 0}, 7},  {{6, 4, 0}, 1}, {{6, 0, 4}, 10}, {{5, 6, 7}, 5},
        {{3, 6, 1}, 2}, {{4, 3, 6}, 13}, {{1, 0, 2}, 6}, {{7, 6, 4}, 8},  {{6, 7, 5}, 15},
    };
    for (size_t i = 0; i < COUNT_OF(mixed); i++) {
        struct order_by order[4];
        char what[128] = "";
        for (size_t j = 0; j < 3; j++) {
            bool down = (mixed[i].down >> j & 1) != 0;
            order[j] = key(mixed[i].key[j], down);
            snprintf(what + strlen(what), sizeof what - strlen(what), "%s%s, ", down ? "-" : "",
                     order[j].column);
        }
        order[3] = (struct order_by){
            .column = "id", .type = SCHEMA_UUID, .descending = (mixed[i].down & 8) != 0};
        snprintf(what + strlen(what), sizeof what - strlen(what), "id");
        walk(what, order, 4);
    }
}

static void counts_and_exports(void) {
    struct statement_request request = {.shape = SHAPE_COUNT};
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 22);
    struct statement_text text;
    const char *why;
    MUST(statement_build(statement_find(set, "item"), &request, arena, &text, &why));
    struct fixture_call call = fixture_read(database, text.sql);
    CHECK_TEXT(fixture_value(&call), "10000");
    CHECK_TEXT(rows_column_name(call.rows, 0), "total");
    fixture_end(&call);
    request.shape = SHAPE_EXPORT;
    request.order[0] = key(0, true);
    request.order[1] = (struct order_by){.column = "id", .type = SCHEMA_UUID, .descending = true};
    request.orders = 2;
    MUST(statement_build(statement_find(set, "item"), &request, arena, &text, &why));
    read_truth(request.order, 2);
    call = (struct fixture_call){.arena = arena_new(1 << 22)};
    CHECK(database_run(database, &(struct database_opening){.timeout_ms = 5000}, &text, 1, true,
                       call.arena, &call.principal, &call.rows, NULL, &call.failure));
    CHECK_NUMBER(rows_count(call.rows), ROWS);
    CHECK_SLICE(rows_value(call.rows, 0, 0), truth[0]);
    CHECK_SLICE(rows_value(call.rows, ROWS - 1, 0), truth[ROWS - 1]);
    fixture_end(&call);
}

/* The plan of a page deep in the table starts at the cursor, in the index. */
static void starts_in_the_index(void) {
    fixture_admin("create table big as select md5(n::text)::uuid as id,"
                  " case when n % 10 = 0 then null else (n % 50000)::text end as label"
                  " from generate_series(1, 100000) n; create index on big (label, id);"
                  "analyze big");
    static const char *const cases[] = {"asc",       "desc",      "asc back",      "desc back",
                                        "asc null",  "desc null", "asc null back", "desc null back",
                                        "asc first", "desc first"};
    for (int i = 0; i < 10; i++) {
        struct statement_request request = {
            .shape = SHAPE_PAGE,
            .order = {{.column = "label",
                       .descending = i % 2 == 1,
                       .after = i < 4 ? "30000" : NULL},
                      {.column = "id",
                       .type = SCHEMA_UUID,
                       .descending = i % 2 == 1,
                       .after = "81890000-0000-7000-8000-000000000001"}},
            .orders = 2,
            .paged_after = i < 8,
            .backwards = i < 8 && i % 4 >= 2,
            .limit = 51};
        struct arena *arena = arena_new(1 << 20);
        struct statement_text text;
        const char *why;
        MUST(statement_build(statement_find(set, "big"), &request, arena, &text, &why));
        text.sql = arena_print(arena, "explain (analyze, buffers, format json)\n%s", text.sql);
        text.key++;
        struct rows *rows;
        struct principal principal;
        struct failure failure;
        MUST(database_run(database, &(struct database_opening){.timeout_ms = 5000}, &text, 1, true,
                          arena, &principal, &rows, NULL, &failure));
        const char *plan = rows_value(rows, 0, 0).at;
        const char *hits = strstr(plan, "\"Shared Hit Blocks\": ");
        const char *reads = strstr(plan, "\"Shared Read Blocks\": ");
        MUST(hits != NULL && reads != NULL);
        long blocks = strtol(hits + 21, NULL, 10) + strtol(reads + 22, NULL, 10);
        printf("# %s: %ld blocks\n", cases[i], blocks);
        CHECK_FOR(strstr(plan, "Seq Scan") == NULL && blocks < 200, cases[i]);
        if (getenv("SHOW_PLANS") != NULL)
            printf("# %s\n", plan);
        arena_free(arena);
    }
}

int main(void) {
    fixture_start();
    fixture_admin(table_sql);
    struct config config = fixture_config();
    config.statement_timeout_ms = 10000;
    database = fixture_database(&config);
    set = fixture_files(
        (const char *const[]){"item", "select * from item", "big", "select * from big", NULL});
    walks_one_key();
    walks_three_keys();
    counts_and_exports();
    starts_in_the_index();
    statement_set_free(set);
    database_free(database);
    return tap_end();
}
