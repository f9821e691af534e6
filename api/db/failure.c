/* One table from SQLSTATE to the catalogue. Whole codes come before classes: the first row that is
 * a prefix of the SQLSTATE decides. */
#include "base.h"

#include "failure.h"

struct rule {
    const char *prefix;
    const char *code; /* NULL: the constraint decides */
    const char *fallback;
    unsigned retry_after;
};

static const struct rule rules[] = {
    {"MA401", "unauthenticated", NULL, 0},
    {"MA403", "forbidden", NULL, 0},
    {"MA404", "not-found", NULL, 0},
    {"MA208", "replayed", NULL, 0},
    {"MA409", "idempotency-in-progress", NULL, 1},
    {"MA422", "idempotency-key-reused", NULL, 0},
    {"MA001", NULL, "validation-failed", 0},
    {"23505", NULL, "conflict", 0},
    {"23P01", NULL, "conflict", 0},
    {"23514", NULL, "validation-failed", 0},
    {"23503", NULL, "validation-failed", 0},
    {"22000", "period-invalid", NULL, 0}, /* a range whose last day is before the first */
    {"22", NULL, "validation-failed", 0},
    {"42501", "forbidden", NULL, 0},
    {"44000", "forbidden", NULL, 0},
    {"40001", "retry", NULL, 1},
    {"40P01", "retry", NULL, 1},
    {"55P03", "busy", NULL, 1},
    {"57014", "statement-timeout", NULL, 0},
    {"57P", "database-unavailable", NULL, 1},
    {"08", "database-unavailable", NULL, 1},
    {"53", "database-unavailable", NULL, 1},
    {"25006", "database-unavailable", NULL, 1},
    {"25P03", "database-unavailable", NULL, 1},
    {"", "internal-error", NULL, 0},
};

void failure_classify(struct failure *failure) {
    const struct rule *rule = rules;
    while (strncmp(failure->sqlstate, rule->prefix, strlen(rule->prefix)) != 0)
        rule++; /* ends at the last rule: every text starts with the empty one */
    failure->code = rule->code;
    failure->fallback = rule->fallback;
    failure->retry_after = rule->retry_after;
}

void failure_own(struct failure *failure, const char *code, unsigned retry_after) {
    *failure = (struct failure){.code = code, .retry_after = retry_after};
}
