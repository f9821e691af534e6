#include "base.h"

#include "identifier.h"

#include "text.h"

struct kind {
    const char *name;
    bool grouped; /* may be written in groups and in lower case */
    /* Given the normal form; NULL or the fault. */
    const char *(*fault)(struct slice normal);
};

static bool all_digits(struct slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return true;
}

static struct slice part(struct slice text, size_t from, size_t size) {
    assert(from + size <= text.size);
    return (struct slice){text.at + from, size};
}

static bool has_digits(struct slice text, size_t size) {
    return text.size == size && all_digits(text);
}

static bool is_upper(char byte) {
    return byte >= 'A' && byte <= 'Z';
}

static bool is_zero(struct slice digits) {
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.at[i] != '0') {
            return false;
        }
    }
    return true;
}

static unsigned number_of(struct slice digits) {
    uint64_t value = 0;
    bool fits = slice_to_unsigned(digits, 999999999, &value);
    assert(fits);
    (void)fits;
    return (unsigned)value;
}

/* Every second digit from the right is doubled, nines cast out; the sum is a multiple of ten. */
static bool luhn(struct slice digits) {
    unsigned sum = 0;
    for (size_t i = 0; i < digits.size; i++) {
        unsigned digit = (unsigned)(digits.at[digits.size - 1 - i] - '0');
        unsigned doubled = i % 2 == 1 ? digit * 2 : digit;
        sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
}

static unsigned digit_sum(struct slice digits) {
    unsigned sum = 0;
    for (size_t i = 0; i < digits.size; i++) {
        sum += (unsigned)(digits.at[i] - '0');
    }
    return sum;
}

static const char *siren_fault(struct slice normal) {
    if (!has_digits(normal, 9)) {
        return "siren-form";
    }
    /* Zeros satisfy Luhn, and name nobody. */
    if (is_zero(normal)) {
        return "siren-null";
    }
    return luhn(normal) ? NULL : "siren-checksum";
}

static const char *siret_rule(struct slice normal) {
    struct slice siren = part(normal, 0, 9);
    if (!luhn(siren)) {
        return NULL;
    }
    if (luhn(normal)) {
        return "LUHN";
    }
    return slice_is(siren, "356000000") && digit_sum(normal) % 5 == 0 ? "LAPOSTE_MOD5" : NULL;
}

static const char *siret_fault(struct slice normal) {
    if (!has_digits(normal, 14)) {
        return "siret-form";
    }
    if (is_zero(part(normal, 0, 9))) {
        return "siret-null";
    }
    return siret_rule(normal) != NULL ? NULL : "siret-checksum";
}

/* W, then the prefecture's three characters (the second a letter in Corse and overseas), then seven
 * digits. */
static const char *rna_fault(struct slice normal) {
    bool well_formed = normal.size == 10 && normal.at[0] == 'W' && all_digits(part(normal, 1, 1)) &&
                       (is_upper(normal.at[2]) || all_digits(part(normal, 2, 1))) &&
                       all_digits(part(normal, 3, 7));
    return well_formed ? NULL : "rna-form";
}

static unsigned vat_key(struct slice siren) {
    return (12 + 3 * (number_of(siren) % 97)) % 97;
}

static const char *vat_fault(struct slice normal) {
    if (normal.size != VAT_SIZE || !slice_starts_with(normal, SLICE("FR")) ||
        !all_digits(part(normal, 2, 11))) {
        return "vat-form";
    }
    struct slice siren = part(normal, 4, 9);
    bool right = siren_fault(siren) == NULL && number_of(part(normal, 2, 2)) == vat_key(siren);
    return right ? NULL : "vat-checksum";
}

/* Region, department (2A and 2B in Corse), number of order. */
static const char *nda_fault(struct slice normal) {
    if (normal.size != 11 || !all_digits(part(normal, 0, 2)) || !all_digits(part(normal, 4, 7))) {
        return "nda-form";
    }
    struct slice department = part(normal, 2, 2);
    bool known = all_digits(department) || slice_is(department, "2A") || slice_is(department, "2B");
    return known ? NULL : "nda-form";
}

static const char *idcc_fault(struct slice normal) {
    return has_digits(normal, 4) ? NULL : "idcc-form";
}

static const char *naf_fault(struct slice normal) {
    bool well_formed = normal.size == 5 && all_digits(part(normal, 0, 4)) && is_upper(normal.at[4]);
    return well_formed ? NULL : "naf-form";
}

static const char *legal_category_fault(struct slice normal) {
    return has_digits(normal, 4) ? NULL : "legal-category-form";
}

/* 01 to 95 without 20, 2A, 2B, 971 to 976. */
static const char *commune_fault(struct slice normal) {
    static const char *const fault = "commune-form";
    if (normal.size != 5 || !all_digits(part(normal, 2, 3))) {
        return fault;
    }
    struct slice department = part(normal, 0, 2);
    if (slice_is(department, "2A") || slice_is(department, "2B")) {
        return NULL;
    }
    if (!all_digits(department)) {
        return fault;
    }
    unsigned number = number_of(department);
    if (number == 97) {
        return normal.at[2] >= '1' && normal.at[2] <= '6' ? NULL : fault;
    }
    return number >= 1 && number <= 95 && number != 20 ? NULL : fault;
}

static const char *pass_number_fault(struct slice normal) {
    if (normal.size != 12) {
        return "pass-number-form";
    }
    for (size_t i = 0; i < normal.size; i++) {
        if (!is_upper(normal.at[i]) && !all_digits(part(normal, i, 1))) {
            return "pass-number-form";
        }
    }
    return NULL;
}

static const struct kind kinds[] = {
    [IDENTIFIER_SIREN] = {"siren", true, siren_fault},
    [IDENTIFIER_SIRET] = {"siret", true, siret_fault},
    [IDENTIFIER_RNA] = {"rna", true, rna_fault},
    [IDENTIFIER_VAT] = {"vat", true, vat_fault},
    [IDENTIFIER_NDA] = {"nda", true, nda_fault},
    [IDENTIFIER_IDCC] = {"idcc", false, idcc_fault},
    [IDENTIFIER_NAF] = {"naf", true, naf_fault},
    [IDENTIFIER_LEGAL_CATEGORY] = {"legal-category", false, legal_category_fault},
    [IDENTIFIER_COMMUNE] = {"commune", false, commune_fault},
    [IDENTIFIER_PASS_NUMBER] = {"pass-number", true, pass_number_fault},
};

bool identifier_kind_named(const char *name, enum identifier_kind *ret_kind) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = (enum identifier_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_separator(uint32_t point) {
    return point == ' ' || point == '.' || point == '-' || point == 0x00A0 || point == 0x202F;
}

/* The normal form, cut after IDENTIFIER_MAX bytes: longer than any kind, so a form check refuses
 * it. */
static struct slice normal_form(const struct kind *kind, struct slice value,
                                char normal[IDENTIFIER_MAX + 1]) {
    size_t size = 0;
    while (value.size > 0 && size < IDENTIFIER_MAX) {
        uint32_t point = 0;
        size_t width = text_decode(value, &point);
        if (width == 0) {
            normal[size++] = '?'; /* not UTF-8: in no form */
            break;
        }
        if (!kind->grouped || !is_separator(point)) {
            bool lower = kind->grouped && point >= 'a' && point <= 'z';
            normal[size++] = point > 0x7E ? '?' : (char)(lower ? point - 'a' + 'A' : point);
        }
        value.at += width;
        value.size -= width;
    }
    normal[size] = '\0';
    return (struct slice){normal, size};
}

const char *identifier_normalise(enum identifier_kind kind, struct slice value,
                                 char ret_normal[IDENTIFIER_MAX + 1]) {
    char text[IDENTIFIER_MAX + 1];
    struct slice normal = normal_form(&kinds[kind], value, text);
    const char *fault = kinds[kind].fault(normal);
    if (fault == NULL) {
        memcpy(ret_normal, text, normal.size + 1);
    }
    return fault;
}

const char *identifier_fault(enum identifier_kind kind, struct slice value) {
    char normal[IDENTIFIER_MAX + 1];
    return identifier_normalise(kind, value, normal);
}

const char *identifier_siret_rule(struct slice value) {
    char normal[IDENTIFIER_MAX + 1];
    if (identifier_normalise(IDENTIFIER_SIRET, value, normal) != NULL) {
        return NULL;
    }
    return siret_rule(slice_of(normal));
}

bool identifier_vat_of_siren(struct slice siren, char ret_vat[VAT_SIZE + 1]) {
    char normal[IDENTIFIER_MAX + 1];
    if (identifier_normalise(IDENTIFIER_SIREN, siren, normal) != NULL) {
        return false;
    }
    (void)snprintf(ret_vat, VAT_SIZE + 1, "FR%02u%.9s", vat_key(slice_of(normal)), normal);
    return true;
}
