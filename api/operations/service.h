/* All that an exchange needs, put together once at start and only read afterwards. */
#ifndef MAILLAGE_SERVICE_H
#define MAILLAGE_SERVICE_H

#include "config.h"
#include "contract.h"
#include "database.h"
#include "metrics.h"
#include "page_notes.h"
#include "problem.h"
#include "statement.h"

struct service {
    const struct config *config;
    const struct contract *contract;
    const struct statement_set *statements;
    struct database *database;
    const struct problems *problems;
    struct metrics *metrics;
    struct page_notes *page_notes;
    struct served contract_yaml;
    size_t body_max; /* the largest body any operation takes */
};

#endif
