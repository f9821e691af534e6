/* Faults as one line, so that a test says all that it expects at once. */
#ifndef MAILLAGE_CONTRACT_FAULTS_H
#define MAILLAGE_CONTRACT_FAULTS_H

#include "buffer.h"
#include "fault.h"
#include "tap.h"

/* "<place> <code>[=value][ ~suggestion][ {allowed}]" joined by "; ". A pointer of the whole is ".".
 */
static inline const char *faults_line(const struct faults *faults) {
    struct buffer line;
    buffer_init(&line, 1 << 20);
    MUST(!faults->out_of_memory);
    for (size_t i = 0; i < faults->kept; i++) {
        const struct fault *fault = &faults->item[i];
        const char *place = fault->pointer && *fault->pointer ? fault->pointer : ".";
        buffer_print(&line, "%s%s %s", i ? "; " : "", fault->parameter ? fault->parameter : place,
                     fault->code);
        if (fault->value)
            buffer_print(&line, "=%s", fault->value);
        if (fault->suggestion)
            buffer_print(&line, " ~%s", fault->suggestion);
        if (fault->allowed)
            buffer_print(&line, " {%s}", fault->allowed);
    }
    const char *copy = arena_copy(faults->arena, buffer_slice(&line));
    buffer_release(&line);
    MUST(copy != NULL);
    return copy;
}

#endif
