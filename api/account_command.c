/* maillage account: people who sign in with e-mail and password; made, reset and disabled as the
 * owner of the database. A password that is made here is printed once. */
#include "base.h"
#include "commands.h"

#include "password.h"
#include "text.h"

enum { ACCOUNT_ARENA = 1 << 20 };

static const char usage[] =
    "  maillage account create  -c FICHIER --database URI --email ADRESSE --kind GENRE --label "
    "TEXTE\n"
    "                           [--delegation SLUG|ID] [--member ID] [--password-stdin]\n"
    "      GENRE : PARTNER, STRUCTURE (--member), DELEGATION (--delegation), NATIONAL\n"
    "  maillage account reset   -c FICHIER --database URI --email ADRESSE [--password-stdin]\n"
    "  maillage account disable -c FICHIER --database URI --email ADRESSE\n"
    "  maillage account list    -c FICHIER --database URI\n"
    "      Sans --password-stdin, un mot de passe est tiré et montré une fois.\n";

struct account_call {
    int count;
    char **argument;
    struct config config;
    struct database *database;
    struct arena *arena;
    char password[PASSWORD_MAX + 2];
    char hash[PASSWORD_HASH_SIZE];
    bool drawn;
};

static const char *option(const struct account_call *call, const char *name) {
    return command_option(call->count, call->argument, name);
}

static bool run(struct account_call *call, const char *sql, int parameters,
                const char *const *value, struct rows **ret_rows) {
    struct database_opening opening = {.request_id = "maillage-account", .writes = true};
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

/* One line of the standard input; the line feed is not part of it. */
static bool read_password(struct account_call *call) {
    if (!fgets(call->password, sizeof call->password, stdin)) {
        return false;
    }
    call->password[strcspn(call->password, "\n")] = '\0';
    size_t size = strlen(call->password);
    struct slice text = {call->password, size};
    return size >= PASSWORD_MIN && size <= PASSWORD_MAX && text_is_utf8(text) &&
           !text_has_control(text);
}

static bool take_password(struct account_call *call) {
    call->drawn = !command_flag(call->count, call->argument, "--password-stdin");
    if (call->drawn) {
        password_new(call->password);
    } else if (!read_password(call)) {
        fprintf(stderr, "maillage: a password has %d to %d bytes of UTF-8 in one line\n",
                PASSWORD_MIN, PASSWORD_MAX);
        return false;
    }
    return password_hash(slice_of(call->password), call->hash);
}

static int done(const struct account_call *call) {
    if (call->drawn) {
        puts(call->password);
    }
    return 0;
}

static int create(struct account_call *call) {
    static const char sql[] =
        "select access.create_account($1::text, $2::text, $3::text, $4::text,"
        " (select d.id from network.delegation d where d.slug = $5::text or d.id::text = $5::text),"
        " $6::uuid)";
    struct rows *rows = NULL;
    if (!option(call, "--kind") || !option(call, "--label") || !option(call, "--email")) {
        fputs(usage, stderr);
        return 2;
    }
    if (!take_password(call)) {
        return 1;
    }
    const char *const value[] = {option(call, "--kind"),       option(call, "--label"),
                                 option(call, "--email"),      call->hash,
                                 option(call, "--delegation"), option(call, "--member")};
    return run(call, sql, COUNT_OF(value), value, &rows) ? done(call) : 1;
}

/* Both answer whether somebody has the address. */
static bool change(struct account_call *call, const char *sql, int parameters,
                   const char *const *value) {
    struct rows *rows = NULL;
    if (!run(call, sql, parameters, value, &rows)) {
        return false;
    }
    if (slice_is(rows_value(rows, 0, 0), "t")) {
        return true;
    }
    fputs("maillage: nobody has this address\n", stderr);
    return false;
}

static int reset(struct account_call *call) {
    const char *const value[] = {option(call, "--email"), call->hash};
    if (!value[0]) {
        fputs(usage, stderr);
        return 2;
    }
    return take_password(call) &&
                   change(call, "select access.reset_account($1::text, $2::text)", 2, value)
               ? done(call)
               : 1;
}

static int disable(struct account_call *call) {
    const char *const value[] = {option(call, "--email")};
    if (!value[0]) {
        fputs(usage, stderr);
        return 2;
    }
    return change(call, "select access.disable_account($1::text)", 1, value) ? 0 : 1;
}

static int list(struct account_call *call) {
    static const char sql[] =
        "select keyed.open('account_email', a.email_sealed), a.kind, a.label,"
        " a.created_at::date, case when a.disabled_at is null then 'open' else 'disabled' end,"
        " (select count(*) from access.session s where s.account_id = a.id and s.expires_at > "
        "now())"
        " from access.account a order by a.created_at";
    struct rows *rows = NULL;
    if (!run(call, sql, 0, NULL, &rows)) {
        return 1;
    }
    for (int i = 0; i < rows_count(rows); i++) {
        for (int j = 0; j < rows_columns(rows); j++) {
            struct slice value = rows_value(rows, i, j);
            printf("%s%.*s", j ? "\t" : "", (int)value.size, value.at);
        }
        putchar('\n');
    }
    return 0;
}

static int with_database(struct account_call *call, int (*action)(struct account_call *call)) {
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
    call->arena = arena_new(ACCOUNT_ARENA);
    call->database = database_new(&call->config, error, sizeof error);
    if (call->arena && call->database) {
        status = action(call);
    } else {
        fprintf(stderr, "maillage: %s\n", error);
    }
    arena_free(call->arena);
    database_free(call->database);
    config_forget(&call->config);
    explicit_bzero(call->password, sizeof call->password);
    return status;
}

int command_account(int count, char **argument) {
    static const char *const options[] = {"-c",      "--database",   "--email",  "--kind",
                                          "--label", "--delegation", "--member", NULL};
    static const char *const flags[] = {"--password-stdin", NULL};
    static const struct {
        const char *name;
        int (*run)(struct account_call *call);
    } action[] = {{"create", create}, {"reset", reset}, {"disable", disable}, {"list", list}};
    struct account_call call = {.count = count - 1, .argument = argument + 1};
    for (size_t i = 0; count >= 1 && i < COUNT_OF(action); i++) {
        if (strcmp(argument[0], action[i].name) == 0) {
            return command_accepts(call.count, call.argument, options, flags)
                       ? with_database(&call, action[i].run)
                       : 2;
        }
    }
    fputs(usage, stderr);
    return 2;
}
