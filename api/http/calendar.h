/* iCalendar (RFC 5545): events as text/calendar. Values arrive in their wire form for dates and
 * instants (20260504, 20260504T081530Z); texts are escaped and folded here. */
#ifndef MAILLAGE_CALENDAR_H
#define MAILLAGE_CALENDAR_H

#include "buffer.h"

struct calendar_event {
    struct slice uid;
    struct slice sequence; /* digits */
    bool all_day;          /* start and end are days; the end is the day after the last one */
    struct slice start;
    struct slice end; /* empty: none */
    struct slice summary;
    struct slice description; /* empty: none; of location too */
    struct slice location;
    bool cancelled;
    struct slice updated; /* instant of the last change */
};

/* `name` is shown as the calendar's in the reader's program; `domain` makes uids unique in the
 * world. */
void calendar_begin(struct buffer *to, struct slice name);
void calendar_add(struct buffer *to, struct slice domain, const struct calendar_event *event);
void calendar_end(struct buffer *to);

#endif
