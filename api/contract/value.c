/* Numbers are compared in long double, which holds every 64-bit integer and every double exactly.
 */
#include "base.h"

#include <math.h>

#include "value.h"

enum { TEXT_MAX = 16384, SHOWN_MAX = 256 };

static long double number_of(const json_t *number) {
    return json_is_integer(number) ? (long double)json_integer_value(number)
                                   : (long double)json_real_value(number);
}

int number_compare(const json_t *a, const json_t *b) {
    long double left = number_of(a), right = number_of(b);
    return (left > right) - (left < right);
}

bool number_is_whole(const json_t *number) {
    if (json_is_integer(number))
        return true;
    double real = json_real_value(number);
    return floor(real) == real;
}

bool number_fits_integer(const json_t *number) {
    long double value = number_of(number);
    return number_is_whole(number) && value >= -9223372036854775808.0L &&
           value < 9223372036854775808.0L;
}

/* A step of 0.01 has no exact double: the quotient is whole when it is so to twelve digits. */
bool number_is_multiple(const json_t *number, const json_t *step) {
    if (json_is_integer(number) && json_is_integer(step))
        return json_integer_value(number) % json_integer_value(step) == 0;
    long double quotient = number_of(number) / number_of(step);
    if (!isfinite(quotient))
        return false;
    long double away = fabsl(quotient - roundl(quotient));
    return away <= 1e-12L * fmaxl(1.0L, fabsl(quotient));
}

static bool object_same(const json_t *a, const json_t *b) {
    if (json_object_size(a) != json_object_size(b))
        return false;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)a, name, value) {
        const json_t *other = json_object_get(b, name);
        if (!other || !value_same(value, other))
            return false;
    }
    return true;
}

static bool array_same(const json_t *a, const json_t *b) {
    size_t count = json_array_size(a);
    if (count != json_array_size(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!value_same(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

bool value_same(const json_t *a, const json_t *b) {
    if (json_is_number(a) && json_is_number(b))
        return number_compare(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    switch (json_typeof(a)) {
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b), json_string_length(a)) == 0;
    case JSON_ARRAY:
        return array_same(a, b);
    case JSON_OBJECT:
        return object_same(a, b);
    default:
        return true; /* null, true, false: the type says all */
    }
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Members are added up, since their order means nothing; items are chained. */
uint64_t value_hash(const json_t *value) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    if (json_is_number(value)) {
        double real = (double)number_of(value) + 0.0; /* -0.0 becomes 0.0 */
        return hash_bytes(hash, &real, sizeof real);
    }
    const char *name;
    json_t *member;
    size_t i;
    int type = (int)json_typeof(value);
    hash = hash_bytes(hash, &type, sizeof type);
    if (json_is_string(value))
        return hash_bytes(hash, json_string_value(value), json_string_length(value));
    json_array_foreach(value, i, member) hash = hash * 31 + value_hash(member);
    uint64_t sum = 0;
    json_object_foreach((json_t *)value, name, member) sum +=
        hash_bytes(value_hash(member), name, strlen(name));
    return hash + sum;
}

/* The shortest text that reads back as the same double. */
static void print_real(double real, struct buffer *buffer) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, real);
        if (strtod(text, NULL) == real)
            break;
    }
    buffer_add_text(buffer, text);
}

static bool write_value(const json_t *value, struct buffer *buffer) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        buffer_add(buffer, json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        buffer_print(buffer, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return true;
    case JSON_REAL:
        print_real(json_real_value(value), buffer);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        buffer_add_text(buffer, json_is_true(value) ? "true" : "false");
        return true;
    case JSON_NULL:
        buffer_add_text(buffer, "null");
        return true;
    default:
        return false;
    }
}

const char *value_text(struct arena *arena, const json_t *value) {
    struct buffer text;
    if (json_is_string(value)) {
        size_t size = json_string_length(value);
        return arena_copy(
            arena, (struct slice){json_string_value(value), size < SHOWN_MAX ? size : SHOWN_MAX});
    }
    buffer_init(&text, TEXT_MAX);
    const char *copy = NULL;
    if (write_value(value, &text) && buffer_ok(&text))
        copy = arena_copy(arena, buffer_slice(&text));
    buffer_release(&text);
    return copy;
}

const char *values_text(struct arena *arena, const json_t *const *value, size_t count) {
    struct buffer text;
    buffer_init(&text, TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_text(&text, ", ");
        if (!write_value(value[i], &text))
            buffer_add_text(&text, "…");
    }
    const char *copy = buffer_ok(&text) ? arena_copy(arena, buffer_slice(&text)) : NULL;
    buffer_release(&text);
    return copy;
}
