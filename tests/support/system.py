"""Processes of a test's own: a daemon with other settings, a PostgreSQL cluster that may be stopped.

The common system stays untouched: a test that stops, kills or floods something brings its own."""
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg
import psycopg.conninfo

from .client import client_for, environment


def run_directory():
    return pathlib.Path(environment("MAILLAGE_RUN"))


def sealing():
    """libpq options of a connection that opens sealed texts, as the daemon's do."""
    return "-c keyed.secret=" + pathlib.Path(environment("MAILLAGE_SECRET_KEY_FILE")).read_text("utf-8").strip()


def binary(build=None):
    """The daemon; `build` names another build directory (memory and speed are looked at in the release one)."""
    folder = build or os.environ.get("MAILLAGE_BUILD") or "build/release"
    path = pathlib.Path(folder)
    if not path.is_absolute():
        path = pathlib.Path(__file__).resolve().parents[2] / path
    return str(path / "api" / "maillage")


def release_binary():
    folder = os.environ.get("MAILLAGE_BUILD_RELEASE", "build/release")
    candidate = binary(folder)
    return candidate if os.path.exists(candidate) else binary()


def read_config(path=None):
    """The settings of a file `key = value`."""
    settings = {}
    for line in pathlib.Path(path or run_directory() / "maillage.conf").read_text("utf-8").splitlines():
        line = line.split("#", 1)[0].strip() if line.lstrip().startswith("#") else line.strip()
        if line:
            key, _, value = line.partition("=")
            settings[key.strip()] = value.strip()
    return settings


def free_port():
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        return plug.getsockname()[1]


def wait_until(condition, seconds, what, pause=0.05):
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(pause)


def resident_kib(process_id):
    for line in pathlib.Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def thread_count(process_id):
    return len(os.listdir(f"/proc/{process_id}/task"))


class Daemon:
    """`maillage serve` with the settings of the common system and `overrides` over them.

    Listens on Unix sockets in a folder of its own unless told otherwise."""

    def __init__(
        self,
        overrides=None,
        *,
        program=None,
        listen_socket=None,
        base_config=None,
        environment_extra=None,
        wrapper=(),
        log_to=None,
    ):
        """`wrapper`: a command in front of the daemon (prlimit …); `log_to`: a descriptor that takes its log instead of a file."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="maillage-"))
        self.settings = dict(base_config or read_config())
        self.settings["listen"] = f"unix:{self.folder}/http.sock"
        self.settings["admin_listen"] = f"unix:{self.folder}/admin.sock"
        self.settings.update({key: str(value) for key, value in (overrides or {}).items()})
        self.program = program or binary()
        self.listen_socket = listen_socket
        self.environment_extra = environment_extra or {}
        self.wrapper, self.log_to = list(wrapper), log_to
        self.config = self.folder / "maillage.conf"
        self.log_path = self.folder / "daemon.log"
        self.process = None

    # --- life ---------------------------------------------------------------------------------------------------
    def start(self, *, ready=True, seconds=20):
        self.config.write_text("".join(f"{key} = {value}\n" for key, value in self.settings.items()), "utf-8")
        self.config.chmod(0o600)
        command = [*self.wrapper, self.program, "serve", "-c", str(self.config)]
        clean = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("MAILLAGE_") and not key.startswith("LISTEN_")
        }
        clean.update(self.environment_extra)
        inherited = ()
        if self.listen_socket is not None:
            # systemd's protocol: the socket is descriptor 3, LISTEN_PID is the process itself.
            inherited = (self.listen_socket.fileno(),)
            script = (
                f"exec 3<&{inherited[0]}; LISTEN_PID=$$ LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS; " 'exec "$0" "$@"'
            )
            command = ["/bin/bash", "-c", script] + command
        with open(self.log_path, "ab") as log:
            sink = log if self.log_to is None else self.log_to
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=clean,
                pass_fds=inherited,
                start_new_session=True,
            )
        if ready:
            wait_until(self._alive_and_ready, seconds, f"ready ({self.log()[-500:]})")
        return self

    def _alive_and_ready(self):
        assert self.process.poll() is None, f"the daemon ended with {self.process.returncode}: {self.log()[-1000:]}"
        return self.probe("/readyz") == 200

    def probe(self, path):
        """Status of an admin page, or None when nobody answers."""
        client = self.admin(timeout=5)
        try:
            return client.get(path, record=False).status
        except OSError:
            return None
        finally:
            client.close()

    def stop(self, sent=signal.SIGTERM, seconds=40):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(sent)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
            raise
        return code

    def close(self):
        try:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
            self.keep_log()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def keep_log(self):
        """The log stays with the run, so that it is searched for secrets like the others."""
        keep = os.environ.get("MAILLAGE_LOGS")
        if keep and self.log_path.exists():
            target = pathlib.Path(keep)
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.log_path, target / f"{self.folder.name}.log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- looking at it ------------------------------------------------------------------------------------------
    def client(self, key=None, name="anonymous", timeout=30.0):
        return client_for(self.settings["listen"], key, name, timeout)

    def admin(self, timeout=10.0):
        return client_for(self.settings["admin_listen"], None, "admin", timeout)

    def address(self):
        """For raw probes."""
        listen = self.settings["listen"]
        if listen.startswith("unix:"):
            return listen[len("unix:") :]
        host, _, port = listen.rpartition(":")
        return host, int(port)

    def log(self):
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    @property
    def pid(self):
        return self.process.pid


def _postgres_tool(tool):
    for folder in sorted(pathlib.Path("/usr/lib/postgresql").glob("*"), reverse=True):
        if (folder / "bin" / tool).exists():
            return str(folder / "bin" / tool)
    return tool


class Cluster:
    """A throw-away copy of the common cluster, of the same owner, on a Unix socket of its own.

    Taken with pg_basebackup: roles, data and schema are those of the running system."""

    def __init__(self, owner_uri=None):
        uri = owner_uri or environment("MAILLAGE_DATABASE")
        self.parameters = psycopg.conninfo.conninfo_to_dict(uri)
        self.source = pathlib.Path(self.parameters["host"])
        self.user = self._owner_of_source()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="maillage-pg-"))
        self.data = self.folder / "data"
        if os.geteuid() == 0:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.folder.chmod(0o755)
        self.running = False

    def _owner_of_source(self):
        """The system user that runs the cluster: the owner of its socket."""
        socket_file = next(self.source.glob(".s.PGSQL.*"))
        if socket_file.name.endswith(".lock"):
            socket_file = self.source / socket_file.name[: -len(".lock")]
        return pwd.getpwuid(socket_file.stat().st_uid)

    def _run(self, command, check=True, **options):
        if os.geteuid() == 0:
            command = [
                "setpriv",
                f"--reuid={self.user.pw_uid}",
                f"--regid={self.user.pw_gid}",
                "--clear-groups",
            ] + command
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **options)
        if check and done.returncode:
            raise AssertionError(f"{command[-6:]}: {done.stdout}")
        return done

    def create(self):
        self._run(
            [
                _postgres_tool("pg_basebackup"),
                "-h",
                str(self.source),
                "-p",
                str(self.parameters.get("port", 5432)),
                "-U",
                self.user.pw_name,
                "-D",
                str(self.data),
                "-c",
                "fast",
                "-X",
                "stream",
                "--no-sync",
            ]
        )
        # Own socket folder; durability is not what these tests look at, except where they say so.
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.write(
                f"unix_socket_directories = '{self.folder}'\nlisten_addresses = ''\n"
                f"port = {self.parameters.get('port', 5432)}\n"
            )
        return self

    def start(self):
        done = self._run(
            [_postgres_tool("pg_ctl"), "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "30", "start"],
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{done.stdout} {(self.folder / 'log').read_text()[-2000:]}")
        self.running = True
        return self

    def stop(self, mode="fast"):
        if self.running:
            self._run([_postgres_tool("pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "-t", "30", "stop"])
            self.running = False

    def uri(self, config_value):
        """A connection string of the common system, pointed at this cluster."""
        return psycopg.conninfo.make_conninfo(config_value, host=str(self.folder))

    def owner(self, **options):
        return psycopg.connect(self.uri(environment("MAILLAGE_DATABASE")), autocommit=True, **options)

    def administrator(self):
        """As the cluster's own superuser."""
        uri = psycopg.conninfo.make_conninfo(self.uri(environment("MAILLAGE_DATABASE")), user=self.user.pw_name)
        return psycopg.connect(uri, autocommit=True)

    def backends(self, application_role="maillage_app"):
        with self.administrator() as connection:
            return [
                row[0]
                for row in connection.execute(
                    "select pid from pg_stat_activity where usename = %s", (application_role,)
                ).fetchall()
            ]

    def close(self):
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
