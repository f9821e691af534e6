/* stderr is replaced by a pipe, or a socket, of the test's own. */
#include "base.h"

#include "log.h"
#include "clock.h"
#include "tap.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static int readable;
static char text[1 << 20];

static void use_pipe(void) {
    int end[2];
    MUST(pipe(end) == 0);
    MUST(fcntl(end[0], F_SETFL, O_NONBLOCK) == 0);
    MUST(dup2(end[1], STDERR_FILENO) == STDERR_FILENO);
    (void)close(end[1]);
    readable = end[0];
}

static void use_socket(void) {
    int end[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, end) == 0);
    MUST(fcntl(end[0], F_SETFL, O_NONBLOCK) == 0);
    MUST(dup2(end[1], STDERR_FILENO) == STDERR_FILENO);
    (void)close(end[1]);
    readable = end[0];
}

static const char *drain(void) {
    size_t size = 0;
    ssize_t got = 0;
    while ((got = read(readable, text + size, sizeof(text) - 1 - size)) > 0) {
        size += (size_t)got;
    }
    text[size] = '\0';
    return text;
}

/* What comes after the stamp of the time. */
static const char *said(void) {
    const char *line = drain();
    return strlen(line) > CLOCK_INSTANT_SIZE ? line + CLOCK_INSTANT_SIZE + 1 : "";
}

static void writes_lines(void) {
    log_set_level(LOG_INFO);
    log_write(LOG_INFO, "pool", NULL, "%d connections", 3);
    CHECK_TEXT(said(), "info pool: 3 connections\n");
    log_write(LOG_ERROR, "http", "0193b6f2", "lost");
    CHECK_TEXT(said(), "error http [0193b6f2]: lost\n");
    log_write(LOG_DEBUG, "http", NULL, "hidden");
    CHECK_TEXT(said(), "");
    log_set_level(LOG_DEBUG);
    log_write(LOG_DEBUG, "http", NULL, "shown");
    CHECK_TEXT(said(), "debug http: shown\n");
    (void)setenv("JOURNAL_STREAM", "8:1", 1);
    log_set_level(LOG_INFO);
    log_write(LOG_WARNING, "http", NULL, "to the journal");
    CHECK_TEXT(drain(), "<4>warning http: to the journal\n");
    (void)unsetenv("JOURNAL_STREAM");
    log_set_level(LOG_INFO);
}

static void escapes(void) {
    log_write(LOG_INFO, "http", "a\nb", "x\r\nERROR y\t\x1b[31m\x7f");
    CHECK_TEXT(said(), "info http [a\\x0ab]: x\\x0d\\x0aERROR y\\x09\\x1b[31m\\x7f\n");
    /* The bytes that would turn the line around are what is tested. */
    // NOLINTNEXTLINE(misc-misleading-bidirectional)
    log_write(LOG_INFO, "http", NULL, "%s", "é\xE2\x80\xAE\xE2\x80\xA8%s%n\xFF\xC2\x85");
    CHECK_TEXT(said(), "info http: é\\xe2\\x80\\xae\\xe2\\x80\\xa8%s%n\\xff\\xc2\\x85\n");
}

static void cuts(void) {
    char *large = calloc(1, 100000);
    MUST(large != NULL);
    memset(large, 'x', 99999);
    log_write(LOG_INFO, "http", NULL, "%s", large);
    const char *line = drain();
    CHECK(strlen(line) <= LOG_MAX_LINE);
    CHECK(strlen(line) > LOG_MAX_LINE - 16);
    CHECK(strcmp(line + strlen(line) - strlen("x…\n"), "x…\n") == 0);
    memset(large, '\n', 99999);
    log_write(LOG_INFO, "http", large, "%s", large);
    CHECK(strlen(drain()) <= LOG_MAX_LINE);
    CHECK(strchr(text, '\n') == text + strlen(text) - 1);
    free(large);
}

/* Nobody reads: every call comes back at once, what did not go is counted and told afterwards. */
static void never_waits(void) {
    (void)drain();
    uint64_t before = log_lost_lines();
    int64_t begun = clock_monotonic_us();
    for (int i = 0; i < 5000; i++) {
        log_write(LOG_INFO, "http", NULL, "line %d of many, long enough to fill any pipe there is",
                  i);
    }
    CHECK(clock_monotonic_us() - begun < 5000000);
    uint64_t lost = log_lost_lines() - before;
    CHECK(lost > 0 && lost < 5000);
    (void)drain();
    log_write(LOG_INFO, "http", NULL, "after");
    char wanted[64];
    (void)snprintf(wanted, sizeof(wanted), "warning log: %" PRIu64 " lines were lost\n", lost);
    const char *now = drain();
    CHECK(strstr(now, wanted) != NULL);
    CHECK(strstr(now, "info http: after\n") != NULL);
    log_write(LOG_INFO, "http", NULL, "once");
    CHECK(strstr(drain(), "were lost") == NULL);
}

enum { SPEAKERS = 8, LINES_EACH = 40 };

static void *speak(void *name) {
    for (int i = 0; i < LINES_EACH; i++) {
        log_write(LOG_INFO, name, NULL, "%d", i);
    }
    return NULL;
}

/* Every line of every thread arrives once, whole, and those of one thread in their order. */
static void many_at_once(void) {
    static char name[SPEAKERS][16];
    pthread_t thread[SPEAKERS];
    for (int i = 0; i < SPEAKERS; i++) {
        (void)snprintf(name[i], sizeof(name[i]), "t%d", i);
        MUST(pthread_create(&thread[i], NULL, speak, name[i]) == 0);
    }
    for (int i = 0; i < SPEAKERS; i++) {
        MUST(pthread_join(thread[i], NULL) == 0);
    }
    uint64_t next[SPEAKERS] = {0};
    char *rest = text;
    (void)drain();
    for (const char *line; (line = strsep(&rest, "\n")) != NULL && line[0] != '\0';) {
        MUST(strlen(line) > CLOCK_INSTANT_SIZE);
        struct slice head, name_text, number_text;
        uint64_t speaker = SPEAKERS, number = 0;
        MUST(slice_cut(slice_of(line + CLOCK_INSTANT_SIZE + 1), 't', &head, &name_text));
        MUST(slice_cut(name_text, ':', &name_text, &number_text));
        CHECK(slice_is(head, "info "));
        CHECK(slice_to_unsigned(name_text, SPEAKERS, &speaker));
        number_text.at++, number_text.size--; /* a space */
        CHECK(slice_to_unsigned(number_text, LINES_EACH, &number));
        MUST(speaker < SPEAKERS);
        CHECK(number == next[speaker]++);
    }
    for (int i = 0; i < SPEAKERS; i++) {
        CHECK(next[i] == LINES_EACH);
    }
}

int main(void) {
    enum log_level level = LOG_INFO;
    CHECK(log_parse_level(SLICE("debug"), &level) && level == LOG_DEBUG);
    CHECK(log_parse_level(SLICE("error"), &level) && level == LOG_ERROR);
    CHECK(!log_parse_level(SLICE("ERROR"), &level));
    CHECK(!log_parse_level(SLICE(""), &level));
    use_pipe();
    writes_lines();
    escapes();
    cuts();
    never_waits();
    (void)close(readable);
    use_socket();
    log_set_level(LOG_INFO);
    never_waits();
    (void)close(readable);
    use_pipe();
    log_set_level(LOG_INFO);
    many_at_once();
    return tap_end();
}
