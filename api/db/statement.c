/* One variant of a file, made for one request: which lines stand, which parameter is which number.
 */
#include "base.h"

#include "statement.h"

#include "paging.h"
#include "showing.h"
#include "statement_file.h"

enum { SQL_MAX_BYTES = 262144 };

struct builder {
    const struct statement *statement;
    const struct statement_request *request;
    struct arena *arena;
    int *number;        /* of the parameter, by bind of the file; 0 = not used yet */
    const char **value; /* by number - 1 */
    unsigned *type;
    int parameters;
    const char *fault;
};

static const struct binding *find_binding(const struct statement_request *request,
                                          const char *name) {
    for (size_t i = 0; i < request->bindings; i++)
        if (strcmp(request->binding[i].name, name) == 0)
            return &request->binding[i];
    return NULL;
}

static int add_parameter(struct builder *builder, const char *value, unsigned type) {
    builder->value[builder->parameters] = value;
    builder->type[builder->parameters] = type;
    return ++builder->parameters;
}

/* A name that no binding has is the file's mistake, also in a line that would not stand. */
static const struct binding *need_binding(struct builder *builder, int bind) {
    const char *name = builder->statement->bind[bind];
    const struct binding *binding = find_binding(builder->request, name);
    if (binding == NULL && builder->fault == NULL)
        builder->fault = name;
    return binding;
}

static bool line_stands(struct builder *builder, const struct line *line) {
    for (size_t i = 0; i < line->conditions; i++) {
        const struct condition *condition = &builder->statement->condition[line->condition + i];
        const struct binding *binding = need_binding(builder, condition->bind);
        if (binding == NULL || binding->present == condition->absent)
            return false;
    }
    return true;
}

static void write_line(struct builder *builder, const struct line *line, struct buffer *out) {
    for (size_t i = 0; i < line->pieces; i++) {
        const struct piece *piece = &builder->statement->piece[line->piece + i];
        if (piece->bind < 0) {
            buffer_add_slice(out, piece->text);
            continue;
        }
        const struct binding *binding = need_binding(builder, piece->bind);
        if (binding == NULL)
            return;
        int *number = &builder->number[piece->bind];
        if (*number == 0)
            *number =
                add_parameter(builder, binding->present ? binding->text : NULL, binding->type);
        buffer_print(out, "$%d", *number);
    }
}

static void write_lines(struct builder *builder, size_t from, size_t to, struct buffer *out) {
    for (size_t i = from; i < to; i++)
        if (line_stands(builder, &builder->statement->line[i]))
            write_line(builder, &builder->statement->line[i], out);
}

static void write_shape(struct builder *builder, struct slice shown, struct slice file,
                        struct buffer *out) {
    const struct statement_request *request = builder->request;
    int after[ORDER_MAX] = {0};
    switch (request->shape) {
    case SHAPE_PLAIN:
        showing_open(out, request, shown);
        buffer_add_slice(out, file);
        showing_close(out, request, shown);
        break;
    case SHAPE_PAGE:
        for (size_t i = 0; request->paged_after && i < request->orders; i++)
            if (request->order[i].after != NULL)
                after[i] = add_parameter(builder, request->order[i].after, 0);
        showing_open(out, request, shown);
        paging_write(out, file, request, after);
        showing_close(out, request, shown);
        break;
    case SHAPE_EXPORT:
        showing_open(out, request, shown);
        buffer_add_text(out, "select q.*\nfrom (\n");
        buffer_add_slice(out, file);
        buffer_add_text(out, "\n) q");
        paging_write_order(out, request);
        showing_close(out, request, shown);
        break;
    case SHAPE_TRACE:
        showing_write_trace(out, file, request, add_parameter(builder, request->trace.query, 0));
        break;
    case SHAPE_ESTIMATE:
        buffer_add_text(out, "explain (format json)\nselect from (\n");
        buffer_add_slice(out, file);
        buffer_add_text(out, "\n) q");
        break;
    case SHAPE_COUNT:
        buffer_add_text(out, "select count(*)::bigint as total\nfrom (\n");
        buffer_add_slice(out, file);
        buffer_add_text(out, "\n) q");
        break;
    }
}

/* FNV-1a, then stirred; the types are part of it, since a prepared statement keeps its types. */
static uint64_t key_of(struct slice sql, const unsigned *type, int parameters) {
    uint64_t key = 0xcbf29ce484222325u;
    for (size_t i = 0; i < sql.size; i++)
        key = (key ^ (unsigned char)sql.at[i]) * 0x100000001b3u;
    for (int i = 0; i < parameters; i++)
        key = (key ^ type[i]) * 0x100000001b3u;
    key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdu;
    return key ^ (key >> 29);
}

static bool take_text(struct builder *builder, struct slice sql, struct statement_text *ret_text) {
    const char *copy = arena_copy(builder->arena, sql);
    if (copy == NULL)
        return false;
    *ret_text = (struct statement_text){
        .sql = copy,
        .key = key_of(sql, builder->type, builder->parameters),
        .parameters = builder->parameters,
        .value = builder->value,
        .type = builder->type,
    };
    return true;
}

static bool take_room(struct builder *builder) {
    size_t room = builder->statement->binds + ORDER_MAX;
    builder->number = arena_take(builder->arena, room * sizeof *builder->number);
    builder->value = arena_take(builder->arena, room * sizeof *builder->value);
    builder->type = arena_take(builder->arena, room * sizeof *builder->type);
    return builder->number != NULL && builder->value != NULL && builder->type != NULL;
}

bool statement_build(const struct statement *statement, const struct statement_request *request,
                     struct arena *arena, struct statement_text *ret_text, const char **reterr) {
    struct builder builder = {.statement = statement, .request = request, .arena = arena};
    struct buffer shown, file, sql;
    assert(request->orders <= ORDER_MAX);
    assert(request->shape != SHAPE_PAGE || request->orders > 0);
    buffer_init(&shown, SQL_MAX_BYTES);
    buffer_init(&file, SQL_MAX_BYTES);
    buffer_init(&sql, SQL_MAX_BYTES);
    bool fine = take_room(&builder);
    if (fine) {
        write_lines(&builder, 0, statement->shown, &shown);
        write_lines(&builder, statement->shown, statement->lines, &file);
        fine = builder.fault == NULL && buffer_ok(&shown) && buffer_ok(&file);
    }
    if (fine) {
        write_shape(&builder, buffer_slice(&shown), buffer_slice(&file), &sql);
        fine = buffer_ok(&sql) && take_text(&builder, buffer_slice(&sql), ret_text);
    }
    if (!fine)
        *reterr = builder.fault != NULL ? builder.fault : "out of memory";
    buffer_release(&shown);
    buffer_release(&file);
    buffer_release(&sql);
    return fine;
}

bool statement_fixed(const char *sql, int parameters, const char *const *value, struct arena *arena,
                     struct statement_text *ret_text) {
    size_t room = (size_t)parameters + 1;
    const char **values = arena_take(arena, room * sizeof *values);
    unsigned *type = arena_take(arena, room * sizeof *type);
    if (values == NULL || type == NULL)
        return false;
    for (int i = 0; i < parameters; i++)
        values[i] = value[i];
    *ret_text = (struct statement_text){
        .sql = sql,
        .key = key_of(slice_of(sql), type, parameters),
        .parameters = parameters,
        .value = values,
        .type = type,
    };
    return true;
}
