/* Every line of tests/cases/identifiers.tsv, whose folder is the argument; the SQL tests read it
 * too. */
#include "base.h"

#include "identifier.h"
#include "buffer.h"
#include "tap.h"

enum { COLUMNS = 4 };

/* "\t" stands for a tabulator, which separates columns. */
static struct slice without_escape(struct slice value, char *to) {
    size_t size = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (value.size - i > 1 && value.at[i] == '\\' && value.at[i + 1] == 't') {
            to[size++] = '\t';
            i++;
        } else {
            to[size++] = value.at[i];
        }
    }
    return (struct slice){to, size};
}

static void check_case(struct slice line, const char *what) {
    struct slice column[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        bool more = slice_cut(line, '\t', &column[i], &line);
        MUST(more == (i + 1 < COLUMNS));
    }
    char name[32];
    (void)snprintf(name, sizeof(name), "%.*s", (int)column[0].size, column[0].at);
    enum identifier_kind kind = IDENTIFIER_SIREN;
    MUST(identifier_kind_named(name, &kind));
    char plain[256];
    MUST(column[1].size < sizeof(plain));
    struct slice value = without_escape(column[1], plain);
    char normal[IDENTIFIER_MAX + 1] = "-";
    const char *fault = identifier_normalise(kind, value, normal);
    tap_slices(slice_of(fault == NULL ? "-" : fault), column[3], __FILE__, __LINE__, what);
    tap_slices(slice_of(normal), column[2], __FILE__, __LINE__, what);
    if (fault == NULL) {
        CHECK_FOR(identifier_fault(kind, slice_of(normal)) == NULL,
                  what); /* the normal form is one */
    }
}

static unsigned check_cases(const char *file_name) {
    FILE *file = fopen(file_name, "re");
    MUST(file != NULL);
    char line[512];
    unsigned cases = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        size_t size = strcspn(line, "\n");
        line[size] = '\0';
        if (size == 0 || line[0] == '#') {
            continue;
        }
        check_case((struct slice){line, size}, line);
        cases++;
    }
    (void)fclose(file);
    return cases;
}

static void derives(void) {
    CHECK_TEXT(identifier_siret_rule(SLICE("35600000000048")), "LUHN");
    CHECK_TEXT(identifier_siret_rule(SLICE("356 000 000 09075")), "LAPOSTE_MOD5");
    CHECK_TEXT(identifier_siret_rule(SLICE("35600000049837")), "LAPOSTE_MOD5");
    CHECK_TEXT(identifier_siret_rule(SLICE("73282932000074")), "LUHN");
    CHECK(identifier_siret_rule(SLICE("35600000009076")) == NULL);
    CHECK(identifier_siret_rule(SLICE("00000000000000")) == NULL);
    CHECK(identifier_siret_rule(SLICE("356000000")) == NULL);
    char vat[VAT_SIZE + 1] = "";
    CHECK(identifier_vat_of_siren(SLICE("732 829 320"), vat));
    CHECK_TEXT(vat, "FR44732829320");
    CHECK(identifier_fault(IDENTIFIER_VAT, slice_of(vat)) == NULL);
    CHECK(!identifier_vat_of_siren(SLICE("404833047"), vat));
    CHECK(!identifier_vat_of_siren(SLICE("000000000"), vat));
    enum identifier_kind kind = IDENTIFIER_SIREN;
    CHECK(identifier_kind_named("legal-category", &kind) && kind == IDENTIFIER_LEGAL_CATEGORY);
    CHECK(!identifier_kind_named("SIREN", &kind));
    CHECK(!identifier_kind_named("", &kind));
}

static void survives_bytes(void) {
    char value[64];
    for (int byte = 0; byte < 256; byte++) {
        memset(value, byte, sizeof(value));
        for (int kind = IDENTIFIER_SIREN; kind <= IDENTIFIER_PASS_NUMBER; kind++) {
            MUST(identifier_fault((enum identifier_kind)kind,
                                  (struct slice){value, sizeof(value)}) != NULL);
            MUST(identifier_fault((enum identifier_kind)kind, (struct slice){value, 0}) != NULL);
        }
    }
    CHECK_TEXT(identifier_fault(IDENTIFIER_SIREN, SLICE("73282932\0")), "siren-form");
    CHECK_TEXT(identifier_fault(IDENTIFIER_PASS_NUMBER, SLICE("ABCDE213586\0")),
               "pass-number-form");
}

int main(int count, char **argument) {
    MUST(count == 2);
    char name[4096];
    (void)snprintf(name, sizeof(name), "%s/identifiers.tsv", argument[1]);
    CHECK(check_cases(name) > 100);
    derives();
    survives_bytes();
    return tap_end();
}
