/* Feeds every file of the given folders to the target, in TAP. A crash ends the program before its
 * plan, so the last name printed is the file that did it. */
#include "base.h"

#include "buffer.h"
#include "fuzz.h"

#include <dirent.h>

enum { INPUT_MAX = 1 << 20 };

static unsigned count;

static void replay_file(const char *folder, const char *name) {
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rbe");
    HOLDS(file != NULL);
    struct buffer input;
    buffer_init(&input, INPUT_MAX);
    char part[4096];
    size_t size = 0;
    while ((size = fread(part, 1, sizeof(part), file)) > 0) {
        buffer_add(&input, part, size);
    }
    (void)fclose(file);
    HOLDS(buffer_ok(&input));
    /* An exact copy, so that AddressSanitizer sees the first byte beyond. */
    uint8_t *exact = malloc(input.size == 0 ? 1 : input.size);
    HOLDS(exact != NULL);
    if (input.size > 0) {
        memcpy(exact, input.at, input.size);
    }
    printf("# %s\n", name);
    (void)fflush(stdout);
    HOLDS(LLVMFuzzerTestOneInput(exact, input.size) == 0);
    printf("ok %u - %s\n", ++count, name);
    free(exact);
    buffer_release(&input);
}

static int is_input(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

int main(int arguments, char **argument) {
    for (int i = 1; i < arguments; i++) {
        struct dirent **entry = NULL;
        int entries = scandir(argument[i], &entry, is_input, alphasort);
        HOLDS(entries > 0);
        for (int j = 0; j < entries; j++) {
            replay_file(argument[i], entry[j]->d_name);
            free(entry[j]);
        }
        free((void *)entry);
    }
    printf("1..%u\n", count);
    return count == 0 ? 1 : 0;
}
