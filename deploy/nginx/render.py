#!/usr/bin/python3
"""Makes the parts of the edge's configuration that follow from the contract and from the problem catalogue.

  maps.conf      which methods a path allows, for the 405 that nginx gives itself
  problems.conf  application/problem+json for every error that is born at the edge, in French and English
  bodies.conf    operations whose body may be larger than the common limit (x-body-max)
"""
import argparse
import json
import pathlib
import re

METHODS = ("get", "put", "post", "delete", "patch")
COMMON_BODY = 65536

# Status that nginx may raise -> status that is answered -> codes of the catalogue, first one that exists.
ERRORS = {
    400: (400, ("bad-request",)),
    403: (404, ("not-found",)),
    404: (404, ("not-found",)),
    405: (405, ("method-not-allowed",)),
    408: (408, ("request-timeout",)),
    411: (411, ("length-required",)),
    413: (413, ("payload-too-large",)),
    414: (414, ("uri-too-long",)),
    429: (429, ("too-many-requests",)),
    431: (431, ("headers-too-large",)),
    494: (431, ("headers-too-large",)),
    500: (500, ("internal-error",)),
    501: (501, ("not-implemented",)),
    502: (503, ("service-unavailable",)),
    503: (503, ("service-unavailable",)),
    504: (504, ("gateway-timeout", "statement-timeout")),
    505: (505, ("http-version-not-supported",)),
}
# Statuses without an entry of their own are answered as a plain bad request.
FALLBACK = {408: 400, 411: 400, 501: 400, 505: 400}
RETRY_AFTER = {429: 1, 503: 2, 504: 2}


def nginx_string(text):
    """A single-quoted word of nginx' language. A dollar cannot be escaped there, so none may come in."""
    if "$" in text.replace("$edge_instance", "").replace("$edge_answer_id", ""):
        raise SystemExit(f"render: a dollar in a problem text: {text}")
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def choose(by_code, status):
    target, codes = ERRORS[status]
    for code in codes:
        if code in by_code and by_code[code]["status"] == target:
            return by_code[code]
    if status in FALLBACK:
        return choose(by_code, FALLBACK[status])
    raise SystemExit(f"render: no problem with status {target} among {', '.join(codes)}")


def without_placeholders(detail):
    """The catalogue's sentence when it has no gap to fill; the edge knows no values."""
    return detail if "{" not in detail else None


def body(problem, language, origin):
    answer = {
        "type": f"{origin}/v1/problems/{problem['code']}",
        "title": problem["title"][language],
        "status": problem["status"],
        "code": problem["code"],
        "instance": "$edge_instance",
        "request_id": "$edge_answer_id",
    }
    detail = without_placeholders(problem.get("detail", {}).get(language, "{"))
    if detail:
        answer["detail"] = detail
    if problem["status"] in RETRY_AFTER:
        answer["retry_after"] = RETRY_AFTER[problem["status"]]
    return json.dumps(answer, ensure_ascii=False)


def page(problem, origin, revision):
    status = problem["status"]
    lines = [
        f"location = /__problem/{problem['code']} {{",
        "    internal;",
        "    include headers.conf;",
        "    client_max_body_size 0;",
        "    types { }",
        "    default_type application/problem+json;",
        "    add_header X-Request-Id $edge_answer_id always;",
        f"    add_header Api-Revision {nginx_string(revision)} always;",
        "    add_header Cache-Control no-store always;",
        "    add_header Vary Accept-Language always;",
        "    add_header Content-Language $edge_language always;",
    ]
    if status in RETRY_AFTER:
        lines.append(f"    add_header Retry-After {RETRY_AFTER[status]} always;")
    if status == 405:
        lines.append("    add_header Allow $edge_allow always;")
    lines += [
        "    if ($edge_language = en) {",
        f"        return {status} {nginx_string(body(problem, 'en', origin))};",
        "    }",
        f"    return {status} {nginx_string(body(problem, 'fr', origin))};",
        "}",
    ]
    return lines


def problems(catalogue, origin, revision):
    by_code = {problem["code"]: problem for problem in catalogue}
    lines, pages = [], {}
    for status in sorted(ERRORS):
        problem = choose(by_code, status)
        pages[problem["code"]] = problem
        change = "" if problem["status"] == status else f" ={problem['status']}"
        lines.append(f"error_page {status}{change} /__problem/{problem['code']};")
    for code in sorted(pages):
        lines += [""] + page(pages[code], origin, revision)
    return lines


def path_pattern(path):
    parts = re.split(r"\{[^}]*\}", path)
    return "^" + "[^/]+".join(re.escape(part) for part in parts) + "$"


def maps(contract):
    lines = ["map $edge_path $edge_allow {", '    default "GET, HEAD";']
    for path in sorted(contract["paths"]):
        methods = [method.upper() for method in METHODS if method in contract["paths"][path]]
        if "GET" in methods:
            methods.append("HEAD")
        lines.append(f'    "~{path_pattern(path)}" "{", ".join(sorted(methods + ["OPTIONS"]))}";')
    return lines + ["}"]


def bodies(contract):
    lines = []
    for path in sorted(contract["paths"]):
        sizes = [operation.get("x-body-max", 0) for method, operation in contract["paths"][path].items()
                 if method in METHODS]
        if max(sizes, default=0) > COMMON_BODY:
            lines += [
                f'location ~ "{path_pattern(path)}" {{',
                "    include api.conf;",
                f"    client_max_body_size {max(sizes)};",
                "    client_body_timeout 10s;",
                "    proxy_read_timeout 60s;",
                "}",
            ]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contract", required=True, type=pathlib.Path)
    parser.add_argument("--problems", required=True, type=pathlib.Path)
    parser.add_argument("--origin", required=True, help="written into the problem types")
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    options = parser.parse_args()
    contract = json.loads(options.contract.read_text("utf-8"))
    catalogue = json.loads(options.problems.read_text("utf-8"))
    if isinstance(catalogue, dict):
        catalogue = catalogue["problems"]
    made = {
        "maps.conf": maps(contract),
        "problems.conf": problems(catalogue, options.origin, contract["info"]["version"]),
        "bodies.conf": bodies(contract),
    }
    for name, lines in made.items():
        (options.folder / name).write_text("\n".join(["# Made by deploy/nginx/render.py."] + lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
