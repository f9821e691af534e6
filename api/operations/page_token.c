#include "base.h"
#include "page_token.h"

#include "digest.h"
#include "text.h"

/* Layout: version, direction, number of values; of each value a length in two bytes (0xFFFF = null)
 * and its bytes; at the end the code over all of it and over the list it belongs to. */
enum { TOKEN_VERSION = 1, TOKEN_MAX_BYTES = 4096, VALUE_NULL = 0xFFFF };

/* What the cursor is bound to: key, operation, filters and sort; not the page's size nor the shape
 * of rows. */
static void add_scope(const struct call *call, struct buffer *to) {
    static const char *const free_to_change[] = {"cursor",  "limit", "fields",
                                                 "include", "csv",   "end_marker"};
    buffer_add_text(to, call->opening.key_digest ? call->opening.key_digest : "-");
    buffer_add_text(to, call->operation->id);
    for (size_t i = 0; i < call->operation->parameters; i++) {
        const struct parameter *parameter = &call->operation->parameter[i];
        bool counts = call->argument[i].present;
        for (size_t j = 0; j < COUNT_OF(free_to_change); j++) {
            counts = counts && strcmp(parameter->name, free_to_change[j]) != 0;
        }
        if (counts) {
            buffer_print(to, "&%s=", parameter->name);
            buffer_add_slice(to, call->argument[i].text);
        }
    }
}

static bool sign(const struct call *call, struct slice bytes,
                 unsigned char ret_mac[DIGEST_MAC_SIZE]) {
    struct buffer all;
    buffer_init(&all, TOKEN_MAX_BYTES + URI_MAX_BYTES);
    buffer_add_slice(&all, bytes);
    add_scope(call, &all);
    bool ok = buffer_ok(&all);
    digest_mac(call->service->config->secret, buffer_slice(&all), ret_mac);
    buffer_release(&all);
    return ok;
}

const char *page_token_write(const struct call *call, const struct page_token *token) {
    unsigned char mac[DIGEST_MAC_SIZE];
    struct buffer bytes, text;
    const char *copy = NULL;
    buffer_init(&bytes, TOKEN_MAX_BYTES);
    buffer_init(&text, 2 * TOKEN_MAX_BYTES);
    buffer_add_char(&bytes, TOKEN_VERSION);
    buffer_add_char(&bytes, token->backwards ? 1 : 0);
    buffer_add_char(&bytes, (char)token->values);
    for (size_t i = 0; i < token->values; i++) {
        size_t size = token->value[i] ? strlen(token->value[i]) : VALUE_NULL;
        buffer_add_char(&bytes, (char)(size >> 8));
        buffer_add_char(&bytes, (char)(size & 0xFF));
        buffer_add_text(&bytes, token->value[i] ? token->value[i] : "");
    }
    if (buffer_ok(&bytes) && sign(call, buffer_slice(&bytes), mac)) {
        buffer_add(&bytes, mac, sizeof mac);
        buffer_add_base64url(&text, buffer_slice(&bytes));
        copy = buffer_ok(&bytes) && buffer_ok(&text) ? arena_copy(call->arena, buffer_slice(&text))
                                                     : NULL;
    }
    buffer_release(&bytes);
    buffer_release(&text);
    return copy;
}

static bool read_values(const struct call *call, struct slice bytes, struct page_token *ret_token) {
    const unsigned char *at = (const unsigned char *)bytes.at;
    size_t used = 3;
    if (bytes.size < 3 || at[0] != TOKEN_VERSION || at[2] > ORDER_MAX) {
        return false;
    }
    *ret_token = (struct page_token){.backwards = at[1] == 1, .values = at[2]};
    for (size_t i = 0; i < ret_token->values; i++) {
        if (bytes.size - used < 2) {
            return false;
        }
        size_t size = ((size_t)at[used] << 8) | at[used + 1];
        used += 2;
        if (size == VALUE_NULL) {
            continue;
        }
        if (bytes.size - used < size) {
            return false;
        }
        ret_token->value[i] = arena_copy(call->arena, (struct slice){bytes.at + used, size});
        if (!ret_token->value[i]) {
            return false;
        }
        used += size;
    }
    return used == bytes.size;
}

bool page_token_read(const struct call *call, struct slice text, struct page_token *ret_token) {
    unsigned char mac[DIGEST_MAC_SIZE];
    struct buffer bytes;
    bool ok = false;
    buffer_init(&bytes, TOKEN_MAX_BYTES);
    if (buffer_decode_base64url(&bytes, text) && bytes.size > DIGEST_MAC_SIZE) {
        struct slice signed_part = {bytes.at, bytes.size - DIGEST_MAC_SIZE};
        ok = sign(call, signed_part, mac) &&
             digest_equal(mac, bytes.at + signed_part.size, DIGEST_MAC_SIZE) &&
             read_values(call, signed_part, ret_token);
    }
    buffer_release(&bytes);
    return ok;
}
