"""The contract: its checks (contract-lint), and that each of them sees what it is there for."""
import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINT = ROOT / "tests" / "lint" / "contract-lint"
sys.path.insert(0, str(ROOT / "openapi"))
import breaking  # noqa: E402
import contract_rules  # noqa: E402


def load_lint():
    loader = importlib.machinery.SourceFileLoader("contract_lint", str(LINT))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


lint = load_lint()


@pytest.fixture(scope="module")
def built():
    return lint.Built()


@pytest.fixture
def document(built):
    return copy.deepcopy(built.document)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("check", list(lint.CHECKS))
def test_contract(check, built):
    findings = list(lint.CHECKS[check](built))
    assert not findings, "\n".join(findings)


# --- breaking changes: one per line of the list -------------------------------------------------------------------
def member(document):
    return document["components"]["schemas"]["Member"]


def create(document):
    return document["components"]["schemas"]["MemberCreate"]


def listing(document):
    return document["paths"]["/v1/members"]["get"]


def parameter(document, name):
    shared = document["components"]["parameters"]
    return shared.get(name) or next(part for part in listing(document)["parameters"] if part.get("name") == name)


BREAKING = {
    "route gone": lambda d: d["paths"].pop("/v1/groups"),
    "method gone": lambda d: d["paths"]["/v1/members"].pop("post"),
    "operation renamed": lambda d: listing(d).update(operationId="readMembers"),
    "answered property gone": lambda d: member(d)["properties"].pop("siret"),
    "answered property no longer always there": lambda d: d["components"]["schemas"]["MemberStatistics"]["required"].remove("total"),
    "answered type wider": lambda d: member(d)["properties"]["name"].update(type=["string", "null"]),
    "property sent gone": lambda d: create(d)["properties"].pop("brand"),
    "newly required": lambda d: create(d)["required"].append("siret"),
    "type sent changes": lambda d: create(d)["properties"]["suspended"].update(type="string"),
    "value no longer accepted": lambda d: d["components"]["schemas"]["MemberKind"]["enum"].remove("OSP"),
    "shorter": lambda d: create(d)["properties"]["name"].update(maxLength=100),
    "new pattern": lambda d: create(d)["properties"]["address"].update(pattern="^A"),
    "parameter gone": lambda d: listing(d)["parameters"].remove(parameter(d, "q")),
    "parameter newly required": lambda d: parameter(d, "q").update(required=True),
    "default changes": lambda d: parameter(d, "limit")["schema"].update(default=20),
    "smaller pages": lambda d: parameter(d, "limit")["schema"].update(maximum=100),
    "other scope": lambda d: listing(d).update(security=[{"key": ["members:write"]}]),
    "format gone": lambda d: listing(d)["responses"]["200"]["content"].pop("text/csv"),
    "header gone": lambda d: listing(d)["responses"]["200"]["headers"].pop("Link"),
    "status changes": lambda d: d["paths"]["/v1/members"]["post"]["responses"].pop("201"),
    "on demand only": lambda d: member(d)["properties"]["name"].update({"x-included": True}),
    "hidden from some": lambda d: member(d)["properties"]["name"].update({"x-readers": ["NATIONAL"]}),
}


@pytest.mark.parametrize("change", list(BREAKING))
def test_breaking_change_is_seen(change, built, document):
    BREAKING[change](document)
    assert breaking.Comparison(built.document, document).run()


HARMLESS = {
    "nothing": lambda d: None,
    "new route": lambda d: d["paths"].update({"/v1/new": d["paths"]["/v1/groups"]}),
    "new property answered": lambda d: member(d)["properties"].update(new={"type": "string"}),
    "new optional input": lambda d: create(d)["properties"].update(new={"type": "string", "maxLength": 9}),
    "new value": lambda d: d["components"]["schemas"]["MemberKind"]["enum"].append("NEW"),
    "longer": lambda d: create(d)["properties"]["name"].update(maxLength=200),
    "new optional parameter": lambda d: listing(d)["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}}),
    "any key instead of a scope": lambda d: listing(d).update(security=[{"key": []}]),
    "other words": lambda d: listing(d).update(summary="Autrement dit"),
}


@pytest.mark.parametrize("change", list(HARMLESS))
def test_addition_is_no_breaking_change(change, built, document):
    HARMLESS[change](document)
    assert breaking.Comparison(built.document, document).run() == []


def import_mark(document):
    return document["paths"]["/v1/passes/imports"]["post"]["x-import"]


# --- rules of the bundle ------------------------------------------------------------------------------------------
FAULTY = {
    "property without title": lambda d: member(d)["properties"]["name"].pop("title"),
    "parameter without title": lambda d: parameter(d, "q")["schema"].pop("title"),
    "shared parameter without title": lambda d: parameter(d, "limit")["schema"].pop("title"),
    "value without title": lambda d: d["components"]["schemas"]["MemberKind"]["oneOf"][0].pop("title"),
    "value missing in oneOf": lambda d: d["components"]["schemas"]["MemberKind"]["oneOf"].pop(),
    "values in another order": lambda d: d["components"]["schemas"]["MemberKind"]["oneOf"].reverse(),
    "unknown keyword": lambda d: member(d).update(patternProperties={}),
    "column for no property": lambda d: import_mark(d)["columns"].update(nothing={"from": ["Rien"]}),
    "column for two properties": lambda d: import_mark(d)["columns"]["ends_on"].update({"from": ["passDateDeb"]}),
    "need that is no property": lambda d: import_mark(d).update(needs=["nothing"]),
    "unknown format": lambda d: member(d)["properties"]["name"].update(format="hostname"),
    "unbounded input": lambda d: create(d)["properties"]["name"].pop("maxLength"),
    "open input": lambda d: create(d).pop("additionalProperties"),
    "unknown extension": lambda d: listing(d).update({"x-thing": True}),
    "required on demand": lambda d: member(d).update(required=["delegation"]),
    "unknown caller": lambda d: member(d)["properties"]["name"].update({"x-readers": ["SOMEBODY"]}),
    "reference to nothing": lambda d: member(d)["properties"].update(new={"$ref": "#/components/schemas/Nothing"}),
}


@pytest.mark.parametrize("fault", list(FAULTY))
def test_rule_sees_fault(fault, document):
    FAULTY[fault](document)
    assert contract_rules.check(document)


def test_examples_are_checked(built, document):
    member(document)["examples"][0]["kind"] = "UNKNOWN"
    changed = copy.copy(built)
    changed.document = document
    assert any("UNKNOWN" in finding for finding in lint.check_examples(changed))


def test_unused_filter_is_seen(built, document):
    listing(document)["parameters"].append({"name": "unheard", "in": "query", "schema": {"type": "string"}})
    changed = copy.copy(built)
    changed.document = document
    assert any(":unheard" in finding for finding in lint.check_filters(changed))


def test_redocly_rule_sees_missing_title(built, document, tmp_path):
    """The rule in lint/rules.js, beside the one of the bundler."""
    linter = ROOT / "openapi" / "node_modules" / ".bin" / "redocly"
    if not linter.exists():
        list(lint.check_redocly(built))
    del document["components"]["schemas"]["Member"]["properties"]["name"]["title"]
    document["components"]["schemas"]["MemberKind"]["oneOf"][0]["title"] = ""
    faulty = tmp_path / "openapi.json"
    faulty.write_text(json.dumps(document), "utf-8")
    done = subprocess.run([str(linter), "lint", "--config", str(ROOT / "openapi" / "redocly.yaml"), str(faulty)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode != 0
    assert "Property name has no French title" in done.stdout
    assert "Value AI has no French title" in done.stdout


# --- authoring faults stop the bundler ----------------------------------------------------------------------------
AUTHORED = {
    "key twice": ("components/enums.yaml", "MemberKind:\n", "MemberKind:\n  title: Deux fois\n"),
    "unknown base": ("components/member.yaml", "base: uuid", "base: uid"),
    "unknown problem": ("paths/members.yaml", "duplicate-siret-kind", "duplicate-nothing"),
    "problem without cure": ("problems.yaml", "cure: {fr: Garder une seule des deux clés., en: Keep one of the two keys.}", "cure: {}"),
}


@pytest.mark.parametrize("fault", list(AUTHORED))
def test_bundler_stops(fault, tmp_path):
    source = tmp_path / "openapi"
    for path in (ROOT / "openapi").rglob("*.yaml"):
        if "node_modules" not in path.parts:
            copied = source / path.relative_to(ROOT / "openapi")
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_text(path.read_text("utf-8"), "utf-8")
    name, before, after = AUTHORED[fault]
    text = (source / name).read_text("utf-8")
    assert before in text
    (source / name).write_text(text.replace(before, after, 1), "utf-8")
    done = subprocess.run(["/usr/bin/python3", "-B", str(ROOT / "openapi" / "bundle.py"), str(source), str(tmp_path / "out")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode != 0 and done.stdout.startswith("bundle: "), done.stdout
    assert not (tmp_path / "out" / "openapi.json").exists()
