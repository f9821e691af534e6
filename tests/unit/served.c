#include "base.h"

#include "served.h"
#include "tap.h"

#include <unistd.h>

static char path[64] = "served-XXXXXX";

static void put(const char *name, const char *mode, const char *text) {
    FILE *file = fopen(name, mode);
    MUST(file != NULL);
    MUST(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void stays_what_was_opened(void) {
    char why[256] = "", beside[80];
    struct served served;
    struct buffer bytes CLEANUP(buffer_release);
    buffer_init(&bytes, 1 << 20);
    put(path, "w", "the first");
    MUST(served_open(path, 1024, &served, why, sizeof why));
    CHECK_NUMBER(served.size, 9);
    buffer_add_text(&bytes, "> ");
    CHECK(served_read(&served, &bytes));
    buffer_add_char(&bytes, '\0');
    CHECK_TEXT(bytes.at, "> the first");

    snprintf(beside, sizeof beside, "%s.new", path);
    put(beside, "w", "the second");
    MUST(rename(beside, path) == 0);
    buffer_clear(&bytes);
    CHECK(served_read(&served, &bytes));
    CHECK_FOR(bytes.size == 9 && memcmp(bytes.at, "the first", 9) == 0,
              "a newer file under the name changes nothing");
    served_close(&served);
    served_close(&served);

    MUST(served_open(path, 1024, &served, why, sizeof why));
    put(path, "r+", "THE");
    CHECK_FOR(!served_read(&served, &bytes), "other bytes in the same file are refused");
    put(path, "w", "");
    CHECK_FOR(!served_read(&served, &bytes), "and missing ones");
    served_close(&served);
}

static void refuses(void) {
    char why[256] = "";
    struct served served;
    struct buffer small CLEANUP(buffer_release);
    put(path, "w", "12345");
    CHECK(!served_open(path, 4, &served, why, sizeof why));
    CHECK_FOR(strstr(why, "larger than 4 bytes") != NULL, "a file beyond the maximum");
    CHECK(!served_open("/nowhere/at/all", 4, &served, why, sizeof why));
    CHECK_FOR(strstr(why, "No such file") != NULL, "no file");
    CHECK_FOR(!served_open("/", 4096, &served, why, sizeof why), "a folder is no file");
    put(path, "w", "");
    CHECK_FOR(!served_open(path, 4096, &served, why, sizeof why), "an empty file");
    served_close(&served);
    put(path, "w", "12345");
    MUST(served_open(path, 5, &served, why, sizeof why));
    buffer_init(&small, 3);
    CHECK_FOR(!served_read(&served, &small), "more than the buffer may hold");
    served_close(&served);
}

int main(void) {
    int descriptor = mkstemp(path);
    MUST(descriptor >= 0 && close(descriptor) == 0);
    stays_what_was_opened();
    refuses();
    MUST(unlink(path) == 0);
    return tap_end();
}
