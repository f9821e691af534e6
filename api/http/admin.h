/* The listener for the house: /livez (the process), /readyz (the database answers, with the schema
 * this binary was built for), /metrics. Never reachable from outside. */
#ifndef MAILLAGE_ADMIN_H
#define MAILLAGE_ADMIN_H

#include "metrics.h"
#include "server.h"

struct admin {
    const struct metrics *metrics;
    struct database *database;
    const struct server *server; /* the public listener; NULL once it stopped */
    bool (*is_stopping)(void);
};

/* Handler for server_options; `user` is a struct admin. */
void admin_answer(struct exchange *exchange, void *user);

#endif
