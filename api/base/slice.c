#include "base.h"

#include "slice.h"

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

struct slice slice_of(const char *text) {
    return text == NULL ? (struct slice){"", 0} : (struct slice){text, strlen(text)};
}

bool slice_equals(struct slice a, struct slice b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

bool slice_is(struct slice a, const char *text) {
    return slice_equals(a, slice_of(text));
}

bool slice_equals_nocase(struct slice a, struct slice b) {
    if (a.size != b.size) {
        return false;
    }
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.at[i]) != lower(b.at[i])) {
            return false;
        }
    }
    return true;
}

bool slice_starts_with(struct slice a, struct slice prefix) {
    return a.size >= prefix.size && slice_equals((struct slice){a.at, prefix.size}, prefix);
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

struct slice slice_trim(struct slice a) {
    while (a.size > 0 && is_blank(a.at[0])) {
        a.at++;
        a.size--;
    }
    while (a.size > 0 && is_blank(a.at[a.size - 1])) {
        a.size--;
    }
    return a;
}

bool slice_cut(struct slice a, char separator, struct slice *ret_before, struct slice *ret_after) {
    const char *found = a.size == 0 ? NULL : memchr(a.at, separator, a.size);
    if (found == NULL) {
        *ret_before = a;
        *ret_after = (struct slice){"", 0};
        return false;
    }
    size_t before = (size_t)(found - a.at);
    *ret_before = (struct slice){a.at, before};
    *ret_after = (struct slice){found + 1, a.size - before - 1};
    return true;
}

bool slice_to_unsigned(struct slice a, uint64_t max, uint64_t *ret_value) {
    if (a.size == 0) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < a.size; i++) {
        if (a.at[i] < '0' || a.at[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(a.at[i] - '0');
        /* Compared before it is added, so that nothing wraps around. */
        if (value > max / 10 || digit > max - value * 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *ret_value = value;
    return true;
}
