"""A system of the benchmark's own: cluster, demonstration data, more rows on demand, a daemon on loopback TCP."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONNECTIONS = 700  # pgbench opens one for each of its clients, peers have pools of their own


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def read_env(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))


class System:
    """Started through deploy/start, then a second daemon on TCP (wrk speaks no Unix socket); both gone at the end."""

    def __init__(self, pool):
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="maillage-bench-"))
        self.run.chmod(0o755)
        self.environment = dict(os.environ, MAILLAGE_RUN=str(self.run), MAILLAGE_PORT=str(free_port()),
                                MAILLAGE_BUILD=str(ROOT / "build/release"))
        self.deploy("start", "--detach")
        self.deploy("stop")
        with open(self.run / "postgres/postgresql.auto.conf", "a") as settings:
            settings.write(f"max_connections = {CONNECTIONS}\n")
        self.deploy("start", "--detach")
        self.env = read_env(self.run / "env")
        self.sockets = re.search(r"host=(\S+)", self.connection())[1]
        self.port = free_port()
        self.daemon = self.start_daemon(pool)

    def deploy(self, *words):
        subprocess.run([ROOT / "deploy" / words[0], *words[1:]], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def user(self):
        """Whoever the services run as; None: ourselves."""
        return (self.run / "secret").stat().st_uid if os.geteuid() == 0 else None

    def connection(self):
        """libpq string of the application's role."""
        return re.search(r"^database = (.*)$", (self.run / "maillage.conf").read_text(), re.M)[1]

    def start_daemon(self, pool):
        settings = (self.run / "maillage.conf").read_text()
        settings = re.sub(r"^listen = .*$", f"listen = 127.0.0.1:{self.port}", settings, flags=re.M)
        settings = re.sub(r"^admin_listen = .*$", f"admin_listen = 127.0.0.1:{free_port()}", settings, flags=re.M)
        path = self.run / "bench.conf"
        path.write_text(settings + f"pool_size = {pool}\n")
        daemon = self.start([self.run / "app/maillage", "serve", "-c", path], "bench.log")
        if not listens(self.port):
            raise SystemExit("the daemon does not listen; see " + str(self.run / "bench.log"))
        return daemon

    def start(self, command, log, folder=None, **environment):
        """A process of the services' user, its output in the run folder."""
        return subprocess.Popen(command, stdout=open(self.run / log, "wb"), stderr=subprocess.STDOUT, user=self.user(),
                                cwd=folder or self.run, start_new_session=True,
                                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment})

    def sql(self, text):
        done = subprocess.run(["psql", self.env["MAILLAGE_DATABASE"], "-XAtqc", text], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout.strip()

    def postmaster(self):
        return int((self.run / "postgres/postmaster.pid").read_text().splitlines()[0])

    def end(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(40)
        self.deploy("stop")
        shutil.rmtree(self.run, ignore_errors=True)
