/* Settings: defaults, then the file (key = value, # comments), then MAILLAGE_<KEY> in the
 * environment. An unknown key, a value out of range, a secret that others may read: one line that
 * says which, no start. Every duration is in milliseconds, every size in bytes. */
#ifndef MAILLAGE_CONFIG_H
#define MAILLAGE_CONFIG_H

#include "digest.h"
#include "log.h"

struct config {
    char listen[256];       /* "unix:/path" or "127.0.0.1:port"; only these two forms */
    char admin_listen[256]; /* same forms: /livez, /readyz, /metrics */
    char database[512];     /* libpq connection string of the application role */
    /* libpq connection string of standbys of the same database that may answer lists and exports,
     * target_session_attrs=standby unless it says otherwise; empty = the primary answers all. */
    char read_database[512];
    char contract[256];   /* path of openapi.json */
    char operations[256]; /* folder of the SQL files */
    char problems[256];   /* path of problems.json, made from the catalogue */
    char public_url[256]; /* origin written into problem types and links of pages */
    /* 32 bytes as hex, mode 0600: signs cursors. Empty: a secret drawn at start, so cursors do not
     * outlive the process nor pass to another one. */
    char secret_file[256];
    /* 32 bytes as hex, mode 0600: what personal data is sealed with (schema keyed). Given to each
     * connection; a database belongs to one key for good, and serves nobody without it. */
    char secret_key_file[256];
    char allowed_origins[1024]; /* CORS: exact origins separated by spaces; empty = none */
    char environment[16];       /* part of every key: demo, test, prod */
    unsigned char secret[DIGEST_SECRET_SIZE];
    char secret_key[2 * DIGEST_SECRET_SIZE + 1]; /* of secret_key_file, as hex; "" without one */
    enum log_level log_level;
    unsigned connections_max;   /* HTTP connections */
    unsigned pool_size;         /* database connections for requests */
    unsigned export_pool_size;  /* and for exports; as many on the standby */
    unsigned read_pool_size;    /* connections to the standby for lists */
    unsigned read_staleness_ms; /* nothing older is shown, nor older than its reader's own writes */
    unsigned pool_wait_ms;
    unsigned connect_timeout_ms;
    unsigned statement_timeout_ms;
    unsigned export_timeout_ms;
    unsigned drain_ms;
};

/* `path` may be NULL: defaults and environment only. On failure `reterr` holds one line. */
MUST_CHECK bool config_load(const char *path, struct config *ret_config, char *reterr,
                            size_t reterr_size);

/* Overwrites what was read from the two secret files. */
void config_forget(struct config *config);

#endif
