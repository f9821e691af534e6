/* SQL files: lines, variants, what is refused. No server. */
#include "base.h"

#include <sys/stat.h>
#include <unistd.h>

#include "statement.h"
#include "tap.h"

/* A folder with one resource; files are put there one by one. */
static char folder[64];

static void write_file(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    MUST(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void remove_file(const char *name) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

/* The text that a request makes of a file, or "!" and the reason. */
static const char *variant(struct arena *arena, const char *sql,
                           const struct statement_request *request,
                           struct statement_text *ret_text) {
    char why[256] = "";
    write_file("r/x.sql", sql);
    struct statement_set *set = statement_set_load(folder, why, sizeof why);
    remove_file("r/x.sql");
    if (set == NULL)
        return arena_print(arena, "!%s", why);
    const char *fault = NULL;
    const struct statement *statement = statement_find(set, "x");
    MUST(statement != NULL);
    bool fine = statement_build(statement, request, arena, ret_text, &fault);
    const char *text = fine ? ret_text->sql : arena_print(arena, "!%s", fault);
    statement_set_free(set);
    return text;
}

static const char list_sql[] = "-- listMembers: the members; a filter per line\n"
                               "select m.id, m.name from member m\n"
                               "where true\n"
                               "\n"
                               "  and m.kind = any(:kind)       --? kind\n"
                               "  and m.a = :a and m.b = :kind --? kind a\n"
                               "  and m.open                    --? !kind\n";

static void keeps_lines(struct arena *arena) {
    struct binding binding[] = {{.name = "kind", .text = "{AI}", .type = 1009, .present = true},
                                {.name = "a", .text = "1", .type = 20}};
    struct statement_request request = {.binding = binding, .bindings = 2};
    struct statement_text text = {0}, other = {0};
    CHECK_TEXT(variant(arena, list_sql, &request, &text),
               "select m.id, m.name from member m\nwhere true\n  and m.kind = any($1)       \n");
    MUST(text.parameters == 1);
    CHECK_TEXT(text.value[0], "{AI}");
    CHECK_NUMBER(text.type[0], 1009);
    binding[1].present = true;
    CHECK_TEXT(variant(arena, list_sql, &request, &other),
               "select m.id, m.name from member m\nwhere true\n  and m.kind = any($1)       \n"
               "  and m.a = $2 and m.b = $1 \n");
    CHECK_NUMBER(other.parameters, 2);
    CHECK(other.key != text.key);
    binding[0].present = false;
    binding[1].present = false;
    CHECK_TEXT(variant(arena, list_sql, &request, &other),
               "select m.id, m.name from member m\nwhere true\n  and m.open                    \n");
    CHECK_NUMBER(other.parameters, 0);
}

static void binds(struct arena *arena) {
    struct binding binding[] = {{.name = "a", .text = "1", .type = 20, .present = true},
                                {.name = "body", .text = "{}", .type = 3802}};
    struct statement_request request = {.binding = binding, .bindings = 2};
    struct statement_text text = {0};
    CHECK_TEXT(variant(arena,
                       "select :a::text, ':a', \":a\", E'\\':a', $$:a$$, $t$ :a $$ $t$, x[1:2]",
                       &request, &text),
               "select $1::text, ':a', \":a\", E'\\':a', $$:a$$, $t$ :a $$ $t$, x[1:2]");
    CHECK_TEXT(
        variant(arena, "select /* :a -- /* */ ; */ :a -- :b ; it's\n, f(x := :a)", &request, &text),
        "select   $1 \n, f(x := $1)");
    CHECK_TEXT(variant(arena, "select 'two\n--? a\nlines', :a", &request, &text),
               "select 'two\n--? a\nlines', $1");
    CHECK_TEXT(variant(arena, "select :body", &request, &text), "select $1");
    CHECK(text.parameters == 1 &&
          text.value[0] == NULL); /* absent binds null, whatever text it has */
    CHECK_TEXT(variant(arena, "select :b", &request, &text), "!b");
    CHECK_TEXT(variant(arena, "select 1\n, 2 --? b", &request, &text), "!b");
}

static void keys_know_types(struct arena *arena) {
    struct binding binding = {.name = "a", .text = "1", .type = 20, .present = true};
    struct statement_request request = {.binding = &binding, .bindings = 1};
    struct statement_text one = {0}, two = {0}, three = {0};
    variant(arena, "select :a", &request, &one);
    binding.text = "2";
    variant(arena, "select :a", &request, &two);
    binding.type = 25;
    variant(arena, "select :a", &request, &three);
    CHECK(one.key == two.key);
    CHECK(one.key != three.key);
}

static void refuses(struct arena *arena) {
    static const struct {
        const char *sql;
        const char *wanted; /* end of the message */
    } broken[] = {
        {"select 1;\n", "x.sql, line 1: `;`: a file holds one statement, without an end mark"},
        {"select 1\n, 'x\n", "x.sql, line 3: a quoted text does not end"},
        {"select /* 1", "x.sql, line 1: a comment does not end"},
        {"select $1", "x.sql, line 1: `$` that opens no text: values are named `:name`"},
        {"select 1\n, 2 --?\n", "x.sql, line 2: `--?` without a name"},
        {"select 1\n, 2 --? a,b\n",
         "x.sql, line 2: a condition needs names, each with or without `!`"},
        {"select 1\n --? a\n", "x.sql, line 3: a condition stands behind nothing"},
        {"-- nothing\n\n", "x.sql, line 3: the file holds no statement"},
        {"select a\n--> of the rows shown\n", "x.sql, line 3: the file holds no statement"},
        {"--> of the rows shown\nselect 1",
         "x.sql, line 1: `-->` divides a file once, between two lines"},
        {"select a -->\nselect 1", "x.sql, line 1: `-->` divides a file once, between two lines"},
        {"select a\n-->\nselect b\n-->\nselect c",
         "x.sql, line 4: `-->` divides a file once, between two lines"},
    };
    struct statement_request request = {0};
    struct statement_text text = {0};
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        const char *got = variant(arena, broken[i].sql, &request, &text);
        size_t size = strlen(broken[i].wanted);
        CHECK_TEXT(strlen(got) >= size ? got + strlen(got) - size : got, broken[i].wanted);
    }
}

static void loads_folders(void) {
    char why[256] = "";
    write_file("r/b.sql", "select 1");
    write_file("r/a.sql", "select 2");
    write_file("r/note.txt", "not a statement");
    write_file("s/c.sql", "select 3");
    write_file("readme.sql", "beside the resources");
    struct statement_set *set = statement_set_load(folder, why, sizeof why);
    MUST(set != NULL);
    CHECK_NUMBER(statement_count(set), 3);
    CHECK_TEXT(statement_name(statement_at(set, 0)), "a");
    CHECK_TEXT(statement_name(statement_at(set, 2)), "c");
    CHECK(statement_find(set, "b") != NULL);
    CHECK(statement_find(set, "readme") == NULL);
    statement_set_free(set);
    write_file("s/a.sql", "select 4");
    CHECK(statement_set_load(folder, why, sizeof why) == NULL);
    CHECK_FOR(strstr(why, "there is a second file of this name") != NULL, "one name, two files");
    CHECK(statement_set_load("/nowhere/at/all", why, sizeof why) == NULL);
    static const char *const files[] = {"r/a.sql", "r/b.sql", "r/note.txt",
                                        "s/a.sql", "s/c.sql", "readme.sql"};
    for (size_t i = 0; i < COUNT_OF(files); i++)
        remove_file(files[i]);
}

/* What reads is inside a select, where a file that changes something is an error of syntax. */
static void traces_what_is_shown(struct arena *arena) {
    struct statement_request request = {
        .trace = {.operation = "getThing", .record_type = "THING", .by_member = true}};
    struct statement_text text = {0};
    CHECK_TEXT(variant(arena, "select t.id from thing t", &request, &text),
               "with _page as materialized (\nselect t.id from thing t\n)\n"
               "select _page.*, (select audit.trace_rows('getThing', 'THING', array_agg(s.id), "
               "array_agg(s.member_id)) from (select * from _page) s where s.id is not null having "
               "count(*) > 0) as _traced\nfrom _page");
    request.shape = SHAPE_PAGE;
    request.trace.by_member = false;
    request.order[0] = (struct order_by){.column = "id", .type = SCHEMA_UUID, .never_null = true};
    request.orders = 1;
    request.limit = 51;
    const char *page = variant(arena, "select t.id from thing t", &request, &text);
    CHECK(strstr(page, "limit 51\n)\nselect _page.*") != NULL);
    CHECK(strstr(page, "array_agg(s.id), null) from (select * from _page limit 50) s") != NULL);
    request.shape = SHAPE_TRACE;
    request.trace.query = "kind=AI";
    CHECK_TEXT(variant(arena, "select t.id from thing t", &request, &text),
               "select audit.trace_export('getThing', 'THING', $1, count(*), null) as _traced\n"
               "from (\nselect t.id from thing t\n) q");
    MUST(text.parameters == 1);
    CHECK_TEXT(text.value[0], "kind=AI");
}

/* What is dear stands around the page, where no sort and no count reaches it. */
static void asks_of_rows_shown(struct arena *arena) {
    static const char file[] =
        "select id, dear(id)\n--> of the rows shown\nselect t.id from thing t";
    struct binding binding = {.name = "a", .text = "1", .type = 20, .present = true};
    struct statement_request request = {.binding = &binding, .bindings = 1};
    struct statement_text text = {0};
    CHECK_TEXT(variant(arena, file, &request, &text),
               "select id, dear(id)\n\nfrom (\nselect t.id from thing t\noffset 0\n) _page");
    CHECK_TEXT(variant(arena, "select :a\n, 2 --? !a\n-->\nselect :a", &request, &text),
               "select $1\n\nfrom (\nselect $1\noffset 0\n) _page");
    request.shape = SHAPE_COUNT;
    CHECK_TEXT(variant(arena, file, &request, &text),
               "select count(*)::bigint as total\nfrom (\nselect t.id from thing t\n) q");
    request.order[0] = (struct order_by){.column = "id", .type = SCHEMA_UUID, .never_null = true};
    request.orders = 1;
    request.limit = 51;
    request.shape = SHAPE_EXPORT;
    CHECK_TEXT(variant(arena, file, &request, &text),
               "select id, dear(id)\n\nfrom (\nselect q.*\nfrom (\nselect t.id from thing t\n) q\n"
               "order by q.\"id\" asc\noffset 0\n) _page");
    request.shape = SHAPE_PAGE;
    const char *page = variant(arena, file, &request, &text);
    CHECK(strstr(page, "select id, dear(id)\n, _page._k0\nfrom (\nselect q.*") == page);
    CHECK(strstr(page, "limit 51\noffset 0\n) _page") != NULL);
    request.trace.operation = "listThings";
    request.trace.record_type = "THING";
    page = variant(arena, file, &request, &text);
    CHECK(strstr(page, "with _page as materialized (\nselect q.*") == page);
    CHECK(strstr(page, "limit 51\n)\nselect id, dear(id)\n, _page._k0, (select audit.") != NULL);
}

static void writes_lists(struct arena *arena) {
    struct slice item[] = {SLICE("AI"), SLICE("a \"b\" \\ {c}, null"), SLICE("")};
    CHECK_TEXT(binding_list(arena, item, 3), "{\"AI\",\"a \\\"b\\\" \\\\ {c}, null\",\"\"}");
    CHECK_TEXT(binding_list(arena, NULL, 0), "{}");
}

int main(void) {
    snprintf(folder, sizeof folder, "%s", "db-statement-XXXXXX");
    MUST(mkdtemp(folder) != NULL);
    char path[128];
    snprintf(path, sizeof path, "%s/r", folder);
    MUST(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/s", folder);
    MUST(mkdir(path, 0700) == 0);
    struct arena *arena CLEANUP(arena_cleanup) = arena_new(1 << 20);
    MUST(arena != NULL);
    keeps_lines(arena);
    binds(arena);
    keys_know_types(arena);
    refuses(arena);
    loads_folders();
    writes_lists(arena);
    traces_what_is_shown(arena);
    asks_of_rows_shown(arena);
    remove_file("r");
    snprintf(path, sizeof path, "%s/r", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/s", folder);
    rmdir(path);
    rmdir(folder);
    return tap_end();
}
