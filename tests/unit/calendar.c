/* iCalendar as RFC 5545 wants it: folding between characters at 75 octets, escapes, the order of
 * lines. */
#include "base.h"

#include "calendar.h"
#include "tap.h"

static void write_event(const struct calendar_event *event, struct buffer *to) {
    buffer_init(to, 1 << 20);
    calendar_add(to, SLICE("maillage.example.org"), event);
    buffer_add_char(to, '\0');
    MUST(buffer_ok(to));
}

static void writes_days(void) {
    struct buffer text;
    const struct calendar_event event = {.uid = SLICE("u1"),
                                         .sequence = SLICE("3"),
                                         .all_day = true,
                                         .start = SLICE("20260504"),
                                         .end = SLICE("20260506"),
                                         .summary = SLICE("Fin"),
                                         .cancelled = true,
                                         .updated = SLICE("20260101T000000Z")};
    write_event(&event, &text);
    CHECK_TEXT(text.at, "BEGIN:VEVENT\r\nUID:u1@maillage.example.org\r\nSEQUENCE:3\r\n"
                        "DTSTAMP:20260101T000000Z\r\nLAST-MODIFIED:20260101T000000Z\r\n"
                        "DTSTART;VALUE=DATE:20260504\r\nDTEND;VALUE=DATE:20260506\r\n"
                        "TRANSP:TRANSPARENT\r\nSUMMARY:Fin\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n");
    buffer_release(&text);
}

static void writes_instants(void) {
    struct buffer text;
    const struct calendar_event event = {.uid = SLICE("u2"),
                                         .sequence = SLICE("0"),
                                         .start = SLICE("20260504T081530Z"),
                                         .location = SLICE("Rennes"),
                                         .summary = SLICE("Session"),
                                         .updated = SLICE("20260101T000000Z")};
    write_event(&event, &text);
    CHECK(strstr(text.at, "DTSTART:20260504T081530Z\r\nSUMMARY:Session\r\nLOCATION:Rennes\r\n"
                          "STATUS:CONFIRMED\r\n") != NULL);
    CHECK(strstr(text.at, "DTEND") == NULL);
    CHECK(strstr(text.at, "TRANSP") == NULL);
    buffer_release(&text);
}

/* Nothing in a text ends its line or opens another one. */
static void escapes(void) {
    struct buffer text;
    struct calendar_event event = {.uid = SLICE("u"),
                                   .sequence = SLICE("0"),
                                   .start = SLICE("20260504T081530Z"),
                                   .updated = SLICE("20260101T000000Z"),
                                   .summary = SLICE("a,b;c\\d\ne\r\nATTACH:x\t\x7f.")};
    write_event(&event, &text);
    CHECK(strstr(text.at, "SUMMARY:a\\,b\\;c\\\\d\\ne\\nATTACH:x.\r\n") != NULL);
    buffer_release(&text);
}

/* Every line has 75 octets at most, no character is cut, and unfolding gives the text back. */
static void folds(const char *character) {
    struct buffer summary, text, unfolded;
    buffer_init(&summary, 4096);
    buffer_init(&unfolded, 1 << 16);
    for (size_t i = 0; i < 300; i++)
        buffer_add_text(&summary, character);
    const struct calendar_event event = {.uid = SLICE("u"),
                                         .sequence = SLICE("0"),
                                         .start = SLICE("20260504T081530Z"),
                                         .updated = SLICE("20260101T000000Z"),
                                         .summary = buffer_slice(&summary)};
    write_event(&event, &text);
    bool short_enough = true, whole = true;
    for (const char *line = text.at; *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        MUST(end != NULL);
        short_enough = short_enough && end - line <= 75;
        bool continues = line[0] == ' ';
        whole = whole && ((unsigned char)line[continues ? 1 : 0] & 0xC0) != 0x80;
        buffer_add_text(&unfolded, continues || line == text.at ? "" : "\n");
        buffer_add(&unfolded, line + (continues ? 1 : 0), (size_t)(end - line) - continues);
        line = end + 2;
    }
    buffer_add_char(&unfolded, '\0');
    buffer_add_char(&summary, '\0');
    CHECK(short_enough);
    CHECK(whole);
    const char *found = strstr(unfolded.at, "SUMMARY:");
    MUST(found != NULL);
    CHECK(strncmp(found + 8, summary.at, strlen(summary.at)) == 0);
    buffer_release(&summary);
    buffer_release(&text);
    buffer_release(&unfolded);
}

static void frames(void) {
    struct buffer text;
    buffer_init(&text, 4096);
    calendar_begin(&text, SLICE("Adhésions; Bretagne"));
    calendar_end(&text);
    buffer_add_char(&text, '\0');
    MUST(buffer_ok(&text));
    CHECK(strncmp(text.at, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:", 37) == 0);
    CHECK(strstr(text.at, "X-WR-CALNAME:Adhésions\\; Bretagne\r\nEND:VCALENDAR\r\n") != NULL);
    buffer_release(&text);
}

int main(void) {
    writes_days();
    writes_instants();
    escapes();
    folds("x");
    folds("é");
    folds("€");
    folds("😀");
    frames();
    return tap_end();
}
