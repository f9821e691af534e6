/* What every thread of the daemon calls at once: the log, ids, the clock. Says little by itself;
 * the thread sanitizer reads over its shoulder. */
#include "base.h"

#include "digest.h"
#include "log.h"
#include "tap.h"
#include "text.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 300 };

static char uuid[THREADS * ROUNDS][UUID_TEXT_SIZE + 1];
static atomic_uint lines_read;

static void *work(void *argument) {
    size_t self = *(const size_t *)argument;
    for (size_t i = 0; i < ROUNDS; i++) {
        char *id = uuid[self * ROUNDS + i];
        text_new_uuid(id);
        log_write(LOG_INFO, "thread", id, "round %zu of thread %zu", i, self);
        log_set_level(i % 2 == 0 ? LOG_INFO : LOG_DEBUG);
        (void)log_get_level();
        (void)log_lost_lines();
    }
    return NULL;
}

/* Every line that arrives is whole: it starts with a stamp and ends where the next one starts. */
static void *read_lines(void *argument) {
    FILE *pipe = fdopen(*(const int *)argument, "r");
    char line[LOG_MAX_LINE + 2];
    while (pipe != NULL && fgets(line, sizeof(line), pipe) != NULL) {
        bool whole = strncmp(line, "20", 2) == 0 && strchr(line, '\n') != NULL &&
                     (strstr(line, " info thread [") != NULL || strstr(line, "were lost") != NULL);
        lines_read += whole ? 1 : 1000000;
    }
    if (pipe != NULL) {
        (void)fclose(pipe);
    }
    return NULL;
}

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

int main(void) {
    int end[2];
    MUST(digest_start());
    MUST(pipe(end) == 0);
    int kept = dup(STDERR_FILENO);
    MUST(dup2(end[1], STDERR_FILENO) == STDERR_FILENO);
    (void)close(end[1]);
    pthread_t reader;
    MUST(pthread_create(&reader, NULL, read_lines, &end[0]) == 0);
    pthread_t thread[THREADS];
    size_t self[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        self[i] = i;
        MUST(pthread_create(&thread[i], NULL, work, &self[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        MUST(pthread_join(thread[i], NULL) == 0);
    }
    MUST(dup2(kept, STDERR_FILENO) == STDERR_FILENO); /* the pipe's last writer: the reader ends */
    MUST(pthread_join(reader, NULL) == 0);
    unsigned read_in_all = atomic_load(&lines_read);
    CHECK(read_in_all < 1000000);
    CHECK(read_in_all + log_lost_lines() >= THREADS * ROUNDS);
    qsort(uuid, COUNT_OF(uuid), sizeof(uuid[0]), compare);
    unsigned twice = 0;
    for (size_t i = 1; i < COUNT_OF(uuid); i++) {
        twice += strcmp(uuid[i], uuid[i - 1]) == 0 ? 1 : 0;
    }
    CHECK_NUMBER(twice, 0);
    return tap_end();
}
