"""Contract and routing: numbers 1 to 5, 8 and 9 of the conformance list (6 and 7 look at the whole run: tests/exchange)."""
import json

import jsonschema
import pytest
import yaml
from support.problems import assert_problem
from support.samples import Samples


@pytest.fixture(scope="module")
def samples(national, scratch, contract):
    return Samples(national, contract)


# --- 1 ------------------------------------------------------------------------------------------------------------
def _references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _schemas(part):
    if isinstance(part, dict):
        if isinstance(part.get("schema"), dict):
            yield part["schema"]
        for value in part.values():
            yield from _schemas(value)
    elif isinstance(part, list):
        for value in part:
            yield from _schemas(value)


def test_w01_contract_is_served_as_json(anonymous, contract):
    answer = anonymous.get("/v1/openapi.json")
    assert answer.status == 200 and answer.etag
    assert answer.media_type in ("application/json", "application/openapi+json", "application/vnd.oai.openapi+json")
    assert "public" in answer.header("Cache-Control") and "max-age" in answer.header("Cache-Control")
    document = answer.json
    major, minor = document["openapi"].split(".")[:2]
    assert major == "3" and int(minor) >= 1
    assert document["info"]["title"] and document["info"]["version"]
    ids = [operation.id for operation in contract.operations]
    assert len(ids) == len(set(ids)), "an operationId twice"
    for operation in contract.operations:
        assert operation.definition["responses"], operation.id
        declared = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"}
        assert declared == set(operation.captures), operation.id
        assert all(
            parameter.get("required") for parameter in operation.parameters if parameter["in"] == "path"
        ), operation.id
    for reference in set(_references(document)):
        assert reference.startswith("#/"), reference
        assert contract.resolve({"$ref": reference}) is not None
    for schema in list(document["components"]["schemas"].values()) + list(_schemas(document["paths"])):
        jsonschema.Draft202012Validator.check_schema(schema)


def test_w01_contract_revalidates(anonymous):
    etag = anonymous.get("/v1/openapi.json").etag
    again = anonymous.get("/v1/openapi.json", headers={"If-None-Match": etag})
    assert again.status == 304 and again.body == b"" and again.etag == etag


def test_w01_contract_is_served_as_yaml(anonymous):
    answer = anonymous.get("/v1/openapi.yaml")
    assert answer.status == 200 and answer.media_type == "application/yaml" and answer.etag
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Plain(loader):
        """Dates stay text, as in JSON."""

    Plain.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in loader.yaml_implicit_resolvers.items()
    }
    document = yaml.load(answer.text, Plain)
    assert json.loads(json.dumps(document)) == anonymous.get("/v1/openapi.json").json


# --- 2 ------------------------------------------------------------------------------------------------------------
def test_w02_every_operation_is_answered(contract, samples):
    missing = []
    for operation in contract.operations:
        target = samples.target(operation)
        # No If-Match, no Idempotency-Key, no body: known operations refuse with something else than 404 and 405.
        answer = samples.caller(operation).request(operation.method, target, headers={"Accept": "*/*"})
        if answer.status in (404, 405) or answer.status >= 500:
            missing.append((operation.id, target, answer))
    assert missing == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/Members",
        "/v1/members/imports/x/y",
        "/v1/members//memberships",
        "/v1/delegations/a/b/c",
        "/v2/members",
        "/v1/openapi",
        "/v1/imports",
        "/v1/members%2Fimports",
        "/v1/./members",
        "/v1/x/../members",
    ],
)
def test_w02_unknown_paths_answer_404(anonymous, path):
    assert_problem(anonymous.get(path), 404, "not-found")


def test_w02_unknown_path_is_404_for_every_method(national):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert_problem(national.request(method, "/v1/nothing"), 404, "not-found")


# --- 3, 4 ---------------------------------------------------------------------------------------------------------
def _allow(answer):
    value = answer.header("Allow")
    assert value, f"no Allow: {answer}"
    return {method.strip() for method in value.split(",")}


def test_w03_undeclared_methods_give_405_with_allow(national, contract, samples):
    for path in contract.paths():
        declared = contract.at(path)
        target = samples.target(next(iter(declared.values())))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "FOO"):
            if method not in declared:
                answer = national.request(method, target)
                assert_problem(answer, 405, "method-not-allowed")
                assert _allow(answer) == contract.allow(path), answer


def test_w04_options_names_methods_and_types(anonymous, contract, samples):
    for path in contract.paths():
        declared = contract.at(path)
        answer = anonymous.request("OPTIONS", samples.target(next(iter(declared.values()))))
        assert answer.status == 204 and answer.body == b"", answer
        assert _allow(answer) == contract.allow(path), answer
        for method, header in (("PATCH", "Accept-Patch"), ("POST", "Accept-Post")):
            if method in declared and declared[method].request_types:
                listed = {part.strip() for part in (answer.header(header) or "").split(",")}
                assert listed == set(declared[method].request_types), answer
            else:
                assert answer.header(header) is None, answer


# --- 5 ------------------------------------------------------------------------------------------------------------
COMPARED = (
    "Content-Type",
    "ETag",
    "Link",
    "Total-Count",
    "Vary",
    "Cache-Control",
    "Preference-Applied",
    "Api-Revision",
    "Content-Disposition",
    "X-Content-Type-Options",
    "Last-Modified",
)


def test_w05_head_is_get_without_body(contract, samples):
    for operation in contract.operations:
        if operation.method != "GET":
            continue
        headers = {"Prefer": "count=exact"} if contract.is_list(operation) else {}
        target = samples.target(operation)
        caller = samples.caller(operation)
        get = caller.get(target, headers=headers)
        head = caller.head(target, headers=headers)
        assert head.status == get.status == 200, (head, get)
        assert head.body == b"", head
        for name in COMPARED:
            assert head.header(name) == get.header(
                name
            ), f"{name} of {target}: {head.header(name)!r} != {get.header(name)!r}"


def test_w05_head_of_an_error(national, any_uuid):
    head = national.head(f"/v1/members/{any_uuid}")
    assert head.status == 404 and head.body == b""
    assert head.media_type == "application/problem+json"


# --- 8 ------------------------------------------------------------------------------------------------------------
def test_w08_type_urls_answer_a_page(anonymous, national, any_uuid):
    for answer in (
        anonymous.get("/v1/nothing"),
        anonymous.get("/v1/members"),
        national.get("/v1/members?limit=0"),
        national.post("/v1/members", {}),
        national.patch(f"/v1/members/{any_uuid}", {}),
    ):
        url = assert_problem(answer, answer.status)["type"]
        page = anonymous.get(url[url.index("/v1/") :])
        assert page.status == 200 and page.media_type == "text/html", page
        assert answer.json["title"] in page.text or answer.json["code"] in page.text


def test_w08_unknown_problem_is_404(anonymous):
    assert_problem(anonymous.get("/v1/problems/no-such-problem"), 404, "not-found")


def test_w08_problem_page_is_a_page(anonymous):
    page = anonymous.get("/v1/problems/not-found")
    assert page.text.lstrip().lower().startswith("<!doctype html>") and 'lang="fr"' in page.text
    assert "max-age" in page.header("Cache-Control")


# --- 9 ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/v1/status", "/v1/delegations", "/v1/members"])
def test_w09_trailing_slash_redirects_reading(anonymous, path):
    for method in ("GET", "HEAD"):
        answer = anonymous.request(method, path + "/?limit=2")
        assert answer.status == 308, answer
        location = answer.header("Location")
        assert (
            location == path + "?limit=2"
            or location.endswith("//" + location.split("//")[-1])
            and location.endswith(path + "?limit=2")
        ), answer


def test_w09_trailing_slash_on_post_is_404(national):
    assert_problem(national.post("/v1/members/", {}), 404, "not-found")
