#include "base.h"

#include "clock.h"
#include "tap.h"

static void check_day(int64_t seconds, const char *wanted) {
    char day[11];
    clock_print_day(seconds * 1000000, day);
    CHECK_TEXT(day, wanted);
}

static void prints_instants(void) {
    char text[CLOCK_INSTANT_SIZE + 1];
    clock_print_instant(0, text);
    CHECK_TEXT(text, "1970-01-01T00:00:00.000000Z");
    clock_print_instant(-1, text);
    CHECK_TEXT(text, "1969-12-31T23:59:59.999999Z");
    clock_print_instant(INT64_C(951782399123456), text);
    CHECK_TEXT(text, "2000-02-28T23:59:59.123456Z");
    clock_print_instant(INT64_C(951868799000001), text);
    CHECK_TEXT(text, "2000-02-29T23:59:59.000001Z");
    clock_print_instant(INT64_C(4107542400000000), text);
    CHECK_TEXT(text, "2100-03-01T00:00:00.000000Z");
    clock_print_instant(INT64_MAX, text);
    CHECK_NUMBER(strlen(text), CLOCK_INSTANT_SIZE);
    clock_print_instant(INT64_MIN, text);
    CHECK_NUMBER(strlen(text), CLOCK_INSTANT_SIZE);
}

static void prints_days_in_paris(void) {
    check_day(INT64_C(1767221999),
              "2025-12-31"); /* 2025-12-31T22:59:59Z: one hour east in winter */
    check_day(INT64_C(1767222000), "2026-01-01");
    check_day(INT64_C(1782856799), "2026-06-30"); /* 2026-06-30T21:59:59Z: two hours in summer */
    check_day(INT64_C(1782856800), "2026-07-01");
    /* Summer time begins on Sunday 2026-03-29: the evening before is still one hour east. */
    check_day(INT64_C(1774738799), "2026-03-28");
    check_day(INT64_C(1774738800), "2026-03-29");
    check_day(INT64_C(1774821599), "2026-03-29"); /* 21:59:59Z, two hours east from 01:00Z on */
    check_day(INT64_C(1774821600), "2026-03-30");
    /* And ends on Sunday 2026-10-25. */
    check_day(INT64_C(1792879199), "2026-10-24");
    check_day(INT64_C(1792879200), "2026-10-25");
    check_day(INT64_C(1792969199), "2026-10-25"); /* 22:59:59Z */
    check_day(INT64_C(1792969200), "2026-10-26");
    /* A year in which 31 March is the Sunday itself. */
    check_day(INT64_C(1711839599), "2024-03-30");
    check_day(INT64_C(1711922400), "2024-04-01");
}

/* Every hour of sixty years against the zone files, where the system has them. */
static void agrees_with_the_system(void) {
    (void)setenv("TZ", "Europe/Paris", 1);
    tzset();
    struct tm summer;
    time_t july = 1782900000;
    if (localtime_r(&july, &summer) == NULL || summer.tm_isdst != 1) {
        printf("# no zone files here: not compared\n");
        return;
    }
    unsigned apart = 0;
    for (time_t hour = 852076800; hour < 2114380800; hour += 3600) { /* 1997 to 2037 */
        struct tm local;
        char wanted[11];
        char day[11];
        (void)localtime_r(&hour, &local);
        (void)strftime(wanted, sizeof(wanted), "%Y-%m-%d", &local);
        clock_print_day((int64_t)hour * 1000000, day);
        apart += strcmp(day, wanted) != 0 ? 1 : 0;
    }
    CHECK_NUMBER(apart, 0);
}

int main(void) {
    prints_instants();
    prints_days_in_paris();
    agrees_with_the_system();
    int64_t before = clock_monotonic_us();
    CHECK(clock_monotonic_us() >= before);
    CHECK(clock_wall_us() > INT64_C(1700000000000000));
    return tap_end();
}
