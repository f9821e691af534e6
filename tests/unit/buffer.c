#include "base.h"

#include "buffer.h"
#include "tap.h"

static void grows_to_its_maximum(void) {
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    CHECK(buffer_ok(&buffer));
    CHECK_SLICE(buffer_slice(&buffer), "");
    for (int i = 0; i < 100; i++) {
        buffer_add_text(&buffer, "0123456789");
    }
    CHECK(buffer_ok(&buffer));
    CHECK_NUMBER(buffer.size, 1000);
    buffer_add(&buffer, "", 0);
    CHECK(buffer_ok(&buffer));
    buffer_add_char(&buffer, 'x');
    CHECK(!buffer_ok(&buffer));
    CHECK_NUMBER(buffer.size, 1000);
    buffer_clear(&buffer);
    CHECK(buffer_ok(&buffer));
    CHECK_SLICE(buffer_slice(&buffer), "");
    buffer_print(&buffer, "%d", 42);
    CHECK_SLICE(buffer_slice(&buffer), "42");
    CHECK_TEXT(buffer.at, "42");
    buffer_release(&buffer);
    buffer_release(&buffer);
    CHECK_SLICE(buffer_slice(&buffer), "");
}

static void stays_failed(void) {
    struct buffer buffer;
    buffer_init(&buffer, 4);
    buffer_add_text(&buffer, "12345");
    CHECK(!buffer_ok(&buffer));
    buffer_add_text(&buffer, "1");
    buffer_print(&buffer, "%d", 1);
    CHECK(!buffer_ok(&buffer));
    CHECK_SLICE(buffer_slice(&buffer), "");
    buffer_clear(&buffer);
    buffer_print(&buffer, "%s", "12345");
    CHECK(!buffer_ok(&buffer));
    buffer_release(&buffer);

    buffer_init(&buffer, SIZE_MAX);
    buffer_add(&buffer, "x", SIZE_MAX - 1);
    CHECK(!buffer_ok(&buffer));
    buffer_release(&buffer);
}

static void writes_json(void) {
    struct buffer buffer;
    buffer_init(&buffer, 4096);
    buffer_add_json(&buffer, SLICE("plain"));
    CHECK_SLICE(buffer_slice(&buffer), "\"plain\"");
    buffer_clear(&buffer);
    buffer_add_json(&buffer, (struct slice){NULL, 0});
    CHECK_SLICE(buffer_slice(&buffer), "\"\"");
    buffer_clear(&buffer);
    buffer_add_json(&buffer, SLICE("\"\\/\b\t\n\f\r\x01\x1f\x7f\0"));
    CHECK_SLICE(buffer_slice(&buffer), "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f\\u0000\"");
    buffer_clear(&buffer);
    buffer_add_json(&buffer, SLICE("Forêt 😀"));
    CHECK_SLICE(buffer_slice(&buffer), "\"Forêt 😀\"");
    buffer_clear(&buffer);
    /* Overlong, alone, cut: each byte becomes U+FFFD, so that readers always get UTF-8. */
    buffer_add_json(&buffer, SLICE("a\xC0\x80z\xE2\x82"));
    CHECK_SLICE(buffer_slice(&buffer), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
    buffer_release(&buffer);
}

/* Eight bytes are looked at together: one that must be escaped is found in each place of them. */
static void escapes_in_any_place(void) {
    enum { SIZE = 19 };
    struct buffer buffer;
    char text[SIZE];
    buffer_init(&buffer, 64);
    for (unsigned byte = 0; byte <= UINT8_MAX; byte++) {
        bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
        for (size_t at = 0; at < SIZE; at++) {
            memset(text, 'a', sizeof text);
            text[at] = (char)byte;
            buffer_clear(&buffer);
            buffer_add_json(&buffer, (struct slice){text, SIZE});
            size_t before = strspn(buffer.at + 1, byte == 'a' ? "" : "a");
            size_t after = SIZE - 1 - at;
            bool kept = buffer.size == SIZE + 2 && memcmp(buffer.at + 1, text, SIZE) == 0;
            bool ends = memcmp(buffer.at + buffer.size - 1 - after, text + at + 1, after) == 0;
            CHECK(kept == plain && ends && (byte == 'a' || before == at));
        }
    }
    buffer_release(&buffer);
}

static void reserves_up_to_its_maximum(void) {
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_reserve(&buffer, 1000);
    CHECK(buffer_ok(&buffer) && buffer.size == 0 && buffer.room == 101);
    buffer_add_text(&buffer, "x");
    buffer_reserve(&buffer, 50);
    CHECK_SLICE(buffer_slice(&buffer), "x");
    buffer_release(&buffer);
}

static void writes_encoded(void) {
    struct buffer buffer;
    buffer_init(&buffer, 4096);
    buffer_add_encoded(&buffer, SLICE("aZ09-._~"));
    CHECK_SLICE(buffer_slice(&buffer), "aZ09-._~");
    buffer_clear(&buffer);
    buffer_add_encoded(&buffer, SLICE("a b&c=d+e/f%é\r\n[]"));
    CHECK_SLICE(buffer_slice(&buffer), "a%20b%26c%3Dd%2Be%2Ff%25%C3%A9%0D%0A%5B%5D");
    buffer_release(&buffer);
}

int main(void) {
    grows_to_its_maximum();
    stays_failed();
    writes_json();
    escapes_in_any_place();
    reserves_up_to_its_maximum();
    writes_encoded();
    return tap_end();
}
