/* Two clocks: the monotonic one for every wait, the wall for what people read. */
#ifndef MAILLAGE_CLOCK_H
#define MAILLAGE_CLOCK_H

#include "base.h"

int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void); /* since 1970, UTC */

enum { CLOCK_INSTANT_SIZE = 27 };
/* "2026-11-22T02:03:50.123456Z", ending with NUL. */
void clock_print_instant(int64_t wall_us, char ret_text[CLOCK_INSTANT_SIZE + 1]);
/* Today in metropolitan France, "2026-11-22": the day a rule without another date refers to. */
void clock_print_today(char ret_text[11]);
/* The same for any instant: the date in Europe/Paris by the rule of the European Union (summer time
 * from the last Sunday of March to the last Sunday of October, both at 01:00 UTC), whatever TZ
 * says. */
void clock_print_day(int64_t wall_us, char ret_text[11]);

#endif
