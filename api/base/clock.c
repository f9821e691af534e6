#include "base.h"

#include "clock.h"

static const int64_t second_us = 1000000;
static const int64_t hour_us = 3600 * INT64_C(1000000);
static const int64_t day_us = 86400 * INT64_C(1000000);

static int64_t read_us(clockid_t which) {
    struct timespec now = {0};
    (void)clock_gettime(which, &now); /* cannot fail for these two clocks */
    return (int64_t)now.tv_sec * second_us + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void) {
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_wall_us(void) {
    return read_us(CLOCK_REALTIME);
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

struct civil {
    int year;
    int month;
    int day;
};

/* Days since 1970-01-01, in years that begin on 1 March so that the leap day comes last. */
static int64_t days_of_civil(struct civil date) {
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = (date.month + 9) % 12; /* March is 0 */
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_of_days(int64_t days) {
    int64_t shifted = days + 719468;
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct civil date;
    date.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    date.month = (int)(month < 10 ? month + 3 : month - 9);
    date.year = (int)(year_of_era + era * 400 + (date.month <= 2 ? 1 : 0));
    return date;
}

/* Years outside four digits cannot be printed; no clock of ours shows them. */
static struct civil printable(struct civil date) {
    if (date.year < 0 || date.year > 9999) {
        date.year = 9999;
    }
    return date;
}

void clock_print_instant(int64_t wall_us, char ret_text[CLOCK_INSTANT_SIZE + 1]) {
    int64_t days = floor_divide(wall_us, day_us);
    int64_t rest = wall_us - days * day_us;
    struct civil date = printable(civil_of_days(days));
    int64_t seconds = rest / second_us;
    char text[64];
    (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", date.year, date.month,
                   date.day, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                   (int)(rest % second_us));
    memcpy(ret_text, text, CLOCK_INSTANT_SIZE);
    ret_text[CLOCK_INSTANT_SIZE] = '\0';
}

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static int64_t change_of_time(int year, int month) {
    int64_t last = days_of_civil((struct civil){year, month, 31});
    int64_t weekday = (last + 4) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    return (last - weekday) * day_us + hour_us;
}

static int64_t paris_offset_us(int64_t wall_us) {
    int year = civil_of_days(floor_divide(wall_us, day_us)).year;
    bool summer = wall_us >= change_of_time(year, 3) && wall_us < change_of_time(year, 10);
    return summer ? 2 * hour_us : hour_us;
}

void clock_print_day(int64_t wall_us, char ret_text[11]) {
    int64_t local = wall_us + paris_offset_us(wall_us);
    struct civil date = printable(civil_of_days(floor_divide(local, day_us)));
    char text[48];
    (void)snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
    memcpy(ret_text, text, 10);
    ret_text[10] = '\0';
}

void clock_print_today(char ret_text[11]) {
    clock_print_day(clock_wall_us(), ret_text);
}
