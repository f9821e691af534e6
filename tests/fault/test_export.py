"""Exports that are large or that break: numbers 36 and 37."""
import json
import subprocess
import threading
import time
import uuid

import pytest
from support.raw import begin_export, connect, message, read_to_the_end, read_to_the_end_of_answer
from support.system import resident_kib, wait_until

MILLION = 1_000_000


def terminate(cluster):
    with cluster.administrator() as connection:
        return connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'maillage_app'"
        ).fetchone()[0]


@pytest.mark.parametrize("accept", ["application/x-ndjson", "text/csv"])
def test_w37_database_dies_during_an_export(start, cluster, accept):
    daemon = start()
    plug, received = begin_export(daemon, accept)
    assert terminate(cluster) > 0
    answer = read_to_the_end(plug, received)
    plug.close()
    assert answer.status == 200 and answer.chunked
    assert not answer.complete, "the terminating chunk came although rows are missing"
    wait_until(lambda: daemon.client().get("/v1/regions").status == 200, 5, "service afterwards")


def test_w37_whole_export_is_complete(start):
    daemon = start()
    plug, received = begin_export(daemon, "application/x-ndjson")
    answer = read_to_the_end_of_answer(plug, received)
    plug.close()
    lines = answer.body.splitlines()
    assert answer.complete and len(lines) > 30_000
    json.loads(lines[-1])


def test_w37_curl_notices(start, cluster):
    daemon = start()
    curl = subprocess.Popen(
        [
            "curl",
            "-sS",
            "--unix-socket",
            daemon.address(),
            "--limit-rate",
            "100k",
            "-H",
            "Accept: text/csv",
            "-o",
            "/dev/null",
            "http://localhost/v1/communes",
        ],
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: cluster_is_exporting(cluster), 5, "the export")
    time.sleep(0.3)
    terminate(cluster)
    assert curl.wait(60) != 0, "curl believed the broken export"


def cluster_is_exporting(cluster):
    with cluster.administrator() as connection:
        return connection.execute(
            "select count(*) from pg_stat_activity where usename = 'maillage_app' and state like 'idle in transaction%'"
        ).fetchone()[0]


def test_w37_stop_of_the_whole_server(start, cluster):
    """kill of the whole server, not of a session."""
    daemon = start()
    plug, received = begin_export(daemon, "text/csv")
    cluster.stop("immediate")
    answer = read_to_the_end(plug, received)
    plug.close()
    assert not answer.complete
    cluster.start()


def test_client_that_leaves_frees_the_export(start, cluster):
    daemon = start(export_pool_size=1)
    for _ in range(3):
        plug, _ = begin_export(daemon, "text/csv")
        plug.close()
        wait_until(
            lambda: daemon.client().get("/v1/communes?department=35", accept="text/csv").status == 200,
            15,
            "the only export connection",
        )


@pytest.fixture
def million(cluster):
    """A history of 1 000 000 entries of one member: rows of the usual width, made without triggers in the copied cluster."""
    with cluster.administrator() as connection:
        member = connection.execute("select id from network.member limit 1").fetchone()[0]
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute(
            """
            insert into audit.change (id, occurred_at, record_type, record_id, member_id, change, version, caller, request_id, changes)
            select gen_random_uuid(), now() - n * interval '1 second', 'MEMBER', %(member)s, %(member)s, 'UPDATED', n, 'NATIONAL', 'made-for-a-test',
                '{"phone": ["+33199000001", "+33199000002"]}'
            from generate_series(1, %(count)s) n""",
            {"member": member, "count": MILLION},
        )
        connection.execute("analyze audit.change")
        yield str(member)
        connection.execute("delete from audit.change where request_id = 'made-for-a-test'")


@pytest.mark.timeout(300)
def test_w36_memory_of_a_large_export(start, release, million, keys):
    """1 000 000 rows as NDJSON: the resident memory of the release build grows by less than 8 MiB."""
    daemon = start(program=release, export_timeout_ms=240_000, statement_timeout_ms=60_000)
    client = daemon.client(keys["NATIONAL"], "national")
    target = f"/v1/members/{million}/history"
    for _ in range(5):  # every pool and buffer of ordinary work is warm
        assert client.get(target + "?limit=500", record=False).status == 200
        assert client.get("/v1/regions", accept="application/x-ndjson", record=False).status == 200
    before, highest, done = resident_kib(daemon.pid), [0], threading.Event()

    def watch():
        while not done.is_set():
            highest[0] = max(highest[0], resident_kib(daemon.pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    lines, last = 0, b""
    plug = connect(daemon.address(), 240)
    plug.sendall(
        message(
            "GET",
            target,
            [
                ("Accept", "application/x-ndjson"),
                ("Authorization", f"Bearer {keys['NATIONAL']}"),
                ("X-Request-Id", str(uuid.uuid4())),
                ("Connection", "close"),
            ],
        )
    )
    while True:
        block = plug.recv(1 << 20)
        if not block:
            break
        lines += block.count(b"\n{")
        last = (last + block)[-16:]
    plug.close()
    done.set()
    watcher.join()
    grown = highest[0] - before
    print(f"export of {MILLION} rows: resident memory {before} KiB before, {highest[0]} KiB at most")
    assert last.endswith(b"0\r\n\r\n"), last
    assert lines >= MILLION * 0.9, lines
    assert grown < 8 * 1024, f"{grown} KiB"
