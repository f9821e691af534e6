/* One table says for every key where it goes and what it may be; file and environment both go
 * through it. */
#include "base.h"

#include "config.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 65536 };

struct key {
    const char *name;
    size_t offset;
    size_t size;    /* of a text; 0 for a number */
    unsigned least; /* of a number */
    unsigned most;
    const char *standard;
    const char *(*fault)(struct slice value); /* NULL, or what the value must be */
};

#define TEXT(field, standard, fault)                                                               \
    {                                                                                              \
#field, offsetof(struct config, field), sizeof(((struct config *)0)->field), 0, 0,         \
            standard, fault                                                                        \
    }
#define NUMBER(field, least, most, standard)                                                       \
    { #field, offsetof(struct config, field), 0, least, most, standard, NULL }

/* "unix:/path" short enough for a socket address, or "127.0.0.1:port". */
static const char *listen_fault(struct slice value) {
    const char *wanted = "unix:/path (at most 107 bytes of path) or 127.0.0.1:port";
    const struct slice local = SLICE("127.0.0.1:");
    if (slice_starts_with(value, SLICE("unix:/"))) {
        const size_t most = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
        return value.size - strlen("unix:") <= most && value.size > strlen("unix:/") ? NULL
                                                                                     : wanted;
    }
    if (!slice_starts_with(value, local)) {
        return wanted;
    }
    uint64_t port = 0;
    struct slice digits = {value.at + local.size, value.size - local.size};
    return slice_to_unsigned(digits, 65535, &port) && port > 0 ? NULL : wanted;
}

static bool is_origin(struct slice value) {
    struct slice scheme;
    struct slice host;
    if (!slice_cut(value, ':', &scheme, &host) ||
        (!slice_is(scheme, "https") && !slice_is(scheme, "http")) ||
        !slice_starts_with(host, SLICE("//"))) {
        return false;
    }
    host = (struct slice){host.at + 2, host.size - 2};
    for (size_t i = 0; i < host.size; i++) {
        char byte = host.at[i];
        bool fine = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' ||
                    byte == '-' || byte == ':' || byte == '[' || byte == ']';
        if (!fine) {
            return false;
        }
    }
    return host.size > 0;
}

static const char *origin_fault(struct slice value) {
    return is_origin(value) ? NULL
                            : "an origin in lower case without path, like https://api.example.org";
}

static const char *origins_fault(struct slice value) {
    struct slice rest = value;
    while (rest.size > 0) {
        struct slice origin;
        (void)slice_cut(rest, ' ', &origin, &rest);
        if (origin.size > 0 && !is_origin(origin)) {
            return "exact origins separated by blanks, like https://app.example.org (no *)";
        }
    }
    return NULL;
}

static const char *environment_fault(struct slice value) {
    bool fine = value.size > 0;
    for (size_t i = 0; i < value.size; i++) {
        char byte = value.at[i];
        fine = fine && ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'));
    }
    return fine ? NULL : "1 to 15 of a-z and 0-9";
}

static const char *level_fault(struct slice value) {
    enum log_level level = LOG_INFO;
    return log_parse_level(value, &level) ? NULL : "debug, info, warning or error";
}

static const char *path_fault(struct slice value) {
    return value.size > 0 ? NULL : "a path";
}

static const struct key keys[] = {
    TEXT(listen, "unix:/run/maillage/http.sock", listen_fault),
    TEXT(admin_listen, "unix:/run/maillage/admin.sock", listen_fault),
    TEXT(database, "", NULL),
    TEXT(read_database, "", NULL),
    TEXT(contract, "/usr/share/maillage/openapi.json", path_fault),
    TEXT(operations, "/usr/share/maillage/operations", path_fault),
    TEXT(problems, "/usr/share/maillage/problems.json", path_fault),
    TEXT(public_url, "http://127.0.0.1:8080", origin_fault),
    TEXT(secret_file, "", NULL),
    TEXT(secret_key_file, "", NULL),
    TEXT(allowed_origins, "", origins_fault),
    TEXT(environment, "demo", environment_fault),
    {"log_level", offsetof(struct config, log_level), sizeof("warning"), 0, 0, "info", level_fault},
    NUMBER(connections_max, 1, 10000, "512"),
    NUMBER(pool_size, 1, 200, "16"),
    NUMBER(export_pool_size, 1, 50, "2"),
    NUMBER(read_pool_size, 1, 200, "16"),
    NUMBER(read_staleness_ms, 200, 60000, "2000"),
    NUMBER(pool_wait_ms, 1, 60000, "2000"),
    NUMBER(connect_timeout_ms, 1, 60000, "2000"),
    NUMBER(statement_timeout_ms, 1, 600000, "5000"),
    NUMBER(export_timeout_ms, 1, 3600000, "300000"),
    NUMBER(drain_ms, 0, 300000, "30000"),
};

/* Where the one line goes, and what it begins with: "maillage.conf:12" or "environment". */
struct report {
    char *text;
    size_t size;
    char place[300];
};

/* %m tells errno where strerror() would not be thread-safe. */
static bool PRINTF_LIKE(2, 3) refuse(const struct report *report, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (report->size > 0) {
        (void)snprintf(report->text, report->size, "%s: %s", report->place, text);
    }
    return false;
}

/* ---- one setting ---- */

/* Operations that turn one name into the other: insert, remove, replace. Names are at most
 * NAME_MAX_BYTES. */
enum { NAME_MAX_BYTES = 40 };

static size_t smallest(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static size_t distance(struct slice a, struct slice b) {
    size_t row[NAME_MAX_BYTES + 1];
    assert(a.size <= NAME_MAX_BYTES && b.size <= NAME_MAX_BYTES);
    for (size_t j = 0; j <= b.size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t above = row[j];
            size_t replaced = diagonal + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
            row[j] = smallest(above + 1, row[j - 1] + 1, replaced);
            diagonal = above;
        }
    }
    return row[b.size];
}

static const struct key *find_key(struct slice name) {
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (slice_is(name, keys[i].name)) {
            return &keys[i];
        }
    }
    return NULL;
}

static bool refuse_unknown(const struct report *report, struct slice name) {
    if (name.size > NAME_MAX_BYTES) {
        name.size = NAME_MAX_BYTES;
    }
    const struct key *closest = &keys[0];
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        size_t apart = distance(name, slice_of(keys[i].name));
        if (apart < least) {
            least = apart;
            closest = &keys[i];
        }
    }
    return refuse(report, "unknown key \"%.*s\"; the closest known one is \"%s\"", (int)name.size,
                  name.at, closest->name);
}

static bool set_number(const struct key *key, struct slice value, struct config *config,
                       const struct report *report) {
    uint64_t number = 0;
    if (!slice_to_unsigned(value, key->most, &number) || number < key->least) {
        return refuse(report, "%s must be a whole number from %u to %u, not \"%.*s\"", key->name,
                      key->least, key->most, (int)value.size, value.at);
    }
    unsigned small = (unsigned)number;
    memcpy((char *)config + key->offset, &small, sizeof(small));
    return true;
}

static bool set_text(const struct key *key, struct slice value, struct config *config,
                     const struct report *report) {
    /* A connection string may hold a password: no value of a text is repeated in the message. */
    if (value.size >= key->size) {
        return refuse(report, "%s is longer than %zu bytes", key->name, key->size - 1);
    }
    if (!text_is_utf8(value) || text_has_control(value)) {
        return refuse(report, "%s holds a control character or is not UTF-8", key->name);
    }
    const char *wanted = key->fault == NULL ? NULL : key->fault(value);
    if (wanted != NULL) {
        return refuse(report, "%s must be %s", key->name, wanted);
    }
    char *to = (char *)config + key->offset;
    memcpy(to, value.at, value.size);
    to[value.size] = '\0';
    return true;
}

static bool set(const struct key *key, struct slice value, struct config *config,
                const struct report *report) {
    if (key->offset == offsetof(struct config, log_level)) {
        return log_parse_level(value, &config->log_level) ||
               refuse(report, "%s must be %s", key->name, level_fault(value));
    }
    return key->size == 0 ? set_number(key, value, config, report)
                          : set_text(key, value, config, report);
}

/* ---- the file ---- */

static bool read_whole(int file, struct buffer *buffer) {
    char part[4096];
    for (;;) {
        ssize_t size = read(file, part, sizeof(part));
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return size == 0 && buffer_ok(buffer);
        }
        buffer_add(buffer, part, (size_t)size);
    }
}

static bool set_line(struct slice line, struct config *config, bool seen[COUNT_OF(keys)],
                     const struct report *report) {
    struct slice name;
    struct slice value;
    if (!slice_cut(line, '=', &name, &value)) {
        return refuse(report, "neither a comment nor \"key = value\"");
    }
    name = slice_trim(name);
    value = slice_trim(value);
    const struct key *key = find_key(name);
    if (key == NULL) {
        return refuse_unknown(report, name);
    }
    if (seen[key - keys]) {
        return refuse(report, "%s is set a second time", key->name);
    }
    seen[key - keys] = true;
    return set(key, value, config, report);
}

static bool set_lines(const char *path, struct slice rest, struct config *config,
                      struct report *report) {
    bool seen[COUNT_OF(keys)] = {false};
    for (unsigned number = 1; rest.size > 0; number++) {
        struct slice line;
        (void)slice_cut(rest, '\n', &line, &rest);
        if (line.size > 0 && line.at[line.size - 1] == '\r') {
            line.size--;
        }
        line = slice_trim(line);
        (void)snprintf(report->place, sizeof(report->place), "%s:%u", path, number);
        if (line.size > 0 && line.at[0] != '#' && !set_line(line, config, seen, report)) {
            return false;
        }
    }
    return true;
}

/* Both forms of a connection string may hold one: password=…, postgresql://user:…@host. */
static bool has_password(const char *database) {
    const char *authority = strstr(database, "://");
    const char *at = authority ? strchr(authority, '@') : NULL;
    const char *colon = authority ? strchr(authority + 3, ':') : NULL;
    return strstr(database, "password") != NULL || (at != NULL && colon != NULL && colon < at);
}

/* A password in the settings makes them a secret. */
static bool guard_password(int file, const struct config *config, struct report *report) {
    struct stat about;
    if ((!has_password(config->database) && !has_password(config->read_database)) ||
        (fstat(file, &about) == 0 && (about.st_mode & 077) == 0)) {
        return true;
    }
    return refuse(report, "others may read the password of the database; the file must be 0600, or "
                          "the password in a passfile");
}

static bool read_file(const char *path, struct config *config, struct report *report) {
    (void)snprintf(report->place, sizeof(report->place), "%s", path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return refuse(report, "cannot be opened: %m");
    }
    struct buffer buffer;
    buffer_init(&buffer, FILE_MAX_BYTES);
    bool done = read_whole(file, &buffer)
                    ? set_lines(path, buffer_slice(&buffer), config, report) &&
                          guard_password(file, config, report)
                    : refuse(report, "cannot be read, or is longer than %d bytes", FILE_MAX_BYTES);
    (void)close(file);
    buffer_release(&buffer);
    return done;
}

static bool read_environment(struct config *config, struct report *report) {
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char name[NAME_MAX_BYTES + sizeof("MAILLAGE_")];
        (void)snprintf(name, sizeof(name), "MAILLAGE_%s", keys[i].name);
        for (char *at = name; *at != '\0'; at++) {
            *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        }
        const char *value = getenv(name); /* before any thread */
        (void)snprintf(report->place, sizeof(report->place), "environment %s", name);
        if (value != NULL && !set(&keys[i], slice_trim(slice_of(value)), config, report)) {
            return false;
        }
    }
    return true;
}

/* ---- the secrets ---- */

static int hex_value(char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool decode_secret(struct slice text, unsigned char ret_secret[DIGEST_SECRET_SIZE]) {
    if (text.size > 0 && text.at[text.size - 1] == '\n') {
        text.size--;
    }
    if (text.size != (size_t)2 * DIGEST_SECRET_SIZE) {
        return false;
    }
    for (size_t i = 0; i < DIGEST_SECRET_SIZE; i++) {
        int high = hex_value(text.at[2 * i]);
        int low = hex_value(text.at[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        ret_secret[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* Looks at the file that was opened, not at the name, so that nobody swaps it in between. */
static bool read_secret_from(int file, unsigned char ret_secret[DIGEST_SECRET_SIZE],
                             const struct report *report) {
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        return refuse(report, "the secret must be a plain file");
    }
    if ((about.st_mode & 077) != 0) {
        return refuse(report, "others may read the secret (mode %03o); it must be 0600",
                      (unsigned)about.st_mode & 0777);
    }
    struct buffer buffer;
    buffer_init(&buffer, 256);
    bool right = read_whole(file, &buffer) && decode_secret(buffer_slice(&buffer), ret_secret);
    if (buffer.at != NULL) {
        explicit_bzero(buffer.at, buffer.room);
    }
    buffer_release(&buffer);
    return right ||
           refuse(report, "the secret must be %d hexadecimal digits", 2 * DIGEST_SECRET_SIZE);
}

static bool read_secret_file(const char *path, unsigned char ret_secret[DIGEST_SECRET_SIZE],
                             struct report *report) {
    (void)snprintf(report->place, sizeof(report->place), "%s", path);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return refuse(report, "the secret cannot be opened: %m");
    }
    bool done = read_secret_from(file, ret_secret, report);
    (void)close(file);
    return done;
}

static bool read_secret(struct config *config, struct report *report) {
    if (config->secret_file[0] == '\0') {
        digest_random(config->secret, sizeof(config->secret));
        return true;
    }
    return read_secret_file(config->secret_file, config->secret, report);
}

static bool read_secret_key(struct config *config, struct report *report) {
    unsigned char key[DIGEST_SECRET_SIZE] = {0};
    if (config->secret_key_file[0] == '\0') {
        return true;
    }
    if (!read_secret_file(config->secret_key_file, key, report)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(key); i++) {
        (void)snprintf(config->secret_key + 2 * i, 3, "%02x", key[i]);
    }
    explicit_bzero(key, sizeof(key));
    return true;
}

void config_forget(struct config *config) {
    explicit_bzero(config->secret, sizeof(config->secret));
    explicit_bzero(config->secret_key, sizeof(config->secret_key));
}

bool config_load(const char *path, struct config *ret_config, char *reterr, size_t reterr_size) {
    struct report report = {.text = reterr, .size = reterr_size, .place = "defaults"};
    *ret_config = (struct config){0};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (!set(&keys[i], slice_of(keys[i].standard), ret_config, &report)) {
            return false;
        }
    }
    return (path == NULL || read_file(path, ret_config, &report)) &&
           read_environment(ret_config, &report) && read_secret(ret_config, &report) &&
           read_secret_key(ret_config, &report);
}
