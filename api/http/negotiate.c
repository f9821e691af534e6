#include "base.h"
#include "negotiate.h"

enum { WEIGHT_FULL = 1000 }; /* q in thousandths */

/* One element of a header list: "text/csv;q=0.9". */
struct choice {
    struct slice name;
    unsigned weight;
    bool charset_is_foreign;
};

/* "0.9" → 900; what is no weight counts as full, as clients that write nonsense expect an answer.
 */
static unsigned read_weight(struct slice text) {
    unsigned weight = 0, unit = 100;
    if (text.size == 0 || (text.at[0] != '0' && text.at[0] != '1')) {
        return WEIGHT_FULL;
    }
    if (text.at[0] == '1') {
        return WEIGHT_FULL;
    }
    for (size_t i = 2; i < text.size && i < 5; i++, unit /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return WEIGHT_FULL;
        }
        weight += (unsigned)(text.at[i] - '0') * unit;
    }
    return weight;
}

static struct choice read_choice(struct slice element) {
    struct slice name, rest, parameter, key, value;
    slice_cut(element, ';', &name, &rest);
    struct choice choice = {.name = slice_trim(name), .weight = WEIGHT_FULL};
    while (rest.size > 0) {
        slice_cut(rest, ';', &parameter, &rest);
        slice_cut(slice_trim(parameter), '=', &key, &value);
        key = slice_trim(key);
        value = slice_trim(value);
        if (value.size >= 2 && value.at[0] == '"') {
            value = (struct slice){value.at + 1, value.size - 2};
        }
        if (slice_equals_nocase(key, SLICE("q"))) {
            choice.weight = read_weight(value);
        } else if (slice_equals_nocase(key, SLICE("charset"))) {
            choice.charset_is_foreign = !slice_equals_nocase(value, SLICE("utf-8"));
        }
    }
    return choice;
}

/* 3 = the type itself, 2 = "type/" with a star, 1 = both stars, 0 = no match. */
static unsigned closeness(struct slice range, struct slice type) {
    struct slice major, minor, range_major, range_minor;
    if (slice_equals_nocase(range, type)) {
        return 3;
    }
    slice_cut(type, '/', &major, &minor);
    slice_cut(range, '/', &range_major, &range_minor);
    if (!slice_is(range_minor, "*")) {
        return 0;
    }
    return slice_equals_nocase(range_major, major) ? 2 : slice_is(range_major, "*") ? 1 : 0;
}

/* The weight of the closest range that matches; 0 when none does or it says q=0. */
static unsigned weight_of(const char *accept, struct slice type, unsigned *ret_closeness) {
    struct slice rest = slice_of(accept), element;
    unsigned weight = 0, closest = 0;
    while (rest.size > 0) {
        slice_cut(rest, ',', &element, &rest);
        struct choice choice = read_choice(element);
        unsigned close = closeness(choice.name, type);
        if (close > closest) {
            closest = close;
            weight = choice.weight;
        }
    }
    *ret_closeness = closest;
    return weight;
}

int negotiate_type(const char *accept, const struct media_type *offer, size_t offers) {
    int best = -1;
    unsigned best_weight = 0, best_close = 0;
    if (!accept || !*accept) {
        return offers > 0 ? 0 : -1;
    }
    for (size_t i = 0; i < offers; i++) {
        unsigned close = 0;
        unsigned weight = weight_of(accept, slice_of(offer[i].name), &close);
        if (weight > best_weight || (weight == best_weight && weight > 0 && close > best_close)) {
            best = (int)i;
            best_weight = weight;
            best_close = close;
        }
    }
    return best;
}

enum language negotiate_language(const char *accept_language) {
    struct slice rest = slice_of(accept_language), element;
    unsigned french = 0, english = 0;
    while (rest.size > 0) {
        slice_cut(rest, ',', &element, &rest);
        struct choice choice = read_choice(element);
        struct slice primary, region;
        slice_cut(choice.name, '-', &primary, &region);
        if (slice_equals_nocase(primary, SLICE("fr")) && choice.weight > french) {
            french = choice.weight;
        } else if (slice_equals_nocase(primary, SLICE("en")) && choice.weight > english) {
            english = choice.weight;
        }
    }
    return english > french ? LANGUAGE_ENGLISH : LANGUAGE_FRENCH;
}

int negotiate_body(const char *content_type, const struct media_type *accepted, size_t count) {
    struct choice choice = read_choice(slice_of(content_type));
    if (choice.charset_is_foreign) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (slice_equals_nocase(choice.name, slice_of(accepted[i].name))) {
            return (int)i;
        }
    }
    return -1;
}

void negotiate_preferences(const char *prefer, struct preferences *ret_preferences) {
    struct slice rest = slice_of(prefer), element;
    *ret_preferences = (struct preferences){0};
    while (rest.size > 0) {
        slice_cut(rest, ',', &element, &rest);
        struct slice name = read_choice(element).name;
        if (slice_equals_nocase(name, SLICE("count=exact"))) {
            ret_preferences->count_exact = true;
        } else if (slice_equals_nocase(name, SLICE("return=minimal"))) {
            ret_preferences->return_minimal = true;
        } else if (slice_equals_nocase(name, SLICE("return=representation"))) {
            ret_preferences->return_representation = true;
        }
    }
}
