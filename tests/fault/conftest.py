"""A cluster that may be stopped and daemons that may be killed: nothing here touches the common system."""
import psycopg
import pytest
from support.client import environment
from support.system import Cluster, Daemon, read_config, release_binary


@pytest.fixture(scope="session")
def copied():
    """One copy of the common cluster for the whole suite; each test finds it running."""
    with Cluster() as cluster:
        yield cluster.create().start()


@pytest.fixture
def cluster(copied):
    if not copied.running:
        copied.start()
    yield copied
    if not copied.running:
        copied.start()


@pytest.fixture
def start(cluster):
    """start(setting=value, …): a daemon on the copied cluster, ready unless told otherwise."""
    running = []

    def begin(program=None, listen_socket=None, ready=True, wrapper=(), log_to=None, **overrides):
        config = read_config()
        overrides.setdefault("database", cluster.uri(config["database"]))
        daemon = Daemon(
            overrides, base_config=config, program=program, listen_socket=listen_socket, wrapper=wrapper, log_to=log_to
        )
        running.append(daemon)
        return daemon.start(ready=ready)

    yield begin
    for daemon in running:
        daemon.close()


@pytest.fixture
def release():
    return release_binary()


class Lock:
    """Holds a table so that statements on it wait. Leaving the block lets them go on."""

    def __init__(self, cluster, table, mode="access exclusive"):
        self.cluster, self.table, self.mode = cluster, table, mode

    def __enter__(self):
        self.connection = psycopg.connect(self.cluster.uri(environment("MAILLAGE_DATABASE")))
        self.connection.execute(f"lock table {self.table} in {self.mode} mode")
        return self

    def waiting(self):
        """Backends of the daemon that wait for a lock."""
        with self.cluster.administrator() as connection:
            return [
                row[0]
                for row in connection.execute(
                    "select pid from pg_stat_activity where usename = 'maillage_app' and wait_event_type = 'Lock'"
                ).fetchall()
            ]

    def release(self):
        if self.connection is not None:
            self.connection.rollback()
            self.connection.close()
            self.connection = None

    def __exit__(self, *_):
        self.release()


@pytest.fixture
def hold(cluster):
    return lambda table, mode="access exclusive": Lock(cluster, table, mode)
