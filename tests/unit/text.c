#include "base.h"

#include "text.h"
#include "digest.h"
#include "tap.h"

static void knows_utf8(void) {
    CHECK(text_is_utf8(SLICE("")));
    CHECK(text_is_utf8(SLICE("Île-de-France €😀\xF4\x8F\xBF\xBF")));
    CHECK(!text_is_utf8(SLICE("a\0b")));
    CHECK(!text_is_utf8(SLICE("\x80")));
    CHECK(!text_is_utf8(SLICE("\xC0\x80")));
    CHECK(!text_is_utf8(SLICE("\xC1\xBF")));
    CHECK(!text_is_utf8(SLICE("\xE0\x9F\xBF")));
    CHECK(!text_is_utf8(SLICE("\xF0\x8F\xBF\xBF")));
    CHECK(!text_is_utf8(SLICE("\xED\xA0\x80"))); /* U+D800 */
    CHECK(!text_is_utf8(SLICE("\xED\xBF\xBF"))); /* U+DFFF */
    CHECK(!text_is_utf8(SLICE("\xF4\x90\x80\x80")));
    CHECK(!text_is_utf8(SLICE("\xF8\x88\x80\x80\x80")));
    CHECK(!text_is_utf8(SLICE("\xE2\x82")));
    CHECK(!text_is_utf8(SLICE("\xE2\x82z")));
    CHECK(!text_is_utf8(SLICE("\xFF")));
    CHECK_NUMBER(text_code_points(SLICE("é€😀a")), 4);
    CHECK_NUMBER(text_code_points(SLICE("")), 0);
}

static void sees_controls(void) {
    CHECK(!text_has_control(SLICE("Ligne\tun\r\nLigne deux")));
    CHECK(!text_has_control(SLICE("\u200C\u200D")));
    CHECK(text_has_control(SLICE("\x01")));
    CHECK(text_has_control(SLICE("\0")));
    CHECK(text_has_control(SLICE("\x1b[31m")));
    CHECK(text_has_control(SLICE("\x7f")));
    CHECK(text_has_control(SLICE("a\xC2\x85"))); /* U+0085 */
    /* U+202E and U+2066 turn a line around: that they are there is what is tested. */
    // NOLINTNEXTLINE(misc-misleading-bidirectional)
    CHECK(text_has_control(SLICE("\xE2\x80\xAE")));
    // NOLINTNEXTLINE(misc-misleading-bidirectional)
    CHECK(text_has_control(SLICE("\xE2\x81\xA6")));
    CHECK(text_has_control(SLICE("\u200B")));
    CHECK(text_has_control(SLICE("\u200F")));
    CHECK(text_has_control(SLICE("\u2060")));
    CHECK(text_has_control(SLICE("\uFEFF")));
    CHECK(text_has_control(SLICE("\U000E0041")));
    CHECK(!text_has_control(SLICE("\u00A0\u202F\u2019\u2065\U0001F600")));
}

static void knows_dates(void) {
    CHECK(text_is_date(SLICE("2024-02-29")));
    CHECK(text_is_date(SLICE("2000-02-29")));
    CHECK(text_is_date(SLICE("1000-01-01")));
    CHECK(text_is_date(SLICE("9999-12-31")));
    static const char *const wrong[] = {
        "2023-02-29",
        "1900-02-29",
        "2024-02-30",
        "2024-04-31",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-1-01",
        "24-01-01",
        "0999-12-31",
        "10000-01-01",
        "infinity",
        "now",
        "epoch",
        "2024-01-01 ",
        " 2024-01-01",
        "2024/01/01",
        "2024-01-01T00:00:00Z",
        "",
        "-2024-01-01",
        "2024-+1-01",
        "20240101",
        "2024-01-1",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_FOR(!text_is_date(slice_of(wrong[i])), wrong[i]);
    }
}

static void knows_instants(void) {
    static const char *const right[] = {
        "2026-11-22T02:03:50Z", "2026-11-22T02:03:50.1Z",    "2026-11-22T02:03:50.123456Z",
        "2026-11-22t02:03:50z", "2026-11-22T02:03:50+01:00", "2026-11-22T02:03:50-00:00",
        "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "1998-12-31T15:59:60.123-08:00",
        "1000-01-01T00:00:00Z", "9999-12-31T23:59:59.9Z",    "2026-11-22T02:03:50+15:59",
    };
    static const char *const wrong[] = {
        "2026-11-22",
        "2026-11-22T02:03Z",
        "2026-11-22 02:03:50Z",
        "2026-11-22T02:03:50",
        "2026-11-22T24:00:00Z",
        "2026-11-22T02:60:00Z",
        "2026-11-22T02:03:61Z",
        "2026-11-22T02:03:60Z",
        "2016-12-31T23:59:60+01:00",
        "2026-11-22T02:03:50.Z",
        "2026-11-22T02:03:50.1234567Z",
        "2026-11-22T02:03:50,1Z",
        "2026-11-22T02:03:50+1:00",
        "2026-11-22T02:03:50+0100",
        "2026-11-22T02:03:50+16:00",
        "2026-11-22T02:03:50+01:60",
        "2026-11-22T02:03:50ZZ",
        "infinity",
        "9999-12-31T23:59:59-01:00",
        "1000-01-01T00:30:00+01:00",
        "2026-02-30T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        CHECK_FOR(text_is_instant(slice_of(right[i])), right[i]);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_FOR(!text_is_instant(slice_of(wrong[i])), wrong[i]);
    }
}

static void knows_uuids(void) {
    CHECK(text_is_uuid(SLICE("0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f")));
    CHECK(text_is_uuid(SLICE("0193B6F2-6C1E-7D7A-9A55-1F0C2B3D4E5F")));
    CHECK(!text_is_uuid(SLICE("0193b6f26c1e7d7a9a551f0c2b3d4e5f")));
    CHECK(!text_is_uuid(SLICE("{0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5}")));
    CHECK(!text_is_uuid(SLICE("0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5g")));
    CHECK(!text_is_uuid(SLICE("0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5")));
    CHECK(!text_is_uuid(SLICE("0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f0")));
    CHECK(!text_is_uuid(SLICE("")));

    char before[UUID_TEXT_SIZE + 1] = "";
    bool well_formed = true;
    bool versioned = true;
    unsigned backwards = 0;
    for (int i = 0; i < 1000; i++) {
        char uuid[UUID_TEXT_SIZE + 1];
        text_new_uuid(uuid);
        well_formed = well_formed && text_is_uuid(slice_of(uuid));
        versioned = versioned && uuid[14] == '7' && strchr("89ab", uuid[19]) != NULL;
        backwards += strncmp(uuid, before, 13) < 0 ? 1 : 0; /* the part that is the clock's */
        memcpy(before, uuid, sizeof(uuid));
    }
    CHECK(well_formed);
    CHECK(versioned);
    CHECK_NUMBER(backwards, 0);
    char other[UUID_TEXT_SIZE + 1];
    text_new_uuid(other);
    CHECK(strcmp(before, other) != 0);
}

static void codes_base64url(void) {
    static const struct {
        const char *plain;
        const char *coded;
    } pair[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF", "-_8"}};
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    for (size_t i = 0; i < COUNT_OF(pair); i++) {
        buffer_clear(&buffer);
        buffer_add_base64url(&buffer, slice_of(pair[i].plain));
        CHECK_SLICE(buffer_slice(&buffer), pair[i].coded);
        buffer_clear(&buffer);
        CHECK(buffer_decode_base64url(&buffer, slice_of(pair[i].coded)));
        CHECK_SLICE(buffer_slice(&buffer), pair[i].plain);
    }
    static const char *const wrong[] = {"Z", "Zg==", "Zh", "Zm9", "Z+", "Z/", "Zm9vY", "Zm 9", "é"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        buffer_clear(&buffer);
        CHECK_FOR(!buffer_decode_base64url(&buffer, slice_of(wrong[i])), wrong[i]);
    }
    buffer_release(&buffer);
    buffer_init(&buffer, 2);
    CHECK(!buffer_decode_base64url(&buffer, SLICE("Zm9v")));
    buffer_release(&buffer);
}

int main(void) {
    MUST(digest_start());
    knows_utf8();
    sees_controls();
    knows_dates();
    knows_instants();
    knows_uuids();
    codes_base64url();
    return tap_end();
}
