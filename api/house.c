/* Opens what every command but migrate needs, in the order of dependence, and closes it the other
 * way round. */
#include "base.h"
#include "commands.h"

#include "special.h"

enum { YAML_MAX_BYTES = 32 << 20 };

const char *command_option(int count, char **argument, const char *name) {
    for (int i = 0; i + 1 < count; i++) {
        if (strcmp(argument[i], name) == 0) {
            return argument[i + 1];
        }
    }
    return NULL;
}

bool command_flag(int count, char **argument, const char *name) {
    for (int i = 0; i < count; i++) {
        if (strcmp(argument[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_among(const char *text, const char *const *names) {
    for (; names && *names; names++) {
        if (strcmp(text, *names) == 0) {
            return true;
        }
    }
    return false;
}

bool command_accepts(int count, char **argument, const char *const *options,
                     const char *const *flags) {
    for (int i = 0; i < count; i++) {
        if (is_among(argument[i], options) && i + 1 < count) {
            i++;
        } else if (!is_among(argument[i], flags)) {
            fprintf(stderr, "maillage: unknown or unfinished option %s\n", argument[i]);
            return false;
        }
    }
    return true;
}

/* The YAML form stands beside the JSON one; it is served, never understood. */
static bool open_yaml(struct house *house, char *reterr, size_t reterr_size) {
    char path[sizeof house->config.contract + 8];
    size_t stem = strlen(house->config.contract);
    if (stem > 5 && strcmp(house->config.contract + stem - 5, ".json") == 0) {
        stem -= 5;
    }
    snprintf(path, sizeof path, "%.*s.yaml", (int)stem, house->config.contract);
    return served_open(path, YAML_MAX_BYTES, &house->service.contract_yaml, reterr, reterr_size);
}

static size_t largest_body(const struct contract *contract) {
    size_t largest = 0;
    for (size_t i = 0; i < contract_operations(contract); i++) {
        const struct operation *operation = contract_operation(contract, i);
        if (operation->bodies > 0 && operation->body_max > largest) {
            largest = operation->body_max;
        }
    }
    return largest;
}

/* Each member is set only by its own step, so that house_close can follow from any point. */
bool house_open(struct house *house, const char *config_path, char *reterr, size_t reterr_size) {
    struct service *service = &house->service;
    *house = (struct house){0};
    if (!config_load(config_path, &house->config, reterr, reterr_size)) {
        return false;
    }
    if (house->config.secret_key[0] == '\0') {
        snprintf(reterr, reterr_size,
                 "secret_key_file is not set: without its key personal data can neither be stored "
                 "nor read");
        return false;
    }
    log_set_level(house->config.log_level);
    service->config = &house->config;
    service->contract = contract_load(house->config.contract, reterr, reterr_size);
    if (!service->contract || !open_yaml(house, reterr, reterr_size)) {
        return false;
    }
    service->body_max = largest_body(service->contract);
    service->statements = statement_set_load(house->config.operations, reterr, reterr_size);
    if (!service->statements) {
        return false;
    }
    service->problems =
        problems_load(house->config.problems, house->config.public_url, reterr, reterr_size);
    if (!service->problems) {
        return false;
    }
    service->metrics = metrics_new(service->contract);
    if (!service->metrics) {
        snprintf(reterr, reterr_size, "no memory for the metrics");
        return false;
    }
    service->page_notes = page_notes_new();
    if (!service->page_notes) {
        snprintf(reterr, reterr_size, "no memory for the notes about pages");
        return false;
    }
    service->database = database_new(&house->config, reterr, reterr_size);
    return service->database != NULL;
}

void house_close(struct house *house) {
    struct service *service = &house->service;
    database_free(service->database);
    page_notes_free(service->page_notes);
    metrics_free(service->metrics);
    problems_free((struct problems *)service->problems);
    statement_set_free((struct statement_set *)service->statements);
    contract_free((struct contract *)service->contract);
    served_close(&service->contract_yaml);
    config_forget(&house->config);
}

/* A special operation that the contract does not mark, or a mark that no special operation answers.
 */
static bool check_specials(const struct house *house, char *reterr, size_t reterr_size) {
    size_t specials = 0;
    const char *const *name = special_names(&specials);
    for (size_t i = 0; i < specials; i++) {
        if (!contract_find(house->service.contract, name[i])) {
            snprintf(reterr, reterr_size, "operation %s is answered in C but not in the contract",
                     name[i]);
            return false;
        }
    }
    return true;
}

bool house_check(struct house *house, bool *ret_unreachable, char *reterr, size_t reterr_size) {
    const struct contract *contract = house->service.contract;
    const struct operation *operation[512];
    size_t specials = 0, operations = contract_operations(contract);
    const char *const *special = special_names(&specials);
    *ret_unreachable = false;
    if (operations > COUNT_OF(operation)) {
        snprintf(reterr, reterr_size, "contract: more than %zu operations", COUNT_OF(operation));
        return false;
    }
    for (size_t i = 0; i < operations; i++) {
        operation[i] = contract_operation(contract, i);
    }
    return check_specials(house, reterr, reterr_size) &&
           database_adopt_key(house->service.database, ret_unreachable, reterr, reterr_size) &&
           database_check(house->service.database, operation, operations, house->service.statements,
                          special, specials, ret_unreachable, reterr, reterr_size);
}
