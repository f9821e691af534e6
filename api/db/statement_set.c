/* The folder of SQL files, read once: operations/<resource>/<operationId>.sql. */
#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "statement.h"
#include "statement_file.h"

enum { FILE_MAX_BYTES = 65536, PATH_MAX_BYTES = 1024 };

struct statement_set {
    struct statement **item; /* by name */
    size_t items;
};

static bool refuse(char *reterr, size_t reterr_size, const char *path, const char *why) {
    snprintf(reterr, reterr_size, "%s: %s", path, why);
    return false;
}

/* The whole file with a NUL behind it; NULL with a reason. */
static char *read_whole(const char *path, size_t *ret_size, const char **ret_why) {
    char room[FILE_MAX_BYTES + 1];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        *ret_why = "cannot be read";
        return NULL;
    }
    *ret_size = fread(room, 1, sizeof room, file);
    bool fine = ferror(file) == 0 && *ret_size <= FILE_MAX_BYTES;
    fclose(file);
    if (!fine) {
        *ret_why = "cannot be read, or is larger than 64 KiB";
        return NULL;
    }
    if (memchr(room, '\0', *ret_size) != NULL) {
        *ret_why = "holds a NUL byte";
        return NULL;
    }
    *ret_why = "memory is short";
    return strndup(room, *ret_size);
}

/* Where `name` is or belongs. */
static size_t place(const struct statement_set *set, const char *name, bool *ret_found) {
    size_t low = 0, high = set->items;
    *ret_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, set->item[middle]->name);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool insert(struct statement_set *set, struct statement *statement, size_t at) {
    struct statement **larger = reallocarray(set->item, set->items + 1, sizeof(struct statement *));
    if (larger == NULL)
        return false;
    set->item = larger;
    memmove(&larger[at + 1], &larger[at], (set->items - at) * sizeof(struct statement *));
    larger[at] = statement;
    set->items++;
    return true;
}

static bool load_file(struct statement_set *set, const char *path, const char *file, char *reterr,
                      size_t reterr_size) {
    char name[256];
    size_t size = 0;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".sql")), file);
    bool found;
    size_t at = place(set, name, &found);
    if (found)
        return refuse(reterr, reterr_size, path, "there is a second file of this name");
    const char *why = NULL;
    char *bytes = read_whole(path, &size, &why);
    if (bytes == NULL)
        return refuse(reterr, reterr_size, path, why);
    struct statement *statement = statement_parse(name, bytes, size, reterr, reterr_size);
    if (statement == NULL)
        return false;
    if (insert(set, statement, at))
        return true;
    statement_free(statement);
    return refuse(reterr, reterr_size, path, "out of memory");
}

static bool ends_in_sql(const char *name) {
    size_t size = strlen(name);
    return size > 4 && strcmp(name + size - 4, ".sql") == 0;
}

/* One level of resources below the folder; files beside the resources are not statements. */
static bool load_folder(struct statement_set *set, const char *folder, unsigned depth, char *reterr,
                        size_t reterr_size) {
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return refuse(reterr, reterr_size, folder, "no such folder, or not readable");
    bool fine = true;
    struct dirent *entry;
    while (fine && (entry = readdir(directory)) != NULL) {
        char path[PATH_MAX_BYTES];
        struct stat status;
        if (entry->d_name[0] == '.')
            continue;
        int size = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (size < 0 || (size_t)size >= sizeof path || stat(path, &status) != 0)
            fine = refuse(reterr, reterr_size, folder, "an entry cannot be read");
        else if (S_ISDIR(status.st_mode) && depth == 0)
            fine = load_folder(set, path, depth + 1, reterr, reterr_size);
        else if (S_ISREG(status.st_mode) && depth == 1 && ends_in_sql(path))
            fine = load_file(set, path, entry->d_name, reterr, reterr_size);
    }
    closedir(directory);
    return fine;
}

struct statement_set *statement_set_load(const char *folder, char *reterr, size_t reterr_size) {
    struct statement_set *set = calloc(1, sizeof *set);
    if (set == NULL) {
        snprintf(reterr, reterr_size, "%s: out of memory", folder);
        return NULL;
    }
    if (load_folder(set, folder, 0, reterr, reterr_size))
        return set;
    statement_set_free(set);
    return NULL;
}

void statement_set_free(struct statement_set *set) {
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->items; i++)
        statement_free(set->item[i]);
    free(set->item);
    free(set);
}

const struct statement *statement_find(const struct statement_set *set, const char *operation_id) {
    bool found;
    size_t at = place(set, operation_id, &found);
    return found ? set->item[at] : NULL;
}

size_t statement_count(const struct statement_set *set) {
    return set->items;
}

const struct statement *statement_at(const struct statement_set *set, size_t index) {
    return set->item[index];
}

const char *statement_name(const struct statement *statement) {
    return statement->name;
}

bool statement_names(const struct statement *statement, const char *name) {
    for (size_t i = 0; i < statement->binds; i++)
        if (strcmp(statement->bind[i], name) == 0)
            return true;
    return false;
}
