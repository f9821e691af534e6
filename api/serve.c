/* maillage serve: from the settings to the first request, and from SIGTERM to the last answer. */
#include "base.h"
#include "commands.h"

#include "admin.h"
#include "run.h"
#include "server.h"

#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>

enum {
    ADMIN_CONNECTIONS = 16,
    OTHER_FILES = 24, /* listeners, log, clock, what libraries keep open */
    ADMIN_DRAIN_MS = 500,
    WATCHDOG_SECONDS = 5, /* a quarter of the unit's WatchdogSec */
    MALLOC_ARENAS = 4,    /* one per thread, the default, costs megabytes at 64 connections */
    /* Larger pieces are mapped, whatever was freed before: a table is written as it fills. */
    MALLOC_MAPPED = 512 * 1024,
};

static atomic_bool stopping;

static bool is_stopping(void) {
    return atomic_load(&stopping);
}

/* Blocked before any thread starts, so that one place waits for them. */
static sigset_t block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

/* SIGHUP: the log level is read again; a file that has become wrong changes nothing. */
static void reload(const char *path) {
    struct config *fresh = malloc(sizeof *fresh);
    char error[COMMAND_LINE_SIZE];
    sd_notify(0, "RELOADING=1");
    if (fresh && config_load(path, fresh, error, sizeof error)) {
        log_set_level(fresh->log_level);
        log_write(LOG_INFO, "serve", NULL, "settings read again");
        config_forget(fresh);
    } else {
        log_write(LOG_ERROR, "serve", NULL, "settings kept: %s", fresh ? error : "no memory");
    }
    free(fresh);
    sd_notify(0, "READY=1");
}

static void wait_for_end(const sigset_t *set, const char *config_path) {
    const struct timespec pause = {.tv_sec = WATCHDOG_SECONDS};
    for (;;) {
        int signal_number = sigtimedwait(set, NULL, &pause);
        if (signal_number == SIGHUP) {
            reload(config_path);
        } else if (signal_number == SIGTERM || signal_number == SIGINT) {
            return;
        }
        sd_notify(0, "WATCHDOG=1");
    }
}

/* A second SIGTERM must not wait for the drain: from here on it has its default effect. */
static void let_second_signal_kill(const sigset_t *set) {
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

static bool check_house(struct house *house, char *reterr, size_t reterr_size) {
    bool unreachable = false;
    if (house_check(house, &unreachable, reterr, reterr_size)) {
        return true;
    }
    if (unreachable) {
        log_write(LOG_WARNING, "serve", NULL, "database not reachable, serving 503 until it is: %s",
                  reterr);
    }
    return unreachable;
}

struct listeners {
    struct server *public_one, *admin_one;
    struct admin admin;
};

/* With no descriptor left, accept fails again and again and the library spins on it: the limit of
 * connections must be met first. */
static unsigned connections_that_fit(const struct config *config) {
    struct rlimit files;
    unsigned kept = config->pool_size + config->export_pool_size + ADMIN_CONNECTIONS + OTHER_FILES;
    if (config->read_database[0] != '\0') {
        kept += config->read_pool_size + config->export_pool_size + 1;
    }
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 ||
        files.rlim_cur >= (rlim_t)config->connections_max + kept) {
        return config->connections_max;
    }
    unsigned fit = files.rlim_cur > kept ? (unsigned)files.rlim_cur - kept : 1;
    log_write(LOG_WARNING, "serve", NULL, "open files allow %u connections, not the %u set", fit,
              config->connections_max);
    return fit;
}

static bool start_listeners(struct house *house, struct listeners *listeners, char *reterr,
                            size_t reterr_size) {
    int inherited = sd_listen_fds(1) >= 1 ? SD_LISTEN_FDS_START : -1;
    struct server_options public_options = {
        .listen = house->config.listen,
        .inherited_socket = inherited,
        .connections_max = connections_that_fit(&house->config),
        .body_max = house->service.body_max,
        .handler = run_exchange,
        .finished = run_finished,
        .user = &house->service,
    };
    listeners->admin = (struct admin){.metrics = house->service.metrics,
                                      .database = house->service.database,
                                      .is_stopping = is_stopping};
    struct server_options admin_options = {
        .listen = house->config.admin_listen,
        .inherited_socket = -1,
        .connections_max = ADMIN_CONNECTIONS,
        .body_max = 1024,
        .handler = admin_answer,
        .user = &listeners->admin,
    };
    listeners->public_one = server_start(&public_options, reterr, reterr_size);
    listeners->admin.server = listeners->public_one;
    if (!listeners->public_one) {
        return false;
    }
    listeners->admin_one = server_start(&admin_options, reterr, reterr_size);
    if (!listeners->admin_one) {
        server_stop(listeners->public_one, 0);
    }
    return listeners->admin_one != NULL;
}

/* Readiness falls first, then the listener closes and drains; health answers until the end. */
static bool stop_listeners(struct house *house, struct listeners *listeners) {
    atomic_store(&stopping, true);
    sd_notify(0, "STOPPING=1");
    struct server *public_one = listeners->public_one;
    bool drained = server_stop(public_one, house->config.drain_ms);
    listeners->admin.server = NULL;
    server_stop(listeners->admin_one, ADMIN_DRAIN_MS);
    return drained;
}

static int refuse(struct house *house, const char *error) {
    fprintf(stderr, "maillage: %s\n", error);
    house_close(house);
    return 1;
}

int command_serve(int count, char **argument) {
    static const char *const options[] = {"-c", NULL};
    char error[COMMAND_LINE_SIZE] = "";
    struct house house;
    struct listeners listeners = {0};
    const char *path = command_option(count, argument, "-c");
    if (!command_accepts(count, argument, options, NULL)) {
        return 2;
    }
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    mallopt(M_MMAP_THRESHOLD, MALLOC_MAPPED);
#ifndef __SANITIZE_ADDRESS__   /* whose search for leaks needs to trace the process */
    prctl(PR_SET_DUMPABLE, 0); /* a core would hold keys' digests and members' data */
#endif
    sigset_t signals = block_signals();
    if (!house_open(&house, path, error, sizeof error) ||
        !check_house(&house, error, sizeof error) ||
        !start_listeners(&house, &listeners, error, sizeof error)) {
        return refuse(&house, error);
    }
    malloc_trim(0); /* what reading the contract took and gave back */
    log_write(LOG_INFO, "serve", NULL, "ready on %s, contract %s", house.config.listen,
              contract_revision(house.service.contract));
    sd_notify(0, "READY=1");
    wait_for_end(&signals, path);
    let_second_signal_kill(&signals);
    bool drained = stop_listeners(&house, &listeners);
    log_write(LOG_INFO, "serve", NULL, drained ? "stopped" : "stopped, some requests were cut");
    house_close(&house);
    return drained ? 0 : 1;
}
