/* French identifiers (domain page, network 2.5): form, check digits, normal form. The database holds the
 * same rules (schema identifier); one table of cases, tests/cases/identifiers.tsv, proves both. */
#ifndef MAILLAGE_IDENTIFIER_H
#define MAILLAGE_IDENTIFIER_H

#include "slice.h"

enum identifier_kind {
    IDENTIFIER_SIREN,
    IDENTIFIER_SIRET,
    IDENTIFIER_RNA,
    IDENTIFIER_VAT,
    IDENTIFIER_NDA,
    IDENTIFIER_IDCC,
    IDENTIFIER_NAF,
    IDENTIFIER_LEGAL_CATEGORY,
    IDENTIFIER_COMMUNE, /* form only: whether it exists is the database's to say */
    IDENTIFIER_PASS_NUMBER,
};

/* False when `name` is no kind; names are the contract's formats: "siren", "siret", "rna" … */
bool identifier_kind_named(const char *name, enum identifier_kind *ret_kind);

/* Blanks, dots and hyphens between digits are allowed in `value` and left out of the normal form.
 * NULL when valid, else the code of the fault as the contract names it: "siret-checksum", "siret-null",
 * "siret-form" … */
const char *identifier_fault(enum identifier_kind kind, struct slice value);

#endif
