#include "base.h"

#include "contract_faults.h"
#include "contract_sample.h"

static struct arena *arena;
static const struct schema *body_schema;
static struct faults faults;
static struct body_report report;

static const char *faults_of_slice(const struct schema *schema, struct slice body) {
    faults_init(&faults, arena);
    contract_read_json(schema, body, arena, &faults, &report);
    if (!report.parsed)
        return arena_print(arena, "%s at %d:%d", report.syntax_code, report.line, report.column);
    return faults_line(&faults);
}

/* Single quotes stand for double ones. */
static const char *faults_of(const char *text) {
    char *copy = arena_copy(arena, slice_of(text));
    MUST(copy != NULL);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return faults_of_slice(body_schema, slice_of(copy));
}

static const char *with(const char *members) {
    return faults_of(arena_print(arena, "{'name':'Abc','kind':'AI',%s}", members));
}

static void finds_all_at_once(void) {
    CHECK_TEXT(faults_of("{'name':'Abc','kind':'AI'}"), "");
    CHECK(report.parsed && json_is_object(report.json));
    CHECK_TEXT(faults_of("{}"), "/name required; /kind required");
    CHECK_TEXT(
        faults_of("{'emial':'a@b.fr','name':'A','kind':'EI','count':0,'tags':['a','B','a']}"),
        "/emial unknown-property ~email; /name too-short=A {2..5}; "
        "/kind not-in-list=EI {AI, ACI, ETTI}; /count too-small=0 {1..9}; "
        "/tags/1 pattern=B {^[a-z]+$}; /tags/2 repeated-items=a");
    CHECK_TEXT(faults_of("[]"), ". wrong-type {object}");
    CHECK_TEXT(faults_of("'text'"), ". wrong-type=text {object}");
    CHECK_TEXT(faults_of("null"), ". wrong-type=null {object}");
    CHECK_TEXT(faults_of("{'NAME':'Abc','kind':'AI'}"),
               "/NAME unknown-property ~name; /name required");
}

static void checks_scalars(void) {
    CHECK_TEXT(with("'name2':1"), "/name2 unknown-property ~name");
    CHECK_TEXT(with("'count':10"), "/count too-large=10 {1..9}");
    CHECK_TEXT(with("'count':1.0"), "/count wrong-type=1 {integer}"); /* its text is no bigint */
    CHECK_TEXT(with("'count':1.5"), "/count wrong-type=1.5 {integer}");
    CHECK_TEXT(with("'count':1e19"), "/count wrong-type=1e+19 {integer}");
    CHECK_TEXT(with("'count':-1e300"), "/count wrong-type=-1e+300 {integer}");
    CHECK_TEXT(with("'count':'1'"), "/count wrong-type=1 {integer}");
    CHECK_TEXT(with("'count':true"), "/count wrong-type=true {integer}");
    CHECK_TEXT(with("'count':null"), "/count wrong-type=null {integer}");
    CHECK_TEXT(with("'email':null"), "");
    CHECK_TEXT(with("'email':5"), "/email wrong-type=5 {string, null}");
    CHECK_TEXT(with("'email':'nobody'"), "/email bad-email=nobody {name@example.org}");
    CHECK_TEXT(with("'joined_on':'2023-02-29'"), "/joined_on bad-date=2023-02-29 {YYYY-MM-DD}");
    CHECK_TEXT(with("'id':'7'"), "/id read-only=7");
    CHECK_TEXT(with("'tags':[]"), "/tags too-few-items {1..3}");
    CHECK_TEXT(with("'tags':['a','b','c','d']"), "/tags too-many-items {1..3}");
    /* Lengths are of characters, not of bytes. */
    CHECK_TEXT(faults_of("{'name':'éééé€','kind':'AI'}"), "");
    CHECK_TEXT(faults_of("{'name':'éééééé','kind':'AI'}"), "/name too-long=éééééé {2..5}");
}

static void keeps_secrets(void) {
    CHECK_TEXT(with("'password':'abcd'"), "/password too-long {0..3}");
    CHECK_TEXT(with("'password':5"), "/password wrong-type {string}");
    /* And says of others what was sent, cut between two characters. */
    char long_text[310] = "{\"name\":\"";
    for (size_t i = 0; i < 140; i++)
        (void)snprintf(long_text + strlen(long_text), 3, "é");
    (void)snprintf(long_text + strlen(long_text), 20, "a\",\"kind\":\"AI\"}");
    (void)faults_of_slice(body_schema, slice_of(long_text));
    CHECK_NUMBER(faults.kept, 1);
    CHECK_NUMBER(strlen(faults.item[0].value), 200);
}

static void checks_controls(void) {
    CHECK_TEXT(faults_of("{'name':'a\\u0007b','kind':'AI'}"), "/name control-character");
    CHECK_TEXT(faults_of("{'name':'a\\u202eb','kind':'AI'}"), "/name control-character");
    CHECK_TEXT(with("'extra':{'a':['\\u001b']}"), "/extra/a/0 control-character");
    CHECK_TEXT(with("'extra':{'a\\u001b':1}"), "/extra/a\x1b control-character");
    CHECK_TEXT(with("'extra':{'a':'ligne\\nligne\\t'}"), "");
}

static void sees_through_alternatives(void) {
    CHECK_TEXT(with("'address':null"), "");
    CHECK_TEXT(with("'address':{'city':'Brest'}"), "");
    CHECK_TEXT(with("'address':{'cite':'Brest','a/b~c':'x'}"),
               "/address/cite unknown-property ~city; /address/a~1b~0c wrong-type=x {integer}; "
               "/address/city required");
    CHECK_TEXT(with("'address':5"), "/address no-alternative");
}

static void refuses_text(void) {
    CHECK_TEXT(faults_of(""), "malformed-json at 1:0");
    CHECK_TEXT(faults_of("{'name':\n 'Abc',\n 'kind' 'AI'}"), "malformed-json at 3:12");
    CHECK_TEXT(faults_of("{'name':'Abc','name':'Abc'}"), "duplicate-key at 1:20");
    CHECK(strcmp(report.syntax_text, "a name stands twice in one object") == 0);
    static const char *const malformed[] = {
        "{} {}",
        "{'a':NaN}",
        "{'a':Infinity}",
        "{'a':01}",
        "{'a':+1}",
        "{'a':.5}",
        "{'a':1.}",
        "{'a':'\\u0000'}",
        "{'\\u0000':1}",
        "{'a':'\\ud800'}",
        "{'a':9223372036854775808}",
        "{'a':-9223372036854775809}",
        "{'a':1e999}",
        "{'a':1,}",
        "[1,]",
        "{a:1}",
        "\xEF\xBB\xBF{}",
        "{'a':'\xFF'}",
        "{'a':'\xC0\x80'}",
        "{'a':'\x01'}",
        "{'a':tru}",
        "// c\n{}",
        "{'a':1",
        "\"",
    };
    for (size_t i = 0; i < COUNT_OF(malformed); i++)
        CHECK_FOR(strstr(faults_of(malformed[i]), "malformed-json at ") != NULL, "malformed JSON");
    CHECK(strstr(faults_of_slice(body_schema, SLICE("{}\0")), "malformed-json") != NULL);
    CHECK_TEXT(faults_of_slice(NULL, SLICE(" [9223372036854775807, -9223372036854775808] ")), "");
}

/* `depth` arrays, one in the other, as the value of extra.a. */
static const char *nested(size_t depth, const char *inside) {
    struct buffer text;
    buffer_init(&text, 1 << 20);
    buffer_add_text(&text, "{\"name\":\"Abc\",\"kind\":\"AI\",\"extra\":{\"a\":");
    for (size_t i = 0; i < depth; i++)
        buffer_add_char(&text, '[');
    buffer_add_text(&text, inside);
    for (size_t i = 0; i < depth; i++)
        buffer_add_char(&text, ']');
    buffer_add_text(&text, "}}");
    const char *found = faults_of_slice(body_schema, buffer_slice(&text));
    buffer_release(&text);
    return found;
}

static void bounds_depth(void) {
    CHECK_TEXT(nested(SCHEMA_MAX_DEPTH - 2, ""), "");
    CHECK(strstr(nested(SCHEMA_MAX_DEPTH - 1, ""), "too-deep") == NULL);
    CHECK(strstr(nested(SCHEMA_MAX_DEPTH, ""), "/extra/a/0/0") != NULL);
    CHECK(strstr(nested(SCHEMA_MAX_DEPTH, ""), "too-deep") != NULL);
    CHECK(strstr(nested(BODY_MAX_DEPTH - 1, ""), "malformed-json at 1:") != NULL);
    CHECK(strstr(nested(1000, ""), "malformed-json at 1:") != NULL);
    CHECK(strstr(nested(200000, ""), "malformed-json at 1:") != NULL);
    CHECK_TEXT(
        nested(1, "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\""),
        "");
}

static void bounds_faults(void) {
    struct buffer text;
    buffer_init(&text, 1 << 21);
    buffer_add_text(&text, "{\"name\":\"Abc\",\"kind\":\"AI\"");
    for (size_t i = 0; i < 5000; i++)
        buffer_print(&text, ",\"unheard%zu\":%zu", i, i);
    buffer_add_text(&text, "}");
    (void)faults_of_slice(body_schema, buffer_slice(&text));
    CHECK_NUMBER(faults.found, 5000);
    CHECK_NUMBER(faults.kept, FAULTS_MAX);
    buffer_clear(&text);
    /* A value or a name of a megabyte is not repeated; the place is then the object around it. */
    buffer_add_text(&text, "{\"name\":\"Abc\",\"kind\":\"AI\",\"extra\":{},\"address\":{\"");
    for (size_t i = 0; i < 500000; i++)
        buffer_add_char(&text, 'x');
    buffer_add_text(&text, "\":1,\"city\":5},\"email\":\"");
    for (size_t i = 0; i < 500000; i++)
        buffer_add_text(&text, "x");
    buffer_add_text(&text, "\"}");
    size_t used = arena_used(arena);
    (void)faults_of_slice(body_schema, buffer_slice(&text));
    CHECK(arena_used(arena) - used < 4000);
    CHECK_NUMBER(faults.kept, 3);
    CHECK_TEXT(faults.item[0].pointer, "/address");
    CHECK_TEXT(faults.item[0].code, "unknown-property");
    CHECK_TEXT(faults.item[1].pointer, "/address/city");
    CHECK_TEXT(faults.item[2].code, "bad-email");
    buffer_release(&text);
}

static const struct schema *compile(struct schema_set *set, const json_t *definition) {
    char reason[256];
    const struct schema *schema = schema_compile(set, definition, "#", reason, sizeof reason);
    if (!schema)
        printf("# %s\n", reason);
    MUST(schema != NULL);
    return schema;
}

static void check_with(const char *definition, const char *instance, const char *wanted) {
    json_t *schema_json = sample_json(definition), *json = sample_json(instance);
    struct schema_set *set = schema_set_new(schema_json, SCHEMA_CONTRACT);
    MUST(set != NULL);
    faults_init(&faults, arena);
    schema_check(compile(set, schema_json), json, "", &faults);
    tap_slices(slice_of(faults_line(&faults)), slice_of(wanted), __FILE__, __LINE__, instance);
    schema_set_free(set);
    json_decref(json);
    json_decref(schema_json);
}

static void checks_keywords(void) {
    check_with("{'not':{'type':'null'}}", "null", ". not-allowed=null");
    check_with("{'properties':{'a':false}}", "{'a':1}", "/a not-allowed=1");
    check_with("{'const':5}", "6", ". not-in-list=6 {5}");
    check_with("{'const':5}", "5.0", "");
    check_with("{'multipleOf':5}", "7", ". not-multiple=7 {5}");
    check_with("{'multipleOf':0.01}", "19.99", "");
    check_with("{'multipleOf':0.01}", "19.999", ". not-multiple=19.999 {0.01}");
    check_with("{'exclusiveMinimum':0}", "0", ". too-small=0 {0..}");
    check_with("{'exclusiveMaximum':1.5}", "1.5", ". too-large=1.5 {..1.5}");
    check_with("{'minProperties':1}", "{}", ". too-few-properties {1..}");
    check_with("{'maxProperties':1}", "{'a':1,'b':2}", ". too-many-properties {0..1}");
    check_with("{'dependentRequired':{'a':['b','c']}}", "{'a':1,'c':1}", "/b required");
    check_with("{'anyOf':[{'type':'integer'},{'type':'boolean'}]}", "'x'", ". no-alternative");
    check_with("{'anyOf':[{'minimum':5},{'type':'null'}]}", "4", ". too-small=4 {5..}");
    check_with("{'oneOf':[{'minimum':1},{'maximum':5}]}", "3", ". no-alternative");
    check_with("{'allOf':[{'minimum':5},{'multipleOf':2}]}", "3",
               ". too-small=3 {5..}; . not-multiple=3 {2}");
    check_with("{'allOf':[{'required':['a']},{'required':['a','b']}]}", "{}",
               "/a required; /b required"); /* each once */
    check_with("{'additionalProperties':{'type':'integer'}}", "{'a':'x','b':2,'c':null}",
               "/a wrong-type=x {integer}; /c wrong-type=null {integer}");
    check_with("{'uniqueItems':true}", "[1,'1',[1],1.0,{'a':1,'b':[2]},{'b':[2.0],'a':1}]",
               "/5 repeated-items; /3 repeated-items=1");
    check_with("{'oneOf':[{'const':'A','title':'a'},{'const':'B','title':'b'}]}", "'C'",
               ". not-in-list=C {A, B}");
    check_with("{'type':'object','properties':{'children':{'items':{'$ref':'#'}},'n':{'type':"
               "'integer'}}}",
               "{'children':[{'children':[{'n':1},{'n':'x'}]}]}",
               "/children/0/children/1/n wrong-type=x {integer}");
    check_with("{'type':'number'}", "1e300", "");
    check_with("{'type':'string','minLength':3,'pattern':'^[a-z]+$'}", "'A'",
               ". too-short=A {3..}");
    check_with("{'pattern':'b'}", "'abc'", ""); /* not anchored */
    check_with("{'pattern':'^a$'}", "'a\\n'", ". pattern=a\n {^a$}");
    check_with("{'pattern':'^\\\\p{Lu}.$'}", "'É€'", "");
}

static void checks_formats(void) {
    static const struct {
        const char *format, *right, *wrong;
    } cases[] = {
        {"email", "prenom.nom+x@structure-ai.example", "prenom..nom@structure.example"},
        {"email", "a@b.c", "a@b"},
        {"email", "o'neil@x.fr", "nom@-x.fr"},
        {"email", "a@xn--caf-dma.fr", "a b@c.fr"},
        {"email", "a@b-c.d.fr", "a@b@c.fr"},
        {"uri", "https://structure.example/a%20b?c=d&e=%5B#f", "https://structure.example/a b"},
        {"uri", "http://[::1]:8080/", "http://[::1/"},
        {"uri", "mailto:a@b.fr", "structure.example"},
        {"uri", "https://u@h:80", "https://"},
        {"uri", "https://h.example", "https://h.example/%zz"},
        {"uri", "https://h.example/a", "https://h:8a/"},
        {"uri", "urn:isbn:1", "1http://a"},
        {"uri", "https://h.example/(a)", "https://h.example/<a>"},
        {"phone", "+33123456789", "0123456789"},
        {"phone", "+262262123456", "+0123456789"},
        {"phone", "+33123456789", "+33 1 23 45 67 89"},
        {"phone", "+123456789012345", "+1234567890123456"},
        {"date", "2024-02-29", "2024-2-29"},
        {"date-time", "2024-02-29T10:00:00Z", "2024-02-29T10:00:00"},
        {"uuid", "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f", "0193b6f26c1e7d7a9a551f0c2b3d4e5f"},
        {"siret", "732 829 320 00074", "73282932000073"},
        {"siren", "732829320", "732829321"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *definition = json_pack("{s:s, s:s}", "type", "string", "format", cases[i].format);
        struct schema_set *set = schema_set_new(definition, SCHEMA_CONTRACT);
        MUST(set != NULL);
        const struct schema *schema = compile(set, definition);
        faults_init(&faults, arena);
        schema_check_text(schema, slice_of(cases[i].right), NULL, "/a", &faults);
        CHECK_FOR(faults.found == 0, cases[i].right);
        schema_check_text(schema, slice_of(cases[i].wrong), NULL, "/a", &faults);
        CHECK_FOR(faults.found == 1, cases[i].wrong);
        CHECK_TEXT(faults.item[0].pointer, "/a");
        schema_set_free(set);
        json_decref(definition);
    }
}

/* A pattern that would take for ever ends as one that does not match. */
static void bounds_patterns(void) {
    check_with("{'pattern':'^(a+)+$'}",
               "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'",
               ". pattern=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! {^(a+)+$}");
}

static void finds_repetition_in_long_lists(void) {
    json_t *definition = sample_json("{'uniqueItems':true}"), *list = json_array();
    for (json_int_t i = 0; i < 20000; i++)
        (void)json_array_append_new(list, json_integer(i));
    struct schema_set *set = schema_set_new(definition, SCHEMA_CONTRACT);
    MUST(set != NULL && list != NULL);
    const struct schema *schema = compile(set, definition);
    faults_init(&faults, arena);
    schema_check(schema, list, "/list", &faults);
    CHECK_TEXT(faults_line(&faults), "");
    (void)json_array_append_new(list, json_real(777.0));
    schema_check(schema, list, "/list", &faults);
    CHECK_TEXT(faults_line(&faults), "/list/20000 repeated-items=777");
    schema_set_free(set);
    json_decref(list);
    json_decref(definition);
}

static void names_its_subset(void) {
    size_t keywords = 0, formats = 0;
    bool has_type = false, has_siret = false, has_comment = false;
    for (; schema_keyword_at(keywords); keywords++) {
        has_type = has_type || strcmp(schema_keyword_at(keywords), "type") == 0;
        has_comment = has_comment || strcmp(schema_keyword_at(keywords), "$comment") == 0;
    }
    for (; schema_format_at(formats); formats++)
        has_siret = has_siret || strcmp(schema_format_at(formats), "siret") == 0;
    CHECK(keywords > 30 && formats == 15);
    CHECK(has_type && has_siret && !has_comment);
}

int main(void) {
    struct contract *contract = sample_load();
    arena = arena_new(1 << 25);
    MUST(arena != NULL);
    body_schema = contract_find(contract, "createThing")->body[0].schema;
    finds_all_at_once();
    checks_scalars();
    keeps_secrets();
    checks_controls();
    sees_through_alternatives();
    refuses_text();
    bounds_depth();
    bounds_faults();
    checks_keywords();
    checks_formats();
    bounds_patterns();
    finds_repetition_in_long_lists();
    names_its_subset();
    arena_free(arena);
    contract_free(contract);
    return tap_end();
}
