/* Bounded waits, fairness, dead connections, a server that goes and comes back, many threads. */
#include "base.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "db_fixture.h"

struct caller_thread {
    pthread_t thread;
    struct database *database;
    const char *sql;
    bool writes;
    int64_t took_ms;
    int64_t ended_us;
    bool fine;
    const char *code;
};

static void *call_once(void *context) {
    struct caller_thread *caller = context;
    int64_t start_us = clock_monotonic_us();
    struct fixture_call call = caller->writes ? fixture_write(caller->database, caller->sql)
                                              : fixture_read(caller->database, caller->sql);
    caller->took_ms = fixture_ms_since(start_us);
    caller->ended_us = clock_monotonic_us();
    caller->fine = call.fine;
    caller->code = fixture_code(&call);
    fixture_end(&call);
    return NULL;
}

static void start(struct caller_thread *caller, struct database *database, const char *sql) {
    *caller = (struct caller_thread){.database = database, .sql = sql};
    MUST(pthread_create(&caller->thread, NULL, call_once, caller) == 0);
}

/* Until that many are served and waiting: threads start whenever the machine has time for them. */
static void wait_for_pool(struct database *database, unsigned busy, unsigned waiting) {
    struct database_figures figures = {0};
    for (int tries = 0; tries < 1000; tries++) {
        database_figures(database, false, &figures);
        if (figures.busy == busy && figures.waiting == waiting) {
            return;
        }
        usleep(2000);
    }
}

static void waits_are_bounded(void) {
    struct config config = fixture_config();
    config.pool_size = 2;
    config.pool_wait_ms = 300;
    struct database *database = fixture_database(&config);
    struct caller_thread holder[2], surplus[6];
    struct database_figures figures;
    for (size_t i = 0; i < COUNT_OF(holder); i++)
        start(&holder[i], database, "select pg_sleep(1)");
    wait_for_pool(database, 2, 0);
    for (size_t i = 0; i < COUNT_OF(surplus); i++)
        start(&surplus[i], database, "select 1");
    wait_for_pool(database, 2, 6);
    database_figures(database, false, &figures);
    CHECK_NUMBER(figures.size, 2);
    CHECK_NUMBER(figures.busy, 2);
    CHECK_NUMBER(figures.waiting, 6);
    int64_t start_us = clock_monotonic_us();
    CHECK(database_is_ready(database)); /* a full pool does not make the daemon unready */
    CHECK(fixture_ms_since(start_us) < 200);
    for (size_t i = 0; i < COUNT_OF(surplus); i++) {
        pthread_join(surplus[i].thread, NULL);
        CHECK_TEXT(surplus[i].code, "pool-exhausted");
        CHECK(surplus[i].took_ms >= 300 && surplus[i].took_ms < 800);
    }
    for (size_t i = 0; i < COUNT_OF(holder); i++) {
        pthread_join(holder[i].thread, NULL);
        CHECK(holder[i].fine);
    }
    database_figures(database, false, &figures);
    CHECK_NUMBER(figures.waits_timed_out, 6);
    CHECK_NUMBER(figures.waiting, 0);
    CHECK_NUMBER(figures.busy, 0);
    database_free(database);
}

static void first_come_first_served(void) {
    struct config config = fixture_config();
    config.pool_size = 1;
    config.pool_wait_ms = 20000;
    struct database *database = fixture_database(&config);
    struct caller_thread caller[6];
    for (size_t i = 0; i < COUNT_OF(caller); i++) {
        start(&caller[i], database, "select pg_sleep(0.3)");
        wait_for_pool(database, 1, (unsigned)i);
    }
    for (size_t i = 0; i < COUNT_OF(caller); i++)
        pthread_join(caller[i].thread, NULL);
    for (size_t i = 1; i < COUNT_OF(caller); i++)
        CHECK_FOR(caller[i - 1].ended_us < caller[i].ended_us, "served in the order of coming");
    database_free(database);
}

static void wake_all(struct database *database, unsigned size) {
    struct caller_thread caller[8];
    for (unsigned i = 0; i < size; i++)
        start(&caller[i], database, "select pg_sleep(0.1)");
    for (unsigned i = 0; i < size; i++)
        pthread_join(caller[i].thread, NULL);
}

static const char terminate_sql[] = "select pg_terminate_backend(pid) from pg_stat_activity"
                                    " where application_name = 'maillage'";

static void dead_idle_connections_are_replaced(void) {
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    struct database_figures figures;
    fixture_admin("create table written (n integer)");
    for (int round = 0; round < 3; round++) {
        wake_all(database, 4);
        fixture_admin(terminate_sql);
        if (round > 0)
            usleep(50000); /* once at once, with the goodbye perhaps still under way */
        struct fixture_call call = round < 2
                                       ? fixture_read(database, "select 'back'")
                                       : fixture_write(database, "insert into written "
                                                                 "values (1) returning 'back'");
        CHECK_TEXT(fixture_value(&call), "back");
        fixture_end(&call);
    }
    CHECK_NUMBER(fixture_number("select count(*) from written"), 1);
    database_figures(database, false, &figures);
    CHECK(figures.open <= 4 && figures.open >= 1);
    database_free(database);
}

static void dies_in_the_middle(void) {
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    struct caller_thread caller;
    start(&caller, database, "select pg_sleep(1.5)");
    usleep(200000);
    fixture_admin(terminate_sql);
    pthread_join(caller.thread, NULL);
    CHECK_TEXT(caller.code, "database-unavailable");
    CHECK(caller.took_ms < 1000);
    wake_all(database, 2);
    database_free(database);
}

/* A server that neither answers nor hangs up: only our own deadline ends it. */
static void a_silent_server_is_left(void) {
    struct config config = fixture_config();
    config.pool_size = 1;
    struct database *database = fixture_database(&config);
    struct fixture_call call = fixture_read(database, "select pg_backend_pid()");
    pid_t pid = (pid_t)strtol(fixture_value(&call), NULL, 10);
    fixture_end(&call);
    MUST(pid > 1 && kill(pid, SIGSTOP) == 0);
    int64_t start_us = clock_monotonic_us();
    struct database_opening opening = {.request_id = "r", .timeout_ms = 100};
    call = fixture_run(database, &opening, "select 1", true);
    CHECK_TEXT(fixture_code(&call), "statement-timeout");
    CHECK(fixture_ms_since(start_us) >= 1000 && fixture_ms_since(start_us) < 1500);
    fixture_end(&call);
    call = fixture_run(database, &opening, "select 'other'", true);
    CHECK_TEXT(fixture_value(&call), "other");
    fixture_end(&call);
    kill(pid, SIGCONT);
    database_free(database);
}

/* A connection of after the change sees it: the house's old one is made to go. */
static void wait_for_other_schema(struct database *database) {
    fixture_admin(terminate_sql);
    bool ready = true;
    for (int i = 0; i < 50 && ready; i++) {
        usleep(20000);
        ready = database_is_ready(database);
    }
    CHECK_FOR(!ready, "another schema revision is not ready");
    struct fixture_call call = fixture_read(database, "select 1");
    CHECK(call.fine);
    fixture_end(&call);
}

static void goes_and_comes_back(void) {
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    wake_all(database, 4);
    fixture_control("stop");
    struct fixture_call call = fixture_read(database, "select 1");
    CHECK_TEXT(fixture_code(&call), "database-unavailable");
    CHECK_NUMBER(call.failure.retry_after, 1);
    fixture_end(&call);
    bool fast = true;
    for (int i = 0; i < 100; i++) {
        int64_t start_us = clock_monotonic_us();
        call = fixture_read(database, "select 1");
        fast = fast && strcmp(fixture_code(&call), "database-unavailable") == 0 &&
               fixture_ms_since(start_us) < 50;
        fixture_end(&call);
        usleep(20000);
    }
    CHECK_FOR(fast, "without server every call is refused at once");
    CHECK(!database_is_ready(database));
    struct database_figures figures;
    database_figures(database, false, &figures);
    CHECK(figures.connects_failed >= 3 && figures.connects_failed < 20);
    struct database *late = fixture_database(&config); /* starts without a server */
    call = fixture_read(late, "select 1");
    CHECK_TEXT(fixture_code(&call), "database-unavailable");
    fixture_end(&call);
    fixture_control("start");
    int64_t start_us = clock_monotonic_us();
    struct database *const both[] = {database, late};
    for (int i = 0; i < 2; i++) {
        do {
            usleep(20000);
            call = fixture_read(both[i], "select 'back'");
            fixture_end(&call);
        } while (!call.fine && fixture_ms_since(start_us) < 5000);
        CHECK(call.fine);
    }
    CHECK(fixture_ms_since(start_us) < 2000);
    CHECK(database_is_ready(database));
    fixture_admin("alter database postgres set test.revision = 'another'");
    wait_for_other_schema(late);
    database_free(late);
    database_free(database);
}

static void connections_run_out(void) {
    PGconn *sleeper[60];
    size_t sleepers = 0;
    struct config config = fixture_config();
    config.pool_size = 8;
    struct database *database = fixture_database(&config);
    wake_all(database, 2);
    while (sleepers < COUNT_OF(sleeper)) {
        sleeper[sleepers] = PQconnectdb(config.database);
        if (PQstatus(sleeper[sleepers++]) != CONNECTION_OK)
            break;
    }
    struct caller_thread caller[8];
    for (size_t i = 0; i < COUNT_OF(caller); i++)
        start(&caller[i], database, "select pg_sleep(0.05)");
    for (size_t i = 0; i < COUNT_OF(caller); i++) {
        pthread_join(caller[i].thread, NULL);
        CHECK_FOR(caller[i].fine, "the connections that are there serve everybody");
    }
    while (sleepers > 0)
        PQfinish(sleeper[--sleepers]);
    database_free(database);
}

struct stress {
    pthread_t thread;
    struct database *database;
    unsigned number;
    unsigned right, refused;
};

/* Every caller asks for its own number, breaks a rule now and then, keeps a transaction open now
 * and then. */
static void *press(void *context) {
    struct stress *stress = context;
    for (unsigned i = 0; i < 100; i++) {
        char sql[96], digest[16], wanted[32];
        snprintf(sql, sizeof sql, "select current_setting('app.caller') || %u", i % 10);
        snprintf(digest, sizeof digest, "%s", stress->number % 2 == 0 ? "NATIONAL" : "PARTNER");
        snprintf(wanted, sizeof wanted, "%s%u", digest, i % 10);
        struct database_opening opening = {
            .key_digest = digest, .request_id = "r", .writes = true, .shareable = i % 2 == 0};
        bool keep = i % 7 == 0;
        bool broken = i % 13 == 0;
        struct fixture_call call =
            fixture_run(stress->database, &opening,
                        broken ? "insert into child values (5000, null)" : sql, !keep);
        if (!call.fine)
            stress->refused += broken && strcmp(call.failure.constraint, "child_small") == 0;
        else
            stress->right += strcmp(fixture_value(&call), wanted) == 0;
        if (call.fine && keep &&
            !database_finish(call.open, NULL, 0, i % 2 == 0, call.arena, NULL, &call.failure))
            stress->right--;
        database_note_key_use(stress->database, call.principal.key_id);
        fixture_end(&call);
    }
    return NULL;
}

static void many_threads(void) {
    struct stress stress[16];
    struct config config = fixture_config();
    config.pool_wait_ms = 20000;
    config.statement_timeout_ms = 20000;
    struct database *database = fixture_database(&config);
    for (unsigned i = 0; i < COUNT_OF(stress); i++) {
        stress[i] = (struct stress){.database = database, .number = i};
        MUST(pthread_create(&stress[i].thread, NULL, press, &stress[i]) == 0);
    }
    unsigned right = 0, refused = 0;
    for (unsigned i = 0; i < COUNT_OF(stress); i++) {
        pthread_join(stress[i].thread, NULL);
        right += stress[i].right;
        refused += stress[i].refused;
    }
    CHECK_NUMBER(right, 16 * 92);
    CHECK_NUMBER(refused, 16 * 8);
    struct database_figures figures;
    database_figures(database, false, &figures);
    CHECK_NUMBER(figures.busy, 0);
    CHECK(figures.open <= 4);
    CHECK_NUMBER(figures.connects_failed, 0);
    database_free(database);
}

int main(int arguments, char **argument) {
    bool threads_only = arguments > 1 && strcmp(argument[1], "threads") == 0;
    fixture_start();
    many_threads();
    if (!threads_only) {
        waits_are_bounded();
        first_come_first_served();
        dead_idle_connections_are_replaced();
        dies_in_the_middle();
        a_silent_server_is_left();
        connections_run_out();
        goes_and_comes_back();
    }
    return tap_end();
}
