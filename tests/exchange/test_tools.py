"""The tools that judge the run must themselves fail when they should."""
import copy
import json
import pathlib
import subprocess
import sys

import pytest
from support import metrics, snapshot

VALIDATE = pathlib.Path(__file__).parent / "validate.py"
PROBLEM_TYPE = "application/problem+json"
PROBLEM = {
    "type": "http://x/v1/problems/not-found",
    "title": "Introuvable",
    "status": 404,
    "code": "not-found",
    "request_id": "abcdefgh",
}
CONTRACT = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {"Problem": {"type": "object", "required": ["type", "title", "status", "code", "request_id"]}}
    },
    "paths": {
        "/v1/things/{id}": {
            "get": {
                "operationId": "getThing",
                "security": [],
                "parameters": [],
                "responses": {
                    "404": {"content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}},
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["id"],
                                    "properties": {
                                        "id": {"type": "string"},
                                        "secret_note": {"type": "string", "x-readers": ["NATIONAL"]},
                                    },
                                }
                            }
                        }
                    },
                },
            }
        }
    },
}
CONTEXT = {
    "contract": CONTRACT,
    "pages": {PROBLEM["type"]: [200, "text/html"]},
    "constraints": ["thing_name_key"],
    "metrics": None,
    "secrets": ["s3cr3ts3cr3ts3cr3t"],
}


def exchange(status=200, body=None, media_type="application/json", **fields):
    text = json.dumps({"id": "1"} if body is None else body)
    line = {
        "caller": "national",
        "method": "GET",
        "target": "/v1/things/1",
        "request_headers": {},
        "request_body": {"text": "", "size": 0, "cut": False},
        "status": status,
        "headers": [["Content-Type", media_type], ["X-Request-Id", "abcdefgh"]],
        "keys_in_answer": 0,
        "body": {"text": text, "size": len(text), "cut": False},
        "test": "",
    }
    line.update(fields)
    return line


GOOD = [exchange(), exchange(404, PROBLEM, PROBLEM_TYPE)]


def judge(tmp_path, lines, context=CONTEXT, log=None):
    record = tmp_path / "exchanges.jsonl"
    record.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    pathlib.Path(snapshot.path_of(str(record))).write_text(json.dumps(context), "utf-8")
    (tmp_path / "system").mkdir()
    if log:
        (tmp_path / "system" / "daemon.log").write_text(log, "utf-8")
    return subprocess.run(
        [sys.executable, "-B", str(VALIDATE), "--record", str(record)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )


def test_a_good_run_passes(tmp_path):
    done = judge(tmp_path, GOOD)
    assert done.returncode == 0, done.stdout


BAD = {
    "wrong type": ("[6]", exchange(body={"id": 1})),
    "lacks a property": ("[6]", exchange(body={})),
    "status not declared": ("[6]", exchange(203)),
    "media type not declared": ("[6]", exchange(media_type="text/plain")),
    "error as json": ("[7]", exchange(404, PROBLEM)),
    "error without code": ("[7]", exchange(404, {**PROBLEM, "code": ""}, PROBLEM_TYPE)),
    "error with another status": ("[7]", exchange(404, {**PROBLEM, "status": 400}, PROBLEM_TYPE)),
    "error of another request": ("[7]", exchange(404, {**PROBLEM, "request_id": "ijklmnop"}, PROBLEM_TYPE)),
    "type without a page": ("[8]", exchange(404, {**PROBLEM, "type": "http://x/v1/problems/other"}, PROBLEM_TYPE)),
    "constraint shown": ("[89]", exchange(404, {**PROBLEM, "detail": "thing_name_key"}, PROBLEM_TYPE)),
    "SQL shown": ("[89]", exchange(404, {**PROBLEM, "detail": "select a from network.b "}, PROBLEM_TYPE)),
    "key shown": ("[89]", exchange(keys_in_answer=1)),
    "server error": ("[5xx]", exchange(500, {**PROBLEM, "status": 500}, PROBLEM_TYPE)),
    "unknown property": ("[surplus]", exchange(body={"id": "1", "extra": 1})),
    "property of others": ("[surplus]", exchange(body={"id": "1", "secret_note": "x"}, caller="partner")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_found(tmp_path, name):
    finding, line = BAD[name]
    done = judge(tmp_path, GOOD + [line])
    assert done.returncode == 1 and finding in done.stdout, done.stdout


def test_an_operation_that_never_succeeded_is_found(tmp_path):
    done = judge(tmp_path, GOOD[1:])
    assert done.returncode == 1 and "getThing" in done.stdout and "[exercised]" in done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "info http: s3cr3ts3cr3ts3cr3t",
        "info db: select a from network.b where c",
        "info db: thing_name_key",
        "warning http: fed_demo_abcdefgh_" + "A" * 38,
    ],
)
def test_logs_are_searched(tmp_path, line):
    done = judge(tmp_path, GOOD, log="2026-01-01T00:00:00.000000Z " + line + "\n")
    assert done.returncode == 1 and "[89]" in done.stdout, done.stdout


def test_metric_labels_are_searched(tmp_path):
    context = copy.deepcopy(CONTEXT)
    context["metrics"] = '# HELP a A.\n# TYPE a counter\na{route="/v1/things/1"} 1\n'
    done = judge(tmp_path, GOOD, context)
    assert done.returncode == 1 and "[96]" in done.stdout, done.stdout


HISTOGRAM = '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n'


def test_metrics_that_are_right():
    parsed = metrics.parse('# HELP a A.\n# TYPE a counter\na{x="1",y="q\\"\\\\\\n"} 1\na 2.5e3\n' + HISTOGRAM)
    assert parsed.value("a", x="1") == 1 and parsed.value("h_count") == 2


@pytest.mark.parametrize(
    "text",
    [
        "a 1\n",
        "# HELP a A.\n# TYPE a counter\na 1",
        "# TYPE a counter\na 1\n",
        "# HELP a A.\n# TYPE a counter\na 1\na 1\n",
        "# HELP a A.\n# TYPE a counter\na -1\n",
        "# HELP a A.\n# TYPE a number\na 1\n",
        "# HELP a A.\n# TYPE a counter\na one\n",
        "# HELP a A.\n# TYPE a counter\na{x=1} 1\n",
        '# HELP a A.\n# TYPE a counter\na{x="1",x="2"} 1\n',
        '# HELP a A.\n# TYPE a counter\na{x="1} 1\n',
        "# HELP a A.\n# TYPE a counter\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\na 2\n",
        "# HELP a A.\n# TYPE a counter\na  1\n",
        HISTOGRAM.replace("h_count 2", "h_count 3"),
        HISTOGRAM.replace('h_bucket{le="+Inf"} 2\n', ""),
        HISTOGRAM.replace("h_sum 3\n", ""),
        HISTOGRAM.replace('{le="1"} 1', '{le="1"} 5'),
    ],
)
def test_metrics_that_are_wrong(text):
    with pytest.raises(metrics.FormatError):
        metrics.parse(text)
