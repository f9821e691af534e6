/* The router: one node per segment, literals before captures, `{name}.ics` before `{name}`, going
 * back when the one before led nowhere. Matching takes no memory; it is bounded by the twelve
 * segments a target may have. */
#include "base.h"

#include "contract.h"
#include "loader.h"
#include "route.h"

static bool refuse(char *reterr, size_t reterr_size, const char *message, const char *path) {
    snprintf(reterr, reterr_size, "%s: %s", path, message);
    return false;
}

static bool has_brace(struct slice text) {
    return text.size > 0 &&
           (memchr(text.at, '{', text.size) != NULL || memchr(text.at, '}', text.size) != NULL);
}

/* "{name}" or "{name}.suffix". */
static bool cut_capture(struct slice segment, struct slice *ret_name, struct slice *ret_suffix) {
    struct slice before;
    if (!slice_starts_with(segment, SLICE("{")) || !slice_cut(segment, '}', &before, ret_suffix))
        return false;
    *ret_name = (struct slice){before.at + 1, before.size - 1};
    return ret_name->size > 0 && !has_brace(*ret_name) && !has_brace(*ret_suffix) &&
           (ret_suffix->size == 0 || (ret_suffix->size > 1 && ret_suffix->at[0] == '.'));
}

static bool is_capture(struct slice segment) {
    struct slice name, suffix;
    return cut_capture(segment, &name, &suffix);
}

/* A segment is a literal or one capture, never two or half of one. */
static bool is_well_formed(struct slice segment) {
    return segment.size > 0 && (is_capture(segment) || !has_brace(segment));
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
        struct slice name, suffix;
        if (!cut_capture(segment, &name, &suffix))
            continue;
        if (*ret_count == max || name.size >= 64)
            return false;
        memcpy(ret_name[*ret_count], name.at, name.size);
        ret_name[(*ret_count)++][name.size] = '\0';
    }
    return true;
}

static bool is_node_of(const struct route_node *node, struct slice segment) {
    struct slice name, suffix;
    if (node->literal)
        return slice_is(segment, node->literal);
    return cut_capture(segment, &name, &suffix) && slice_is(suffix, node->suffix);
}

static struct route_node *find_child(const struct route_node *node, struct slice segment) {
    for (struct route_node *child = node->child; child; child = child->next)
        if (is_node_of(child, segment))
            return child;
    return NULL;
}

/* Literals, then captures with a suffix, then the capture that takes everything. */
static int rank(const struct route_node *node) {
    return node->literal ? 0 : node->suffix[0] ? 1 : 2;
}

static struct route_node *add_child(struct arena *arena, struct route_node *node,
                                    struct slice segment) {
    struct route_node *child = arena_take(arena, sizeof *child);
    if (!child)
        return NULL;
    struct slice name, suffix;
    if (cut_capture(segment, &name, &suffix))
        child->suffix = arena_copy(arena, suffix);
    else
        child->literal = arena_copy(arena, segment);
    if (!child->suffix && !child->literal)
        return NULL;
    struct route_node **at = &node->child;
    while (*at && rank(*at) < rank(child))
        at = &(*at)->next;
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
                          "a segment is a text or one {capture} and its .suffix, not empty",
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
    struct slice captured[URI_MAX_SEGMENTS];
    size_t captures;
};

/* What the capture takes of the segment: all but the suffix, and something. */
static bool take_capture(const struct route_node *node, struct slice segment,
                         struct slice *ret_value) {
    size_t suffix = strlen(node->suffix);
    if (segment.size <= suffix ||
        memcmp(segment.at + segment.size - suffix, node->suffix, suffix) != 0)
        return false;
    *ret_value = (struct slice){segment.at, segment.size - suffix};
    return true;
}

static const struct route_node *descend(const struct route_node *node, size_t depth,
                                        struct match *match) {
    if (depth == match->uri->segments)
        return node->path ? node : NULL;
    struct slice segment = match->uri->segment[depth];
    if (segment.size == 0)
        return NULL;
    for (const struct route_node *child = node->child; child; child = child->next) {
        size_t captures = match->captures;
        if (child->literal) {
            if (!slice_is(segment, child->literal))
                continue;
        } else if (take_capture(child, segment, &match->captured[captures])) {
            match->captures++;
        } else {
            continue;
        }
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
        ret_route->capture[i] = match.captured[i];
    fill_names(ret_route);
    return true;
}
