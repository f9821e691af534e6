#include "base.h"
#include "exchange.h"

#include <strings.h>

const char *exchange_header(const struct exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->request_headers; i++) {
        if (strcasecmp(exchange->request_header[i].name, name) == 0) {
            return exchange->request_header[i].value;
        }
    }
    return NULL;
}

/* NULL when memory is short: the header is then left out, which no promise of ours depends on. */
static const char *clean_copy(struct exchange *exchange, const char *value) {
    char *copy = arena_copy(exchange->arena, slice_of(value));
    char *to = copy;
    for (const char *from = copy; from && *from; from++) {
        if ((unsigned char)*from >= 0x20 && *from != 0x7f) {
            *to++ = *from;
        }
    }
    if (to) {
        *to = '\0';
    }
    return copy;
}

static struct header *find_answer_header(struct exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->answer_headers; i++) {
        if (strcasecmp(exchange->answer_header[i].name, name) == 0) {
            return &exchange->answer_header[i];
        }
    }
    return NULL;
}

const char *exchange_answer_header(const struct exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->answer_headers; i++) {
        if (strcasecmp(exchange->answer_header[i].name, name) == 0) {
            return exchange->answer_header[i].value;
        }
    }
    return NULL;
}

void exchange_set_header(struct exchange *exchange, const char *name, const char *value) {
    const char *copy = clean_copy(exchange, value);
    struct header *header = find_answer_header(exchange, name);
    if (!header && exchange->answer_headers < EXCHANGE_MAX_HEADERS) {
        header = &exchange->answer_header[exchange->answer_headers++];
    }
    if (header && copy) {
        *header = (struct header){name, copy};
    }
}

void exchange_print_header(struct exchange *exchange, const char *name, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    exchange_set_header(exchange, name, text);
}

static bool is_listed(const char *list, const char *name) {
    struct slice rest = slice_of(list), one;
    while (rest.size > 0) {
        slice_cut(rest, ',', &one, &rest);
        if (slice_equals_nocase(slice_trim(one), slice_of(name))) {
            return true;
        }
    }
    return false;
}

void exchange_vary(struct exchange *exchange, const char *name) {
    const struct header *header = find_answer_header(exchange, "Vary");
    if (!header) {
        exchange_set_header(exchange, "Vary", name);
    } else if (!is_listed(header->value, name)) {
        exchange_print_header(exchange, "Vary", "%s, %s", header->value, name);
    }
}
