/* A list of faults found in one request: all of them, each with its place, so that a form can show
 * them at once. */
#ifndef MAILLAGE_FAULT_H
#define MAILLAGE_FAULT_H

#include "arena.h"

enum { FAULTS_MAX = 100 }; /* further ones are counted, not kept */

struct fault {
    const char *pointer;   /* JSON pointer into the body, or NULL */
    const char *parameter; /* query or path parameter, or NULL */
    const char *code;      /* entry of the problem catalogue: "required", "unknown-property" … */
    const char *value;     /* what was sent, cut at 200 bytes, or NULL; never of writeOnly fields */
    const char *suggestion; /* the known name close to an unknown one, or NULL */
    const char *allowed;    /* limit, list of values or format that would be right, or NULL */
};

struct faults {
    struct arena *arena;
    struct fault item[FAULTS_MAX];
    size_t kept;
    size_t found;
    bool out_of_memory;
};

void faults_init(struct faults *faults, struct arena *arena);
/* Strings are copied into the arena. */
void faults_add(struct faults *faults, struct fault fault);

#endif
