#include "base.h"

#include "cookie.h"

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* 43 letters of 6 bits hold 258: the last one has two to spare, which are drawn too. */
void cookie_new_token(char ret_token[COOKIE_TOKEN_SIZE + 1]) {
    unsigned char byte[COOKIE_TOKEN_SIZE];
    digest_random(byte, sizeof byte);
    for (size_t i = 0; i < sizeof byte; i++)
        ret_token[i] = base64url[byte[i] & 63];
    ret_token[COOKIE_TOKEN_SIZE] = '\0';
    explicit_bzero(byte, sizeof byte);
}

void cookie_digest(struct slice token, char ret_digest[COOKIE_DIGEST_SIZE + 1]) {
    ret_digest[0] = 's';
    ret_digest[1] = ':';
    digest_plain_sha256_hex(token, ret_digest + 2);
}

static bool is_token(struct slice text) {
    if (text.size != COOKIE_TOKEN_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] == '\0' || strchr(base64url, text.at[i]) == NULL)
            return false;
    return true;
}

bool cookie_read(const char *header, struct slice *ret_token) {
    struct slice rest = slice_of(header != NULL ? header : ""), pair, name, value;
    size_t found = 0;
    while (rest.size > 0) {
        slice_cut(rest, ';', &pair, &rest);
        if (slice_cut(slice_trim(pair), '=', &name, &value) && slice_is(name, COOKIE_NAME)) {
            *ret_token = value;
            found++;
        }
    }
    return found == 1 && is_token(*ret_token);
}

static bool is_loopback(struct slice origin, struct slice *ret_port) {
    const struct slice names[] = {SLICE("http://127.0.0.1"), SLICE("http://localhost")};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (slice_starts_with(origin, names[i])) {
            *ret_port = (struct slice){origin.at + names[i].size, origin.size - names[i].size};
            return ret_port->size == 0 || ret_port->at[0] == ':';
        }
    }
    return false;
}

bool cookie_origin_is_own(const char *origin, const char *own) {
    struct slice port, own_port;
    if (origin == NULL)
        return false;
    return strcmp(origin, own) == 0 ||
           (is_loopback(slice_of(origin), &port) && is_loopback(slice_of(own), &own_port) &&
            slice_equals(port, own_port));
}
