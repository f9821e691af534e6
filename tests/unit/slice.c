#include "base.h"

#include "tap.h"

static void compares(void) {
    CHECK(slice_equals(SLICE(""), (struct slice){NULL, 0}));
    CHECK(slice_equals(SLICE("a\0b"), SLICE("a\0b")));
    CHECK(!slice_equals(SLICE("a\0b"), SLICE("a\0c")));
    CHECK(!slice_equals(SLICE("ab"), SLICE("abc")));
    CHECK(slice_is(SLICE("members"), "members"));
    CHECK(!slice_is(SLICE("members"), "member"));
    CHECK(slice_is(slice_of(NULL), ""));
    CHECK(slice_equals_nocase(SLICE("BeArEr"), SLICE("bearer")));
    CHECK(!slice_equals_nocase(SLICE("@bearer"), SLICE("`bearer")));
    CHECK(!slice_equals_nocase(SLICE("É"), SLICE("é")));
    CHECK(slice_starts_with(SLICE("/v1/members"), SLICE("/v1")));
    CHECK(slice_starts_with(SLICE("/v1"), SLICE("")));
    CHECK(!slice_starts_with(SLICE("/v"), SLICE("/v1")));
}

static void trims_and_cuts(void) {
    struct slice before;
    struct slice after;
    CHECK_SLICE(slice_trim(SLICE(" \t a b\t ")), "a b");
    CHECK_SLICE(slice_trim(SLICE(" \t")), "");
    CHECK_SLICE(slice_trim(SLICE("\na\r")), "\na\r");
    CHECK(slice_cut(SLICE("a=b=c"), '=', &before, &after));
    CHECK_SLICE(before, "a");
    CHECK_SLICE(after, "b=c");
    CHECK(slice_cut(SLICE("="), '=', &before, &after));
    CHECK_SLICE(before, "");
    CHECK_SLICE(after, "");
    CHECK(!slice_cut(SLICE("abc"), '=', &before, &after));
    CHECK_SLICE(before, "abc");
    CHECK_SLICE(after, "");
    CHECK(!slice_cut((struct slice){NULL, 0}, '=', &before, &after));

    /* In place, as callers walk over a list. */
    struct slice rest = SLICE("a,b,,c");
    size_t pieces = 1;
    while (slice_cut(rest, ',', &before, &rest)) {
        pieces++;
    }
    CHECK_NUMBER(pieces, 4);
}

static void reads_numbers(void) {
    uint64_t value = 7;
    CHECK(!slice_to_unsigned(SLICE(""), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("+1"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("-1"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE(" 1"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("1\0"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("0x1"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("11"), 10, &value));
    CHECK(!slice_to_unsigned(SLICE("99999999999999999999"), UINT64_MAX, &value));
    CHECK(!slice_to_unsigned(SLICE("18446744073709551616"), UINT64_MAX, &value));
    CHECK(!slice_to_unsigned(SLICE("1"), 0, &value));
    CHECK_NUMBER(value, 7);
    CHECK(slice_to_unsigned(SLICE("18446744073709551615"), UINT64_MAX, &value));
    CHECK(value == UINT64_MAX);
    CHECK(slice_to_unsigned(SLICE("0010"), 10, &value));
    CHECK_NUMBER(value, 10);
    CHECK(slice_to_unsigned(SLICE("0"), 0, &value));
    CHECK_NUMBER(value, 0);
}

int main(void) {
    compares();
    trims_and_cuts();
    reads_numbers();
    return tap_end();
}
