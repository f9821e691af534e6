/* Loops of jansson in the words of the language: cppcheck does not read the headers of libraries
 * and would take the macros for something else. Included by tests/lint/c-lint only. */
#define json_array_foreach(array, i, value)                                                        \
    for (i = 0; i < json_array_size(array) && (value = json_array_get(array, i)) != NULL; i++)
#define json_object_foreach(object, key, value)                                                    \
    for (void *iterator = json_object_iter(object);                                                \
         iterator &&                                                                               \
         (key = json_object_iter_key(iterator), value = json_object_iter_value(iterator)) != NULL; \
         iterator = json_object_iter_next(object, iterator))
#define json_object_foreach_safe(object, next, key, value) json_object_foreach(object, key, value)
