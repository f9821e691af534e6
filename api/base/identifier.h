/* French identifiers (domain page, network 2.5): form, check digits, normal form. The database
 * holds the same rules (schema identifier); one table of cases, tests/cases/identifiers.tsv, proves
 * both. */
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

/* SIREN, SIRET, RNA, VAT, NDA, NAF and PASS numbers may be written with blanks (also U+00A0 and
 * U+202F), dots and hyphens, and in lower case; the normal form has none of these. IDCC, legal
 * category and commune are taken as they are. NULL when valid, else the code of the fault as the
 * contract names it: "siret-checksum", "siret-null", "siret-form" … */
const char *identifier_fault(enum identifier_kind kind, struct slice value);

enum { IDENTIFIER_MAX = 16, VAT_SIZE = 13 };
/* Like identifier_fault; when valid also writes the normal form, ending with NUL. */
const char *identifier_normalise(enum identifier_kind kind, struct slice value,
                                 char ret_normal[IDENTIFIER_MAX + 1]);

/* Which rule accepts this SIRET: "LUHN", or "LAPOSTE_MOD5" for establishments of La Poste whose
 * number only has a digit sum that five divides. NULL when none does. */
const char *identifier_siret_rule(struct slice value);

/* The VAT number that follows from a SIREN; false when `siren` is none. */
MUST_CHECK bool identifier_vat_of_siren(struct slice siren, char ret_vat[VAT_SIZE + 1]);

#endif
