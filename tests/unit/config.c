#include "base.h"

#include "config.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct config config;
static char message[512];
static char folder[64];
static char path[sizeof(folder) + 16];
static char secret_path[sizeof(folder) + 16];

static void write_file(const char *name, const char *content, mode_t mode) {
    (void)unlink(name); /* the one before may have been made unreadable for its own writer */
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(file >= 0);
    MUST(write(file, content, strlen(content)) == (ssize_t)strlen(content));
    MUST(fchmod(file, mode) == 0);
    (void)close(file);
}

static bool load_with(const char *content, mode_t mode) {
    write_file(path, content, mode);
    message[0] = '\0';
    return config_load(path, &config, message, sizeof(message));
}

static bool load(const char *content) {
    return load_with(content, 0644);
}

/* Refused, in one line in which `wanted` occurs. */
static void check_refused(const char *content, const char *wanted) {
    bool loaded = load(content);
    CHECK_FOR(!loaded && strstr(message, wanted) != NULL && strchr(message, '\n') == NULL, wanted);
    if (loaded || strstr(message, wanted) == NULL) {
        printf("#   said \"%s\"\n", message);
    }
}

static void reads_files(void) {
    CHECK(config_load(NULL, &config, message, sizeof(message)));
    CHECK_TEXT(config.listen, "unix:/run/maillage/http.sock");
    CHECK_NUMBER(config.pool_wait_ms, 2000);
    CHECK_NUMBER(config.log_level, LOG_INFO);
    CHECK_TEXT(config.database, "");
    CHECK(load("# a comment\n\n listen =\t127.0.0.1:8081 \r\ndatabase = host=/run/pg "
               "application_name=a#b=c\n"
               "pool_size=3\nlog_level = debug\nallowed_origins = https://a.example  "
               "http://b.example:81"));
    CHECK_TEXT(config.listen, "127.0.0.1:8081");
    CHECK_TEXT(config.database, "host=/run/pg application_name=a#b=c");
    CHECK_NUMBER(config.pool_size, 3);
    CHECK_NUMBER(config.log_level, LOG_DEBUG);
    CHECK(load(""));
    MUST(setenv("MAILLAGE_POOL_SIZE", "7", 1) == 0);
    CHECK(load("pool_size = 3\n"));
    CHECK_NUMBER(config.pool_size, 7);
    MUST(setenv("MAILLAGE_POOL_SIZE", "many", 1) == 0);
    check_refused("", "environment MAILLAGE_POOL_SIZE: pool_size must be");
    MUST(unsetenv("MAILLAGE_POOL_SIZE") == 0);
}

static void names_what_is_wrong(void) {
    check_refused("\npool_sizes = 3\n",
                  ":2: unknown key \"pool_sizes\"; the closest known one is \"pool_size\"");
    check_refused("databse = x\n", "\"database\"");
    check_refused("a_key_that_is_far_too_long_for_any_of_ours_to_be_like_it = x\n", "unknown key");
    check_refused("= x\n", "unknown key");
    check_refused("pool_size = 0\n", "pool_size must be a whole number from 1 to 200");
    check_refused("pool_size = 201\n", "from 1 to 200");
    check_refused("pool_size = -1\n", "from 1 to 200");
    check_refused("read_staleness_ms = 199\n", "from 200 to 60000");
    check_refused("read_pool_size = 0\n", "read_pool_size must be a whole number from 1 to 200");
    check_refused("pool_size = 1s\n", "from 1 to 200");
    check_refused("pool_size =\n", "from 1 to 200");
    check_refused("drain_ms = 99999999999999999999\n", "drain_ms must be a whole number from 0 to");
    check_refused("log_level = loud\n", "log_level must be debug, info, warning or error");
    check_refused("pool_size\n", "key = value");
    check_refused("pool_size = 1\npool_size = 1\n", ":2: pool_size is set a second time");
    check_refused("environment = Démo\n", "environment must be");
    check_refused("environment = abcdefghijklmnop\n", "environment is longer than 15 bytes");
    check_refused("contract = \n", "contract must be a path");
    check_refused("contract = /a\x01\n", "control character");
    check_refused("public_url = https://example.org/\n", "public_url must be");
    check_refused("public_url = example.org\n", "public_url must be");
    check_refused("allowed_origins = *\n", "allowed_origins must be");
    check_refused("allowed_origins = https://a.example https://b.example/x\n",
                  "allowed_origins must be");
    /* A connection string may hold a password. */
    check_refused("database = password=secret\x02\n", "database");
    CHECK(strstr(message, "secret") == NULL);
    CHECK(!config_load("/nonexistent/maillage.conf", &config, message, sizeof(message)));
    CHECK(strstr(message, "/nonexistent/maillage.conf") != NULL);
}

static void checks_listen_forms(void) {
    static const char *const wrong[] = {"8080",        "0.0.0.0:8080",    "localhost:8080",
                                        "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:",
                                        "127.0.0.1",   "unix:",           "unix:relative",
                                        "unix:/",      "[::1]:8080",      ""};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char line[128];
        (void)snprintf(line, sizeof(line), "listen = %s\n", wrong[i]);
        check_refused(line, "listen must be unix:/path");
        (void)snprintf(line, sizeof(line), "admin_listen = %s\n", wrong[i]);
        check_refused(line, "admin_listen must be unix:/path");
    }
    char line[256];
    (void)snprintf(line, sizeof(line), "listen = unix:/%0106d\n", 0);
    CHECK(load(line));
    (void)snprintf(line, sizeof(line), "listen = unix:/%0107d\n", 0);
    CHECK(!load(line));
}

static void guards_the_secret(void) {
    static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
    char line[128];
    (void)snprintf(line, sizeof(line), "secret_file = %s\n", secret_path);
    check_refused(line, "cannot be opened");
    write_file(secret_path, hex, 0600);
    CHECK(load(line));
    CHECK_NUMBER(config.secret[0], 0);
    CHECK_NUMBER(config.secret[31], 31);
    write_file(secret_path, hex, 0400);
    CHECK(load(line));
    write_file(secret_path, hex, 0640);
    check_refused(line, "others may read the secret");
    CHECK(strstr(message, secret_path) != NULL);
    write_file(secret_path, hex, 0604);
    check_refused(line, "others may read the secret");
    write_file(secret_path, hex + 1, 0600);
    check_refused(line, "64 hexadecimal digits");
    write_file(secret_path, "gg0102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n",
               0600);
    check_refused(line, "64 hexadecimal digits");
    CHECK(strstr(message, "0102") == NULL);
    write_file(secret_path, "", 0600);
    check_refused(line, "64 hexadecimal digits");
    (void)snprintf(line, sizeof(line), "secret_file = %s\n", folder);
    check_refused(line, "plain file");
    /* Without a file every start has a secret of its own. */
    CHECK(load(""));
    unsigned char first[DIGEST_SECRET_SIZE];
    memcpy(first, config.secret, sizeof(first));
    CHECK(load(""));
    CHECK(memcmp(first, config.secret, sizeof(first)) != 0);
}

static void guards_the_password(void) {
    static const char *const with[] = {
        "database = host=db user=maillage_app password=geheim\n",
        "database = postgresql://maillage_app:geheim@db/maillage\n",
        "database = host=db\nread_database = host=db2 user=maillage_app password=geheim\n",
    };
    for (size_t i = 0; i < COUNT_OF(with); i++) {
        check_refused(with[i], "others may read the password");
        CHECK(strstr(message, "geheim") == NULL);
        CHECK(!load_with(with[i], 0640));
        CHECK(load_with(with[i], 0600));
    }
    CHECK(load("database = postgresql://maillage_app@db:5432/maillage\n"));
    CHECK(load("database = host=db user=maillage_app passfile=/etc/maillage/passfile\n"));
}

/* Never drawn at start: what is sealed with it must be readable after the next one. */
static void guards_the_secret_key(void) {
    static const char hex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F\n";
    char line[128];
    CHECK(load(""));
    CHECK_TEXT(config.secret_key, "");
    (void)snprintf(line, sizeof(line), "secret_key_file = %s\n", secret_path);
    write_file(secret_path, hex, 0600);
    CHECK(load(line));
    CHECK_TEXT(config.secret_key,
               "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    config_forget(&config);
    CHECK_TEXT(config.secret_key, "");
    write_file(secret_path, hex, 0640);
    check_refused(line, "others may read the secret");
    write_file(secret_path, "00", 0600);
    check_refused(line, "64 hexadecimal digits");
}

int main(void) {
    MUST(digest_start());
    (void)snprintf(folder, sizeof(folder), P_tmpdir "/maillage-config-%ld", (long)getpid());
    MUST(mkdir(folder, 0700) == 0);
    (void)snprintf(path, sizeof(path), "%s/maillage.conf", folder);
    (void)snprintf(secret_path, sizeof(secret_path), "%s/secret", folder);
    reads_files();
    names_what_is_wrong();
    checks_listen_forms();
    guards_the_secret();
    guards_the_password();
    guards_the_secret_key();
    (void)unlink(path);
    (void)unlink(secret_path);
    (void)rmdir(folder);
    return tap_end();
}
