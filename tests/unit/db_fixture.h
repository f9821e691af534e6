/* What the tests of room db share: a minimal schema with the functions that the engine calls, and
 * short forms of the calls. Needs the environment that with-cluster makes. */
#ifndef MAILLAGE_DB_FIXTURE_H
#define MAILLAGE_DB_FIXTURE_H

#include "base.h"

#include <errno.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "database.h"
#include "tap.h"

#if defined(__SANITIZE_ADDRESS__)
#define FIXTURE_KEEPS_FREED true
#elif defined(__has_feature)
#define FIXTURE_KEEPS_FREED __has_feature(address_sanitizer)
#else
#define FIXTURE_KEEPS_FREED false
#endif

static const char fixture_schema[] =
    "create schema session; create schema engine; create schema access;"
    "create table access.seen (key_id uuid, used_at timestamptz);"
    "create function session.open(key_digest text, scope text, request_id text, timeout_ms integer,"
    "  writes boolean) returns table (caller text, key_id uuid, label text, delegation_id uuid,"
    "  member_id uuid, scopes text, expires_at timestamptz) language plpgsql as $$ begin "
    "  if key_digest = 'unknown' then raise exception using errcode = 'MA401', message = 'no';"
    "  end if;"
    "  if scope = 'missing' then raise exception using errcode = 'MA403', message = 'scope "
    "missing',"
    "    detail = '{\"scope\": \"missing\"}'; end if;"
    "  perform set_config('app.caller', coalesce(key_digest, 'ANONYMOUS'), true),"
    "    set_config('app.request_id', coalesce(request_id, ''), true),"
    "    set_config('statement_timeout', timeout_ms::text, true);"
    "  if not writes then perform set_config('transaction_read_only', 'on', true); end if;"
    "  return query select coalesce(key_digest, 'ANONYMOUS'),"
    "    '01890000-0000-7000-8000-000000000001'::uuid, 'label'::text, null::uuid, null::uuid,"
    "    'members:read'::text, '2027-01-01T00:00:00Z'::timestamptz;"
    "end $$;"
    "create function engine.schema_revision() returns text language sql as"
    "  $$ select current_setting('test.revision') $$;"
    "create function access.note_use(key_id uuid[], used_at timestamptz[]) returns void"
    "  language sql as $$ insert into access.seen select * from unnest(key_id, used_at) $$;"
    "create table parent (id integer primary key);"
    "create table child (id integer primary key, parent integer,"
    "  constraint child_parent_known foreign key (parent) references parent"
    "    deferrable initially deferred,"
    "  constraint child_small check (id < 1000));";

static inline void fixture_admin(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("MAILLAGE_TEST_DATABASE"));
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        printf("Bail out! %s", PQerrorMessage(pg));
        exit(2);
    }
    PQclear(result);
    PQfinish(pg);
}

/* The first value of the answer, as a number. */
static inline long fixture_number(const char *sql) {
    PGconn *pg = PQconnectdb(getenv("MAILLAGE_TEST_DATABASE"));
    PGresult *result = PQexec(pg, sql);
    MUST(PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1);
    long number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(pg);
    return number;
}

static inline void fixture_control(const char *verb) {
    const char *control = getenv("MAILLAGE_TEST_CONTROL");
    MUST(control != NULL);
    pid_t child = fork();
    if (child == 0) {
        execl(control, "control", verb, (char *)NULL);
        _exit(127);
    }
    int status;
    pid_t ended;
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The schema, in the revision that this binary expects. */
static inline void fixture_start(void) {
    char sql[256];
    fixture_admin(fixture_schema);
    snprintf(sql, sizeof sql, "alter database postgres set test.revision = '%s'",
             database_schema_revision());
    fixture_admin(sql);
}

static inline struct config fixture_config(void) {
    struct config config = {
        .pool_size = 4,
        .export_pool_size = 2,
        .pool_wait_ms = 2000,
        .connect_timeout_ms = 2000,
        .statement_timeout_ms = 2000,
        .export_timeout_ms = 10000,
    };
    MUST(getenv("MAILLAGE_TEST_DATABASE") != NULL);
    snprintf(config.database, sizeof config.database, "%s", getenv("MAILLAGE_TEST_DATABASE"));
    return config;
}

static inline struct database *fixture_database(const struct config *config) {
    char why[256] = "";
    struct database *database = database_new(config, why, sizeof why);
    if (database == NULL)
        printf("Bail out! %s\n", why);
    MUST(database != NULL);
    return database;
}

/* Files made of pairs name, text, read as the daemon reads them, and removed. */
static inline struct statement_set *fixture_files(const char *const *pair) {
    char folder[] = "db-files-XXXXXX", resource[32], path[128], why[256] = "";
    MUST(mkdtemp(folder) != NULL);
    snprintf(resource, sizeof resource, "%s/r", folder);
    MUST(mkdir(resource, 0700) == 0);
    for (size_t i = 0; pair[i] != NULL; i += 2) {
        snprintf(path, sizeof path, "%s/%s.sql", resource, pair[i]);
        FILE *file = fopen(path, "w");
        MUST(file != NULL && fputs(pair[i + 1], file) >= 0 && fclose(file) == 0);
    }
    struct statement_set *set = statement_set_load(folder, why, sizeof why);
    for (size_t i = 0; pair[i] != NULL; i += 2) {
        snprintf(path, sizeof path, "%s/%s.sql", resource, pair[i]);
        unlink(path);
    }
    rmdir(resource);
    rmdir(folder);
    if (set == NULL)
        printf("# %s\n", why);
    MUST(set != NULL);
    return set;
}

/* One statement without parameters in a transaction of its own; the answer is in `rows`, `failure`.
 */
struct fixture_call {
    struct arena *arena;
    struct rows *rows;
    struct principal principal;
    struct failure failure;
    struct transaction *open;
    bool fine;
};

static inline struct statement_text fixture_text(struct arena *arena, const char *sql) {
    struct statement_text text;
    MUST(statement_fixed(sql, 0, NULL, arena, &text));
    return text;
}

static inline struct fixture_call fixture_run(struct database *database,
                                              const struct database_opening *opening,
                                              const char *sql, bool commit) {
    struct fixture_call call = {.arena = arena_new(1 << 20)};
    MUST(call.arena != NULL);
    struct statement_text text = fixture_text(call.arena, sql);
    call.fine = database_run(database, opening, &text, 1, commit, call.arena, &call.principal,
                             &call.rows, &call.open, &call.failure);
    return call;
}

static inline struct fixture_call fixture_read(struct database *database, const char *sql) {
    return fixture_run(database, &(struct database_opening){.request_id = "r"}, sql, true);
}

static inline struct fixture_call fixture_write(struct database *database, const char *sql) {
    return fixture_run(database, &(struct database_opening){.request_id = "r", .writes = true}, sql,
                       true);
}

static inline const char *fixture_value(const struct fixture_call *call) {
    return call->fine && call->rows != NULL && rows_count(call->rows) > 0
               ? rows_value(call->rows, 0, 0).at
               : "";
}

static inline const char *fixture_code(const struct fixture_call *call) {
    if (call->fine)
        return "fine";
    return call->failure.code != NULL ? call->failure.code : call->failure.fallback;
}

static inline void fixture_end(struct fixture_call *call) {
    arena_free(call->arena);
    call->arena = NULL;
}

static inline int64_t fixture_ms_since(int64_t start_us) {
    return (clock_monotonic_us() - start_us) / 1000;
}

#endif
