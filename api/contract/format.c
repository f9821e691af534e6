/* E-mail addresses, URIs and telephone numbers are checked by small grammars read by cursor; dates,
 * instants and UUIDs by base/text, French identifiers by base/identifier. */
#include "base.h"

#include "format.h"
#include "text.h"

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_one_of(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

/* Words of RFC 5322 atoms between single dots; quoted local parts are not accepted. */
static bool is_local_part(struct slice text) {
    char before = '.';
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == '.' ? before == '.'
                     : !is_letter(c) && !is_digit(c) && !is_one_of(c, "!#$%&'*+/=?^_`{|}~-"))
            return false;
        before = c;
    }
    return text.size > 0 && text.size <= 64 && before != '.';
}

static bool is_host_label(struct slice label) {
    if (label.size == 0 || label.size > 63)
        return false;
    for (size_t i = 0; i < label.size; i++)
        if (!is_letter(label.at[i]) && !is_digit(label.at[i]) && label.at[i] != '-')
            return false;
    return label.at[0] != '-' && label.at[label.size - 1] != '-';
}

static bool is_email(struct slice text) {
    struct slice local, domain, label;
    if (text.size > 254 || !slice_cut(text, '@', &local, &domain) || !is_local_part(local))
        return false;
    size_t labels = 0;
    for (bool more = true; more; labels++) {
        more = slice_cut(domain, '.', &label, &domain);
        if (!is_host_label(label))
            return false;
    }
    return labels >= 2;
}

/* E.164: a plus sign, no leading zero, at most fifteen digits. */
static bool is_phone(struct slice text) {
    if (text.size < 8 || text.size > 16 || text.at[0] != '+' || text.at[1] == '0')
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (!is_digit(text.at[i]))
            return false;
    return true;
}

static bool is_scheme(struct slice text) {
    if (text.size == 0 || !is_letter(text.at[0]))
        return false;
    for (size_t i = 1; i < text.size; i++)
        if (!is_letter(text.at[i]) && !is_digit(text.at[i]) && !is_one_of(text.at[i], "+-."))
            return false;
    return true;
}

/* What follows the scheme: characters of RFC 3986, escapes well formed. Brackets stand only around
 * the address of a host, so they are refused after the authority. */
static bool is_uri_rest(struct slice text, const char *extra) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (c == '%') {
            if (text.size - i < 3 || !is_hex(text.at[i + 1]) || !is_hex(text.at[i + 2]))
                return false;
            i += 2;
        } else if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "-._~!$&'()*+,;=:@") &&
                   !is_one_of(c, extra)) {
            return false;
        }
    }
    return true;
}

/* "host", "host:port", "user@host", "[::1]:80". A port is digits. */
static bool is_authority(struct slice text) {
    struct slice before, host = text;
    if (slice_cut(text, '@', &before, &host)) {
        if (!is_uri_rest(before, ""))
            return false;
    } else {
        host = text;
    }
    size_t end = host.size;
    while (end > 0 && is_digit(host.at[end - 1]))
        end--;
    if (end > 0 && host.at[end - 1] == ':')
        host.size = end - 1;
    if (host.size == 0)
        return false;
    if (host.at[0] == '[') {
        if (host.size < 4 || host.at[host.size - 1] != ']')
            return false;
        for (size_t i = 1; i + 1 < host.size; i++)
            if (!is_hex(host.at[i]) && host.at[i] != ':' && host.at[i] != '.')
                return false;
        return true;
    }
    return is_uri_rest(host, "") && memchr(host.at, ':', host.size) == NULL;
}

/* An absolute URI; with "//" its authority must not be empty. */
static bool is_uri(struct slice text) {
    struct slice scheme, rest, fragment, query;
    if (!slice_cut(text, ':', &scheme, &rest) || !is_scheme(scheme) || rest.size == 0)
        return false;
    (void)slice_cut(rest, '#', &rest, &fragment);
    (void)slice_cut(rest, '?', &rest, &query);
    if (!is_uri_rest(fragment, "/?") || !is_uri_rest(query, "/?"))
        return false;
    if (slice_starts_with(rest, SLICE("//"))) {
        struct slice authority = {rest.at + 2, rest.size - 2}, path;
        (void)slice_cut(authority, '/', &authority, &path);
        return is_authority(authority) && is_uri_rest(path, "/");
    }
    return is_uri_rest(rest, "/");
}

#define IDENTIFIER(name, kind, allowed)                                                            \
    { name, SCHEMA_TEXT, NULL, allowed, NULL, kind }

static const struct format formats[] = {
    {"date", SCHEMA_DATE, "bad-date", "YYYY-MM-DD", text_is_date, 0},
    {"date-time", SCHEMA_INSTANT, "bad-instant", "YYYY-MM-DDThh:mm:ssZ", text_is_instant, 0},
    {"uuid", SCHEMA_UUID, "bad-uuid", "uuid", text_is_uuid, 0},
    {"email", SCHEMA_TEXT, "bad-email", "name@example.org", is_email, 0},
    {"uri", SCHEMA_TEXT, "bad-uri", "https://example.org/", is_uri, 0},
    {"phone", SCHEMA_TEXT, "bad-phone", "+33123456789", is_phone, 0},
    IDENTIFIER("siren", IDENTIFIER_SIREN, "siren"),
    IDENTIFIER("siret", IDENTIFIER_SIRET, "siret"),
    IDENTIFIER("rna", IDENTIFIER_RNA, "rna"),
    IDENTIFIER("vat", IDENTIFIER_VAT, "vat"),
    IDENTIFIER("nda", IDENTIFIER_NDA, "nda"),
    IDENTIFIER("idcc", IDENTIFIER_IDCC, "idcc"),
    IDENTIFIER("naf", IDENTIFIER_NAF, "naf"),
    IDENTIFIER("legal-category", IDENTIFIER_LEGAL_CATEGORY, "legal-category"),
    IDENTIFIER("commune", IDENTIFIER_COMMUNE, "commune"),
};

const char *schema_format_at(size_t index) {
    return index < COUNT_OF(formats) ? formats[index].name : NULL;
}

const struct format *format_named(const char *name) {
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

const char *format_fault(const struct format *format, struct slice text) {
    if (!format->fits)
        return identifier_fault(format->identifier, text);
    return format->fits(text) ? NULL : format->code;
}
