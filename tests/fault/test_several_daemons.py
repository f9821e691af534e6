"""Two daemons behind nginx on one database: work spreads, either may be killed, keys and cursors are good at both."""
import os
import pathlib
import signal
import subprocess
import threading
import time
import uuid

import pytest
from support import data
from support.client import client_for
from support.system import free_port, wait_until

UPSTREAM = pathlib.Path(__file__).resolve().parents[2] / "deploy/nginx/several.conf"
WRITERS, SECONDS, TRIES = 6, 6, 80


@pytest.fixture
def pair(start, copied):
    """Two daemons and the port of an nginx with the upstream of deploy/nginx in front of them."""
    daemons, port = [start(), start()], free_port()
    upstream = UPSTREAM.read_text("utf-8")
    for place, daemon in zip(("/run/maillage/api.sock", "/run/maillage-2/api.sock"), daemons):
        assert place in upstream
        upstream = upstream.replace(f"unix:{place} ", f"{daemon.settings['listen']} ")
    folder = daemons[0].folder
    config = folder / "nginx.conf"
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config.write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{ worker_connections 256; }}\n"
        f"http {{ access_log off; {paths}\n{upstream}\nserver {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://maillage;\n"
        'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream off; proxy_connect_timeout 2s; } } }\n', "utf-8")
    edge = subprocess.Popen(["/usr/sbin/nginx", "-e", f"{folder}/nginx.log", "-p", str(folder), "-c", str(config)])
    yield daemons, f"127.0.0.1:{port}"
    edge.send_signal(signal.SIGTERM)
    edge.wait(10)


def answered(daemon):
    """Requests that this daemon has answered, of any kind."""
    client = daemon.admin()
    try:
        text = client.get("/metrics", record=False).body.decode()
    finally:
        client.close()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith("maillage_http_requests_total"))


def ready(address):
    def ask():
        try:
            return client_for(address).get("/v1/status", record=False).status == 200
        except OSError:
            return False
    wait_until(ask, 10, "nginx")


def test_requests_spread_and_cursors_and_keys_are_good_at_both(pair, keys):
    daemons, address = pair
    ready(address)
    for _ in range(40):
        assert client_for(address, keys["NATIONAL"], "national").get("/v1/members?limit=1", record=False).status == 200
    assert all(answered(daemon) >= 10 for daemon in daemons), [answered(daemon) for daemon in daemons]
    first, second = (daemon.client(keys["NATIONAL"], "national") for daemon in daemons)
    page = first.get("/v1/members?limit=2").json
    following = second.get(page["page"]["next"])
    assert following.status == 200
    assert not {row["id"] for row in page["data"]} & {row["id"] for row in following.json["data"]}
    body, key = data.member(), str(uuid.uuid4())
    made, again = first.post("/v1/members", body, key=key), second.post("/v1/members", body, key=key)
    assert (made.status, again.status) == (201, 201) and again.header("Idempotency-Replayed") == "true"
    assert made.json["id"] == again.json["id"]


def write_until(stop, address, key, acknowledged, faults):
    """Members one after the other, each repeated under its key until it is acknowledged."""
    while not stop.is_set():
        body, idempotency = data.member(), str(uuid.uuid4())
        for _ in range(TRIES):
            try:
                answer = client_for(address, key, "national", 10).post("/v1/members", body, key=idempotency, record=False)
            except OSError:
                answer = None
            if answer is not None and answer.status == 201:
                acknowledged.append(body["siret"])
                break
            if answer is not None and answer.status not in (409, 502, 503, 504):
                faults.append(str(answer))
                break
            time.sleep(0.1)
        else:
            faults.append(f"{body['siret']}: never acknowledged")


def test_one_is_killed_under_load_and_nothing_acknowledged_is_lost(pair, keys, cluster):
    daemons, address = pair
    ready(address)
    acknowledged, faults, stop = [], [], threading.Event()
    writers = [threading.Thread(target=write_until, args=(stop, address, keys["NATIONAL"], acknowledged, faults))
               for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(SECONDS / 3)
    before = len(acknowledged)
    daemons[0].process.kill()
    daemons[0].process.wait(10)
    time.sleep(SECONDS / 3)
    during = len(acknowledged)
    daemons[0].start()
    time.sleep(SECONDS / 3)
    stop.set()
    for writer in writers:
        writer.join(60)
    assert not faults, faults[:3]
    assert 0 < before < during < len(acknowledged), "writes go on with one and with both"
    with cluster.owner() as connection:
        stored = connection.execute("select siret from network.member where siret = any (%s)", (acknowledged,)).fetchall()
    assert sorted(row[0] for row in stored) == sorted(acknowledged), "each once, none lost"

    def came_back():
        client_for(address).get("/v1/status", record=False)
        return answered(daemons[0]) > 0
    wait_until(came_back, 15, "requests for the one that came back")
