#include "base.h"

#include "key.h"

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base36[] = "abcdefghijklmnopqrstuvwxyz0123456789";

static bool consists_of(struct slice text, const char *alphabet) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '\0' || strchr(alphabet, text.at[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_environment(struct slice text) {
    return text.size > 0 && text.size <= KEY_ENVIRONMENT_MAX && consists_of(text, base36);
}

/* Each character alike: bytes at or above the last whole multiple of the alphabet are drawn again.
 */
static void draw(const char *alphabet, char *to, size_t size) {
    size_t letters = strlen(alphabet);
    size_t limit = 256 - 256 % letters;
    for (size_t i = 0; i < size;) {
        unsigned char byte = 0;
        digest_random(&byte, 1);
        if (byte < limit) {
            to[i++] = alphabet[byte % letters];
        }
    }
}

static void print_check(struct slice checked, char ret_check[KEY_CHECK_SIZE]) {
    uint32_t crc = digest_crc32(checked);
    for (size_t i = KEY_CHECK_SIZE; i > 0; i--) {
        ret_check[i - 1] = base62[crc % 62];
        crc /= 62;
    }
}

bool key_new(const char *environment, char ret_text[KEY_MAX + 1]) {
    if (!is_environment(slice_of(environment))) {
        return false;
    }
    char id[KEY_ID_SIZE];
    char secret[KEY_SECRET_SIZE];
    draw(base36, id, sizeof(id));
    draw(base62, secret, sizeof(secret));
    int size = snprintf(ret_text, KEY_MAX + 1, "fed_%s_%.*s_%.*s", environment, KEY_ID_SIZE, id,
                        KEY_SECRET_SIZE, secret);
    assert(size > 0 && size <= KEY_MAX - KEY_CHECK_SIZE);
    print_check((struct slice){ret_text, (size_t)size}, ret_text + size);
    ret_text[size + KEY_CHECK_SIZE] = '\0';
    return true;
}

bool key_parse(struct slice text, struct key_parts *ret_parts) {
    struct slice rest = text;
    struct slice prefix;
    struct key_parts parts;
    if (text.size > KEY_MAX || !slice_cut(rest, '_', &prefix, &rest) || !slice_is(prefix, "fed") ||
        !slice_cut(rest, '_', &parts.environment, &rest) || !is_environment(parts.environment) ||
        !slice_cut(rest, '_', &parts.id, &rest)) {
        return false;
    }
    if (parts.id.size != KEY_ID_SIZE || !consists_of(parts.id, base36) ||
        rest.size != (size_t)KEY_SECRET_SIZE + KEY_CHECK_SIZE || !consists_of(rest, base62)) {
        return false;
    }
    char check[KEY_CHECK_SIZE];
    size_t checked = text.size - KEY_CHECK_SIZE;
    print_check((struct slice){text.at, checked}, check);
    if (memcmp(check, text.at + checked, KEY_CHECK_SIZE) != 0) {
        return false;
    }
    *ret_parts = parts;
    return true;
}

void key_digest(struct slice text, char ret_hex[DIGEST_HEX_SIZE + 1]) {
    digest_plain_sha256_hex(text, ret_hex);
}
