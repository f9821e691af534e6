/* The one path that every exchange takes. */
#ifndef MAILLAGE_RUN_H
#define MAILLAGE_RUN_H

#include "call.h"

/* Handler of the public listener; `user` is a struct service. */
void run_exchange(struct exchange *exchange, void *user);
/* Its `finished`: access log and metrics. */
void run_finished(struct exchange *exchange, void *user);

#endif
