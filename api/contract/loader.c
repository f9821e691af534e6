/* Small steps that every part of the loading shares: refuse, take, look up with a type. */
#include "base.h"

#include "loader.h"
#include "schema_node.h"

enum { REFERENCES_MAX = 8, MESSAGE_MAX = 400 };

bool load_refuse(struct loader *loader, const struct place *place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)place_refuse(place, loader->reterr, loader->reterr_size, format, arguments);
    va_end(arguments);
    return false;
}

void *load_take(struct loader *loader, size_t count, size_t size, const struct place *place) {
    void *memory = arena_take(loader->contract->arena, (count ? count : 1) * size);
    if (!memory)
        load_refuse(loader, place, "out of memory");
    return memory;
}

const char *load_copy(struct loader *loader, const char *text, const struct place *place) {
    const char *copy = text ? arena_copy(loader->contract->arena, slice_of(text)) : NULL;
    if (text && !copy)
        load_refuse(loader, place, "out of memory");
    return copy;
}

static bool is_for_client(const char *name) {
    return strcmp(name, "x-ref") == 0 || strcmp(name, "x-ui") == 0 ||
           strcmp(name, "x-displayName") == 0 || strcmp(name, "x-transitions") == 0;
}

bool load_known(struct loader *loader, const json_t *object, const char *const *known,
                const struct place *place) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        const char *const *candidate = known;
        while (*candidate && strcmp(*candidate, name) != 0)
            candidate++;
        if (!*candidate && !is_for_client(name))
            return load_refuse(loader, place, "unsupported keyword \"%s\"", name);
    }
    return true;
}

const json_t *load_resolve(struct loader *loader, const json_t *value, const struct place *place) {
    for (int i = 0; i < REFERENCES_MAX; i++) {
        const json_t *reference = json_object_get(value, "$ref");
        if (!reference) {
            if (!json_is_object(value))
                load_refuse(loader, place, "needs an object");
            return json_is_object(value) ? value : NULL;
        }
        const char *text = json_string_value(reference);
        value = text ? reference_find(loader->contract->document, text) : NULL;
        if (!value) {
            load_refuse(loader, place, "$ref \"%s\" leads nowhere", text ? text : "");
            return NULL;
        }
    }
    load_refuse(loader, place, "too many references, one after the other");
    return NULL;
}

const struct schema *load_schema(struct loader *loader, const json_t *definition,
                                 const struct place *place) {
    struct buffer pointer;
    buffer_init(&pointer, MESSAGE_MAX);
    place_write(place, &pointer);
    buffer_add_char(&pointer, '\0');
    const struct schema *schema =
        schema_compile(loader->contract->schemas, definition,
                       buffer_ok(&pointer) ? pointer.at : "#", loader->reterr, loader->reterr_size);
    buffer_release(&pointer);
    return schema;
}

bool load_flag(struct loader *loader, const json_t *object, const char *name,
               const struct place *place, bool otherwise, bool *ret_flag) {
    const json_t *value = json_object_get(object, name);
    *ret_flag = value ? json_is_true(value) : otherwise;
    return !value || json_is_boolean(value) ||
           load_refuse(loader, place, "%s needs true or false", name);
}

bool load_unsigned(struct loader *loader, const json_t *object, const char *name,
                   const struct place *place, size_t otherwise, size_t *ret_value) {
    const json_t *value = json_object_get(object, name);
    *ret_value = value ? (size_t)json_integer_value(value) : otherwise;
    return !value ||
           (json_is_integer(value) && json_integer_value(value) >= 0 &&
            json_integer_value(value) <= INT32_MAX) ||
           load_refuse(loader, place, "%s needs a whole number, zero or more", name);
}

bool load_text(struct loader *loader, const json_t *object, const char *name,
               const struct place *place, const char **ret_text) {
    const json_t *value = json_object_get(object, name);
    *ret_text = NULL;
    if (value && json_string_length(value) == 0)
        return load_refuse(loader, place, "%s needs a text", name);
    *ret_text = load_copy(loader, json_string_value(value), place);
    return !value || *ret_text;
}
