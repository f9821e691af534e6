/* Reads of many callers on few connections: every caller gets its own answer, as itself, whatever
 * its neighbours do. */
#include "base.h"

#include <pthread.h>
#include <unistd.h>

#include "db_fixture.h"
#include "share.h"

enum { THREADS = 24, ROUNDS = 60 };

struct reader {
    pthread_t thread;
    struct database *database;
    unsigned number;
    unsigned right, wrong;
};

/* What a round asks for, and what it has to get. */
static void ask(const struct reader *reader, unsigned round, char sql[256], char digest[32],
                char wanted[64]) {
    static const char *const callers[] = {"NATIONAL", "PARTNER", "STRUCTURE", "DELEGATION"};
    unsigned kind = (reader->number * 7 + round) % 12;
    snprintf(digest, 32, "%s", callers[reader->number % 4]);
    if (kind == 0) { /* unknown key */
        snprintf(digest, 32, "unknown");
        snprintf(sql, 256, "select 'must not run'");
        snprintf(wanted, 64, "unauthenticated");
    } else if (kind == 1) { /* fails while running */
        snprintf(sql, 256, "select 1 / (%u - %u)", round, round);
        snprintf(wanted, 64, "validation-failed");
    } else if (kind == 2) { /* fails while it is prepared */
        snprintf(sql, 256, "select nothing_%u", round % 3);
        snprintf(wanted, 64, "internal-error");
    } else if (kind == 3) { /* tries to write */
        snprintf(sql, 256, "insert into parent values (%u)", 1000 + round);
        snprintf(wanted, 64, "internal-error");
    } else {
        snprintf(sql, 256,
                 "select current_setting('app.caller') || ' ' || current_setting('app.request_id')"
                 " || ' ' || current_setting('statement_timeout') || ' %u'",
                 round % 5);
        snprintf(wanted, 64, "%s r%u-%u %ums %u", digest, reader->number, round,
                 3001 + reader->number, round % 5);
    }
}

static void *read_many(void *context) {
    struct reader *reader = context;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char sql[256], digest[32], wanted[64], request_id[32];
        ask(reader, round, sql, digest, wanted);
        snprintf(request_id, sizeof request_id, "r%u-%u", reader->number, round);
        struct database_opening opening = {.key_digest = digest,
                                           .request_id = request_id,
                                           .timeout_ms = 3001 + reader->number,
                                           .shareable = true};
        struct fixture_call call = fixture_run(reader->database, &opening, sql, true);
        const char *got = call.fine ? fixture_value(&call) : fixture_code(&call);
        bool right = strcmp(got, wanted) == 0;
        if (right)
            reader->right++;
        else if (reader->wrong++ == 0)
            printf("# got %s, wanted %s\n", got, wanted);
        fixture_end(&call);
    }
    return NULL;
}

/* Not those that are only being made: who can connect no more is away, and says so to everybody. */
static long kill_who_serves(void) {
    return fixture_number("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                          " where application_name = 'maillage' and query <> ''"
                          " and query not like '%idle_in_transaction_session_timeout%'");
}

static struct database *press(const struct config *config, bool kill_backends) {
    static struct reader reader[THREADS];
    struct database *database = fixture_database(config);
    for (unsigned i = 0; i < THREADS; i++) {
        reader[i] = (struct reader){.database = database, .number = i};
        MUST(pthread_create(&reader[i].thread, NULL, read_many, &reader[i]) == 0);
    }
    long killed = 0;
    for (int i = 0; kill_backends && i < 5; i++) {
        usleep(30000);
        killed += kill_who_serves();
    }
    unsigned right = 0, wrong = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(reader[i].thread, NULL);
        right += reader[i].right;
        wrong += reader[i].wrong;
    }
    printf("# right %u, wrong %u, %ld backends killed\n", right, wrong, killed);
    CHECK((killed > 0) == kill_backends);
    if (kill_backends)
        CHECK_FOR(right + wrong == THREADS * ROUNDS && wrong <= 40,
                  "terminated backends cost at most what was under way");
    else
        CHECK_NUMBER(right, THREADS * ROUNDS);
    return database;
}

static void answers_everybody(void) {
    struct config config = fixture_config();
    config.pool_wait_ms = 20000;
    struct database *database = press(&config, false);
    struct database_figures figures;
    database_figures(database, false, &figures);
    printf("# %lu of %d calls travelled together\n", (unsigned long)figures.shared,
           THREADS * ROUNDS);
    CHECK(figures.shared > THREADS * ROUNDS / 10);
    CHECK_NUMBER(figures.busy, 0);
    CHECK(figures.connects <= config.pool_size); /* no connection was given up */
    database_free(database);
    CHECK_NUMBER(fixture_number("select count(*) from parent"), 0);
    database_free(press(&config, true));
}

struct timed {
    pthread_t thread;
    struct database *database;
    const char *sql;
    int64_t took_ms;
    bool fine;
};

static void *read_timed(void *context) {
    struct timed *timed = context;
    int64_t start_us = clock_monotonic_us();
    struct database_opening opening = {.request_id = "r", .shareable = true};
    struct fixture_call call = fixture_run(timed->database, &opening, timed->sql, true);
    timed->took_ms = fixture_ms_since(start_us);
    timed->fine = call.fine;
    fixture_end(&call);
    return NULL;
}

/* A slow statement delays its neighbours once, and not for as long as it takes. */
static void slow_ones_are_set_aside(void) {
    struct config config = fixture_config();
    config.pool_size = 16;
    struct database *database = fixture_database(&config);
    struct timed timed[12];
    for (int round = 0; round < 2; round++) {
        int64_t worst_ms = 0;
        for (size_t i = 0; i < COUNT_OF(timed); i++) {
            timed[i] = (struct timed){.database = database,
                                      .sql = i % 3 == 0 ? "select pg_sleep(1)" : "select 'quick'"};
            MUST(pthread_create(&timed[i].thread, NULL, read_timed, &timed[i]) == 0);
        }
        for (size_t i = 0; i < COUNT_OF(timed); i++) {
            pthread_join(timed[i].thread, NULL);
            CHECK(timed[i].fine);
            if (i % 3 != 0 && timed[i].took_ms > worst_ms)
                worst_ms = timed[i].took_ms;
        }
        printf("# quick ones took at most %ld ms\n", (long)worst_ms);
        CHECK(worst_ms < (round == 0 ? 900 : 250));
    }
    database_free(database);
}

/* Slow for one caller only, so that it is one statement to the share. */
static const char sometimes_slow[] =
    "select pg_sleep(case current_setting('app.request_id') when 'slow' then 0.1 else 0 end)";

static void *read_sometimes(void *context) {
    struct timed *timed = context;
    for (int round = 0; round < 40; round++) {
        struct database_opening opening = {.request_id = "quick", .shareable = true};
        struct fixture_call call = fixture_run(timed->database, &opening, sometimes_slow, true);
        timed->fine = call.fine;
        fixture_end(&call);
    }
    return NULL;
}

static uint64_t travelled(struct database *database) {
    struct database_figures figures;
    database_figures(database, false, &figures);
    return figures.shared;
}

static bool travels(struct database *database) {
    struct timed timed[12];
    uint64_t before = travelled(database);
    for (size_t i = 0; i < COUNT_OF(timed); i++) {
        timed[i] = (struct timed){.database = database};
        MUST(pthread_create(&timed[i].thread, NULL, read_sometimes, &timed[i]) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(timed); i++) {
        pthread_join(timed[i].thread, NULL);
        MUST(timed[i].fine);
    }
    return travelled(database) > before;
}

static void be_slow(struct database *database) {
    struct database_opening opening = {.request_id = "slow", .shareable = true};
    struct fixture_call call = fixture_run(database, &opening, sometimes_slow, true);
    CHECK(call.fine);
    fixture_end(&call);
}

/* Once may be a cold plan or a busy machine; again soon after is the statement's nature. */
static void slow_once_is_soon_forgotten(void) {
    struct config config = fixture_config();
    config.pool_wait_ms = 20000;
    struct database *database = fixture_database(&config);
    be_slow(database);
    CHECK(!travels(database));
    usleep((SHARE_SLOW_FIRST_MS + 50) * 1000);
    CHECK(travels(database));
    be_slow(database);
    usleep((SHARE_SLOW_FIRST_MS + 50) * 1000);
    CHECK(!travels(database));
    database_free(database);
}

/* Whoever comes while every lane is held up by something slow does not wait for its end. */
static void goes_past_what_is_stuck(void) {
    struct config config = fixture_config();
    struct database *database = fixture_database(&config);
    struct timed quick = {.database = database, .sql = "select 'quick'"};
    read_timed(&quick); /* connects */
    struct timed slow[64];
    size_t lanes = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    lanes = lanes < 4 ? 1 : lanes / 2;
    lanes = lanes < config.pool_size ? lanes : config.pool_size;
    MUST(lanes < COUNT_OF(slow));
    for (size_t i = 0; i < lanes; i++) {
        slow[i] = (struct timed){.database = database, .sql = "select pg_sleep(0.28)"};
        MUST(pthread_create(&slow[i].thread, NULL, read_timed, &slow[i]) == 0);
        usleep(500); /* a turn each */
    }
    usleep(20000);
    read_timed(&quick);
    printf("# past the slow one in %ld ms\n", (long)quick.took_ms);
    CHECK(quick.fine && quick.took_ms < 200);
    for (size_t i = 0; i < lanes; i++) {
        pthread_join(slow[i].thread, NULL);
        CHECK(slow[i].fine);
    }
    database_free(database);
}

int main(void) {
    fixture_start();
    answers_everybody();
    goes_past_what_is_stuck();
    slow_ones_are_set_aside();
    slow_once_is_soon_forgotten();
    return tap_end();
}
