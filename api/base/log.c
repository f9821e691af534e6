/* stderr is a socket under journald, else a pipe, a file or a terminal. A socket is asked not to
 * wait, a file never makes wait; for the others poll() tells whether more fits: on Linux a pipe
 * that polls writable takes PIPE_BUF bytes, so nothing larger is written at once.
 *
 * Of all threads one writes at a time, what the others say meanwhile is put down for it: whoever
 * finds a writer at work leaves a line and goes on, the writer does not leave while there are any.
 */
#include "base.h"

#include "log.h"

#include "clock.h"
#include "text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static_assert((int)LOG_MAX_LINE + 128 <= (int)PIPE_BUF, "a line is one write");

static const char *const level_name[] = {"debug", "info", "warning", "error"};
/* Priorities of syslog, which journald reads between angle brackets. */
static const int level_priority[] = {7, 6, 4, 3};

static atomic_int lowest_level = LOG_INFO;
static atomic_bool for_journal = false;
static atomic_uint_fast64_t lost_lines = 0;

enum sink { SINK_PIPE, SINK_SOCKET, SINK_FILE };
static atomic_int sink = SINK_PIPE;

enum { WAITING_MAX = 64 << 10 };
static struct {
    pthread_mutex_t lock;
    char text[2][WAITING_MAX]; /* one grows, the other is being written */
    unsigned growing;
    size_t size;
    bool has_writer;
} waiting = {.lock = PTHREAD_MUTEX_INITIALIZER};
static uint64_t lost_told = 0; /* the writer's */

static enum sink look_at_sink(void) {
    struct stat status;
    if (fstat(STDERR_FILENO, &status) != 0) {
        return SINK_PIPE;
    }
    return S_ISSOCK(status.st_mode) ? SINK_SOCKET : S_ISREG(status.st_mode) ? SINK_FILE : SINK_PIPE;
}

void log_set_level(enum log_level level) {
    atomic_store(&lowest_level, (int)level);
    atomic_store(&for_journal, getenv("JOURNAL_STREAM") != NULL);
    atomic_store(&sink, (int)look_at_sink());
}

enum log_level log_get_level(void) {
    return (enum log_level)atomic_load(&lowest_level);
}

bool log_parse_level(struct slice text, enum log_level *ret_level) {
    for (size_t i = 0; i < COUNT_OF(level_name); i++) {
        if (slice_is(text, level_name[i])) {
            *ret_level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

uint64_t log_lost_lines(void) {
    return atomic_load(&lost_lines);
}

static bool has_room(void) {
    struct pollfd end = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&end, 1, 0) == 1 && (end.revents & POLLOUT) != 0;
}

/* At most PIPE_BUF bytes. */
static bool write_some(struct slice text) {
    enum sink kind = (enum sink)atomic_load_explicit(&sink, memory_order_relaxed);
    ssize_t written = -1;
    if (kind == SINK_SOCKET) {
        written = send(STDERR_FILENO, text.at, text.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (kind == SINK_FILE || has_room()) {
        written = write(STDERR_FILENO, text.at, text.size);
    }
    return written == (ssize_t)text.size;
}

/* One line being put together; what does not fit is left out. */
struct line {
    char text[LOG_MAX_LINE + 64];
    size_t size;
};

enum { LINE_END = 8 }; /* kept free for "…" and the end of the line */

static void add_bytes(struct line *line, const char *bytes, size_t size) {
    if (size <= LOG_MAX_LINE - LINE_END - line->size) {
        memcpy(line->text + line->size, bytes, size);
        line->size += size;
    }
}

/* Copies `text`; what could move a cursor, end a line or is no UTF-8 becomes \xNN. False when it
 * was cut. */
static bool add_escaped(struct line *line, struct slice text) {
    static const char hex[] = "0123456789abcdef";
    while (text.size > 0) {
        uint32_t point = 0;
        size_t width = text_decode(text, &point);
        bool ends_line = point < 0x20 || point == 0x2028 || point == 0x2029;
        bool plain = width > 0 && !ends_line && !text_has_control((struct slice){text.at, width});
        size_t step = width == 0 ? 1 : width;
        if (LOG_MAX_LINE - LINE_END - line->size < 4 * step) {
            return false;
        }
        if (plain) {
            add_bytes(line, text.at, step);
        } else {
            for (size_t i = 0; i < step; i++) {
                unsigned char byte = (unsigned char)text.at[i];
                char escape[4] = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
                add_bytes(line, escape, sizeof(escape));
            }
        }
        text.at += step;
        text.size -= step;
    }
    return true;
}

static void begin_line(struct line *line, enum log_level level) {
    char head[64];
    int size = 0;
    if (atomic_load(&for_journal)) {
        size = snprintf(head, sizeof(head), "<%d>", level_priority[level]);
    } else {
        char now[CLOCK_INSTANT_SIZE + 1];
        clock_print_instant(clock_wall_us(), now);
        size = snprintf(head, sizeof(head), "%s ", now);
    }
    add_bytes(line, head, (size_t)size);
    add_bytes(line, level_name[level], strlen(level_name[level]));
    add_bytes(line, " ", 1);
}

static void end_line(struct line *line, bool whole) {
    if (!whole) {
        memcpy(line->text + line->size, "…", sizeof("…") - 1);
        line->size += sizeof("…") - 1;
    }
    line->text[line->size++] = '\n';
}

/* --- the writer --- */

/* The first line that gets through again says how many did not. */
static void tell_lost(void) {
    uint64_t lost = atomic_load(&lost_lines);
    if (lost == lost_told) {
        return;
    }
    struct line line = {.size = 0};
    begin_line(&line, LOG_WARNING);
    char text[64];
    int size = snprintf(text, sizeof(text), "log: %" PRIu64 " lines were lost", lost - lost_told);
    add_bytes(&line, text, (size_t)size);
    end_line(&line, true);
    if (write_some((struct slice){line.text, line.size})) {
        lost_told = lost;
    }
}

/* As many whole lines as are written at once; a line is shorter than that. */
static struct slice whole_lines(struct slice text) {
    if (text.size > PIPE_BUF) {
        const char *end = memrchr(text.at, '\n', PIPE_BUF);
        text.size = (size_t)(end + 1 - text.at);
    }
    return text;
}

static size_t count_lines(struct slice text) {
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++) {
        lines += text.at[i] == '\n';
    }
    return lines;
}

static void write_lines(struct slice text) {
    while (text.size > 0) {
        struct slice some = whole_lines(text);
        tell_lost();
        if (!write_some(some)) {
            atomic_fetch_add(&lost_lines, count_lines(some));
        }
        text.at += some.size;
        text.size -= some.size;
    }
}

/* The lock is held on both sides, and free while there is writing. */
static void write_waiting(void) {
    while (waiting.size > 0) {
        struct slice text = {waiting.text[waiting.growing], waiting.size};
        waiting.growing = 1 - waiting.growing;
        waiting.size = 0;
        (void)pthread_mutex_unlock(&waiting.lock);
        write_lines(text);
        (void)pthread_mutex_lock(&waiting.lock);
    }
}

static void hand_in(const struct line *line) {
    (void)pthread_mutex_lock(&waiting.lock);
    if (line->size <= WAITING_MAX - waiting.size) {
        memcpy(waiting.text[waiting.growing] + waiting.size, line->text, line->size);
        waiting.size += line->size;
    } else {
        atomic_fetch_add(&lost_lines, 1);
    }
    if (!waiting.has_writer) {
        waiting.has_writer = true;
        write_waiting();
        waiting.has_writer = false;
    }
    (void)pthread_mutex_unlock(&waiting.lock);
}

void log_write(enum log_level level, const char *who, const char *request, const char *format,
               ...) {
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed)) {
        return;
    }
    char message[LOG_MAX_LINE];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    struct line line = {.size = 0};
    begin_line(&line, level);
    bool whole = add_escaped(&line, slice_of(who));
    if (request != NULL) {
        whole = add_escaped(&line, SLICE(" [")) && add_escaped(&line, slice_of(request)) &&
                add_escaped(&line, SLICE("]")) && whole;
    }
    whole = add_escaped(&line, SLICE(": ")) &&
            add_escaped(&line, slice_of(size < 0 ? "" : message)) && whole &&
            size < (int)sizeof(message);
    end_line(&line, whole);
    hand_in(&line);
}
