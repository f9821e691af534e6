/* One line per event on stderr (journald's way) or nowhere: level first, then formatting.
 * Control characters are escaped and lines are cut at LOG_MAX_LINE; a sink that does not take the
 * line (a full pipe) loses it and counts it, a request never waits for a log. */
#ifndef MAILLAGE_LOG_H
#define MAILLAGE_LOG_H

#include "slice.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };
enum { LOG_MAX_LINE = 2048 };

/* Also looks what stderr is. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
MUST_CHECK bool log_parse_level(struct slice text, enum log_level *ret_level);
uint64_t log_lost_lines(void);

/* `who` is the part that speaks ("pool", "http"); `request` the request id or NULL. */
void log_write(enum log_level level, const char *who, const char *request, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
