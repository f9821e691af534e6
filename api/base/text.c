#include "base.h"

#include "text.h"

#include "clock.h"
#include "digest.h"

static bool is_continuation(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Width announced by a first byte; 0 for bytes that start nothing (continuation, C0, C1, F5 and
 * up). */
static size_t announced_width(unsigned char first) {
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

size_t text_decode(struct slice text, uint32_t *ret_point) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (text.size == 0) {
        return 0;
    }
    unsigned char first = (unsigned char)text.at[0];
    size_t width = announced_width(first);
    if (width == 0 || width > text.size) {
        return 0;
    }
    uint32_t point = width == 1 ? first : first & (0x7Fu >> width);
    for (size_t i = 1; i < width; i++) {
        if (!is_continuation(text.at[i])) {
            return 0;
        }
        point = point << 6 | ((unsigned char)text.at[i] & 0x3Fu);
    }
    if (point < least[width] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        return 0;
    }
    *ret_point = point;
    return width;
}

bool text_is_utf8(struct slice text) {
    while (text.size > 0) {
        uint32_t point = 0;
        size_t width = text_decode(text, &point);
        if (width == 0 || point == 0) {
            return false;
        }
        text.at += width;
        text.size -= width;
    }
    return true;
}

size_t text_code_points(struct slice text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += is_continuation(text.at[i]) ? 0 : 1;
    }
    return count;
}

/* General category Cf of Unicode 14 without U+200C and U+200D, which some scripts cannot do
 * without. */
static bool is_format_character(uint32_t point) {
    static const struct {
        uint32_t first;
        uint32_t last;
    } range[] = {
        {0x00AD, 0x00AD},   {0x0600, 0x0605},   {0x061C, 0x061C},   {0x06DD, 0x06DD},
        {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x180E, 0x180E},
        {0x200B, 0x200B},   {0x200E, 0x200F},   {0x202A, 0x202E},   {0x2060, 0x2064},
        {0x2066, 0x206F},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD},
        {0x110CD, 0x110CD}, {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
    };
    for (size_t i = 0; i < COUNT_OF(range); i++) {
        if (point <= range[i].last) {
            return point >= range[i].first;
        }
    }
    return false;
}

static bool is_control(uint32_t point) {
    if (point < 0x20) {
        return point != '\t' && point != '\n' && point != '\r';
    }
    return point >= 0x7F && (point <= 0x9F || is_format_character(point));
}

bool text_has_control(struct slice text) {
    while (text.size > 0) {
        uint32_t point = 0;
        size_t width = text_decode(text, &point);
        if (width == 0 || is_control(point)) {
            return true;
        }
        text.at += width;
        text.size -= width;
    }
    return false;
}

/* ---- dates ---- */

/* Reads exactly `digits` digits at `*at` and moves on; -1 when they are not there. */
static int take_number(struct slice *text, size_t digits) {
    uint64_t value = 0;
    if (text->size < digits ||
        !slice_to_unsigned((struct slice){text->at, digits}, 99999999, &value)) {
        return -1;
    }
    text->at += digits;
    text->size -= digits;
    return (int)value;
}

static bool take_byte(struct slice *text, char byte, char other) {
    if (text->size == 0 || (text->at[0] != byte && text->at[0] != other)) {
        return false;
    }
    text->at++;
    text->size--;
    return true;
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

struct day {
    int year;
    int month;
    int day;
};

static bool take_date(struct slice *text, struct day *ret_day) {
    int year = take_number(text, 4);
    if (year < 1000 || !take_byte(text, '-', '-')) {
        return false;
    }
    int month = take_number(text, 2);
    if (month < 1 || month > 12 || !take_byte(text, '-', '-')) {
        return false;
    }
    int day = take_number(text, 2);
    if (day < 1 || day > days_of_month(year, month)) {
        return false;
    }
    *ret_day = (struct day){year, month, day};
    return true;
}

bool text_is_date(struct slice text) {
    struct day day;
    return take_date(&text, &day) && text.size == 0;
}

/* Seconds since midnight; 86400 stands for a leap second only with `second` 60. */
static bool take_time(struct slice *text, int *ret_minutes, int *ret_second) {
    int hour = take_number(text, 2);
    if (hour < 0 || hour > 23 || !take_byte(text, ':', ':')) {
        return false;
    }
    int minute = take_number(text, 2);
    if (minute < 0 || minute > 59 || !take_byte(text, ':', ':')) {
        return false;
    }
    int second = take_number(text, 2);
    if (second < 0 || second > 60) {
        return false;
    }
    if (take_byte(text, '.', '.')) {
        size_t digits = 0;
        while (take_number(text, 1) >= 0) {
            digits++;
        }
        if (digits < 1 || digits > 6) {
            return false;
        }
    }
    *ret_minutes = hour * 60 + minute;
    *ret_second = second;
    return true;
}

/* Minutes east of UTC. */
static bool take_offset(struct slice *text, int *ret_minutes) {
    if (take_byte(text, 'Z', 'z')) {
        *ret_minutes = 0;
        return true;
    }
    bool east = text->size > 0 && text->at[0] == '+';
    if (!take_byte(text, '+', '-')) {
        return false;
    }
    int hours = take_number(text, 2);
    if (hours < 0 || hours > 15 || !take_byte(text, ':', ':')) {
        return false;
    }
    int minutes = take_number(text, 2);
    if (minutes < 0 || minutes > 59) {
        return false;
    }
    *ret_minutes = (hours * 60 + minutes) * (east ? 1 : -1);
    return true;
}

bool text_is_instant(struct slice text) {
    struct day day;
    int minutes = 0;
    int second = 0;
    int offset = 0;
    if (!take_date(&text, &day) || !take_byte(&text, 'T', 't') ||
        !take_time(&text, &minutes, &second) || !take_offset(&text, &offset) || text.size > 0) {
        return false;
    }
    int utc = minutes - offset; /* minutes of the day in UTC; below 0 is the day before */
    if (second == 60 && (utc + 1440) % 1440 != 1439) {
        return false;
    }
    bool first_day = day.year == 1000 && day.month == 1 && day.day == 1;
    bool last_day = day.year == 9999 && day.month == 12 && day.day == 31;
    int utc_end = utc + (second == 60 ? 1 : 0);
    return !(first_day && utc < 0) && !(last_day && utc_end >= 1440);
}

/* ---- UUID ---- */

static bool is_hex(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

bool text_is_uuid(struct slice text) {
    if (text.size != UUID_TEXT_SIZE) {
        return false;
    }
    for (size_t i = 0; i < UUID_TEXT_SIZE; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text.at[i] != '-' : !is_hex(text.at[i])) {
            return false;
        }
    }
    return true;
}

/* RFC 9562, version 7, method 3: the 12 bits after the version hold the fraction of the
 * millisecond, so ids made one after the other mostly sort that way. */
void text_new_uuid(char ret_text[UUID_TEXT_SIZE + 1]) {
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[16];
    digest_random(bytes, sizeof(bytes));
    uint64_t now = (uint64_t)clock_wall_us();
    uint64_t milliseconds = now / 1000;
    uint64_t fraction = now % 1000 * 4096 / 1000;
    for (size_t i = 0; i < 6; i++) {
        bytes[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    }
    bytes[6] = (uint8_t)(0x70 | fraction >> 8);
    bytes[7] = (uint8_t)fraction;
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F));
    size_t at = 0;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            ret_text[at++] = '-';
        }
        ret_text[at++] = hex[bytes[i] >> 4];
        ret_text[at++] = hex[bytes[i] & 15];
    }
    ret_text[at] = '\0';
}

/* ---- base64url ---- */

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void buffer_add_base64url(struct buffer *buffer, struct slice bytes) {
    uint32_t bits = 0;
    unsigned held = 0; /* bits not yet written */
    for (size_t i = 0; i < bytes.size; i++) {
        bits = bits << 8 | (unsigned char)bytes.at[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            buffer_add_char(buffer, base64url[bits >> held & 63]);
        }
    }
    if (held > 0) {
        buffer_add_char(buffer, base64url[bits << (6 - held) & 63]);
    }
}

static int base64url_value(char byte) {
    if (byte >= 'A' && byte <= 'Z') {
        return byte - 'A';
    }
    if (byte >= 'a' && byte <= 'z') {
        return byte - 'a' + 26;
    }
    if (byte >= '0' && byte <= '9') {
        return byte - '0' + 52;
    }
    return byte == '-' ? 62 : byte == '_' ? 63 : -1;
}

bool buffer_decode_base64url(struct buffer *buffer, struct slice text) {
    if (text.size % 4 == 1) {
        return false;
    }
    uint32_t bits = 0;
    unsigned held = 0; /* bits not yet written: 0, 2, 4 or 6 */
    for (size_t i = 0; i < text.size; i++) {
        int value = base64url_value(text.at[i]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            buffer_add_char(buffer, (char)(unsigned char)(bits >> held & 255));
            bits &= (1u << held) - 1;
        }
    }
    /* Left-over bits must be zero, else two texts would mean the same bytes. */
    return bits == 0 && buffer_ok(buffer);
}
