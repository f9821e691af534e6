"""Parsing of bodies, parameters and targets: numbers 10 to 20."""
import json
import re

import pytest
from support import data, raw
from support.client import JSON
from support.problems import assert_problem, fault_at, fault_codes
from support.system import Daemon

CHECKS = "/v1/identifier-checks"
GOOD = {"kind": "SIREN", "value": "732829320"}


def members_named(national, name):
    answer = national.get("/v1/members", query={"q": name}, headers={"Prefer": "count=exact"})
    assert answer.status == 200, answer
    return answer.json["page"]["total"]


def send(client, target, body, content_type=JSON, **options):
    return client.post(target, body=body, content_type=content_type, **options)


# --- 10, 11 -------------------------------------------------------------------------------------------------------
def _place(problem):
    """line and column, wherever they stand: on the problem itself or on its fault."""
    for holder in [problem] + problem.get("errors", []):
        if "line" in holder and "column" in holder:
            return holder["line"], holder["column"]
    raise AssertionError(f"no line and column: {problem}")


def test_w10_malformed_json_says_where_and_writes_nothing(national):
    name = data.name("Cassé")
    text = '{"name": "%s",\n "siret": "%s",\n "kind": }' % (name, data.siret())
    problem = assert_problem(send(national, "/v1/members", text), 400, "malformed-json")
    line, column = _place(problem)
    assert line == 3 and 8 <= column <= 11, problem
    assert members_named(national, name) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[",
        '{"a":1}x',
        '{"a":1}{"a":1}',
        "{'a':1}",
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":1,}',
        "[1,]",
        "// x\n{}",
        '{"a":01}',
        '{"a":.5}',
        '{"a":+1}',
        '{"a":"\t"}',
        "nul",
    ],
)
def test_w10_every_kind_of_broken_json(anonymous, text):
    assert_problem(send(anonymous, CHECKS, text), 400, "malformed-json")


def test_w11_duplicate_key(national):
    name = data.name("Double")
    text = json.dumps(data.member(name=name))[:-1] + ', "name": "%s"}' % name
    assert_problem(send(national, "/v1/members", text), 400, "duplicate-key")
    assert_problem(send(national, CHECKS, '{"kind":"SIREN","value":"1","k\\u0069nd":"SIREN"}'), 400, "duplicate-key")
    assert_problem(send(national, CHECKS, '{"a":{"b":{"c":1,"c":2}}}'), 400, "duplicate-key")
    assert members_named(national, name) == 0


# --- 12, 13 -------------------------------------------------------------------------------------------------------
def test_w12_unknown_property_with_suggestion(national):
    problem = assert_problem(national.post("/v1/members", data.member(emial="a@example.org")), 422, "validation-failed")
    fault = fault_at(problem, "/emial")
    assert fault["code"] == "unknown-property" and fault["suggestion"] == "email"


def test_w12_unknown_property_without_a_close_one(national):
    problem = assert_problem(national.post("/v1/members", data.member(zzqqxxkkvv=1)), 422, "validation-failed")
    fault = fault_at(problem, "/zzqqxxkkvv")
    assert fault["code"] == "unknown-property" and "suggestion" not in fault


@pytest.mark.parametrize("name", ["role", "id", "created_at", "version", "__proto__", "constructor", "a/b~c", "", "é"])
def test_w12_properties_that_nobody_may_write(national, name):
    problem = assert_problem(national.post("/v1/members", data.member(**{name: "x"})), 422, "validation-failed")
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    assert fault_at(problem, pointer)["code"] in ("unknown-property", "read-only")


def test_w13_two_bad_fields_one_answer(national):
    problem = assert_problem(
        national.post("/v1/members", data.member(kind="XX", email="no address")), 422, "validation-failed"
    )
    pointers = [fault["pointer"] for fault in problem["errors"]]
    assert "/kind" in pointers and "/email" in pointers and len(pointers) == len(set(pointers))
    assert all(fault["detail"] for fault in problem["errors"])


def test_w13_all_faults_at_once(national):
    body = {
        "siret": data.broken_siret(),
        "name": "x",
        "kind": "ai",
        "commune_code": "99999",
        "latitude": 91,
        "surplus": 1,
    }
    problem = assert_problem(national.post("/v1/members", body), 422, "validation-failed")
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert {"/siret", "/name", "/kind", "/latitude", "/surplus"} <= pointers, problem


# --- 14, 15 -------------------------------------------------------------------------------------------------------
def test_w14_nul_in_a_string(national):
    for text in ('"a\\u0000b"', '"\\u0000"', '"a\x00b"'):
        body = json.dumps(data.member()).replace(json.dumps("AI"), text, 1)
        assert_problem(send(national, "/v1/members", body), (400, 422))
        assert_problem(send(national, CHECKS, '{"kind":"SIREN","value":%s}' % text), (400, 422))


@pytest.mark.parametrize(
    "value",
    [
        "9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "NaN",
        "-Infinity",
        "9" * 400,
        "1e999",
        "-" + "9" * 400,
        "0" * 400,
    ],
)
def test_w15_numbers_out_of_range(national, value):
    body = json.dumps(data.member(latitude=12345.5)).replace("12345.5", value)
    assert value in body
    assert_problem(send(national, "/v1/members", body), (400, 422))
    assert_problem(send(national, CHECKS, '{"kind":"SIREN","value":%s}' % value), (400, 422))


@pytest.mark.parametrize("depth", [33, 1000, 30000])
def test_w15_deep_nesting(anonymous, depth):
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        text = opening * depth + "1" + closing * depth
        if len(text) > 65536:
            text = opening * depth  # not even closed: the depth is refused, or the syntax
        assert_problem(send(anonymous, CHECKS, text), (400, 413, 422))
        assert_problem(send(anonymous, CHECKS, '{"kind":"SIREN","value":%s}' % text), (400, 413, 422))
    assert anonymous.post(CHECKS, GOOD, key=None).status == 200


# --- 16 -----------------------------------------------------------------------------------------------------------
def _padded(size):
    text = json.dumps(GOOD)
    return (text[:-1] + " " * (size - len(text)) + "}").encode()


def _body_max(contract, operation_id):
    operation = contract.find(operation_id)
    return operation.definition.get("x-body-max", 65536)


@pytest.mark.parametrize("chunked", [False, True])
def test_w16_body_at_and_over_the_limit(edge, contract, chunked):
    limit = _body_max(contract, "checkIdentifier")

    def post(size, pieces=4096):
        body = _padded(size)
        headers = [("Content-Type", JSON), ("Accept", "*/*")]
        if chunked:
            data_ = raw.message(
                "POST", CHECKS, headers + [("Transfer-Encoding", "chunked")], length=False
            ) + raw.chunked(body, pieces)
        else:
            data_ = raw.message("POST", CHECKS, headers, body)
        return raw.probe(edge, data_)

    assert post(limit).status == 200
    for size in (limit + 1, limit + 4096, 2_000_000):
        answer = post(size)
        assert answer.status == 413, answer
        assert json.loads(answer.body)["code"] == "payload-too-large", answer


@pytest.mark.parametrize("chunked", [False, True])
def test_w16_the_daemon_holds_the_limit_without_its_edge(contract, chunked):
    limit = _body_max(contract, "checkIdentifier")
    with Daemon() as daemon:
        daemon.start()
        for size, status in ((limit, 200), (limit + 1, 413), (limit + 70_000, 413)):
            headers, body = [("Content-Type", JSON)], _padded(size)
            sent = (
                raw.message("POST", CHECKS, headers + [("Transfer-Encoding", "chunked")], length=False)
                + raw.chunked(body)
                if chunked
                else raw.message("POST", CHECKS, headers, body)
            )
            answer = raw.probe(daemon.address(), sent)
            assert answer.status == status, answer


def test_w16_valid_document_followed_by_excess(edge, contract):
    """A parser that sees only the first `limit` bytes would accept it."""
    limit = _body_max(contract, "checkIdentifier")
    body = json.dumps(GOOD).encode() + b" " * (limit - len(json.dumps(GOOD))) + b"x" * 7000
    answer = raw.probe(edge, raw.message("POST", CHECKS, [("Content-Type", JSON)], body))
    assert answer.status == 413, answer


# --- 17 -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/jsonp",
        "application/jso",
        "application/json-patch",
        "image/png",
        "application/json; charset=latin1",
        "application/json;charset=iso-8859-1",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "garbage",
        "application/",
        ";",
    ],
)
def test_w17_wrong_content_type(anonymous, content_type):
    answer = send(anonymous, CHECKS, json.dumps(GOOD), content_type)
    assert_problem(answer, 415, "unsupported-media-type")
    assert JSON in answer.header("Accept-Post")


def test_w17_missing_content_type(anonymous):
    answer = anonymous.post(CHECKS, body=json.dumps(GOOD), key=None)
    assert_problem(answer, 415, "unsupported-media-type")
    assert JSON in answer.header("Accept-Post")


def test_w17_accept_patch_on_patch(national, member):
    answer = national.patch(
        f"/v1/members/{member['id']}", {"brand": "x"}, etag=member["etag"], content_type="text/plain"
    )
    assert_problem(answer, 415, "unsupported-media-type")
    assert "application/merge-patch+json" in answer.header("Accept-Patch")


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "APPLICATION/JSON",
        "application/json ; charset=Utf-8",
    ],
)
def test_w17_right_content_types(anonymous, content_type):
    assert send(anonymous, CHECKS, json.dumps(GOOD), content_type).status == 200


def test_w17_content_encoding_is_refused(anonymous):
    for coding in ("gzip", "br", "x-unknown"):
        answer = send(anonymous, CHECKS, json.dumps(GOOD), headers={"Content-Encoding": coding})
        assert_problem(answer, 415, "unsupported-media-type")
    assert send(anonymous, CHECKS, json.dumps(GOOD), headers={"Content-Encoding": "identity"}).status == 200


# --- 18, 19 -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", ["/v1/regions", "/v1/delegations", "/v1/status"])
def test_w18_unknown_parameter_is_named(anonymous, target):
    problem = assert_problem(anonymous.get(target + "?nonsense=1"), 400)
    assert any(fault.get("parameter") == "nonsense" for fault in problem["errors"]), problem


def test_w18_unknown_parameter_near_a_known_one(national):
    problem = assert_problem(national.get("/v1/members?limti=3"), 400)
    fault = next(fault for fault in problem["errors"] if fault.get("parameter") == "limti")
    assert fault.get("suggestion") == "limit"


@pytest.mark.parametrize("query", ["limit=2&limit=2", "limit=2&lim%69t=3", "kind=AI&kind=ACI"])
def test_w18_same_parameter_twice(national, query):
    assert_problem(national.get("/v1/members?" + query), 400)


@pytest.mark.parametrize("query", ["=1", "&&=", "%=1", "limit%00=2", "%ff=1"])
def test_w18_bad_names(national, query):
    assert_problem(national.get("/v1/members?" + query), 400)


@pytest.mark.parametrize("value", ["%ff", "%c0%af", "%ed%a0%80", "a%00b", "%f5%80%80%80", "%e2%82", "%zz", "%1", "%"])
def test_w19_invalid_utf8_never_returns_unfiltered_data(anonymous, value):
    answer = anonymous.get(f"/v1/communes?limit=1&q={value}")
    assert answer.status == 400, answer
    assert answer.media_type == "application/problem+json" and b'"data"' not in answer.body


def test_w19_valid_utf8_is_understood(anonymous):
    answer = anonymous.get("/v1/communes?limit=5&q=Saint-%C3%89tienne")
    assert answer.status == 200, answer
    assert any("tienne" in row["name"] for row in answer.json["data"])


# --- 20 -----------------------------------------------------------------------------------------------------------
def test_w20_long_uri(edge):
    for size in (8300, 10_000, 100_000):
        answer = raw.probe(edge, raw.message("GET", "/v1/communes?q=" + "a" * size))
        assert answer.status == 414, answer
        assert json.loads(answer.body)["code"] == "uri-too-long", answer


def test_w20_large_headers(edge):
    one = raw.probe(edge, raw.message("GET", "/v1/status", [("X-Large", "a" * 40_000)]))
    many = raw.probe(
        edge, raw.message("GET", "/v1/status", [(f"X-Header-{number}", "a" * 60) for number in range(1000)])
    )
    for answer in (one, many):
        assert answer.status == 431, answer
        assert json.loads(answer.body)["code"] == "headers-too-large", answer
        assert re.search("problem\\+json", answer.header("Content-Type")), answer
    assert raw.probe(edge, raw.message("GET", "/v1/status", [("X-Small", "a" * 3000)])).status == 200


def test_w12_faults_carry_their_codes(national):
    """One body, many kinds of fault: each has the code of the catalogue, not a text only."""
    problem = assert_problem(national.post("/v1/members", {"siret": 3, "name": "x" * 151}), 422, "validation-failed")
    assert fault_codes(problem) >= {"required", "too-long", "wrong-type"}, problem
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault["code"]) for fault in problem["errors"])
