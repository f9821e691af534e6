/* Closeness is the number of letters added, dropped, changed or swapped, case and separators left
 * aside: "emial" and "Email" both mean "email", "joinedOn" means "joined_on". */
#include "base.h"

#include "suggestion.h"

enum { NAME_MAX_COMPARED = 48 };

static size_t simplify(struct slice name, char ret_letters[NAME_MAX_COMPARED]) {
    size_t size = 0;
    for (size_t i = 0; i < name.size && size < NAME_MAX_COMPARED; i++) {
        char c = name.at[i];
        if (c == '_' || c == '-' || c == ' ')
            continue;
        ret_letters[size++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return size;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Three rows of the usual table: the one being filled and the two before it (a swap looks back
 * two). */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size) {
    size_t row[3][NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= b_size; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            now[j] = least(change, least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[a_size % 3][b_size];
}

void suggestion_init(struct suggestion *suggestion, struct slice wanted) {
    *suggestion = (struct suggestion){wanted, NULL, SIZE_MAX};
}

void suggestion_try(struct suggestion *suggestion, const char *name) {
    char a[NAME_MAX_COMPARED], b[NAME_MAX_COMPARED];
    size_t a_size = simplify(suggestion->wanted, a);
    size_t b_size = simplify(slice_of(name), b);
    size_t tolerated = a_size <= 2 ? 0 : a_size <= 4 ? 1 : a_size <= 9 ? 2 : 3;
    size_t found = distance(a, a_size, b, b_size);
    if (found <= tolerated && found < suggestion->distance) {
        suggestion->best = name;
        suggestion->distance = found;
    }
}
