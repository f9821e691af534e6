/* maillage key: makes, lists and revokes API keys, as the owner of the database. A key is printed
 * once, when it is made; the database keeps its digest. */
#include "base.h"
#include "commands.h"

#include "key.h"
#include "text.h"

enum { KEY_ARENA = 1 << 20, DAYS_MAX = 365 };

static const char usage[] = "  maillage key create -c FICHIER --database URI --kind GENRE --label "
                            "TEXTE [--delegation SLUG|ID]\n"
                            "                      [--member ID] [--days N] [--scopes a,b]\n"
                            "      GENRE : PARTNER, STRUCTURE (--member), DELEGATION "
                            "(--delegation), NATIONAL ; N : 1 à 365 jours\n"
                            "  maillage key list   -c FICHIER --database URI\n"
                            "  maillage key revoke -c FICHIER --database URI --id ID\n";

struct key_call {
    int count;
    char **argument;
    struct config config;
    struct database *database;
    struct arena *arena;
};

static const char *option(const struct key_call *call, const char *name) {
    return command_option(call->count, call->argument, name);
}

static bool run(struct key_call *call, const char *sql, int parameters, const char *const *value,
                bool writes, struct rows **ret_rows) {
    struct database_opening opening = {.request_id = "maillage-key", .writes = writes};
    struct statement_text text;
    struct principal principal;
    struct failure failure = {0};
    if (statement_fixed(sql, parameters, value, call->arena, &text) &&
        database_run(call->database, &opening, &text, 1, true, call->arena, &principal, ret_rows,
                     NULL, &failure)) {
        return true;
    }
    fprintf(stderr, "maillage: the database refused: %s %s %s\n", failure.code ? failure.code : "",
            failure.sqlstate, failure.constraint);
    return false;
}

static int create(struct key_call *call) {
    static const char sql[] =
        "select access.create_key($1::text, $2::text, $3::text,"
        " (select d.id from network.delegation d where d.slug = $4::text or d.id::text = $4::text),"
        " $5::uuid, string_to_array($6::text, ','), now() + make_interval(days => $7::integer))";
    char key[KEY_MAX + 1], digest[DIGEST_HEX_SIZE + 1];
    const char *days = option(call, "--days");
    uint64_t number = DAYS_MAX;
    struct rows *rows = NULL;
    if (!option(call, "--kind") || !option(call, "--label") ||
        (days && (!slice_to_unsigned(slice_of(days), DAYS_MAX, &number) || number == 0))) {
        fputs(usage, stderr);
        return 2;
    }
    if (!key_new(call->config.environment, key)) {
        fputs("maillage: the setting environment cannot be part of a key\n", stderr);
        return 1;
    }
    key_digest(slice_of(key), digest);
    const char *const value[] = {option(call, "--kind"),
                                 option(call, "--label"),
                                 digest,
                                 option(call, "--delegation"),
                                 option(call, "--member"),
                                 option(call, "--scopes"),
                                 arena_print(call->arena, "%" PRIu64, number)};
    if (!run(call, sql, COUNT_OF(value), value, true, &rows)) {
        return 1;
    }
    puts(key);
    explicit_bzero(key, sizeof key);
    return 0;
}

static int list(struct key_call *call) {
    static const char sql[] =
        "select k.id, k.kind, k.label, k.expires_at::date, u.last_used_at,"
        " case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then "
        "'expired'"
        " else 'valid' end from access.api_key k left join access.key_use u on u.key_id = k.id"
        " order by k.created_at";
    struct rows *rows = NULL;
    if (!run(call, sql, 0, NULL, false, &rows)) {
        return 1;
    }
    for (int i = 0; i < rows_count(rows); i++) {
        for (int j = 0; j < rows_columns(rows); j++) {
            struct slice value = rows_is_null(rows, i, j) ? SLICE("-") : rows_value(rows, i, j);
            printf("%s%.*s", j ? "\t" : "", (int)value.size, value.at);
        }
        putchar('\n');
    }
    return 0;
}

static int revoke(struct key_call *call) {
    const char *const value[] = {option(call, "--id")};
    struct rows *rows = NULL;
    if (!value[0] || !text_is_uuid(slice_of(value[0]))) {
        fputs(usage, stderr);
        return 2;
    }
    if (!run(call, "select access.revoke_key($1::uuid)", 1, value, true, &rows)) {
        return 1;
    }
    bool ended = slice_is(rows_value(rows, 0, 0), "t");
    puts(ended ? "revoked" : "no such valid key");
    return ended ? 0 : 1;
}

static int with_database(struct key_call *call, int (*action)(struct key_call *call)) {
    char error[COMMAND_LINE_SIZE] = "";
    int status = 1;
    if (!config_load(option(call, "-c"), &call->config, error, sizeof error)) {
        fprintf(stderr, "maillage: %s\n", error);
        return 1;
    }
    if (option(call, "--database")) {
        snprintf(call->config.database, sizeof call->config.database, "%s",
                 option(call, "--database"));
    }
    call->config.pool_size = 1;
    call->config.export_pool_size = 1;
    call->config.read_database[0] = '\0';
    call->arena = arena_new(KEY_ARENA);
    call->database = database_new(&call->config, error, sizeof error);
    if (call->arena && call->database) {
        status = action(call);
    } else {
        fprintf(stderr, "maillage: %s\n", error);
    }
    arena_free(call->arena);
    database_free(call->database);
    config_forget(&call->config);
    return status;
}

int command_key(int count, char **argument) {
    static const char *const options[] = {"-c",           "--database", "--kind", "--label",
                                          "--delegation", "--member",   "--days", "--scopes",
                                          "--id",         NULL};
    static const struct {
        const char *name;
        int (*run)(struct key_call *call);
    } action[] = {{"create", create}, {"list", list}, {"revoke", revoke}};
    struct key_call call = {.count = count - 1, .argument = argument + 1};
    for (size_t i = 0; count >= 1 && i < COUNT_OF(action); i++) {
        if (strcmp(argument[0], action[i].name) == 0) {
            return command_accepts(call.count, call.argument, options, NULL)
                       ? with_database(&call, action[i].run)
                       : 2;
        }
    }
    fputs(usage, stderr);
    return 2;
}
