/* The start check: one small contract, one small set of files, and each way in which they can
 * disagree. */
#include "base.h"

#include <unistd.h>

#include "contract.h"
#include "db_fixture.h"

static const char document[] =
    "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"paths\": {"
    "\"/v1/things\": {\"get\": {\"operationId\": \"listThings\", \"security\": [], \"parameters\": "
    "["
    "{\"name\": \"limit\", \"in\": \"query\", \"schema\": {\"type\": \"integer\", \"minimum\": 1,"
    " \"maximum\": 500, \"default\": 50}},"
    "{\"name\": \"cursor\", \"in\": \"query\", \"schema\": {\"type\": \"string\"}},"
    "{\"name\": \"sort\", \"in\": \"query\", \"style\": \"form\", \"explode\": false, \"schema\":"
    " {\"type\": \"array\", \"maxItems\": 3, \"items\": {\"type\": \"string\", \"enum\": [\"name\","
    " \"-name\", \"made_on\", \"-made_on\"]}}},"
    "{\"name\": \"kind\", \"in\": \"query\", \"style\": \"form\", \"explode\": false, \"schema\":"
    " {\"type\": \"array\", \"items\": {\"type\": \"string\"}}},"
    "{\"name\": \"made_on[gte]\", \"in\": \"query\", \"schema\": {\"type\": \"string\","
    " \"format\": \"date\"}}],"
    "\"responses\": {\"200\": {\"description\": \"d\", \"content\": {\"application/json\":"
    " {\"schema\": {\"type\": \"object\", \"required\": [\"data\", \"page\"], \"properties\":"
    " {\"data\": {\"type\": \"array\", \"items\": {\"type\": \"object\", \"required\": [\"id\","
    " \"name\"], \"properties\": {\"id\": {\"type\": \"string\", \"format\": \"uuid\"},"
    " \"version\": {\"type\": \"integer\"}, \"name\": {\"type\": \"string\"}, \"made_on\":"
    " {\"type\": [\"string\", \"null\"], \"format\": \"date\"}}}},"
    " \"page\": {\"type\": \"object\"}}}}}}}}}}}";

static struct contract *contract;
static struct database *database;

static const char good_sql[] = "select id, version, name, made_on, 1 as _hidden from thing t\n"
                               "where true\n"
                               "  and kind = any(:kind)             --? kind\n"
                               "  and made_on >= :made_on_gte       --? made_on_gte\n"
                               "  and :caller::text <> 'x' and :key_id::uuid is null --? !kind";

/* What the check says about one list file; "" when it is content. */
static const char *say(const char *sql, const char *second_name, const char *const *special,
                       size_t specials) {
    static char why[512];
    bool unreachable = true;
    const struct operation *operation = contract_operation(contract, 0);
    const char *const files[] = {sql != NULL ? "listThings" : "other",
                                 sql != NULL ? sql : "select 1", second_name, "select 1", NULL};
    struct statement_set *set = fixture_files(files);
    why[0] = '\0';
    bool fine = database_check(database, &operation, 1, set, special, specials, &unreachable, why,
                               sizeof why);
    statement_set_free(set);
    CHECK(fine == (why[0] == '\0'));
    CHECK(!unreachable);
    return why;
}

static void disagreements(void) {
    static const struct {
        const char *sql;
        const char *wanted;
    } cases[] = {
        {good_sql, ""},
        {"select id, version, name, made_on from thing where kind = any(:kind)",
         "listThings: parameter made_on[gte] is not used by the file (:made_on_gte)"},
        {"select id, version, name, made_on from thing where :kind is null or :made_on_gte is null"
         " or :x",
         "listThings: the file names :x, which is no parameter"},
        {"select id, version, name, made_on, kind from thing where kind = any(:kind)"
         " and made_on > :made_on_gte",
         "listThings: column kind is no property of the answer"},
        {"select id, version, made_on from thing where kind = any(:kind) and made_on > "
         ":made_on_gte",
         "listThings: property name has no column"},
        {"select id, name, made_on from thing where kind = any(:kind) and made_on > :made_on_gte",
         "listThings: property version has no column"},
        {"select id, version, name from thing where kind = any(:kind) and made_on > :made_on_gte",
         "listThings: sort key made_on is no column"},
        {"select id, version, name, made_on from thing where kind = any(:kind)\n"
         " and made_on > :made_on_gte\n and nothing --? !kind",
         "listThings: without parameters: column \"nothing\" does not exist (42703)"},
        {"select id, version, name, made_on from thing where made_on > :made_on_gte\n"
         " and nothing = any(:kind) --? kind !made_on_gte",
         "listThings: kind: column \"nothing\" does not exist (42703)"},
        {"select id, version::text, name, made_on from thing where kind = any(:kind)"
         " and made_on > :made_on_gte",
         "listThings: column version is of another type than its property"},
        {"select id, version, name, name, made_on from thing where kind = any(:kind)"
         " and made_on > :made_on_gte",
         "listThings: two columns are named name"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_TEXT(say(cases[i].sql, NULL, NULL, 0), cases[i].wanted);
}

static void orphans(void) {
    static const char *const special[] = {"listThings"};
    CHECK_TEXT(say(good_sql, "getNothing", NULL, 0),
               "getNothing.sql: the contract has no such operation");
    CHECK_TEXT(say(NULL, NULL, NULL, 0), "other.sql: the contract has no such operation");
    CHECK_TEXT(say("this is not even SQL", NULL, special, 1), "");
}

/* Sorted pages are tried too: a column may be there and yet not be comparable. */
static void sorts(void) {
    CHECK_TEXT(say("select id, version, point(1, 2) as name, made_on from thing"
                   " where kind = any(:kind) and made_on > :made_on_gte",
                   NULL, NULL, 0),
               "listThings: name: operator does not exist: point > unknown (42883)");
}

static void no_server(void) {
    struct config config = fixture_config();
    char why[512] = "";
    bool unreachable = false;
    const struct operation *operation = contract_operation(contract, 0);
    struct statement_set *set = fixture_files((const char *const[]){"listThings", good_sql, NULL});
    snprintf(config.database, sizeof config.database, "host=%s/nowhere", "/nonexistent");
    struct database *away = fixture_database(&config);
    CHECK(!database_check(away, &operation, 1, set, NULL, 0, &unreachable, why, sizeof why));
    CHECK(unreachable);
    CHECK_TEXT(why, "database: no connection (database-unavailable)");
    database_free(away);
    statement_set_free(set);
}

int main(void) {
    char path[] = "db-check-XXXXXX", why[512] = "";
    int descriptor = mkstemp(path);
    MUST(descriptor >= 0);
    MUST(write(descriptor, document, sizeof document - 1) == (ssize_t)(sizeof document - 1));
    close(descriptor);
    contract = contract_load(path, why, sizeof why);
    unlink(path);
    if (contract == NULL)
        printf("# %s\n", why);
    MUST(contract != NULL && contract_operations(contract) == 1);
    fixture_start();
    fixture_admin("create table thing (id uuid primary key, version integer not null,"
                  " name text not null, kind text, made_on date)");
    struct config config = fixture_config();
    database = fixture_database(&config);
    disagreements();
    orphans();
    sorts();
    no_server();
    database_free(database);
    contract_free(contract);
    return tap_end();
}
