#include "base.h"

#include "served.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

static bool read_all(const struct served *served, struct buffer *to) {
    char piece[PIECE];
    buffer_reserve(to, served->size);
    for (size_t done = 0; done < served->size;) {
        size_t wanted = served->size - done < PIECE ? served->size - done : PIECE;
        ssize_t got = pread(served->descriptor, piece, wanted, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        buffer_add(to, piece, (size_t)got);
        done += (size_t)got;
    }
    return buffer_ok(to);
}

static bool measure(struct served *served, size_t max) {
    struct stat about;
    if (fstat(served->descriptor, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0 ||
        (uintmax_t)about.st_size > max)
        return false;
    served->size = (size_t)about.st_size;
    struct buffer bytes CLEANUP(buffer_release);
    buffer_init(&bytes, max);
    if (!read_all(served, &bytes))
        return false;
    digest_tag(buffer_slice(&bytes), served->tag);
    return true;
}

bool served_open(const char *path, size_t max, struct served *ret_served, char *reterr,
                 size_t reterr_size) {
    struct served served = {.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
    *ret_served = (struct served){0};
    if (served.descriptor < 0) {
        snprintf(reterr, reterr_size, "%s: %m", path);
        return false;
    }
    if (!measure(&served, max)) {
        snprintf(reterr, reterr_size, "%s: empty, unreadable or larger than %zu bytes", path, max);
        close(served.descriptor);
        return false;
    }
    *ret_served = served;
    return true;
}

void served_close(struct served *served) {
    if (served->size > 0)
        close(served->descriptor);
    *served = (struct served){0};
}

bool served_read(const struct served *served, struct buffer *to) {
    char tag[DIGEST_TAG_SIZE + 1];
    size_t before = to->size;
    if (!read_all(served, to))
        return false;
    digest_tag((struct slice){to->at + before, to->size - before}, tag);
    return strcmp(tag, served->tag) == 0;
}
