#include "base.h"

#include "calendar.h"

enum { LINE_MAX_OCTETS = 75 };

/* Bytes of the character that starts at `at`, 1 where the text is not UTF-8. */
static size_t character_size(struct slice text, size_t at) {
    size_t size = 1;
    while (at + size < text.size && ((unsigned char)text.at[at + size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

/* A content line, folded at 75 octets between characters; the blank that continues it counts. */
static void add_line(struct buffer *to, struct slice line) {
    size_t used = 0;
    for (size_t at = 0; at < line.size;) {
        size_t size = character_size(line, at);
        if (used + size > LINE_MAX_OCTETS) {
            buffer_add_text(to, "\r\n ");
            used = 1;
        }
        buffer_add(to, line.at + at, size);
        used += size;
        at += size;
    }
    buffer_add_text(to, "\r\n");
}

/* Backslash, semicolon, comma and line feed have escapes; other control characters have no form. */
static void add_escaped(struct buffer *to, struct slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.at[i];
        if (byte == '\n') {
            buffer_add_text(to, "\\n");
        } else if (byte == '\\' || byte == ';' || byte == ',') {
            buffer_add_char(to, '\\');
            buffer_add_char(to, byte);
        } else if ((unsigned char)byte >= 0x20 && byte != 0x7F) {
            buffer_add_char(to, byte);
        }
    }
}

/* The longest line is a description: 4 kB of text, each byte escaped, and its name. */
static void add_property(struct buffer *to, const char *name, struct slice value, bool is_text) {
    struct buffer line;
    buffer_init(&line, 64 << 10);
    buffer_add_text(&line, name);
    buffer_add_char(&line, ':');
    if (is_text) {
        add_escaped(&line, value);
    } else {
        buffer_add_slice(&line, value);
    }
    if (buffer_ok(&line)) {
        add_line(to, buffer_slice(&line));
    }
    buffer_release(&line);
}

static void add_text(struct buffer *to, const char *name, struct slice value) {
    if (value.size > 0) {
        add_property(to, name, value, true);
    }
}

void calendar_begin(struct buffer *to, struct slice name) {
    buffer_add_text(to, "BEGIN:VCALENDAR\r\n"
                        "VERSION:2.0\r\n"
                        "PRODID:-//maillage//maillage//FR\r\n"
                        "CALSCALE:GREGORIAN\r\n"
                        "METHOD:PUBLISH\r\n"
                        "REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n"
                        "X-PUBLISHED-TTL:PT6H\r\n");
    add_text(to, "NAME", name);
    add_text(to, "X-WR-CALNAME", name);
}

static void add_uid(struct buffer *to, struct slice domain, struct slice uid) {
    struct buffer value;
    buffer_init(&value, 1024);
    buffer_add_slice(&value, uid);
    buffer_add_char(&value, '@');
    buffer_add_slice(&value, domain);
    add_property(to, "UID", buffer_slice(&value), true);
    buffer_release(&value);
}

/* Deadlines of a day leave the reader free that day. */
static void add_times(struct buffer *to, const struct calendar_event *event) {
    add_property(to, event->all_day ? "DTSTART;VALUE=DATE" : "DTSTART", event->start, false);
    if (event->end.size > 0) {
        add_property(to, event->all_day ? "DTEND;VALUE=DATE" : "DTEND", event->end, false);
    }
    if (event->all_day) {
        buffer_add_text(to, "TRANSP:TRANSPARENT\r\n");
    }
}

void calendar_add(struct buffer *to, struct slice domain, const struct calendar_event *event) {
    buffer_add_text(to, "BEGIN:VEVENT\r\n");
    add_uid(to, domain, event->uid);
    add_property(to, "SEQUENCE", event->sequence, false);
    add_property(to, "DTSTAMP", event->updated, false);
    add_property(to, "LAST-MODIFIED", event->updated, false);
    add_times(to, event);
    add_text(to, "SUMMARY", event->summary);
    add_text(to, "DESCRIPTION", event->description);
    add_text(to, "LOCATION", event->location);
    buffer_add_text(to, event->cancelled ? "STATUS:CANCELLED\r\n" : "STATUS:CONFIRMED\r\n");
    buffer_add_text(to, "END:VEVENT\r\n");
}

void calendar_end(struct buffer *to) {
    buffer_add_text(to, "END:VCALENDAR\r\n");
}
