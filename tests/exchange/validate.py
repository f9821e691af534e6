#!/usr/bin/python3
"""Looks at a whole run of tests: every recorded exchange, the logs, the metrics.

  6   every answer is of a status and media type that the contract declares, and valid against its schema
  7   every error is problem+json with type, title, status, code, request_id
  8   every `type` that was seen answers 200 text/html
  89  no answer, log line or metric label holds a secret, SQL or the name of a constraint
      and every operation of the contract was exercised with success at least once, and no answer holds a property
      that the contract does not know or that its caller may not see

Usage: validate.py [--record FILE] [--partial]      the system need not run any more
Ends with 1 and a list of what is wrong; --partial (one suite only) does not ask for every operation."""
import argparse
import base64
import collections
import datetime
import ipaddress
import json
import os
import pathlib
import re
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import metrics, snapshot  # noqa: E402
from support.contract import Contract  # noqa: E402
from support.recording import KEY_PATTERN  # noqa: E402

PROBLEM = "application/problem+json"
# Refusals of the message itself: they come before any operation is known, so no operation declares them.
OF_THE_MESSAGE = {400, 404, 405, 408, 413, 414, 429, 431, 501, 503, 505}
SQL = re.compile(
    r"\b(select\s+.+\s+from\s|insert\s+into\s|update\s+\w+\.\w+\s+set\s|delete\s+from\s|SQLSTATE|PG::|psql:|libpq"
    r"|jansson|ulfius|microhttpd|/usr/|\.c:\d+|current_setting\(|pg_catalog|row-level security|relation \")",
    re.I,
)
DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "build" / "tests" / "exchanges.jsonl"
QUESTIONS = {6, 7, 8, 89, 96, "5xx", "exercised", "surplus", "recording"}
SHOWN = 30  # of each kind of finding


class Findings:
    def __init__(self):
        self.kinds = collections.OrderedDict()

    def add(self, number, text):
        self.kinds.setdefault(number, collections.Counter())[text] += 1

    def print(self):
        for number, texts in self.kinds.items():
            print(f"\n[{number}] {sum(texts.values())} findings, {len(texts)} different")
            for text, count in texts.most_common(SHOWN):
                print(f"  {count:5d} x {text}")
        return not self.kinds


# --- schemas ------------------------------------------------------------------------------------------------------
FORMATS = jsonschema.FormatChecker(formats=())


def _quiet(function, value):
    if not isinstance(value, str):
        return True
    try:
        function(value)
        return True
    except ValueError:
        return False


@FORMATS.checks("uuid")
def _uuid(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value))


@FORMATS.checks("date")
def _date(value):
    return _quiet(lambda text: datetime.datetime.strptime(text, "%Y-%m-%d"), value) and (
        not isinstance(value, str) or len(value) == 10
    )


@FORMATS.checks("date-time")
def _instant(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value))


@FORMATS.checks("siret")
def _siret(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{14}", value))


@FORMATS.checks("siren")
def _siren(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{9}", value))


@FORMATS.checks("ipv4")
def _ipv4(value):
    return _quiet(ipaddress.IPv4Address, value)


class Schemas:
    def __init__(self, contract):
        self.resolver = jsonschema.RefResolver("", contract.document)
        self.cache = {}

    def errors(self, schema, instance):
        key = id(schema)
        if key not in self.cache:
            self.cache[key] = jsonschema.Draft202012Validator(schema, resolver=self.resolver, format_checker=FORMATS)
        return self.cache[key].iter_errors(instance)


def caller_of(exchange):
    """NATIONAL, DELEGATION …, from the name that the test gave its client; None when it says nothing."""
    name = exchange["caller"].upper().replace("KEY ", "").partition("-")[0]
    if name == "ANONYMOUS" and "Authorization" in exchange["request_headers"]:
        return None
    return name if name in ("ANONYMOUS", "PARTNER", "STRUCTURE", "DELEGATION", "NATIONAL") else None


def surplus(contract, schema, instance, caller, place=""):
    """Properties that the contract does not know, or that this caller may not see."""
    schema = contract.resolve(schema)
    if isinstance(instance, list):
        for item in instance:
            yield from surplus(contract, schema.get("items", {}), item, caller, place + "/*")
    elif isinstance(instance, dict) and "properties" in schema:
        for name, value in instance.items():
            if name not in schema["properties"]:
                if "additionalProperties" not in schema:
                    yield f"{place}/{name} is not in the contract"
                continue
            definition = contract.resolve(schema["properties"][name])
            readers = schema["properties"][name].get("x-readers") or definition.get("x-readers")
            if readers and caller and caller not in readers:
                yield f"{place}/{name} shown to {caller}"
            yield from surplus(contract, definition, value, caller, f"{place}/{name}")


# --- one exchange -------------------------------------------------------------------------------------------------
def header(exchange, name):
    for key, value in exchange["headers"]:
        if key.lower() == name.lower():
            return value
    return None


def body_of(exchange):
    stored = exchange["body"]
    return base64.b64decode(stored["base64"]) if "base64" in stored else stored["text"].encode("utf-8")


def check_declared(contract, schemas, exchange, operation, media_type, name, findings):
    """Number 6. The body was read already where it is JSON."""
    status = str(exchange["status"])
    answer = operation.definition["responses"].get(status)
    if answer is None:
        if exchange["status"] not in OF_THE_MESSAGE:
            findings.add(6, f"{name}: status {status} is not declared")
        return
    content = answer.get("content", {})
    if not exchange["body"]["size"]:
        return
    if media_type not in content:
        findings.add(6, f"{name} {status}: media type {media_type} is not declared")
        return
    schema = content[media_type].get("schema")
    if schema is None or exchange["body"]["cut"]:
        return
    if media_type == "application/json":
        instances = [json.loads(body_of(exchange))]
    elif media_type == "application/x-ndjson" and contract.is_list(operation):
        schema = contract.item_schema(operation)
        instances = [json.loads(line) for line in body_of(exchange).splitlines()[:200]]
        instances = [instance for instance in instances if "@end" not in instance]
        if "fields=" in exchange["target"]:
            return
    else:
        return
    for instance in instances:
        for text in surplus(contract, schema, instance, caller_of(exchange)):
            findings.add("surplus", f"{name} {status}: {text}")
        for error in schemas.errors(schema, instance):
            place = re.sub(r"\b\d+\b", "*", "/".join(str(part) for part in error.absolute_path))
            if "fields=" in exchange["target"] and error.validator == "required":
                continue  # a projection lacks what was not asked for
            findings.add(6, f"{name} {status}: /{place}: {error.message[:160]}")


def check_problem(contract, schemas, exchange, media_type, name, findings, types):
    """Number 7."""
    if media_type != PROBLEM:
        findings.add(7, f"{name} {exchange['status']}: {media_type} instead of problem+json")
        return
    if exchange["method"] == "HEAD" or exchange["body"]["cut"]:
        return
    try:
        problem = json.loads(body_of(exchange))
    except ValueError:
        findings.add(7, f"{name} {exchange['status']}: body is no JSON")
        return
    for member in ("type", "title", "status", "code", "request_id"):
        if not problem.get(member):
            findings.add(7, f"{name} {exchange['status']}: {member} is missing")
    if problem.get("status") != exchange["status"]:
        findings.add(7, f"{name}: status {problem.get('status')} in the body of a {exchange['status']}")
    replayed = header(exchange, "Idempotency-Replayed") == "true"  # the first answer comes back as it was
    if not replayed and header(exchange, "X-Request-Id") not in (problem.get("request_id"), None):
        findings.add(7, f"{name} {exchange['status']}: request_id differs from the header")
    types[problem.get("type")] += 1
    schema = contract.document["components"]["schemas"]["Problem"]
    for error in schemas.errors(schema, problem):
        findings.add(
            6,
            f"{name} {exchange['status']}: problem: /{'/'.join(map(str, error.absolute_path))}: {error.message[:120]}",
        )


def sent_by_caller(exchange):
    return (
        json.dumps(exchange["request_body"].get("text", ""))
        + exchange["target"]
        + json.dumps(exchange["request_headers"])
    )


def check_silence(exchange, name, constraints, findings):
    """Number 89, answers: what the caller sent himself may come back in a fault's value."""
    if exchange["keys_in_answer"]:
        findings.add(89, f"{name} {exchange['status']}: a key in the answer")
    if exchange["status"] >= 400:
        text = exchange["body"].get("text", "")
        match = SQL.search(text)
        if match and match.group(0) not in sent_by_caller(exchange):
            findings.add(89, f"{name} {exchange['status']}: {match.group(0)!r} in the answer: {text[:200]}")
        for word in set(re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", text)) & constraints:
            if word not in sent_by_caller(exchange):
                findings.add(89, f"{name} {exchange['status']}: constraint {word} in the answer")


# --- logs and metrics ---------------------------------------------------------------------------------------------
def check_logs(folders, constraints, secrets, findings):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.log")) if folder and os.path.isdir(folder) else []:
            postgres = "postgres" in path.name
            setup = path.name.startswith("setup-")
            for line in path.read_text("utf-8", "replace").splitlines():
                if KEY_PATTERN.search(line) or any(secret in line for secret in secrets):
                    findings.add(89, f"{path.name}: a secret: {KEY_PATTERN.sub('<key>', line)[:160]}")
                if postgres or setup or not re.search(r"\binfo\b", line[:80]):
                    continue
                if SQL.search(line):
                    findings.add(89, f"{path.name}: SQL at level info: {line[:200]}")
                for word in set(re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", line)) & constraints:
                    findings.add(89, f"{path.name}: constraint {word} at level info: {line[:160]}")


def check_metrics(text, contract, constraints, secrets, findings):
    if not text:
        return
    try:
        parsed = metrics.parse(text)
    except AssertionError as error:
        findings.add(96, f"metrics: {error}")
        return
    for label, value in parsed.label_values():
        if (
            KEY_PATTERN.search(value)
            or any(secret in value for secret in secrets)
            or SQL.search(value)
            or value in constraints
        ):
            findings.add(89, f"metric label {label}={value[:80]}")
        if label == "route" and value.startswith("/") and value not in contract.paths():
            findings.add(96, f"metric label route={value[:80]} is no template")


# --- the run ------------------------------------------------------------------------------------------------------
def exchanges(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def check_exchanges(arguments, contract, constraints, findings):
    schemas, types, succeeded, count = Schemas(contract), collections.Counter(), set(), 0
    for exchange in exchanges(arguments.record):
        if exchange["caller"] == "admin":
            continue
        count += 1
        target = re.sub(r"^http://[^/]+", "", exchange["target"])
        operation = contract.operation_of(exchange["method"], target) if target.startswith("/v1/") else None
        name = operation.id if operation else f"{exchange['method']} without operation"
        media_type = (header(exchange, "Content-Type") or "").split(";")[0].strip().lower()
        check_silence(exchange, name, constraints, findings)
        if exchange["status"] >= 500:
            allowed = (
                exchange["status"] in (503, 504) and "fault" in exchange["test"] or exchange["status"] in (501, 505)
            )
            if not allowed:
                findings.add(
                    "5xx",
                    f"{name}: {exchange['status']} in {exchange['test']}: {exchange['body'].get('text', '')[:120]}",
                )
        if exchange["status"] >= 400:
            check_problem(contract, schemas, exchange, media_type, name, findings, types)
        if operation is None:
            if exchange["status"] < 300 and target.startswith("/v1/") and exchange["method"] != "OPTIONS":
                findings.add(
                    6, f"{exchange['method']} {target[:60]}: {exchange['status']} from no operation of the contract"
                )
            continue
        if exchange["status"] < 300:
            succeeded.add(operation.id)
        if exchange["method"] != "HEAD" and exchange["status"] not in (304, 308):
            check_declared(contract, schemas, exchange, operation, media_type, name, findings)
    if not arguments.partial:
        for operation in contract.operations:
            if operation.id not in succeeded:
                findings.add("exercised", f"{operation.id} ({operation.method} {operation.path}) never succeeded")
    return count, len(succeeded), types


def check_types(pages, types, findings):
    """Number 8."""
    for address in types:
        if not address or "/v1/problems/" not in address:
            findings.add(8, f"type {address!r} is no problem page")
        elif pages.get(address) != [200, "text/html"]:
            findings.add(8, f"{address}: {pages.get(address)}")


def log_folders(record):
    run = os.environ.get("MAILLAGE_RUN")
    kept = pathlib.Path(record).parent / "system"  # where tests/run leaves the logs of a system that has ended
    return [
        run and os.path.join(run, "log"),
        run and os.path.join(run, "edge"),
        os.environ.get("MAILLAGE_LOGS"),
        str(kept),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", default=os.environ.get("MAILLAGE_RECORD") or str(DEFAULT))
    parser.add_argument("--partial", action="store_true")
    arguments = parser.parse_args()
    if not os.path.exists(arguments.record) or not os.path.exists(snapshot.path_of(arguments.record)):
        sys.exit(f"no recording in {arguments.record}: set MAILLAGE_RECORD while the tests run, or give --record")
    with open(snapshot.path_of(arguments.record), encoding="utf-8") as file:
        context = json.load(file)
    findings, contract = Findings(), Contract(context["contract"])
    # An index may share its name with a property of the contract: that name is public.
    constraints = set(context["constraints"]) - set(re.findall(r"\w+", json.dumps(context["contract"])))
    count, succeeded, types = check_exchanges(arguments, contract, constraints, findings)
    check_types(context["pages"], types, findings)
    check_logs(log_folders(arguments.record), constraints, context["secrets"], findings)
    check_metrics(context["metrics"], contract, constraints, context["secrets"], findings)
    print(
        f"{count} exchanges, {succeeded} of {len(contract.operations)} operations with success, {len(types)} problem types"
    )
    if count == 0:
        findings.add("recording", "the recording is empty")
    good = findings.print()
    print(f"{len(QUESTIONS - set(findings.kinds))} passed, {len(findings.kinds)} failed")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
