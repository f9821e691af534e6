/* Every file against the contract, by asking the server: what does not parse, what has no type,
 * what names a column or a parameter that the other side does not know, stops the start. */
#include "base.h"

#include "database.h"

#include "clock.h"
#include "inside.h"
#include "result.h"

enum { CHECK_ARENA = 1 << 24 };
static const int64_t check_within_us = 5000000;

struct check {
    struct connection *connection;
    const struct operation *operation;
    const struct statement *statement;
    struct arena *arena; /* of one operation */
    struct binding *binding;
    bool
        *always; /* by binding: the engine's own, what the contract requires or has a default for */
    size_t bindings;
    bool lost;
    char *reterr;
    size_t reterr_size;
};

static bool complain(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);
static bool complain(struct check *check, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(check->reterr, check->reterr_size, "%s: %s", check->operation->id, text);
    return false;
}

/* --- parameters --- */

/* What the engine reads itself; a file need not name it. */
static bool is_engines(const struct operation *operation, const char *name) {
    static const char *const names[] = {"fields", "include", "limit",     "cursor",
                                        "sort",   "csv",     "end_marker"};
    size_t count = operation->kind == OPERATION_LIST ? COUNT_OF(names) : 2;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool collect_bindings(struct check *check) {
    static const char *const reserved[] = {"body", "if_match", "key_id", "caller", "public_url"};
    const struct operation *operation = check->operation;
    size_t room = operation->parameters + COUNT_OF(reserved);
    check->bindings = 0;
    check->binding = arena_take(check->arena, room * sizeof *check->binding);
    check->always = arena_take(check->arena, room * sizeof *check->always);
    if (check->binding == NULL || check->always == NULL)
        return complain(check, "out of memory");
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        check->always[check->bindings] = true;
        struct binding *binding = &check->binding[check->bindings++];
        binding->name = reserved[i];
        binding_reserved(reserved[i], &binding->type);
    }
    for (size_t i = 0; i < operation->parameters; i++) {
        const struct parameter *parameter = &operation->parameter[i];
        unsigned type;
        bool named = statement_names(check->statement, parameter->bind);
        if (!named && is_engines(operation, parameter->name))
            continue;
        if (binding_reserved(parameter->bind, &type))
            return complain(check, "parameter %s has a name of the engine's", parameter->name);
        if (!named)
            return complain(check, "parameter %s is not used by the file (:%s)", parameter->name,
                            parameter->bind);
        check->always[check->bindings] = parameter->required || parameter->default_text != NULL;
        check->binding[check->bindings++] = (struct binding){
            .name = parameter->bind, .type = binding_type(parameter->type, parameter->is_list)};
    }
    return true;
}

/* `only` is the one optional parameter that is there besides. */
static void set_present(struct check *check, bool all, size_t only) {
    for (size_t i = 0; i < check->bindings; i++)
        check->binding[i].present = all || check->always[i] || i == only;
}

/* --- variants --- */

static bool describe(struct check *check, const struct statement_request *request, const char *what,
                     PGresult **ret_result) {
    struct statement_text text;
    const char *why = NULL;
    if (!statement_build(check->statement, request, check->arena, &text, &why))
        return complain(check, "the file names :%s, which is no parameter", why);
    struct pipeline pipeline;
    PGresult *result = NULL;
    pipeline_start(&pipeline, check->connection, clock_monotonic_us() + check_within_us);
    pipeline_add_describe(&pipeline, &text, &result);
    enum outcome outcome = pipeline_run(&pipeline, true);
    if (outcome == OUTCOME_FINE && ret_result != NULL)
        *ret_result = result;
    else
        PQclear(result);
    if (outcome == OUTCOME_FINE)
        return true;
    check->lost = outcome != OUTCOME_REFUSED;
    return complain(check, "%s: %s (%s)", what, pipeline.message, pipeline.failure.sqlstate);
}

static bool check_variants(struct check *check) {
    struct statement_request request = {.shape = SHAPE_PLAIN,
                                        .trace = statement_trace_of(check->operation),
                                        .binding = check->binding,
                                        .bindings = check->bindings};
    set_present(check, false, check->bindings);
    if (!describe(check, &request, "without parameters", NULL))
        return false;
    for (size_t i = 0; i < check->bindings; i++) {
        set_present(check, false, i);
        if (!check->always[i] && !describe(check, &request, check->binding[i].name, NULL))
            return false;
    }
    return true;
}

/* A cursor value that the type takes is not needed: the statement is parsed, not run. */
static bool check_page(struct check *check, const char *name, bool descending, bool after_null,
                       bool backwards) {
    const struct property *property = operation_property(check->operation, name);
    const struct property *id = operation_property(check->operation, "id");
    struct statement_request request = {
        .shape = SHAPE_PAGE,
        .trace = statement_trace_of(check->operation),
        .binding = check->binding,
        .bindings = check->bindings,
        .order = {{.column = name,
                   .type = property != NULL ? property->type : SCHEMA_TEXT,
                   .descending = descending,
                   .never_null = property != NULL && property->never_null,
                   .after = after_null ? NULL : "0"},
                  {.column = "id",
                   .type = id != NULL ? id->type : SCHEMA_UUID,
                   .descending = descending,
                   .never_null = true,
                   .after = "0"}},
        .orders = 2,
        .paged_after = true,
        .backwards = backwards,
        .limit = 2,
    };
    return describe(check, &request, name, NULL);
}

static bool check_sorts(struct check *check) {
    const struct operation *operation = check->operation;
    struct statement_request request = {.binding = check->binding, .bindings = check->bindings};
    set_present(check, true, 0);
    request.shape = SHAPE_COUNT;
    if (!describe(check, &request, "count", NULL))
        return false;
    request.trace = statement_trace_of(operation);
    request.shape = SHAPE_TRACE;
    if (request.trace.operation != NULL && !describe(check, &request, "trace", NULL))
        return false;
    for (size_t i = 0; i < operation->sorts; i++) {
        const char *name = operation->sort[i].name;
        if (!check_page(check, name, false, false, false) ||
            !check_page(check, name, true, false, true) ||
            !check_page(check, name, true, true, false) ||
            !check_page(check, name, false, true, true))
            return false;
    }
    return true;
}

/* --- columns --- */

static int find_column(const PGresult *result, const char *name) {
    for (int i = 0; i < PQnfields(result); i++)
        if (strcmp(PQfname(result, i), name) == 0)
            return i;
    return -1;
}

/* The answer is written by column type: a number in a text column would come out in quotes. */
static bool is_written_as(enum schema_type type, enum column_type column) {
    switch (type) {
    case SCHEMA_INTEGER:
    case SCHEMA_NUMBER:
        return column == COLUMN_NUMBER;
    case SCHEMA_BOOLEAN:
        return column == COLUMN_BOOLEAN;
    case SCHEMA_DATE:
        return column == COLUMN_DATE;
    case SCHEMA_INSTANT:
        return column == COLUMN_INSTANT;
    case SCHEMA_TEXT:
    case SCHEMA_UUID:
        return column == COLUMN_TEXT;
    case SCHEMA_JSON:
        break; /* may be several things */
    }
    return true;
}

static bool check_each_column(struct check *check, const PGresult *result) {
    for (int i = 0; i < PQnfields(result); i++) {
        const char *name = PQfname(result, i);
        const struct property *property = operation_property(check->operation, name);
        if (find_column(result, name) != i)
            return complain(check, "two columns are named %s", name);
        if (name[0] == '_')
            continue;
        if (property == NULL)
            return complain(check, "column %s is no property of the answer", name);
        if (!is_written_as(property->type, column_type_of(PQftype(result, i))))
            return complain(check, "column %s is of another type than its property", name);
    }
    return true;
}

/* The schema of what a row becomes: the object, or an item of the list's data. */
static const struct schema *row_schema(const struct operation *operation) {
    const struct schema *schema = operation->answers > 0 ? operation->answer[0].schema : NULL;
    struct schema_property property;
    if (schema == NULL || operation->kind != OPERATION_LIST)
        return schema;
    for (size_t i = 0; schema_property_at(schema, i, &property); i++)
        if (strcmp(property.name, "data") == 0)
            return schema_items(property.schema);
    return NULL;
}

static bool check_required(struct check *check, const PGresult *result) {
    const struct schema *schema = row_schema(check->operation);
    struct schema_property property;
    for (size_t i = 0; schema != NULL && schema_property_at(schema, i, &property); i++) {
        bool needed = property.required || strcmp(property.name, "id") == 0 ||
                      strcmp(property.name, "version") == 0;
        if (needed && !property.write_only && find_column(result, property.name) < 0)
            return complain(check, "property %s has no column", property.name);
    }
    return true;
}

static bool check_names(struct check *check, const PGresult *result) {
    const struct operation *operation = check->operation;
    for (size_t i = 0; i < operation->sorts; i++)
        if (find_column(result, operation->sort[i].name) < 0)
            return complain(check, "sort key %s is no column", operation->sort[i].name);
    const char *open = operation->location != NULL ? strchr(operation->location, '{') : NULL;
    for (; open != NULL; open = strchr(open + 1, '{')) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(open + 1, "}"), open + 1);
        if (find_column(result, name) < 0)
            return complain(check, "x-location names %s, which is no column", name);
    }
    return true;
}

static bool check_columns(struct check *check) {
    struct statement_request request = {
        .shape = SHAPE_PLAIN, .binding = check->binding, .bindings = check->bindings};
    PGresult *result = NULL;
    set_present(check, true, 0);
    if (!describe(check, &request, "with all parameters", &result))
        return false;
    bool silent = check->operation->success == 204;
    bool fine = silent || (check_each_column(check, result) && check_required(check, result) &&
                           check_names(check, result));
    PQclear(result);
    return fine;
}

/* --- the whole --- */

static bool is_named(const char *const *name, size_t names, const char *wanted) {
    for (size_t i = 0; i < names; i++)
        if (strcmp(name[i], wanted) == 0)
            return true;
    return false;
}

static bool check_operation(struct check *check) {
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(CHECK_ARENA);
    check->arena = arena;
    if (arena == NULL)
        return complain(check, "out of memory");
    return collect_bindings(check) && check_columns(check) && check_variants(check) &&
           (check->operation->kind != OPERATION_LIST || check_sorts(check));
}

static bool check_reader(const struct check *check, const struct statement_set *set) {
    const char *reader = check->operation->reader;
    return reader == NULL || statement_find(set, reader) != NULL;
}

/* Files without operation need no server to be found. */
static bool check_files(const struct operation *const *operation, size_t operations,
                        const struct statement_set *set, char *reterr, size_t reterr_size) {
    for (size_t i = 0; i < statement_count(set); i++) {
        const char *name = statement_name(statement_at(set, i));
        size_t j = 0;
        while (j < operations && strcmp(operation[j]->id, name) != 0)
            j++;
        if (j == operations) {
            snprintf(reterr, reterr_size, "%s.sql: the contract has no such operation", name);
            return false;
        }
    }
    return true;
}

bool database_check(struct database *database, const struct operation *const *operation,
                    size_t operations, const struct statement_set *set, const char *const *special,
                    size_t specials, bool *ret_unreachable, char *reterr, size_t reterr_size) {
    struct failure failure;
    struct check check = {.reterr = reterr, .reterr_size = reterr_size};
    *ret_unreachable = false;
    if (!check_files(operation, operations, set, reterr, reterr_size))
        return false;
    check.connection =
        pool_take(database->house, database_deadline(database->pool_wait_ms), &failure);
    if (check.connection == NULL) {
        snprintf(reterr, reterr_size, "database: no connection (%s)", failure.code);
        *ret_unreachable = true;
        return false;
    }
    bool fine = true;
    for (size_t i = 0; i < operations && fine; i++) {
        check.operation = operation[i];
        check.statement = statement_find(set, operation[i]->id);
        if (is_named(special, specials, operation[i]->id))
            continue;
        if (check.statement == NULL)
            fine = complain(&check, "there is no SQL file of this name");
        else if (!check_reader(&check, set))
            fine = complain(&check, "x-reader names %s, which has no file", operation[i]->reader);
        else
            fine = check_operation(&check);
    }
    pool_give(database->house, check.connection, !check.lost);
    *ret_unreachable = check.lost;
    return fine;
}
