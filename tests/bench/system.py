"""A system of the benchmark's own: cluster, demonstration data, more rows on demand, a daemon on loopback TCP."""
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONNECTIONS = 1200  # pgbench opens one for each of its clients, peers have pools of their own
LISTENS_WITHIN = 30
# What a server with some gigabytes would have; the same for everybody who asks it.
SETTINGS = f"max_connections = {CONNECTIONS}\nshared_buffers = '1GB'\nmax_wal_size = '8GB'\ncheckpoint_timeout = '30min'\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port, seconds=LISTENS_WITHIN, pause=0.1):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(pause)
    return False


def read_env(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))


class System:
    """Started through deploy/start, then a second daemon on TCP (wrk speaks no Unix socket).

    Without a folder it is new and gone at the end; a folder that is named stays, and the next call finds its rows."""

    def __init__(self, pool, folder=None):
        self.kept = folder is not None
        self.run = pathlib.Path(folder).resolve() if folder else pathlib.Path(tempfile.mkdtemp(prefix="maillage-bench-"))
        self.run.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o755)
        self.environment = {name: value for name, value in os.environ.items() if name != "MAILLAGE_THROWAWAY"}
        self.environment |= {"MAILLAGE_RUN": str(self.run), "MAILLAGE_PORT": str(free_port()),
                             "MAILLAGE_BUILD": str(ROOT / "build/release")}
        self.pool, self.daemon = pool, None
        self.begin()
        self.env = read_env(self.run / "env")
        self.sockets = re.search(r"host=(\S+)", self.connection())[1]
        self.port = free_port()
        self.start_daemon()

    def begin(self):
        """The cluster's own settings come before its first row, so that both starts of a folder are alike."""
        self.deploy("start", "--detach")
        settings = self.run / "postgres/postgresql.auto.conf"
        if SETTINGS not in settings.read_text():
            self.deploy("stop")
            with open(settings, "a") as file:
                file.write(SETTINGS)
            self.deploy("start", "--detach")

    def deploy(self, *words):
        done = subprocess.run([ROOT / "deploy" / words[0], *words[1:]], env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise SystemExit(done.stdout)

    def user(self):
        """Whoever the services run as; None: ourselves."""
        return (self.run / "secret").stat().st_uid if os.geteuid() == 0 else None

    def connection(self):
        """libpq string of the application's role."""
        return re.search(r"^database = (.*)$", (self.run / "maillage.conf").read_text(), re.M)[1]

    def sealing(self):
        """What a connection of the daemon has and a client of the owner needs: the key of sealed data."""
        return "-c keyed.secret=" + (self.run / "secret-key").read_text().strip()

    def start_daemon(self):
        settings = (self.run / "maillage.conf").read_text()
        settings = re.sub(r"^listen = .*$", f"listen = 127.0.0.1:{self.port}", settings, flags=re.M)
        settings = re.sub(r"^admin_listen = .*$", f"admin_listen = 127.0.0.1:{free_port()}", settings, flags=re.M)
        path = self.run / "bench.conf"
        path.write_text(settings + f"pool_size = {self.pool}\nconnections_max = {CONNECTIONS}\n")
        self.launch_daemon()
        if not listens(self.port):
            raise SystemExit("the daemon does not listen; see " + str(self.run / "bench.log"))

    def launch_daemon(self):
        self.daemon = self.start([self.run / "app/maillage", "serve", "-c", self.run / "bench.conf"], "bench.log")

    def stop_daemon(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(40)

    def start(self, command, log, folder=None, **environment):
        """A process of the services' user, its output in the run folder."""
        with open(self.run / log, "wb") as output:
            return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, user=self.user(), cwd=folder or self.run,
                                    start_new_session=True, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment})

    def sql(self, text, role=None):
        """As the owner of the tables, or as somebody else who may."""
        connection = self.env["MAILLAGE_DATABASE"]
        if role:
            connection = re.sub(r"//[^@]*@", f"//{role}@", connection)
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", connection], input=text, capture_output=True, text=True,
                              env=dict(os.environ, PGOPTIONS=self.sealing()))
        if done.returncode:
            raise SystemExit("psql: " + done.stderr[-2000:])
        return done.stdout.strip()

    def superuser(self):
        return pwd.getpwuid((self.run / "postgres").stat().st_uid).pw_name

    def log(self):
        return self.run / "log/postgres.log"

    def postmaster(self):
        return int((self.run / "postgres/postmaster.pid").read_text().splitlines()[0])

    def end(self):
        if self.daemon:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop_daemon()
        self.deploy("stop")
        if not self.kept:
            shutil.rmtree(self.run, ignore_errors=True)
