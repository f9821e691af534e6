/* While the document is read: what is built, and where the one line of refusal goes. Private to
 * this room. */
#ifndef MAILLAGE_LOADER_H
#define MAILLAGE_LOADER_H

#include "contract.h"
#include "served.h"
#include "place.h"
#include "route.h"

struct contract {
    struct arena *arena;
    struct served file;
    json_t *document; /* NULL once it is read: what is needed of it has been copied or kept */
    struct schema_set *schemas;
    struct operation *operation;
    size_t operations;
    struct route_node *routes;
    const char *revision;
};

struct loader {
    struct contract *contract;
    const json_t *path_parameters; /* of the path item being read, or NULL */
    char *reterr;
    size_t reterr_size;
};

/* Always false; writes "<pointer>: <message>". */
bool load_refuse(struct loader *loader, const struct place *place, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Zeroed memory of the contract; NULL after a refusal. */
void *load_take(struct loader *loader, size_t count, size_t size, const struct place *place);
/* A text of the document, which is gone after the loading; NULL after a refusal, and of NULL. */
const char *load_copy(struct loader *loader, const char *text, const struct place *place);

/* Refuses a member of `object` that is not in `known` (NULL-terminated). Members for the client are
 * let by. */
MUST_CHECK bool load_known(struct loader *loader, const json_t *object, const char *const *known,
                           const struct place *place);
/* Follows {"$ref": "#/…"} once or more; NULL after a refusal. */
const json_t *load_resolve(struct loader *loader, const json_t *value, const struct place *place);
const struct schema *load_schema(struct loader *loader, const json_t *definition,
                                 const struct place *place);
/* Absent gives `otherwise`. */
MUST_CHECK bool load_flag(struct loader *loader, const json_t *object, const char *name,
                          const struct place *place, bool otherwise, bool *ret_flag);
MUST_CHECK bool load_unsigned(struct loader *loader, const json_t *object, const char *name,
                              const struct place *place, size_t otherwise, size_t *ret_value);
/* A copy that stays. */
MUST_CHECK bool load_text(struct loader *loader, const json_t *object, const char *name,
                          const struct place *place, const char **ret_text);

/* The parts of an operation, in the order in which they need each other. */
MUST_CHECK bool load_operation(struct loader *loader, const json_t *definition,
                               const struct place *place, struct operation *operation);
MUST_CHECK bool load_parameters(struct loader *loader, const json_t *definition,
                                const struct place *place, struct operation *operation);
MUST_CHECK bool load_body(struct loader *loader, const json_t *definition,
                          const struct place *place, struct operation *operation);
MUST_CHECK bool load_answer(struct loader *loader, const json_t *definition,
                            const struct place *place, struct operation *operation);
MUST_CHECK bool load_list(struct loader *loader, const json_t *definition,
                          const struct place *place, struct operation *operation);
MUST_CHECK bool check_include(struct loader *loader, const struct place *place,
                              const struct operation *operation);

#endif
