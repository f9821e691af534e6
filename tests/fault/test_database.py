"""The database away, slow, full or restarted: numbers 90 to 93 and rows 1 to 12, 15 of the fault matrix."""
import concurrent.futures
import json
import os
import signal
import threading
import time
import uuid
from datetime import datetime, timezone

import psycopg
import pytest
from support import data
from support.problems import assert_problem
from support.raw import message, probe
from support.system import wait_until

POOL_WAIT = 500  # ms, of the daemons of this file
AWAY = {"database-unavailable", "pool-exhausted"}
STILL_ANSWERED = [
    # what is refused before any connection is needed
    ("GET", "/v1/communes?limit=0", {}, None, 400),
    ("GET", "/v1/nothing", {}, None, 404),
    ("DELETE", "/v1/members", {}, None, 405),
    ("GET", "/v1/regions", {"Accept": "image/png"}, None, 406),
    ("POST", "/v1/identifier-checks", {"Content-Type": "text/plain"}, b"x", 415),
    ("POST", "/v1/identifier-checks", {"Content-Type": "application/json"}, b"{", 400),
    ("POST", "/v1/identifier-checks", {"Content-Type": "application/json"}, b" " * 70000, 413),
    ("POST", "/v1/identifier-checks", {"Content-Type": "application/json"}, b'{"kind":1}', 422),
]


def timed(call):
    start = time.monotonic()
    result = call()
    return result, time.monotonic() - start


def assert_refusals_are_immediate(client, allowance=0.05):
    """The best of three: the machine may be busy, a wait for a connection would show in all."""
    for method, target, headers, body, status in STILL_ANSWERED:
        tries = [timed(lambda: client.request(method, target, headers=headers, body=body)) for _ in range(3)]
        assert {answer.status for answer, _ in tries} == {status}, (target, tries[0][0])
        assert min(seconds for _, seconds in tries) < allowance, (target, [seconds for _, seconds in tries])


def assert_unavailable(client, target="/v1/regions"):
    answer = client.get(target)
    assert_problem(answer, 503, AWAY)
    assert int(answer.header("Retry-After")) >= 1 and answer.json["retry_after"] == int(answer.header("Retry-After"))
    return answer


# --- 90, 91 -------------------------------------------------------------------------------------------------------
def test_w90_database_stopped(start, cluster, keys):
    daemon = start(pool_wait_ms=POOL_WAIT)
    client = daemon.client(keys["NATIONAL"], "national")
    worked = datetime.now(timezone.utc)
    assert client.get("/v1/members?limit=1").status == 200
    cluster.stop()
    wait_until(lambda: daemon.probe("/readyz") == 503, 3, "not ready")
    for target in ("/v1/regions", "/v1/members?limit=1", f"/v1/members/{uuid.uuid4()}"):
        answer, seconds = timed(lambda: client.get(target))
        assert_problem(answer, 503, AWAY)
        assert seconds < POOL_WAIT / 1000 + 0.5, seconds
        assert int(answer.header("Retry-After")) >= 1
    assert_problem(client.post("/v1/members", data.member()), 503, AWAY)
    assert daemon.probe("/livez") == 200
    answer, seconds = timed(lambda: daemon.probe("/readyz"))
    assert answer == 503 and seconds < 1.5
    assert daemon.probe("/metrics") == 200
    assert_refusals_are_immediate(client)
    status = client.get("/v1/status")
    assert status.status == 200 and status.json["state"] != "UP", status
    assert datetime.fromisoformat(status.json["last_ok"]) >= worked, "when the database last answered, asked or not"


def test_w91_service_resumes_without_restart(start, cluster):
    daemon = start(pool_wait_ms=POOL_WAIT)
    client = daemon.client()
    pid = daemon.pid
    cluster.stop()
    assert_unavailable(client)
    time.sleep(4)
    assert_unavailable(client)
    cluster.start()
    came_back = time.monotonic()
    wait_until(lambda: client.get("/v1/regions").status == 200, 32, "service after the database's return")
    seconds = time.monotonic() - came_back
    wait_until(lambda: daemon.probe("/readyz") == 200, 5, "ready again")
    assert daemon.pid == pid and daemon.process.poll() is None
    assert seconds < 4, f"recovered after {seconds:.1f} s; 2 s are promised after a short absence"


def test_row_05_database_down_at_start(start, cluster):
    cluster.stop()
    daemon = start(ready=False, pool_wait_ms=POOL_WAIT)
    wait_until(lambda: daemon.probe("/livez") == 200, 5, "alive without a database")
    assert daemon.probe("/readyz") == 503
    client = daemon.client()
    assert_unavailable(client)
    assert client.get("/v1/openapi.json").status == 200
    cluster.start()
    wait_until(lambda: client.get("/v1/regions").status == 200, 8, "service after the start of the database")
    assert daemon.process.poll() is None


# --- rows 1 to 4: restarts under traffic, with a ledger of acknowledged writes ------------------------------------------
class Ledger:
    """Writers and readers; every acknowledged write must be there exactly once afterwards."""

    def __init__(self, daemon, keys, writers=3):
        self.daemon, self.keys, self.writers = daemon, keys, writers
        self.stop, self.created, self.wrong, self.statuses = threading.Event(), [], [], {}
        self.lock = threading.Lock()

    def _write(self):
        client = self.daemon.client(self.keys["NATIONAL"], "national", timeout=15)
        while not self.stop.is_set():
            body, key = data.member(), str(uuid.uuid4())
            for _ in range(200):  # a client that retries with its key until it knows
                try:
                    answer = client.post("/v1/members", body, key=key, record=False)
                except Exception as error:  # the connection broke: whether it was stored is not known, so ask again
                    client.close()
                    with self.lock:
                        self.statuses["broken"] = self.statuses.get("broken", 0) + 1
                    assert not isinstance(error, AssertionError)
                    time.sleep(0.05)
                    continue
                with self.lock:
                    self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                if answer.status == 201:
                    with self.lock:
                        self.created.append((body["siret"], answer.json["id"]))
                    break
                if answer.status not in (503, 504) and not (
                    answer.status == 409 and answer.code == "idempotency-in-progress"
                ):
                    with self.lock:
                        self.wrong.append(repr(answer)[:400])
                    break
                time.sleep(0.05)

    def __enter__(self):
        self.threads = [threading.Thread(target=self._write) for _ in range(self.writers)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(30)

    def check(self, cluster):
        assert self.wrong == [], self.wrong[:3]
        assert self.created, self.statuses
        with cluster.owner() as connection:
            rows = connection.execute(
                "select siret, id::text from network.member where siret = any(%s)",
                ([siret for siret, _ in self.created],),
            ).fetchall()
        assert sorted(rows) == sorted(
            self.created
        ), f"{len(self.created)} acknowledged, {len(rows)} stored; {self.statuses}"


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_row_01_02_restart_under_traffic(start, cluster, keys, mode):
    daemon = start(pool_wait_ms=POOL_WAIT)
    with Ledger(daemon, keys) as ledger:
        time.sleep(1)
        cluster.stop(mode)
        cluster.start()
        back = time.monotonic()
        wait_until(
            lambda: daemon.client().get("/v1/regions", record=False).status == 200, 10, "service after the restart"
        )
        recovered = time.monotonic() - back
        time.sleep(1)
    ledger.check(cluster)
    assert recovered < 3, f"recovered after {recovered:.1f} s"


def test_row_03_one_backend_killed(start, cluster, keys):
    """kill -9 of one backend: PostgreSQL ends all sessions and recovers."""
    daemon = start(pool_wait_ms=POOL_WAIT)
    with Ledger(daemon, keys) as ledger:
        time.sleep(0.7)
        for backend in cluster.backends()[:1]:
            os.kill(backend, signal.SIGKILL)
        time.sleep(1.5)
        wait_until(
            lambda: daemon.client().get("/v1/regions", record=False).status == 200,
            10,
            "service after the crash recovery",
        )
        time.sleep(0.5)
    ledger.check(cluster)


def test_row_04_sessions_terminated(start, cluster, keys):
    """An idle connection that died is replaced without the caller noticing."""
    daemon = start()
    client = daemon.client(keys["NATIONAL"], "national")
    for _ in range(8):
        assert client.get("/v1/members?limit=1").status == 200
    with cluster.administrator() as connection:
        assert (
            connection.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'maillage_app'"
            ).fetchone()[0]
            > 0
        )
    time.sleep(0.1)
    statuses = [client.get("/v1/members?limit=1").status for _ in range(20)]
    assert statuses.count(200) >= 19 and set(statuses) <= {200, 503}, statuses


def test_row_07_silent_database(start, cluster, keys):
    """Backends that neither answer nor close: every request ends within its budget, and not as a 500."""
    daemon = start(pool_wait_ms=POOL_WAIT, statement_timeout_ms=1000)
    client = daemon.client(keys["NATIONAL"], "national")
    assert client.get("/v1/members?limit=1").status == 200
    frozen = cluster.backends()
    try:
        for backend in frozen:
            os.kill(backend, signal.SIGSTOP)
        answer, seconds = timed(lambda: client.get("/v1/members?limit=1"))
        assert answer.status in (200, 503, 504), answer
        assert seconds < 6, seconds
        assert daemon.probe("/livez") == 200
    finally:
        for backend in frozen:
            try:
                os.kill(backend, signal.SIGCONT)
            except ProcessLookupError:
                pass
    wait_until(lambda: client.get("/v1/members?limit=1").status == 200, 10, "service after the silence")


# --- 92 -----------------------------------------------------------------------------------------------------------
def test_w92_pool_exhausted(start, hold, keys):
    daemon = start(pool_size=2, export_pool_size=1, pool_wait_ms=POOL_WAIT, statement_timeout_ms=5000)
    client = daemon.client(keys["NATIONAL"], "national")
    assert client.get("/v1/members?limit=1").status == 200
    with hold("network.member_card") as lock, concurrent.futures.ThreadPoolExecutor(12) as pool:
        first = [pool.submit(lambda: timed(lambda: client.get("/v1/members?limit=1"))) for _ in range(2)]
        wait_until(lambda: len(lock.waiting()) == 2, 2, "two requests that hold the pool")
        others = [pool.submit(lambda: timed(lambda: client.get("/v1/regions"))) for _ in range(6)]
        assert_refusals_are_immediate(daemon.client(keys["NATIONAL"], "national"))
        times = [timed(lambda: daemon.probe(path)) for path in ("/livez", "/metrics") for _ in range(5)]
        assert all(status == 200 for status, _ in times)
        assert sorted(seconds for _, seconds in times)[len(times) // 2] < 0.05, times
        for future in others:
            answer, seconds = future.result()
            assert_problem(answer, 503, "pool-exhausted")
            assert seconds < POOL_WAIT / 1000 + 0.5 and int(answer.header("Retry-After")) >= 1
        lock.release()
        for future in first:
            answer, _ = future.result()
            assert answer.status in (200, 503), answer
    assert client.get("/v1/members?limit=1").status == 200


def test_w92_exports_do_not_take_the_requests_connections(start, hold, keys):
    """An export that is stuck leaves reading alone: pools of their own."""
    daemon = start(pool_size=2, export_pool_size=1, pool_wait_ms=POOL_WAIT)
    client = daemon.client(keys["NATIONAL"], "national")
    with hold("reference.commune") as lock, concurrent.futures.ThreadPoolExecutor(4) as pool:
        stuck = [pool.submit(lambda: client.get("/v1/communes", accept="text/csv")) for _ in range(3)]
        wait_until(lambda: lock.waiting(), 2, "an export that waits")
        for _ in range(5):
            assert client.get("/v1/token").status == 200
        lock.release()
        assert {future.result().status for future in stuck} <= {200, 503}


# --- 93 -----------------------------------------------------------------------------------------------------------
def test_w93_statement_over_its_timeout(start, hold, keys):
    daemon = start(pool_size=1, statement_timeout_ms=500, pool_wait_ms=2000)
    client = daemon.client(keys["NATIONAL"], "national")
    assert client.get("/v1/members?limit=1").status == 200
    for _ in range(3):
        with hold("network.member_card"):
            answer, seconds = timed(lambda: client.get("/v1/members?limit=1"))
        assert_problem(answer, (503, 504), ("statement-timeout", "lock-timeout", "database-unavailable"))
        assert seconds < 2, seconds
        assert answer.status == 504 or int(answer.header("Retry-After")) >= 1
        after = client.get("/v1/members?limit=1")
        assert after.status == 200, "the connection went back clean"


def test_a_count_that_takes_too_long_becomes_an_estimate(start, cluster, keys):
    """wire.md 3.3: the page is not lost for its count. A policy makes each row of the communes cost 0.1 ms."""
    with cluster.owner() as connection:
        connection.execute("alter table reference.commune enable row level security")
        connection.execute("create policy slow on reference.commune using (pg_sleep(0.0001)::text is not null)")
    try:
        client = start(statement_timeout_ms=700).client(keys["NATIONAL"], "national")
        answer = client.get("/v1/communes?limit=1", headers={"Prefer": "count=exact"})
    finally:
        with cluster.owner() as connection:
            connection.execute("drop policy slow on reference.commune")
            connection.execute("alter table reference.commune disable row level security")
    assert answer.status == 200 and len(answer.json["data"]) == 1, answer
    assert answer.json["page"]["total_is_estimate"] is True and answer.json["page"]["total"] > 1000
    assert answer.header("Total-Count") is None and answer.header("Preference-Applied") is None


def test_w93_write_over_its_timeout_leaves_nothing(start, cluster, hold, keys):
    daemon = start(pool_size=1, statement_timeout_ms=500)
    client, body, key = daemon.client(keys["NATIONAL"], "national"), data.member(), str(uuid.uuid4())
    with hold("engine.idempotency"):
        assert_problem(client.post("/v1/members", body, key=key), (503, 504))
    with cluster.owner() as connection:
        assert (
            connection.execute("select count(*) from network.member where siret = %s", (body["siret"],)).fetchone()[0]
            == 0
        )
    answer = client.post("/v1/members", body, key=key)
    assert answer.status == 201 and answer.header("Idempotency-Replayed") is None, "5xx before the commit is not stored"


# --- rows 11, 13 to 15, 89 ----------------------------------------------------------------------------------------------
def test_row_11_rejected_requests_take_no_connection(start, hold, keys):
    """The pool's only connection is busy: what can be refused without it is refused at once."""
    daemon = start(pool_size=1, pool_wait_ms=3000, statement_timeout_ms=4000)
    client = daemon.client(keys["NATIONAL"], "national")
    assert client.get("/v1/members?limit=1").status == 200
    with hold("network.member_card") as lock, concurrent.futures.ThreadPoolExecutor(1) as pool:
        busy = pool.submit(lambda: client.get("/v1/members?limit=1"))
        wait_until(lock.waiting, 2, "the busy connection")
        other = daemon.client(keys["NATIONAL"], "national")
        assert_refusals_are_immediate(other)
        for headers in ({"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
            answer, seconds = timed(lambda: other.get("/v1/members", headers=headers))
            assert answer.status == 401 and seconds < 0.1, (answer, seconds)
        answer, seconds = timed(lambda: daemon.client().get("/v1/members"))
        assert answer.status == 401 and seconds < 0.1, (answer, seconds)
        answer, seconds = timed(lambda: other.post("/v1/members", data.member(), key=None))
        assert answer.status == 400 and seconds < 0.1, (answer, seconds)
        answer, seconds = timed(lambda: other.patch(f"/v1/members/{uuid.uuid4()}", {"brand": "xyz"}))
        assert answer.status == 428 and seconds < 0.1, (answer, seconds)
        lock.release()
        busy.result()


def test_row_13_deadlock(start, cluster, hold, keys):
    """The write holds its new row and waits for us, we wait for its table: the server ends one of the two. Retried, refused
    for now, or done: never a 500, never half."""
    daemon = start(statement_timeout_ms=8000)
    client, body, key = daemon.client(keys["NATIONAL"], "national"), data.member(), str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor(1) as pool, hold("engine.idempotency", "share row exclusive") as lock:
        writing = pool.submit(lambda: client.post("/v1/members", body, key=key))
        wait_until(lock.waiting, 2, "the write at its last statement")
        try:
            lock.connection.execute("lock table network.member in access exclusive mode")
        except psycopg.errors.DeadlockDetected:
            pass
        lock.release()
        answer = writing.result(timeout=15)
    assert answer.status in (201, 409, 503), answer
    again = client.post("/v1/members", body, key=key)
    assert again.status == 201, again
    with cluster.owner() as connection:
        assert (
            connection.execute("select count(*) from network.member where siret = %s", (body["siret"],)).fetchone()[0]
            == 1
        )


def test_row_15_read_only_database(start, cluster, keys):
    with cluster.administrator() as connection:
        connection.execute("alter role maillage_app set default_transaction_read_only = on")
    try:
        daemon = start(ready=False)
        client = daemon.client(keys["NATIONAL"], "national")
        wait_until(lambda: daemon.probe("/livez") == 200, 5, "alive")
        assert client.get("/v1/members?limit=1").status == 200
        answer = client.post("/v1/members", data.member())
        assert_problem(answer, 503)
        assert int(answer.header("Retry-After")) >= 1
    finally:
        with cluster.administrator() as connection:
            connection.execute("alter role maillage_app reset default_transaction_read_only")


def test_row_14_connections_used_up(start, cluster, keys):
    """max_connections taken by others: 503, and service again when they leave."""
    daemon = start(pool_wait_ms=POOL_WAIT)
    with cluster.administrator() as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'maillage_app'")
    taken = []
    try:
        while len(taken) < 200:
            taken.append(psycopg.connect(cluster.uri(os.environ["MAILLAGE_DATABASE"])))
    except psycopg.OperationalError:
        pass
    try:
        answer = daemon.client().get("/v1/regions")
        assert answer.status in (200, 503), answer
    finally:
        for connection in taken:
            connection.close()
    wait_until(lambda: daemon.client().get("/v1/regions").status == 200, 10, "service when there is room again")


def test_w89_failures_show_nothing_of_the_database(start, cluster, hold, keys):
    daemon = start(pool_size=1, statement_timeout_ms=300, pool_wait_ms=200)
    client = daemon.client(keys["NATIONAL"], "national")
    answers = []
    with hold("network.member_card"):
        answers.append(client.get("/v1/members?limit=1"))
        answers.append(client.patch(f"/v1/members/{uuid.uuid4()}", {"brand": "xyz"}, etag='"1"'))
    cluster.stop()
    answers.append(client.get("/v1/members?limit=1"))
    for answer in answers:
        assert answer.status in (503, 504), answer
        for word in (
            "timeout",
            "SQLSTATE",
            "57014",
            "08006",
            "network.",
            "maillage_app",
            "sock",
            "PG",
            "statement due",
        ):
            assert word not in json.dumps(
                {key: value for key, value in answer.json.items() if key not in ("type", "code")}
            ), answer


def test_raw_request_while_the_database_is_away(start, cluster):
    daemon = start(pool_wait_ms=POOL_WAIT)
    cluster.stop()
    answer = probe(daemon.address(), message("GET", "/v1/regions"))
    assert (
        answer.status == 503
        and answer.complete
        and answer.header("Content-Type").startswith("application/problem+json")
    )
