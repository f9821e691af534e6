/* The router: one node per segment, literals before captures, going back when a literal led
 * nowhere. Matching takes no memory; it is bounded by the twelve segments a target may have. */
#include "base.h"

#include "contract.h"
#include "loader.h"
#include "route.h"

static bool refuse(char *reterr, size_t reterr_size, const char *message, const char *path) {
    snprintf(reterr, reterr_size, "%s: %s", path, message);
    return false;
}

static bool is_capture(struct slice segment) {
    return segment.size > 2 && segment.at[0] == '{' && segment.at[segment.size - 1] == '}' &&
           memchr(segment.at + 1, '{', segment.size - 1) == NULL &&
           memchr(segment.at, '}', segment.size - 1) == NULL;
}

/* A segment is a literal or a capture, never half of each. */
static bool is_well_formed(struct slice segment) {
    if (segment.size == 0)
        return false;
    return is_capture(segment) || (memchr(segment.at, '{', segment.size) == NULL &&
                                   memchr(segment.at, '}', segment.size) == NULL);
}

/* Cuts the first segment off a template that starts with "/". */
static bool next_segment(struct slice *rest, struct slice *ret_segment) {
    if (rest->size == 0 || rest->at[0] != '/')
        return false;
    struct slice after = {rest->at + 1, rest->size - 1}, tail;
    bool more = slice_cut(after, '/', ret_segment, &tail);
    if (more) /* the slash stays, so that "/a/" has an empty last segment */
        tail = (struct slice){tail.at - 1, tail.size + 1};
    *rest = tail;
    return true;
}

bool route_captures(const char *path, char (*ret_name)[64], size_t max, size_t *ret_count) {
    struct slice rest = slice_of(path), segment;
    *ret_count = 0;
    while (next_segment(&rest, &segment)) {
        if (!is_capture(segment))
            continue;
        size_t size = segment.size - 2;
        if (*ret_count == max || size >= 64)
            return false;
        memcpy(ret_name[*ret_count], segment.at + 1, size);
        ret_name[(*ret_count)++][size] = '\0';
    }
    return true;
}

static struct route_node *find_child(const struct route_node *node, struct slice segment) {
    for (struct route_node *child = node->child; child; child = child->next)
        if (child->literal ? slice_is(segment, child->literal) : is_capture(segment))
            return child;
    return NULL;
}

static struct route_node *add_child(struct arena *arena, struct route_node *node,
                                    struct slice segment) {
    struct route_node *child = arena_take(arena, sizeof *child);
    if (!child)
        return NULL;
    struct route_node **at = &node->child;
    if (is_capture(segment)) {
        while (*at)
            at = &(*at)->next;
    } else {
        child->literal = arena_copy(arena, segment);
        if (!child->literal)
            return NULL;
    }
    child->next = *at;
    *at = child;
    return child;
}

bool route_add(struct arena *arena, struct route_node *root, const struct operation *operation,
               char *reterr, size_t reterr_size) {
    struct slice rest = slice_of(operation->path), segment;
    struct route_node *node = root;
    size_t segments = 0;
    while (next_segment(&rest, &segment)) {
        if (!is_well_formed(segment))
            return refuse(reterr, reterr_size,
                          "a segment is a text or one {capture}, not empty and not both",
                          operation->path);
        struct route_node *child = find_child(node, segment);
        node = child ? child : add_child(arena, node, segment);
        if (!node)
            return refuse(reterr, reterr_size, "out of memory", operation->path);
        segments++;
    }
    if (segments == 0 || segments > URI_MAX_SEGMENTS || rest.size > 0)
        return refuse(reterr, reterr_size, "does not start with / or has too many segments",
                      operation->path);
    if (node->path && strcmp(node->path, operation->path) != 0) {
        snprintf(reterr, reterr_size, "%s: matches the same paths as %s", operation->path,
                 node->path);
        return false;
    }
    node->path = operation->path;
    node->operation[operation->method] = operation;
    return true;
}

struct match {
    const struct uri *uri;
    size_t captured[URI_MAX_SEGMENTS]; /* segment numbers */
    size_t captures;
};

static const struct route_node *descend(const struct route_node *node, size_t depth,
                                        struct match *match) {
    if (depth == match->uri->segments)
        return node->path ? node : NULL;
    struct slice segment = match->uri->segment[depth];
    if (segment.size == 0)
        return NULL;
    for (const struct route_node *child = node->child; child; child = child->next) {
        size_t captures = match->captures;
        if (!child->literal)
            match->captured[match->captures++] = depth;
        else if (!slice_is(segment, child->literal))
            continue;
        const struct route_node *found = descend(child, depth + 1, match);
        if (found)
            return found;
        match->captures = captures;
    }
    return NULL;
}

/* Names come from the operation, since templates of one node may name their captures differently
 * only when their paths go on differently. */
static void fill_names(struct route *route) {
    const struct operation *named = NULL;
    for (size_t i = 0; i < METHODS && !named; i++)
        named = route->at_path[i];
    for (size_t i = 0; named && i < route->captures; i++)
        route->capture_name[i] = named->capture[i];
}

bool contract_route(const struct contract *contract, const struct uri *uri, enum method method,
                    struct route *ret_route) {
    struct match match = {.uri = uri};
    const struct route_node *node = descend(contract->routes, 0, &match);
    if (!node || match.captures > ROUTE_MAX_CAPTURES)
        return false;
    *ret_route = (struct route){.operation = node->operation[method], .captures = match.captures};
    memcpy(ret_route->at_path, node->operation, sizeof node->operation);
    for (size_t i = 0; i < match.captures; i++)
        ret_route->capture[i] = uri->segment[match.captured[i]];
    fill_names(ret_route);
    return true;
}
