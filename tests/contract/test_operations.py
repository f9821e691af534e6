"""Health, metrics, request ids, idle connections: numbers 96, 97 and 100 (90 to 95: tests/fault)."""
import json
import os
import pathlib
import re
import resource
import socket
import time
import uuid

import pytest
from support import metrics
from support.problems import assert_problem
from support.raw import message, probe
from support.system import Daemon, resident_kib, thread_count


@pytest.fixture(scope="module")
def daemon():
    with Daemon({"allowed_origins": "https://console.example"}) as one:
        yield one.start()


def scrape(daemon):
    answer = daemon.admin().get("/metrics", record=False)
    assert answer.status == 200
    assert answer.header("Content-Type").startswith("text/plain; version=0.0.4")
    return metrics.parse(answer.text)


# --- health -------------------------------------------------------------------------------------------------------
def test_admin_pages(admin):
    for path in ("/livez", "/readyz", "/metrics"):
        answer = admin.get(path, record=False)
        assert answer.status == 200 and "no-store" in (answer.header("Cache-Control") or "no-store")
    assert admin.get("/nothing", record=False).status == 404


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/v1/livez", "/v1/readyz", "/v1/metrics"])
def test_admin_pages_are_not_public(anonymous, path):
    answer = anonymous.get(path, record=False)
    assert answer.status == 404 or answer.media_type == "text/html", answer
    assert "maillage_http" not in answer.body.decode("utf-8", "replace")


def test_status(anonymous):
    answer = anonymous.get("/v1/status")
    assert answer.status == 200 and answer.json["state"] == "UP" and answer.json["revision"]
    assert answer.json["revision"] == answer.header("Api-Revision")


def test_every_answer_has_its_headers(anonymous, national):
    for answer in (
        anonymous.get("/v1/regions"),
        anonymous.get("/v1/nothing"),
        national.get("/v1/members?limit=1"),
        anonymous.get("/v1/members"),
        anonymous.get("/v1/problems/not-found"),
        anonymous.request("OPTIONS", "/v1/regions"),
    ):
        assert answer.header("X-Content-Type-Options") == "nosniff", answer
        assert answer.header("X-Request-Id") and answer.header("Api-Revision"), answer
        assert answer.header("Cache-Control") or answer.method == "OPTIONS", answer
        server = answer.header("Server") or ""
        assert not re.search(r"\d", server), server
    assert "no-store" in national.get("/v1/token").header("Cache-Control")
    assert "Authorization" in national.get("/v1/members?limit=1").header("Vary")


def test_answers_of_the_edge_have_them_too(edge, anonymous):
    revision = anonymous.get("/v1/status").header("Api-Revision")
    for sent in (
        message("GET", "/v1/communes?q=" + "a" * 9000),
        message("GET", "/v1/status", [("X-Large", "a" * 40_000)]),
        message("GET", "/v1/%zz"),
        message("POST", "/v1/identifier-checks", [("Content-Type", "application/json")], b" " * 100_000),
        message("TRACE", "/v1/status"),
    ):
        answer = probe(edge, sent)
        assert answer.status >= 400 and answer.header("Api-Revision") == revision, answer
        assert (
            answer.header("X-Content-Type-Options") == "nosniff" and answer.header("Cache-Control") == "no-store"
        ), answer
        problem = json.loads(answer.body)
        assert (
            answer.header("X-Request-Id") == problem["request_id"] and problem["detail"] and problem["instance"]
        ), answer


# --- 96 -----------------------------------------------------------------------------------------------------------
def test_w96_metrics_count_what_was_sent(daemon, keys, contract):
    client = daemon.client(keys["NATIONAL"], "national")
    before = scrape(daemon)
    sent = [
        ("GET", "/v1/regions", 7),
        ("GET", "/v1/members?limit=1", 5),
        ("GET", f"/v1/members/{uuid.uuid4()}", 4),
        ("HEAD", "/v1/regions", 2),
        ("GET", "/v1/regions?nonsense=1", 3),
        ("DELETE", "/v1/regions", 2),
        ("GET", f"/v1/secret-path-{uuid.uuid4()}", 6),
    ]
    for method, target, count in sent:
        for _ in range(count):
            client.request(method, target)
    after = scrape(daemon)
    name = "maillage_http_request_duration_seconds_count"
    assert after.value(name) - before.value(name) == sum(count for _, _, count in sent)
    assert after.value("maillage_http_requests_total") - before.value("maillage_http_requests_total") == sum(
        count for _, _, count in sent
    )

    def grown(**labels):
        return after.value("maillage_http_requests_total", **labels) - before.value(
            "maillage_http_requests_total", **labels
        )

    assert grown(route="/v1/members/{id}", status="404") == 4
    assert grown(route="/v1/members", status="200") == 5
    assert grown(route="/v1/regions", status="400") == 3
    for (series, labels), number in after.samples.items():
        if series.startswith("maillage_http_request_duration_seconds_bucket"):
            pairs = dict(labels)
            assert pairs["route"] in contract.paths() or not pairs["route"].startswith("/"), pairs
    routes = {value for label, value in after.label_values() if label == "route"}
    assert all(route in contract.paths() or not route.startswith("/") for route in routes), routes
    assert not any("secret-path" in value for _, value in after.label_values())


def test_w96_metrics_of_the_common_daemon_parse(admin):
    parsed = metrics.parse(admin.get("/metrics", record=False).text)
    for wanted in (
        "maillage_http_requests_total",
        "maillage_http_request_duration_seconds_bucket",
        "maillage_pool_size",
        "maillage_pool_busy",
    ):
        assert parsed.series(wanted), f"{wanted} is missing"
    names = " ".join(parsed.type)
    for part in ("resident", "open_fds", "in_flight", "idempotency", "auth", "wait"):
        assert part in names, f"nothing about {part}: {names}"


def test_w96_openmetrics_when_asked(admin):
    answer = admin.get("/metrics", headers={"Accept": "application/openmetrics-text"}, record=False)
    assert answer.header("Content-Type").startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")


# --- 97 -----------------------------------------------------------------------------------------------------------
def log_lines(daemon, needle):
    end = time.monotonic() + 3
    while time.monotonic() < end:
        lines = [line for line in daemon.log().splitlines() if needle in line]
        if lines:
            return lines
        time.sleep(0.05)
    return []


def test_w97_request_id_is_kept(daemon):
    client = daemon.client()
    for given in ("abcd1234", "A.b_c-9" * 3, "x" * 64, str(uuid.uuid4())):
        given = given[:64]
        answer = client.get("/v1/nothing", headers={"X-Request-Id": given})
        assert answer.header("X-Request-Id") == given and answer.json["request_id"] == given
        assert log_lines(daemon, given), "the request id reaches the log"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space 1", "semi;colon", "", 'quote"quote', "é" * 8, "a/b/c/d/e", "{}[]{}[]"]
)
def test_w97_illegal_request_id_is_replaced(daemon, anonymous, given):
    for client in (daemon.client(), anonymous):
        answer = client.get("/v1/nothing", headers={"X-Request-Id": given.encode("utf-8").decode("latin-1")})
        made = answer.header("X-Request-Id")
        assert made != given and answer.json["request_id"] == made
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", made), made


def test_w97_made_ids_are_version_7_and_grow(daemon):
    client = daemon.client()
    first = client.get("/v1/status").header("X-Request-Id")
    time.sleep(0.005)
    second = client.get("/v1/status").header("X-Request-Id")
    assert uuid.UUID(first).version == uuid.UUID(second).version == 7 and first < second


def test_w97_request_id_through_the_edge(anonymous):
    answer = anonymous.get("/v1/nothing", headers={"X-Request-Id": "from-the-edge-1234"})
    assert answer.header("X-Request-Id") == "from-the-edge-1234" == answer.json["request_id"]


def test_w97_traceparent_reaches_the_log(daemon):
    trace = uuid.uuid4().hex
    answer = daemon.client().get("/v1/status", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.status == 200
    assert any(answer.header("X-Request-Id") in line for line in log_lines(daemon, trace))


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "00-0-0-0",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "ff-" + "1" * 32 + "-00f067aa0ba902b7-01",
        "00-" + "G" * 32 + "-00f067aa0ba902b7-01",
        "00-" + "1" * 32 + "-" + "0" * 16 + "-01",
        "",
    ],
)
def test_w97_invalid_traceparent_is_ignored(daemon, value):
    answer = daemon.client().get("/v1/status", headers={"traceparent": value})
    assert answer.status == 200
    for line in log_lines(daemon, answer.header("X-Request-Id")):
        assert value == "" or len(value) < 5 or value not in line


def test_w97_log_lines_cannot_be_forged(daemon):
    marker = uuid.uuid4().hex
    daemon.client().get(f"/v1/nothing-%0A{marker}%0D%0Aforged", headers={"User-Agent": "x"})
    daemon.client().get("/v1/regions", query={"nonsense": f"a\r\n{marker} forged"})
    for line in daemon.log().splitlines():
        assert not line.startswith(marker) and not line.startswith("forged")


# --- 100 ----------------------------------------------------------------------------------------------------------
IDLE = 1000


def common_daemon_pid():
    return int((pathlib.Path(os.environ["MAILLAGE_RUN"]) / "daemon" / "daemon.pid").read_text())


def open_idle(address, count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
    plugs = []
    for _ in range(count):
        # Each speaks at once: one that is silent from the start is closed after the edge's 5 s.
        plug = socket.create_connection(address, timeout=10)
        plugs.append(plug)
        plug.sendall(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"\r\n\r\n" not in received:
            block = plug.recv(65536)
            assert block, "an idle connection was refused"
            received += block
    return plugs


def test_w100_idle_keep_alive_connections(edge, anonymous):
    """The edge holds them; the daemon sees only the few that speak."""
    process = common_daemon_pid()
    before = resident_kib(process)
    plugs = open_idle(edge, IDLE)
    try:
        times = []
        for _ in range(30):
            start = time.perf_counter()
            assert anonymous.get("/v1/regions", record=False).status == 200
            times.append(time.perf_counter() - start)
        assert sorted(times)[len(times) // 2] < 0.05, f"{times}"
        assert resident_kib(process) - before < 32 * 1024 and thread_count(process) < 128
    finally:
        for plug in plugs:
            plug.close()


def test_daemon_refuses_above_its_own_limit_and_recovers():
    """Straight at the daemon, without the edge: bounded connections, no crash, service afterwards."""
    with Daemon({"connections_max": 16}) as small:
        small.start()
        plugs = []
        for _ in range(64):
            plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            plug.settimeout(5)
            try:
                plug.connect(small.address())
                plugs.append(plug)
            except OSError:
                plug.close()
        assert thread_count(small.pid) < 16 + 16
        for plug in plugs:
            plug.close()
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                if small.client().get("/v1/status", record=False).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail("no service after the flood")


def test_problem_of_an_illegal_request_is_counted_without_a_path(daemon):
    marker = "leak" + uuid.uuid4().hex
    assert_problem(daemon.client().get(f"/v1/{marker}"), 404)
    assert marker not in daemon.admin().get("/metrics", record=False).text
    assert json.loads(daemon.client().get("/v1/status").body)["state"] == "UP"
