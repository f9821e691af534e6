/* maillage job: does what is due, as the daemon's role. Every job is called until it says 0, a
 * transaction per call; one that takes too long goes on with the next run. */
#include "base.h"
#include "commands.h"

#include "clock.h"
#include "log.h"

enum {
    JOB_ARENA = 1 << 20,
    JOB_BATCH = 1000,
    STEP_MS = 60000,     /* of one call */
    JOB_MS = 15 * 60000, /* of one job in one run */
};

static const char usage[] =
    "  maillage job [NOM] -c FICHIER   fait les tâches échues, ou celle de ce nom\n";

struct job_run {
    struct config config;
    struct database *database;
};

/* One statement in a transaction of its own; its first value is copied, "" for null or no row. */
static bool ask(struct job_run *run, const char *sql, int parameters, const char *const *value,
                char *ret_text, size_t size, struct failure *ret_failure) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(JOB_ARENA);
    struct database_opening opening = {
        .request_id = "maillage-job", .writes = true, .timeout_ms = STEP_MS};
    struct statement_text text;
    struct principal principal;
    struct rows *rows = NULL;
    *ret_failure = (struct failure){0};
    ret_text[0] = '\0';
    if (!arena || !statement_fixed(sql, parameters, value, arena, &text) ||
        !database_run(run->database, &opening, &text, 1, true, arena, &principal, &rows, NULL,
                      ret_failure)) {
        return false;
    }
    if (rows_count(rows) > 0 && !rows_is_null(rows, 0, 0)) {
        snprintf(ret_text, size, "%s", rows_value(rows, 0, 0).at);
    }
    return true;
}

static bool complain(const char *name, const struct failure *failure) {
    fprintf(stderr, "maillage: job %s: %s %s %s\n", name, failure->code ? failure->code : "refused",
            failure->sqlstate, failure->constraint);
    return false;
}

/* Calls until 0 or out of time; false when a call failed. */
static bool call_steps(struct job_run *run, const char *name, uint64_t *ret_count,
                       bool *ret_finished) {
    static const char sql[] = "select engine.job_step($1::text, $2::integer)";
    const char *const value[] = {name, "1000"};
    static_assert(JOB_BATCH == 1000, "the text says the same number");
    int64_t until_us = clock_monotonic_us() + (int64_t)JOB_MS * 1000;
    struct failure failure;
    char text[32];
    *ret_count = 0;
    *ret_finished = false;
    while (!*ret_finished && clock_monotonic_us() < until_us) {
        uint64_t handled = 0;
        if (!ask(run, sql, 2, value, text, sizeof text, &failure)) {
            return complain(name, &failure);
        }
        if (!slice_to_unsigned(slice_of(text), INT32_MAX, &handled)) {
            fprintf(stderr, "maillage: job %s: its function gives no number of rows\n", name);
            return false;
        }
        *ret_count += handled;
        *ret_finished = handled == 0;
    }
    return true;
}

static bool run_job(struct job_run *run, const char *name) {
    struct failure failure;
    char text[32], count_text[32];
    uint64_t count = 0;
    bool finished = false;
    int64_t began_us = clock_monotonic_us();
    const char *const one[] = {name};
    if (!ask(run, "select engine.job_begin($1::text)", 1, one, text, sizeof text, &failure)) {
        return complain(name, &failure);
    }
    if (strcmp(text, "t") != 0) {
        printf("%s: running elsewhere\n", name);
        return true;
    }
    bool fine = call_steps(run, name, &count, &finished);
    snprintf(count_text, sizeof count_text, "%" PRIu64, count);
    const char *const end[] = {name, count_text, finished ? "true" : "false"};
    if (!ask(run, "select engine.job_end($1::text, $2::bigint, $3::boolean)", 3, end, text,
             sizeof text, &failure)) {
        return complain(name, &failure);
    }
    int64_t ms = (clock_monotonic_us() - began_us) / 1000;
    if (fine) {
        printf("%s: %" PRIu64 " rows in %" PRId64 " ms%s\n", name, count, ms,
               finished ? "" : ", unfinished");
        log_write(LOG_INFO, "job", NULL, "name=%s rows=%" PRIu64 " ms=%" PRId64 " finished=%s",
                  name, count, ms, finished ? "yes" : "no");
    }
    return fine;
}

/* Every job that is due, also when one before it failed. */
static bool run_due(struct job_run *run) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(JOB_ARENA);
    struct database_opening opening = {.request_id = "maillage-job"};
    struct statement_text text;
    struct principal principal;
    struct rows *rows = NULL;
    struct failure failure = {0};
    if (!arena || !statement_fixed("select name from engine.jobs_due()", 0, NULL, arena, &text) ||
        !database_run(run->database, &opening, &text, 1, true, arena, &principal, &rows, NULL,
                      &failure)) {
        return complain("-", &failure);
    }
    bool fine = true;
    for (int i = 0; i < rows_count(rows); i++) {
        fine = run_job(run, rows_value(rows, i, 0).at) && fine;
    }
    return fine;
}

/* One connection, so that the lock of the beginning is also that of the end. */
static int run_on_database(struct job_run *run, const char *config_path, const char *name) {
    char error[COMMAND_LINE_SIZE] = "";
    if (!config_load(config_path, &run->config, error, sizeof error)) {
        fprintf(stderr, "maillage: %s\n", error);
        return 1;
    }
    log_set_level(run->config.log_level);
    run->config.pool_size = 1;
    run->config.export_pool_size = 1;
    run->config.read_database[0] = '\0';
    run->database = database_new(&run->config, error, sizeof error);
    if (!run->database) {
        fprintf(stderr, "maillage: %s\n", error);
        return 1;
    }
    bool fine = name ? run_job(run, name) : run_due(run);
    database_free(run->database);
    config_forget(&run->config);
    return fine ? 0 : 1;
}

int command_job(int count, char **argument) {
    static const char *const options[] = {"-c", NULL};
    struct job_run run = {0};
    bool named = count > 0 && argument[0][0] != '-';
    if (!command_accepts(count - named, argument + named, options, NULL)) {
        fputs(usage, stderr);
        return 2;
    }
    return run_on_database(&run, command_option(count, argument, "-c"), named ? argument[0] : NULL);
}
