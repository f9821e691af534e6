"""deploy/start and deploy/stop as people use them: Ctrl-C, a second start, a crash, a port that is taken, odd paths.

One system of its own in a folder whose name has a blank; it is made once and started again by each test."""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import urllib.request

import pytest

from support.system import free_port, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(300)


class Place:
    def __init__(self, folder):
        self.run = folder / "run folder"
        self.port = free_port()

    def environment(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")}
        return kept | {"MAILLAGE_RUN": str(self.run), "MAILLAGE_PORT": str(self.port), "MAILLAGE_THROWAWAY": "1",
                       "MAILLAGE_BUILD": os.environ.get("MAILLAGE_BUILD_RELEASE", "build/release")}

    def script(self, name, *arguments, timeout=200):
        return subprocess.run([str(ROOT / "deploy" / name), *arguments], env=self.environment(), cwd="/", text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)

    def in_front(self):
        return subprocess.Popen([str(ROOT / "deploy" / "start")], env=self.environment(), cwd="/", text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                start_new_session=True)

    def values(self):
        return dict(line.split("=", 1) for line in (self.run / "env").read_text("utf-8").splitlines())

    def status(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/status", timeout=10) as answer:
            return answer.status

    def processes(self):
        """Everything alive whose command line or open files name the run folder."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                files = [os.readlink(link) for link in (entry / "fd").iterdir()]
            except OSError:
                continue
            if command and f"{self.run}/" in " ".join([command, *files]):
                found.append((int(entry.name), command))
        return found

    def sockets(self):
        return [path for path in self.run.rglob("*") if stat.S_ISSOCK(path.stat().st_mode)]

    def assert_nothing_left(self):
        assert self.processes() == [] and self.sockets() == []
        with socket.socket() as plug:
            assert plug.connect_ex(("127.0.0.1", self.port)) != 0


def user_of(number):
    """From `status`: the owner of /proc/N itself is root for a process that may not be dumped."""
    lines = pathlib.Path(f"/proc/{number}/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("Uid:")).split()[1])


@pytest.fixture(scope="module")
def place():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="maillage-start-"))
    folder.chmod(0o755)
    place = Place(folder)
    done = place.script("start", "--detach")
    try:
        assert done.returncode == 0, done.stdout[-3000:]
        yield place
    finally:
        place.script("stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_detached_start_is_ready_and_says_how_to_go_on(place):
    assert place.script("start", "--detach").returncode == 0
    assert place.status() == 200
    values = place.values()
    assert values["MAILLAGE_URL"] == f"http://127.0.0.1:{place.port}"
    for name in ("NATIONAL", "DELEGATION_BRETAGNE", "DELEGATION_OCEAN_INDIEN", "STRUCTURE", "PARTNER"):
        assert values[f"MAILLAGE_KEY_{name}"].startswith("fed_demo_")
    assert stat.S_IMODE((place.run / "env").stat().st_mode) == 0o600


def test_second_start_says_that_it_runs(place):
    place.script("start", "--detach")
    done = place.script("start")
    assert done.returncode == 0 and "Already running" in done.stdout
    refused = place.script("start", "--reset")
    assert refused.returncode != 0 and "deploy/stop" in refused.stdout and place.status() == 200


def test_services_are_not_root(place):
    if os.geteuid() != 0:
        pytest.skip("only a start as root steps down")
    place.script("start", "--detach")
    users = {command: pwd.getpwuid(user_of(number)).pw_name for number, command in place.processes()}
    assert len(users) >= 4 and set(users.values()) == {"postgres", "www-data"}, users
    assert stat.S_IMODE((place.run / "secret").stat().st_mode) == 0o600


def test_stop_leaves_nothing_and_start_keeps_the_keys(place):
    place.script("start", "--detach")
    before = place.values()
    assert place.script("stop").returncode == 0
    place.assert_nothing_left()
    assert place.script("stop").returncode == 0  # nothing to end is no fault
    assert place.script("start", "--detach").returncode == 0
    assert place.values() == before


def test_interrupt_in_front_leaves_nothing(place):
    place.script("stop")
    front = place.in_front()
    wait_until(lambda: "In front" in front.stdout.readline() or front.poll() is not None, 120, "in front", pause=0)
    assert place.status() == 200
    front.send_signal(signal.SIGINT)
    rest, _ = front.communicate(timeout=60)
    assert front.returncode == 130 and "Stopped." in rest
    place.assert_nothing_left()


def test_interrupt_on_the_way_up_leaves_nothing(place):
    place.script("stop")
    front = place.in_front()
    wait_until(lambda: "Start PostgreSQL" in front.stdout.readline() or front.poll() is not None, 120, "on its way", pause=0)
    time.sleep(0.3)
    front.send_signal(signal.SIGINT)
    front.communicate(timeout=60)
    assert front.returncode != 0
    place.assert_nothing_left()


def test_stop_from_elsewhere_ends_the_one_in_front(place):
    place.script("stop")
    front = place.in_front()
    wait_until(lambda: "In front" in front.stdout.readline() or front.poll() is not None, 120, "in front", pause=0)
    assert place.script("stop").returncode == 0
    rest, _ = front.communicate(timeout=30)
    assert front.returncode == 0 and "deploy/stop" in rest
    place.assert_nothing_left()


def test_start_after_a_crash(place):
    """Everything killed at once, as when the machine goes down: stale pid files and sockets are no obstacle."""
    place.script("start", "--detach")
    for number, _ in place.processes():
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass
    wait_until(lambda: not place.processes(), 10, "all dead")
    done = place.script("start", "--detach")
    assert done.returncode == 0, done.stdout[-2000:]
    assert place.status() == 200


def test_reused_pid_is_not_ours(place):
    """A pid file that names somebody else's process: it must survive a stop."""
    place.script("stop")
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        for name in ("daemon/daemon.pid", "daemon/supervisor.pid", "edge/nginx.pid", "postgres/postmaster.pid"):
            (place.run / name).write_text(f"{stranger.pid}\n", "utf-8")
        assert place.script("stop").returncode == 0
        assert stranger.poll() is None
        assert place.script("start", "--detach").returncode == 0 and place.status() == 200
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_port_in_use(place):
    place.script("stop")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", place.port))
        other.listen()
        done = place.script("start", "--detach")
    assert done.returncode != 0
    assert f"port {place.port}" in done.stdout and "MAILLAGE_PORT=" in done.stdout
    place.assert_nothing_left()


def test_daemon_comes_back_after_a_kill(place):
    place.script("start", "--detach")
    pid_file = place.run / "daemon" / "daemon.pid"
    killed = int(pid_file.read_text())
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: int(pid_file.read_text()) != killed and place.status() == 200, 10, "a new daemon")


def test_replacing_the_daemon_loses_no_request(place):
    place.script("start", "--detach")
    pid_file = place.run / "daemon" / "daemon.pid"
    for _ in range(3):
        old = int(pid_file.read_text())
        assert place.script("part", "daemon", "replace").returncode == 0
        while int(pid_file.read_text()) == old:
            assert place.status() == 200
        for _ in range(20):
            assert place.status() == 200


def test_unknown_option(place):
    done = place.script("start", "--wrong")
    assert done.returncode != 0 and "--wrong" in done.stdout and "--detach" in done.stdout


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80"])
def test_what_is_no_port(place, port):
    place.script("stop")
    place.port, good = port, place.port
    try:
        done = place.script("start", "--detach")
    finally:
        place.port = good
    assert done.returncode != 0 and f'"{port}" is no port' in done.stdout, done.stdout
    place.assert_nothing_left()
