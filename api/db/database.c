/* Start, end, readiness and figures. */
#include "base.h"

#include "database.h"

#include <unistd.h>

#include "inside.h"
#include "replica.h"
#include "share.h"

/* The last change of schema/sqitch.plan when this was built; empty where the build did not know. */
#ifndef MAILLAGE_SCHEMA_REVISION
#define MAILLAGE_SCHEMA_REVISION ""
#endif

enum { READY_WITHIN_MS = 1000, HOUSE_ARENA = 65536 };

static bool start_pools(struct database *database, const struct config *config) {
    struct connection_settings settings = {
        .database = database->conninfo,
        .attributes = "primary",
        .secret_key = database->secret_key,
        .connect_timeout_ms = config->connect_timeout_ms,
        .statement_timeout_ms = config->statement_timeout_ms,
        .idle_timeout_ms = 10000,
    };
    database->requests = pool_new("requests", &settings, config->pool_size);
    database->house = pool_new("house", &settings, 1);
    settings.statement_timeout_ms = config->export_timeout_ms;
    settings.idle_timeout_ms = config->export_timeout_ms;
    database->exports = pool_new("exports", &settings, config->export_pool_size);
    return database->requests != NULL && database->house != NULL && database->exports != NULL;
}

/* The pool's other connections stay for writes and for what is slow. */
static unsigned lanes_for(const struct config *config) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned lanes = processors < 4 ? 1 : (unsigned)processors / 2;
    return lanes < config->pool_size ? lanes : config->pool_size;
}

static bool can_be_read(const char *name, const char *conninfo, char *reterr, size_t reterr_size) {
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &why);
    if (options == NULL)
        snprintf(reterr, reterr_size, "%s: the connection string cannot be read", name);
    PQfreemem(why); /* may quote a password */
    PQconninfoFree(options);
    return options != NULL;
}

static bool start_replica(struct database *database, const struct config *config) {
    if (config->read_database[0] == '\0')
        return true;
    database->replica = replica_new(database, config);
    return database->replica != NULL;
}

struct database *database_new(const struct config *config, char *reterr, size_t reterr_size) {
    struct database *database = calloc(1, sizeof *database);
    if (database == NULL) {
        snprintf(reterr, reterr_size, "database: out of memory");
        return NULL;
    }
    snprintf(database->conninfo, sizeof database->conninfo, "%s", config->database);
    snprintf(database->secret_key, sizeof database->secret_key, "%s", config->secret_key);
    if (!can_be_read("database", config->database, reterr, reterr_size) ||
        !can_be_read("read_database", config->read_database, reterr, reterr_size)) {
        free(database);
        return NULL;
    }
    database->pool_wait_ms = config->pool_wait_ms;
    database->statement_timeout_ms = config->statement_timeout_ms;
    database->export_timeout_ms = config->export_timeout_ms;
    database->canceller = canceller_new();
    if (database->canceller != NULL && start_pools(database, config) &&
        (database->share = share_new(database, lanes_for(config))) != NULL &&
        (database->notes = key_notes_new(database)) != NULL && start_replica(database, config))
        return database;
    snprintf(reterr, reterr_size, "database: no thread or memory for the pools");
    database_free(database);
    return NULL;
}

void database_free(struct database *database) {
    if (database == NULL)
        return;
    replica_free(database->replica);
    key_notes_free(database->notes);
    share_free(database->share);
    pool_free(database->exports);
    pool_free(database->requests);
    pool_free(database->house);
    canceller_free(database->canceller);
    explicit_bzero(database->secret_key, sizeof database->secret_key);
    free(database);
}

const char *database_schema_revision(void) {
    return MAILLAGE_SCHEMA_REVISION;
}

bool database_is_ready(struct database *database) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(HOUSE_ARENA);
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure;
    if (arena == NULL ||
        !statement_fixed("select engine.schema_revision()", 0, NULL, arena, &text) ||
        !database_house(database, &text, READY_WITHIN_MS, arena, &rows, &failure))
        return false;
    const char *expected = database_schema_revision();
    return rows_count(rows) == 1 &&
           (expected[0] == '\0' || slice_is(rows_value(rows, 0, 0), expected));
}

int64_t database_answered_us(struct database *database) {
    return atomic_load_explicit(&database->answered_us, memory_order_relaxed);
}

bool database_adopt_key(struct database *database, bool *ret_unreachable, char *reterr,
                        size_t reterr_size) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(HOUSE_ARENA);
    struct statement_text text;
    struct rows *rows = NULL;
    struct failure failure = {0};
    *ret_unreachable = false;
    if (arena != NULL && statement_fixed("select keyed.adopt()", 0, NULL, arena, &text) &&
        database_house(database, &text, database->statement_timeout_ms, arena, &rows, &failure))
        return true;
    if (failure.constraint[0] != '\0') {
        snprintf(reterr, reterr_size, "secret_key_file: refused by the database (%s)",
                 failure.constraint);
        return false;
    }
    snprintf(reterr, reterr_size, "database: its key could not be compared (%s)",
             failure.code != NULL ? failure.code : failure.sqlstate);
    *ret_unreachable = failure.sqlstate[0] == '\0';
    return false;
}

void database_note_key_use(struct database *database, const char *key_id) {
    key_notes_add(database->notes, key_id);
}

void database_figures(struct database *database, bool exports,
                      struct database_figures *ret_figures) {
    pool_figures(exports ? database->exports : database->requests, ret_figures);
    ret_figures->shared = exports ? 0 : share_count(database->share);
    ret_figures->cancelled = canceller_count(database->canceller);
    ret_figures->statement_us = atomic_load_explicit(&database->statement_us, memory_order_relaxed);
    ret_figures->statements = atomic_load_explicit(&database->statements, memory_order_relaxed);
}

bool database_replica_figures(struct database *database, struct replica_figures *ret_figures) {
    if (database->replica == NULL)
        return false;
    replica_figures(database->replica, ret_figures);
    return true;
}
