/* What each problem means and how to mend it: one page per entry of the catalogue, and the list of
 * them. */
#include "base.h"
#include "special.h"

#include "fixed.h"

void problem_pages_list(struct call *call) {
    const struct problems *problems = call->service->problems;
    enum language language = call->exchange->language;
    struct buffer *to = &call->exchange->answer;
    buffer_add_text(to, "{\"data\":[");
    for (size_t i = 0; i < problems_count(problems); i++) {
        const struct problem *problem = problems_at(problems, i);
        buffer_print(to, "%s{\"code\":\"%s\",\"status\":%u,\"title\":", i ? "," : "", problem->code,
                     problem->status);
        buffer_add_json(to, slice_of(problem->title[language]));
        buffer_add_char(to, '}');
    }
    buffer_add_text(to, "]}");
    exchange_vary(call->exchange, "Accept-Language");
    fixed_answer(call, "application/json", (struct slice){NULL, 0});
}

static void add_escaped(struct buffer *to, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '<':
            buffer_add_text(to, "&lt;");
            break;
        case '>':
            buffer_add_text(to, "&gt;");
            break;
        case '&':
            buffer_add_text(to, "&amp;");
            break;
        case '"':
            buffer_add_text(to, "&quot;");
            break;
        default:
            buffer_add_char(to, *text);
        }
    }
}

static void add_section(struct buffer *to, const char *heading, const char *text) {
    buffer_print(to, "<h2>%s</h2>\n<p>", heading);
    add_escaped(to, text);
    buffer_add_text(to, "</p>\n");
}

static void write_page(struct buffer *to, const struct problem *problem, enum language language) {
    bool english = language == LANGUAGE_ENGLISH;
    buffer_print(to, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                 english ? "en" : "fr");
    buffer_add_text(
        to, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    add_escaped(to, problem->title[language]);
    buffer_add_text(to, "</title>\n</head>\n<body>\n<main>\n<h1>");
    add_escaped(to, problem->title[language]);
    buffer_print(to, "</h1>\n<p><code>%s</code> — HTTP %u</p>\n<p>", problem->code,
                 problem->status);
    add_escaped(to, problem->detail[language]);
    buffer_add_text(to, "</p>\n");
    add_section(to, english ? "Cause" : "Pourquoi", problem->cause[language]);
    add_section(to, english ? "What to do" : "Que faire", problem->cure[language]);
    buffer_add_text(to, "</main>\n</body>\n</html>\n");
}

void problem_pages_show(struct call *call) {
    const struct argument *code = call_argument(call, "code");
    const char *wanted = code ? arena_copy(call->arena, code->text) : NULL;
    const struct problem *problem = wanted ? problems_find(call->service->problems, wanted) : NULL;
    if (!problem) {
        call_refuse(call, "not-found");
        return;
    }
    write_page(&call->exchange->answer, problem, call->exchange->language);
    exchange_vary(call->exchange, "Accept-Language");
    exchange_set_header(call->exchange, "Content-Language",
                        call->exchange->language == LANGUAGE_ENGLISH ? "en" : "fr");
    exchange_set_header(call->exchange, "Content-Security-Policy", "default-src 'none'");
    fixed_answer(call, "text/html", (struct slice){NULL, 0});
}
