"""The bad-input matrix (rows 1 to 92 of the reliability page), with raw bytes at the edge, the way the network would send it.

Each row: number, what is sent, the statuses that are right, the codes that are right (None: any). What every row asserts
besides: an answer comes (where one is due), it is problem+json from 400 on, never a 5xx, and the service goes on.
Left out because they belong to later resources: 13, 42 to 47 (tests/access), 48 to 56 (test_conditional, test_idempotency),
67 (test_reading), 86, 87 (no quotas yet), 88 (test_formats), 90, 91."""
import json
import time
import uuid

import pytest
from support import data, raw
from support.client import JSON
from support.raw import chunked, message, probe
from support.system import Daemon

CHECKS = "/v1/identifier-checks"
MEMBERS = "/v1/members"
GOOD = json.dumps({"kind": "SIREN", "value": "732829320"}).encode()
TYPE = [("Content-Type", JSON)]


def check(body, headers=TYPE):
    return message("POST", CHECKS, headers, body)


def create(key, body, headers=()):
    """POST of a member as the national caller; nothing of these rows may be stored."""
    return message(
        "POST",
        MEMBERS,
        [("Authorization", f"Bearer {key}"), ("Idempotency-Key", str(uuid.uuid4())), *TYPE, *headers],
        body,
    )


def member(**fields):
    return json.dumps(data.member(**fields), ensure_ascii=False).encode()


def raw_field(value):
    """A member whose name is the given raw JSON, bytes included."""
    return member(name="@@").replace(b'"@@"', value)


def get(target, *headers):
    return message("GET", target, headers)


SOME_ID = "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f"
KEY = "@KEY@"  # replaced by the national key when sent


def national_get(target):
    return message("GET", target, [("Authorization", f"Bearer {KEY}")])


# number, name, bytes, statuses, codes
# fmt: off
ROWS = [
    # --- bodies that cannot be read
    (1, "empty body", check(b""), {400}, {"malformed-json"}),
    (2, "truncated", check(GOOD[:-1]), {400}, {"malformed-json"}),
    (3, "trailing garbage", check(GOOD + b"x"), {400}, {"malformed-json"}),
    (3, "two documents", check(GOOD + GOOD), {400}, {"malformed-json"}),
    *[(4, f"top level {text}", check(text.encode()), {400, 422}, {"validation-failed", "malformed-json"})
      for text in ("[]", "1", "null", '"x"', "true", "[[]]")],
    (5, "duplicate key", check(b'{"kind":"SIREN","kind":"SIREN","value":"1"}'), {400}, {"duplicate-key"}),
    *[(6, f"unknown {name}", create(KEY, member(**{name: "x"})), {422}, {"validation-failed"})
      for name in ("role", "region_id", "id", "created_at")],
    *[(7, name, create(KEY, member(**{name: {}})), {422}, {"validation-failed"}) for name in ("__proto__", "constructor")],
    *[(8, f"name is {value!r}", create(KEY, member(name=value)), {422}, {"validation-failed"}) for value in (1, True, [], {}, None, 1.5)],
    *[(9, f"name {value!r}", create(KEY, member(name=value)), {422}, {"validation-failed"}) for value in ("", "   ", "\u00a0\u00a0\u00a0", "ab")],
    (10, "one over maxLength", create(KEY, member(name="é" * 151)), {422}, {"validation-failed"}),
    (11, "impossible date", create(KEY, member(joined_on="2024-02-30")), {422}, {"validation-failed"}),
    *[(12, f"date {value}", create(KEY, member(joined_on=value)), {422}, {"validation-failed"})
      for value in ("2024-01-01T00:00:00Z", "10000-01-01", "infinity", "-infinity", "now", "epoch", "today", "2024-1-1", "20240101",
                    "0000-01-01", "2023-02-29", "2024-13-01", " 2024-01-01", "2024-01-01 BC", "01/02/2024", "")],
    *[(14, f"kind {value}", create(KEY, member(kind=value)), {422}, {"validation-failed"}) for value in ("XX", "ai", "AI ", "", "Ai")],
    *[(15, f"{name} {value}", create(KEY, member(**{name: value})), {422}, {"validation-failed"})
      for name, value in (("email", "x"), ("email", "a@b@c.fr"), ("email", "a b@c.fr"), ("phone", "02 99 00 00 00"), ("phone", "+0299000000"),
                          ("postal_code", "3500"), ("postal_code", "ABCDE"), ("siret", "123"), ("siret", "73282932000079"),
                          ("siret", "00000000000000"), ("rna", "178-236"), ("commune_code", "20004"), ("website", "javascript:alert(1)"),
                          ("website", "file:///etc/passwd"), ("naf", "8899"), ("idcc", "x"), ("legal_category", "99999"))],
    *[(16, f"bytes {value!r}", check(b'{"kind":"SIREN","value":"' + value + b'"}'), {400}, {"malformed-json"})
      for value in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xe2\x82", b"\xf4\x90\x80\x80")],
    *[(17, f"surrogate {value!r}", check(b'{"kind":"SIREN","value":"' + value + b'"}'), {400}, {"malformed-json"})
      for value in (b"\\ud800", b"\\udc00", b"\\ud800\\u0041")],
    (18, "escaped NUL", check(b'{"kind":"SIREN","value":"a\\u0000b"}'), {400, 422}, None),
    (18, "raw NUL", check(b'{"kind":"SIREN","value":"a\x00b"}'), {400}, {"malformed-json"}),
    (18, "NUL after the document", check(GOOD + b"\x00"), {400}, {"malformed-json"}),
    *[(19, f"control {value!r}", check(b'{"kind":"SIREN","value":"a' + value + b'"}'), {400}, {"malformed-json"})
      for value in (b"\n", b"\t", b"\x01", b"\x1f")],
    *[(20, f"name with {value}", create(KEY, raw_field(b'"Nom ' + value.encode() + b' suite"')), {422}, {"validation-failed"})
      for value in ("\\u202e", "\\u2066", "\\u200b", "\\u0007", "\\u001b", "\\ufeff", "\\u0085")],
    (22, "byte order mark", check(b"\xef\xbb\xbf" + GOOD), {400}, {"malformed-json"}),
    (22, "UTF-16", check(GOOD.decode().encode("utf-16")), {400}, {"malformed-json"}),
    *[(23, f"{depth} nested", check(b'{"kind":"SIREN","value":' + b"[" * depth + b"]" * depth + b"}"), {400, 422}, None)
      for depth in (40, 2000, 30000)],
    (23, "30000 nested objects", check(b'{"a":' * 10000), {400, 422}, None),
    *[(24, f"number {value}", create(KEY, raw_field(b'"Bon nom", "latitude": 1, "longitude": ' + value)), {400, 422}, None)
      for value in (b"1" * 400, b"1e999", b"-1e999")],
    *[(25, f"limit {value}", national_get(f"{MEMBERS}?limit={value}"), {400}, {"limit-out-of-range", "invalid-parameter"})
      for value in (2**31, 2**53 + 1, 2**63, 2**64, -2**63)],
    *[(26, text.decode(), check(text), {400}, {"malformed-json"})
      for text in (b'{"value":NaN}', b'{"value":Infinity}', b'{/*x*/"value":1}', b"{'value':1}", b'{"value":0x10}', b'{value:1}')],
    (27, "10 000 keys", create(KEY, json.dumps({f"k{number}": 1 for number in range(5000)}).encode()), {400, 413, 422}, None),
    (28, "keys that look alike", check(json.dumps({"a" * number: 1 for number in range(1, 300)}).encode()), {422}, {"validation-failed"}),
    (30, "two megabytes", check(GOOD[:-1] + b" " * 2_000_000 + b"}"), {413}, {"payload-too-large"}),
    (31, "document and excess", check(GOOD + b" " * 65_000 + b"x" * 9_000), {413}, {"payload-too-large"}),
    # --- media types
    *[(32, f"type {value}", check(GOOD, [("Content-Type", value)] if value is not None else []), {415}, {"unsupported-media-type"})
      for value in (None, "text/plain", "application/jsonp", "application/json; charset=latin1", "application/jsonx", "")],
    (33, "form", check(b"kind=SIREN&value=1", [("Content-Type", "application/x-www-form-urlencoded")]), {415}, {"unsupported-media-type"}),
    (34, "multipart without boundary", check(b"x", [("Content-Type", "multipart/form-data")]), {415}, {"unsupported-media-type"}),
    (34, "multipart", check(b"--x\r\n\r\n--x--", [("Content-Type", "multipart/form-data; boundary=x")]), {415}, {"unsupported-media-type"}),
    (35, "gzip", check(b"\x1f\x8b\x08\x00", [*TYPE, ("Content-Encoding", "gzip")]), {415}, {"unsupported-media-type"}),
    (36, "accept xml", get("/v1/regions", ("Accept", "text/xml")), {406}, {"not-acceptable"}),
    # --- who calls
    (38, "no token", get(MEMBERS), {401}, {"unauthenticated"}),
    *[(39, f"authorization {value[:12]!r}", get(MEMBERS, ("Authorization", value)), {400, 401, 431}, None)
      for value in ("Basic eDp5", "Bearer", "Bearer ", "Bearer " + "x" * 8000, "Bearer a b c", "Bearer fed_demo", "Bearer ' or 1=1 --")],
    (40, "two authorizations", get(MEMBERS, ("Authorization", "Bearer a"), ("Authorization", "Bearer b")), {400, 401}, None),
    (41, "token in the query", get(f"{MEMBERS}?access_token=abc"), {400, 401}, None),
    (45, "sort by a column that is none", national_get(f"{MEMBERS}?sort=digest"), {400}, None),
    (45, "field that is none", national_get(f"{MEMBERS}?fields=digest"), {400}, None),
    # --- idempotency keys
    *[(52, f"key {value[:8]!r}", message("POST", MEMBERS, [("Authorization", f"Bearer {KEY}"), ("Idempotency-Key", value), *TYPE], member()), {400},
       {"invalid-idempotency-key", "idempotency-key-required"}) for value in ("short", "x" * 255, "has space here", "p\u00e9riode-2024")],
    (52, "two keys", message("POST", MEMBERS, [("Authorization", f"Bearer {KEY}"), ("Idempotency-Key", "a" * 12), ("Idempotency-Key", "b" * 12), *TYPE],
                             member()), {400}, None),
    # --- paths
    *[(57, path, get(path), {404}, {"not-found"}) for path in ("/v1/nothing", "/v1/MEMBERS", "/V1/members", "/v1/member")],
    *[(58, f"id {value}", national_get(f"{MEMBERS}/{value}"), {400, 404}, None)
      for value in ("text", "-1", "0", str(2**31), str(2**64), "+1", "%2B1", "1%20", SOME_ID + "x", "{" + SOME_ID + "}", SOME_ID.replace("-", ""),
                    "urn:uuid:" + SOME_ID)],
    (59, "id with NUL", national_get(f"{MEMBERS}/1%00"), {400}, None),
    *[(60, value, national_get(f"{MEMBERS}/{value}"), {400}, None) for value in ("%zz", "%1", "%", "%u0041")],
    *[(61, value, national_get(f"{MEMBERS}/{value}"), {400, 404}, None)
      for value in ("%ff", "a%2Fb", "%2e%2e", "..%2f..%2fopenapi.json", "%2e%2e/status", "%5c..%5c")],
    (62, "double slashes", national_get("//v1//members//1"), {404}, None),
    (62, "double slash inside", national_get("/v1//members"), {404}, None),
    (62, "trailing slash", get("/v1/regions/"), {308}, None),
    (62, "trailing slash on POST", message("POST", CHECKS + "/", TYPE, GOOD), {404}, None),
    # --- query
    *[(64, f"limit {value!r}", get(f"/v1/communes?limit={value}"), {400}, {"invalid-parameter", "limit-out-of-range", "bad-request-target"})
      for value in ("0", "501", "-1", "abc", "", "1%00", "99999999999999999999", "1;2", "1,2")],
    (64, "limit without =", get("/v1/communes?limit"), {400}, None),
    (65, "twice", get("/v1/communes?limit=1&limit=1"), {400}, None),
    (66, "unknown", get("/v1/communes?foo=bar"), {400}, {"invalid-parameter", "unknown-parameter"}),
    *[(68, f"search {value[:10]}", get(f"/v1/communes?limit=1&q={value}"), {200, 400}, None)
      for value in ("a", "%25", "_", "%5C", "%25%25%25%25", "(a%2B)%2B$", "(", "[", "*", "'", "%22", ":*", "%26%26", "a%20%26", "!", "<->", "a" * 100)],
    (68, "search of 4 000 letters", get("/v1/communes?q=" + "a" * 4000), {200, 400, 414}, None),
    *[(69, f"SQL in {place}", bytes_, {400, 404, 422}, None) for place, bytes_ in (
        ("sort", national_get(MEMBERS + "?sort=name;drop%20table%20network.member")),
        ("fields", national_get(MEMBERS + "?fields=(select%201)")),
        ("id", national_get(MEMBERS + "/'%20or%201=1--")),
        ("filter", national_get(MEMBERS + "?kind=AI'%20or%20'1'='1")),
        ("date", national_get(MEMBERS + "?as_of=2024-01-01'::date")),
        ("siret", create(KEY, member(siret="' or 1=1 --"))),
        ("kind", create(KEY, member(kind="AI'); drop table network.member; --"))))],
    (69, "SQL in a search", get("/v1/communes?q='%20or%201=1;--"), {200}, None),
    (70, "query of 10 kB", get("/v1/communes?q=" + "a" * 10_000), {414}, {"uri-too-long"}),
    (70, "query of 100 kB", get("/v1/communes?q=" + "a" * 100_000), {414}, {"uri-too-long"}),
    # --- the message itself
    (71, "header of 10 kB", get("/v1/regions", ("X-Long", "a" * 10_000)), {431, 200}, None),
    (71, "header of 100 kB", get("/v1/regions", ("X-Long", "a" * 100_000)), {431}, {"headers-too-large"}),
    (71, "1 000 headers", get("/v1/regions", *[(f"X-{number}", "y" * 50) for number in range(1000)]), {431}, {"headers-too-large"}),
    (72, "NUL in a header", get("/v1/regions", ("X-A", b"a\x00b")), {400}, None),
    (72, "space before the colon", get("/v1/regions").replace(b"\r\n\r\n", b"\r\nX-A : b\r\n\r\n"), {400, 200}, None),
    (72, "bare CR in a header", get("/v1/regions", ("X-A", b"a\rb")), {400}, None),
    (73, "no host", message("GET", "/v1/regions", host=None), {400}, None),
    (73, "two hosts", get("/v1/regions", ("Host", "other")), {400}, None),
    (77, "HTTP/2.0 as text", message("GET", "/v1/regions", version="HTTP/2.0"), {400, 505}, None),
    (77, "HTTP/9.9", message("GET", "/v1/regions", version="HTTP/9.9"), {400, 505}, None),
    (78, "lower-case method", message("get", "/v1/regions"), {400, 405}, None),
    *[(79, method, message(method, "/v1/regions"), {400, 405, 501}, None) for method in ("FOO", "TRACE", "PROPFIND")],
    (79, "CONNECT", message("CONNECT", "localhost:80"), {400, 405, 501}, None),
    (79, "OPTIONS *", message("OPTIONS", "*"), {400, 404, 405, 501}, None),
    *[(82, f"length {value}", message("POST", CHECKS, [*TYPE, ("Content-Length", value)], GOOD, length=False), {400, 413}, None)
      for value in ("-5", "+34", "0x22", "abc", "9" * 20)],
    (82, "length and chunked", message("POST", CHECKS, [*TYPE, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")], chunked(GOOD), length=False), {400}, None),
    (82, "two lengths", message("POST", CHECKS, [*TYPE, ("Content-Length", str(len(GOOD))), ("Content-Length", "5")], GOOD, length=False), {400}, None),
    (83, "bad chunk size", message("POST", CHECKS, [*TYPE, ("Transfer-Encoding", "chunked")], b"zz\r\n" + GOOD + b"\r\n0\r\n\r\n", length=False), {400}, None),
    (84, "encoding gzip", message("POST", CHECKS, [*TYPE, ("Transfer-Encoding", "gzip")], GOOD, length=False), {400, 501}, None),
    (84, "encoding identity", message("POST", CHECKS, [*TYPE, ("Transfer-Encoding", "identity")], GOOD, length=False), {400, 501}, None),
]
# fmt: on

IDS = [f"row{number}-{name[:40]}".replace(" ", "-") for number, name, *_ in ROWS]


@pytest.mark.parametrize("number, name, sent, statuses, codes", ROWS, ids=IDS)
def test_row(edge, keys, owner, number, name, sent, statuses, codes):
    del name
    answer = probe(edge, sent.replace(KEY.encode(), keys["NATIONAL"].encode()), timeout=8)
    assert answer.status in statuses, answer
    assert not answer.timed_out and answer.complete, answer
    if answer.status >= 400:
        assert answer.header("Content-Type").startswith("application/problem+json"), answer
        problem = json.loads(answer.body)
        assert (
            problem["status"] == answer.status
            and problem["request_id"]
            and problem["type"].endswith("/" + problem["code"])
        ), problem
        assert codes is None or problem["code"] in codes, problem
        assert keys["NATIONAL"].rsplit("_", 1)[-1] not in answer.body.decode("utf-8", "replace")


def status_of(edge, sent, **options):
    return probe(edge, sent, **options).status


# --- rows that are more than one request, or that must be accepted --------------------------------------------------
def test_row_21_decomposed_accents_are_stored_composed(national, scratch):
    mark = data.name("Compos").replace(" ", "")
    made = scratch.create(name=f"{mark} e\u0301te\u0301")
    assert made["name"] == f"{mark} été"
    for wanted in ("été", "e\u0301te\u0301", "ETE"):
        rows = national.get("/v1/members", query={"q": f"{mark} {wanted}"}).json["data"]
        assert [row["id"] for row in rows] == [made["id"]], wanted


def test_row_10_length_counts_code_points(national, scratch):
    made = scratch.create(name="é𝄞" * 75)
    assert len(made["name"]) == 150


def test_row_24_numbers_that_are_fine(national, scratch):
    made = scratch.create(latitude=-0.0, longitude=1)
    assert made["latitude"] == 0 and made["longitude"] == 1


def test_row_29_body_of_exactly_the_limit(edge, contract):
    limit = contract.find("checkIdentifier").definition.get("x-body-max", 65536)
    assert status_of(edge, check(GOOD[:-1] + b" " * (limit - len(GOOD)) + b"}")) == 200
    assert status_of(edge, check(GOOD[:-1] + b" " * (limit + 1 - len(GOOD)) + b"}")) == 413


def test_row_37_expect_continue(edge):
    head, body = (
        message("POST", CHECKS, [*TYPE, ("Expect", "100-continue"), ("Content-Length", str(len(GOOD)))], length=False),
        GOOD,
    )
    plug = raw.connect(edge)
    try:
        plug.sendall(head)
        first = plug.recv(4096)
        assert first.startswith(b"HTTP/1.1 100"), first
        plug.sendall(body)
        rest = first.partition(b"\r\n\r\n")[2]
        while b"HTTP/1.1 200" not in rest:
            block = plug.recv(65536)
            assert block, rest
            rest += block
    finally:
        plug.close()


def test_row_63_absolute_form(edge):
    answer = probe(edge, message("GET", "http://localhost/v1/regions"))
    assert answer.status == 200, answer


def test_row_74_foreign_host_is_never_echoed(edge, keys):
    evil = "evil.example"
    for headers in ([("X-Forwarded-Host", evil)], [("Forwarded", f"host={evil}")], [("X-Host", evil)], []):
        answer = probe(edge, message("GET", "/v1/communes?limit=1", headers, host=evil if not headers else "localhost"))
        assert answer.status in (200, 400, 404, 421) and evil.encode() not in answer.data, answer
        body = member()
        answer = probe(
            edge,
            message(
                "POST",
                MEMBERS,
                [
                    ("Authorization", f"Bearer {keys['NATIONAL']}"),
                    ("Idempotency-Key", str(uuid.uuid4())),
                    *TYPE,
                    *headers,
                ],
                body,
                host=evil if not headers else "localhost",
            ),
        )
        assert answer.status in (201, 400, 404, 421) and evil.encode() not in answer.data, answer


def test_row_75_forwarded_headers_change_nothing(edge):
    for name in ("X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Original-URL", "X-Rewrite-URL"):
        answer = probe(edge, get("/v1/regions", (name, "/v1/members")))
        assert answer.status == 200 and b"/v1/members" not in answer.data.partition(b"\r\n\r\n")[0], answer


def test_row_76_http_1_0(edge):
    answer = probe(edge, message("GET", "/v1/status", version="HTTP/1.0"), wait_for_close=True)
    assert answer.status in (200, 426) and answer.closed, answer


def test_row_77_no_http_at_all(edge):
    for sent in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"GET /v1/status\r\n",
        b"\r\n\r\n\r\n",
        b"\x00" * 100,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ):
        answer = probe(edge, sent + b"\r\n\r\n", timeout=8, wait_for_close=True)
        assert answer.status in (None, 400, 405, 408, 505) and (answer.closed or answer.status), answer
        assert b'"data"' not in answer.data


def test_row_80_head(edge):
    answer = probe(edge, message("HEAD", "/v1/regions"), timeout=2)
    assert answer.status == 200 and answer.data.endswith(b"\r\n\r\n")


def test_row_81_method_override_is_ignored(edge, keys):
    headers = [("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE")]
    assert status_of(edge, message("GET", "/v1/regions", headers)) == 200
    assert status_of(edge, message("POST", CHECKS, [*TYPE, *headers], GOOD)) == 200


def test_row_82_length_too_long_times_out_bounded(edge):
    """Announced more than sent: the edge ends it after its own wait, the daemon never sees it."""
    answer = probe(
        edge,
        message("POST", CHECKS, [*TYPE, ("Content-Length", "500")], GOOD, length=False),
        timeout=20,
        wait_for_close=True,
    )
    assert answer.status in (None, 400, 408) and answer.closed and answer.seconds < 15, answer


def test_row_83_chunk_extension_and_trailer(edge):
    body = f"{len(GOOD):x};name=value\r\n".encode() + GOOD + b"\r\n0\r\nX-Trailer: y\r\n\r\n"
    answer = probe(edge, message("POST", CHECKS, [*TYPE, ("Transfer-Encoding", "chunked")], body, length=False))
    assert answer.status in (200, 400), answer


def test_row_85_request_hidden_in_a_body(edge):
    """A GET with a body that looks like a second request: it is a body, never answered as a request of its own."""
    hidden = b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = probe(
        edge,
        message("GET", "/v1/status", [("Content-Length", str(len(hidden)))], hidden, length=False),
        timeout=2,
        wait_for_close=True,
    )
    assert answer.data.count(b"HTTP/1.1 ") == 1, answer
    assert b'"openapi"' not in answer.data


def test_row_89_line_breaks_never_split_a_header(edge):
    for target in (
        "/v1/regions%0d%0aX-Injected:%201",
        "/v1/regions?x=%0d%0aX-Injected:%201",
        "/v1/regions%0d%0aX-Injected:%201/",
        "/v1/communes?q=%0d%0aX-Injected:%201",
    ):
        answer = probe(edge, get(target))
        assert answer.header("X-Injected") is None and answer.status in (200, 308, 400, 404), answer


def test_row_92_odd_languages(edge):
    for value in ("../../x", "a" * 2000, "en;q=x", ";;;", ",,,", "*;q=0"):
        answer = probe(edge, get("/v1/nothing", ("Accept-Language", value)))
        assert answer.status == 404 and answer.complete, answer


def test_row_23_27_28_are_refused_quickly(edge, keys):
    """Not a load test: what an attacker may not have is seconds for one request."""
    slow = []
    for number, name, sent, _, _ in ROWS:
        if number in (23, 27, 28):
            start = time.perf_counter()
            probe(edge, sent.replace(KEY.encode(), keys["NATIONAL"].encode()))
            if time.perf_counter() - start > 0.5:
                slow.append((name, time.perf_counter() - start))
    assert slow == []


def test_rows_of_content_hold_without_the_edge(keys):
    """From row 71 on it is the edge that guards the message; what comes before, the daemon refuses by itself."""
    wrong = []
    with Daemon() as daemon:
        daemon.start()
        for number, name, sent, statuses, codes in ROWS:
            if number > 70 or "100 kB" in name:
                continue
            answer = probe(daemon.address(), sent.replace(KEY.encode(), keys["NATIONAL"].encode()), timeout=8)
            problem = json.loads(answer.body) if answer.status and answer.status >= 400 else {}
            if answer.status not in statuses or codes is not None and problem.get("code") not in codes:
                wrong.append(f"{number} {name}: {answer!r}"[:300])
        assert wrong == [] and daemon.process.poll() is None, "\n".join(wrong)


def test_all_is_well_afterwards(anonymous, admin):
    assert anonymous.get("/v1/status").json["state"] == "UP"
    assert admin.get("/readyz", record=False).status == 200
