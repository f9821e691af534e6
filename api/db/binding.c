/* Values of the contract as PostgreSQL's types. */
#include "base.h"

#include "statement.h"

unsigned binding_type(enum schema_type type, bool is_list) {
    static const unsigned oid[][2] = {
        [SCHEMA_TEXT] = {25, 1009},     [SCHEMA_INTEGER] = {20, 1016},
        [SCHEMA_NUMBER] = {1700, 1231}, [SCHEMA_BOOLEAN] = {16, 1000},
        [SCHEMA_DATE] = {1082, 1182},   [SCHEMA_INSTANT] = {1184, 1185},
        [SCHEMA_UUID] = {2950, 2951},   [SCHEMA_JSON] = {3802, 3807},
    };
    return oid[type][is_list ? 1 : 0];
}

bool binding_reserved(const char *name, unsigned *ret_type) {
    static const struct {
        const char *name;
        enum schema_type type;
    } reserved[] = {
        {"body", SCHEMA_JSON},   {"if_match", SCHEMA_INTEGER}, {"key_id", SCHEMA_UUID},
        {"caller", SCHEMA_TEXT}, {"public_url", SCHEMA_TEXT},
    };
    for (size_t i = 0; i < COUNT_OF(reserved); i++) {
        if (strcmp(name, reserved[i].name) == 0) {
            *ret_type = binding_type(reserved[i].type, false);
            return true;
        }
    }
    return false;
}

/* Every element is quoted, so that NULL, blanks, braces and commas are only text. */
const char *binding_list(struct arena *arena, const struct slice *item, size_t items) {
    size_t size = 3;
    for (size_t i = 0; i < items; i++)
        size += item[i].size * 2 + 3;
    char *text = arena_take(arena, size);
    if (text == NULL)
        return NULL;
    char *at = text;
    *at++ = '{';
    for (size_t i = 0; i < items; i++) {
        if (i > 0)
            *at++ = ',';
        *at++ = '"';
        for (size_t j = 0; j < item[i].size; j++) {
            if (item[i].at[j] == '"' || item[i].at[j] == '\\')
                *at++ = '\\';
            *at++ = item[i].at[j];
        }
        *at++ = '"';
    }
    *at++ = '}';
    *at = '\0';
    return text;
}
