"""Killing, stopping and replacing the daemon: numbers 57, 94, 95 and rows 24 to 30 of the fault matrix."""
import concurrent.futures
import os
import signal
import socket
import subprocess
import threading
import time
import uuid

import pytest
from support import data
from support.raw import connect, message, probe
from support.system import wait_until


def listening_socket(folder):
    plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    plug.bind(str(folder / "inherited.sock"))
    plug.listen(1024)
    return plug


def count(cluster, siret):
    with cluster.owner() as connection:
        return connection.execute("select count(*) from network.member where siret = %s", (siret,)).fetchone()[0]


def in_background(call):
    """The call's result or its exception, later."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    future = pool.submit(call)
    pool.shutdown(wait=False)
    return future


# --- 57 -----------------------------------------------------------------------------------------------------------
def test_w57_killed_between_commit_and_answer(start, cluster, hold, keys):
    """The last statement of the transaction waits for a lock; the daemon is stopped there, the lock released, the commit
    happens, and only then the daemon is killed: nobody was told. The retry is a replay and there is one row."""
    daemon = start(statement_timeout_ms=8000)
    body, key = data.member(), str(uuid.uuid4())
    with hold("engine.idempotency", "share row exclusive") as lock:
        first = in_background(
            lambda: daemon.client(keys["NATIONAL"], "national", timeout=10).post("/v1/members", body, key=key)
        )
        wait_until(lock.waiting, 2, "the write at its last statement")
        os.kill(daemon.pid, signal.SIGSTOP)
        lock.release()
        wait_until(lambda: count(cluster, body["siret"]) == 1, 5, "the commit")
        os.kill(daemon.pid, signal.SIGKILL)
    daemon.process.wait(5)
    with pytest.raises((OSError, Exception)):
        first.result(timeout=10)
    again = start()
    client = again.client(keys["NATIONAL"], "national")
    answer = client.post("/v1/members", body, key=key)
    assert answer.status == 201 and answer.header("Idempotency-Replayed") == "true", answer
    assert count(cluster, body["siret"]) == 1
    assert client.get(answer.header("Location")).json["siret"] == body["siret"]


def test_w57_killed_before_commit(start, cluster, hold, keys):
    daemon = start(statement_timeout_ms=8000)
    body, key = data.member(), str(uuid.uuid4())
    with hold("engine.idempotency", "share row exclusive") as lock:
        first = in_background(
            lambda: daemon.client(keys["NATIONAL"], "national", timeout=10).post("/v1/members", body, key=key)
        )
        waiting = wait_until(lock.waiting, 2, "the write at its last statement")
        os.kill(daemon.pid, signal.SIGKILL)
        with cluster.administrator() as connection:  # its sessions end with it, before they could commit
            for backend in waiting:
                connection.execute("select pg_terminate_backend(%s)", (backend,))
        wait_until(lambda: not lock.waiting(), 5, "the end of its session")
    daemon.process.wait(5)
    with pytest.raises((OSError, Exception)):
        first.result(timeout=10)
    assert count(cluster, body["siret"]) == 0
    answer = start().client(keys["NATIONAL"], "national").post("/v1/members", body, key=key)
    assert answer.status == 201 and answer.header("Idempotency-Replayed") is None, answer
    assert count(cluster, body["siret"]) == 1


def test_row_24_killed_while_writing(start, cluster, keys, tmp_path):
    """kill -9 three times under writers that retry with their keys: one row per key, and one id per key."""
    listener = listening_socket(tmp_path)
    address = {"listen": f"unix:{tmp_path}/inherited.sock"}
    daemon = start(listen_socket=listener, **address)
    stop, acknowledged, wrong, unanswered = threading.Event(), {}, [], [0]

    def write():
        client = daemon.client(keys["NATIONAL"], "national", timeout=10)
        while not stop.is_set():
            body, key = data.member(), str(uuid.uuid4())
            for attempt in range(100):
                try:
                    answer = client.post("/v1/members", body, key=key, record=False)
                except Exception:  # a broken connection: nothing is known, ask again
                    client.close()
                    unanswered[0] += 1
                    time.sleep(0.05)
                    continue
                if answer.status == 201:
                    acknowledged[body["siret"]] = answer.json["id"]
                    if attempt == 0 and len(acknowledged) % 5 == 0:  # and the same key once more: the same id
                        twin = client.post("/v1/members", body, key=key, record=False)
                        if twin.status == 201 and twin.json["id"] != answer.json["id"]:
                            wrong.append("another id for one key")
                    break
                if answer.status not in (409, 503):
                    wrong.append(repr(answer)[:300])
                    break
                time.sleep(0.05)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.6)
        os.kill(daemon.pid, signal.SIGKILL)
        daemon.process.wait(5)
        daemon = start(listen_socket=listener, **address)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join(20)
    listener.close()
    assert wrong == [], wrong[:3]
    assert len(acknowledged) > 20
    with cluster.owner() as connection:
        rows = dict(
            connection.execute(
                "select siret, id::text from network.member where siret = any(%s)", (list(acknowledged),)
            ).fetchall()
        )
        doubled = connection.execute(
            "select count(*) from (select siret from network.member where siret like %s group by siret, kind having count(*) > 1) s",
            (data.TEST_SIREN_PREFIX + "%",),
        ).fetchone()[0]
    assert rows == acknowledged and doubled == 0


# --- 94, row 26 ---------------------------------------------------------------------------------------------------
def test_w94_request_in_flight_is_completed(start, hold, keys):
    daemon = start(statement_timeout_ms=8000)
    with hold("network.member_card") as lock:
        slow = in_background(lambda: daemon.client(keys["NATIONAL"], "national").get("/v1/members?limit=1"))
        wait_until(lock.waiting, 2, "the request in flight")
        daemon.process.send_signal(signal.SIGTERM)
        time.sleep(0.6)
        assert daemon.process.poll() is None, "it waits for the request"
        ready = daemon.probe("/readyz")
        assert ready in (503, None)
        lock.release()
    answer = slow.result(timeout=10)
    assert answer.status == 200
    assert (answer.header("Connection") or "").lower() == "close"
    assert daemon.process.wait(10) == 0
    assert "Sanitizer" not in daemon.log()


class Load:
    """One fresh connection per request, about `rate` per second; every connection that was accepted must be answered."""

    def __init__(self, address, threads, rate, target="/v1/regions?limit=1"):
        self.address, self.rate, self.threads, self.target = address, rate, threads, target
        self.stop, self.answers, self.failures = threading.Event(), [], []

    def _run(self):
        request = message("GET", self.target, [("Connection", "close")])
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                answer = probe(self.address, request, timeout=10)
                if answer.status == 200 and answer.complete:
                    self.answers.append(answer.seconds)
                else:
                    self.failures.append(repr(answer)[:200])
            except OSError as error:
                self.failures.append(repr(error))
            time.sleep(max(0.0, self.threads / self.rate - (time.monotonic() - began)))

    def __enter__(self):
        self.running = [threading.Thread(target=self._run) for _ in range(self.threads)]
        for thread in self.running:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.running:
            thread.join(20)


@pytest.fixture
def quiet(monkeypatch):
    """Thousands of equal exchanges are not worth recording."""
    monkeypatch.delenv("MAILLAGE_RECORD", raising=False)


def test_w94_sigterm_under_load(start, release, tmp_path, quiet):
    """New connections wait in the queue of the socket until the next daemon takes them: no reset, no refusal."""
    listener = listening_socket(tmp_path)
    path = f"{tmp_path}/inherited.sock"
    first = start(program=release, listen_socket=listener, listen=f"unix:{path}")
    with Load(path, 8, 200) as load:
        time.sleep(1)
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(35) == 0
        second = start(program=release, listen_socket=listener, listen=f"unix:{path}")
        time.sleep(1)
    assert load.failures == [], load.failures[:3]
    assert len(load.answers) > 100
    assert second.process.poll() is None
    listener.close()


def test_w95_handover_between_two_processes(start, release, tmp_path, quiet):
    """The next one is up before the old one ends, both on one inherited socket; six times."""
    listener = listening_socket(tmp_path)
    path = f"{tmp_path}/inherited.sock"
    serving = start(program=release, listen_socket=listener, listen=f"unix:{path}")
    with Load(path, 8, 200) as load:
        for _ in range(6):
            time.sleep(0.3)
            following = start(program=release, listen_socket=listener, listen=f"unix:{path}")
            serving.process.send_signal(signal.SIGTERM)
            assert serving.process.wait(35) == 0
            serving = following
        time.sleep(0.3)
    assert load.failures == [], f"{len(load.failures)} of {len(load.failures) + len(load.answers)}: {load.failures[:3]}"
    assert len(load.answers) > 200
    listener.close()


# --- rows 28 to 30 ------------------------------------------------------------------------------------------------
def test_row_28_sigterm_with_idle_connections(start):
    daemon = start(connections_max=400)
    idle = []
    for _ in range(300):
        plug = connect(daemon.address(), 10)
        plug.sendall(message("GET", "/v1/status"))
        idle.append(plug)
    for plug in idle:
        assert plug.recv(65536).startswith(b"HTTP/1.1 200")
    began = time.monotonic()
    code = daemon.stop()
    seconds = time.monotonic() - began
    for plug in idle:
        plug.close()
    assert code == 0 and seconds < 4, (code, seconds)


def test_row_29_signals(start, hold, keys):
    daemon = start(statement_timeout_ms=8000)
    for number in (signal.SIGPIPE, signal.SIGHUP, signal.SIGHUP):
        daemon.process.send_signal(number)
    time.sleep(0.2)
    assert daemon.process.poll() is None and daemon.probe("/readyz") == 200
    with hold("network.member_card") as lock:
        slow = in_background(lambda: daemon.client(keys["NATIONAL"], "national").get("/v1/members?limit=1"))
        wait_until(lock.waiting, 2, "the request in flight")
        daemon.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.process.wait(5)  # a second one ends at once, request or not
    try:
        slow.result(timeout=10)
    except Exception:  # that request was given up
        pass


def test_row_29_sigint_stops_like_sigterm(start):
    assert start().stop(signal.SIGINT) == 0


def test_hup_reloads_the_log_level(start):
    daemon = start(log_level="error")
    client = daemon.client()

    def logged():
        marker = "level-" + uuid.uuid4().hex[:12]
        client.get("/v1/status", headers={"X-Request-Id": marker})
        time.sleep(0.2)
        return marker in daemon.log()

    assert not logged()
    text = daemon.config.read_text("utf-8").replace("log_level = error", "log_level = info")
    daemon.config.write_text(text, "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(logged, 5, "lines at level info")


def test_row_30_second_daemon_on_the_same_socket(start):
    daemon = start()
    second = subprocess.run(
        [daemon.program, "serve", "-c", str(daemon.config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")},
    )
    assert second.returncode != 0 and second.stdout.strip(), second
    assert daemon.client().get("/v1/status").status == 200


def test_row_18_log_that_nobody_reads(start):
    """A full pipe behind stderr: lines are lost and counted, requests go on."""
    reading, writing = os.pipe()
    try:
        daemon = start(log_to=writing, log_level="info")
        client = daemon.client()
        began = time.monotonic()
        for _ in range(1500):  # some 200 bytes each: several times what a pipe holds
            assert client.get("/v1/openapi.json", headers={"If-None-Match": "*"}, record=False).status == 304
        assert time.monotonic() - began < 30
        os.set_blocking(reading, False)
        first = os.read(reading, 1 << 20)
        assert client.get("/v1/status").status == 200
        time.sleep(0.2)
        assert b"lost" in os.read(reading, 1 << 20), "how many lines were lost is told once there is room"
        assert first.startswith(b"20")
    finally:
        os.close(reading)
        os.close(writing)


def processor_seconds(process_id):
    fields = open(f"/proc/{process_id}/stat", encoding="ascii").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_row_37_descriptors_used_up(start, release):
    """More connections than descriptors: no busy loop meanwhile, service when they have gone."""
    daemon = start(program=release, wrapper=["prlimit", "--nofile=60"], pool_size=4, export_pool_size=1)
    assert daemon.client().get("/v1/regions").status == 200
    plugs = []
    for _ in range(100):
        plug = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        plug.settimeout(1)
        plugs.append(plug)
        try:
            plug.connect(daemon.address())
        except OSError:
            break
    before = processor_seconds(daemon.pid)
    time.sleep(2)
    used = processor_seconds(daemon.pid) - before
    assert daemon.process.poll() is None
    for plug in plugs:
        plug.close()
    wait_until(lambda: status_or_none(daemon) == 200, 15, "service when the connections have gone")
    assert used < 1.0, f"{used:.1f} s of processor time in 2 s"


def status_or_none(daemon):
    try:
        return daemon.client(timeout=3).get("/v1/regions", record=False).status
    except OSError:
        return None


def test_row_31_slow_headers_are_cut_by_the_edge(edge, anonymous):
    """Thirty clients that send a header byte by byte: cut within seconds, and nobody else notices."""
    plugs = [socket.create_connection(edge, timeout=15) for _ in range(30)]
    for plug in plugs:
        plug.sendall(b"GET /v1/regions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    began = time.monotonic()
    open_still = set(plugs)
    while open_still and time.monotonic() - began < 12:
        for plug in list(open_still):
            try:
                plug.sendall(b"a")
                plug.setblocking(False)
                if plug.recv(100) is not None:
                    open_still.discard(plug)
            except BlockingIOError:
                pass
            except OSError:
                open_still.discard(plug)
            plug.setblocking(True)
        assert anonymous.get("/v1/regions", record=False).status == 200
        time.sleep(0.5)
    for plug in plugs:
        plug.close()
    assert not open_still, f"{len(open_still)} slow clients were never cut"


def test_row_33_client_that_never_reads(start, release):
    """A reader that stalls costs one connection, bounded in time, and nobody else."""
    daemon = start(program=release)
    plug = connect(daemon.address(), 5)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plug.sendall(message("GET", "/v1/communes", [("Accept", "application/x-ndjson")]))
    client = daemon.client()
    for _ in range(20):
        assert client.get("/v1/regions").status == 200
    plug.close()
    wait_until(
        lambda: client.get("/v1/communes?department=35", accept="application/x-ndjson").status == 200,
        20,
        "exports again",
    )


def test_notify_socket_is_told(start, tmp_path):
    """sd_notify: READY=1 when it serves, STOPPING=1 when it ends."""
    from support.system import Daemon, read_config

    plug = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    plug.bind(str(tmp_path / "notify"))
    plug.settimeout(10)
    template = start()
    with Daemon(
        {"database": template.settings["database"]},
        base_config=read_config(),
        environment_extra={"NOTIFY_SOCKET": str(tmp_path / "notify")},
    ) as daemon:
        daemon.start()
        heard = b""
        while b"READY=1" not in heard:
            heard += plug.recv(4096) + b"\n"
        assert daemon.stop() == 0
        while b"STOPPING=1" not in heard:
            heard += plug.recv(4096) + b"\n"
    plug.close()
