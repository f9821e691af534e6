/* The list of faults of one request. Strings are copied, since what they point to (a decoded
 * parameter, a parsed body) may go before the answer is written. */
#include "base.h"

#include "fault.h"

enum { VALUE_MAX = 200, POINTER_MAX = 1000 };

void faults_init(struct faults *faults, struct arena *arena) {
    memset(faults, 0, sizeof *faults);
    faults->arena = arena;
}

/* Cuts between two characters, never inside one. */
static size_t cut_length(const char *text, size_t max) {
    size_t size = strlen(text);
    if (size <= max)
        return size;
    size = max;
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return size;
}

static const char *keep(struct faults *faults, const char *text, size_t max) {
    if (!text)
        return NULL;
    const char *copy = arena_copy(faults->arena, (struct slice){text, cut_length(text, max)});
    if (!copy)
        faults->out_of_memory = true;
    return copy;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Two schemas of one value (allOf, a reference and what stands beside it) may say the same of it.
 */
static bool is_kept(const struct faults *faults, const struct fault *fault) {
    for (size_t i = 0; i < faults->kept; i++) {
        const struct fault *other = &faults->item[i];
        if (same_text(other->pointer, fault->pointer) && same_text(other->code, fault->code) &&
            same_text(other->parameter, fault->parameter) && same_text(other->value, fault->value))
            return true;
    }
    return false;
}

void faults_add(struct faults *faults, struct fault fault) {
    if (is_kept(faults, &fault))
        return;
    faults->found++;
    if (faults->kept == FAULTS_MAX)
        return;
    faults->item[faults->kept++] = (struct fault){
        .pointer = keep(faults, fault.pointer, POINTER_MAX),
        .parameter = keep(faults, fault.parameter, VALUE_MAX),
        .code = keep(faults, fault.code, VALUE_MAX),
        .value = keep(faults, fault.value, VALUE_MAX),
        .suggestion = keep(faults, fault.suggestion, VALUE_MAX),
        .allowed = keep(faults, fault.allowed, SIZE_MAX - 1),
    };
}
