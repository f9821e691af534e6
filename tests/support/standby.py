"""A standby of a test's cluster, made with the commands of deploy/standby, and daemons whose lists it answers."""
import pathlib
import shutil

import psycopg
import psycopg.sql

from .client import environment
from .metrics import parse
from .system import Cluster, Daemon, read_config, wait_until

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"


class Standby(Cluster):
    """Streams from `primary`, a running Cluster."""

    def __init__(self, primary, slot="standby_of_a_test"):
        super().__init__(primary.uri(environment("MAILLAGE_DATABASE")))
        self.primary, self.slot = primary, slot

    def create(self):
        port = self.parameters.get("port", 5432)
        for name in ("standby", "standby.conf"):  # the cluster's user may not see into this checkout
            shutil.copy(DEPLOY / name, self.folder / name)
        self._run([str(self.folder / "standby"), str(self.data), self.slot,
                   f"host={self.source} port={port} user={self.user.pw_name}"])
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
            settings.write(f"unix_socket_directories = '{self.folder}'\n")
        return self

    def close(self):
        super().close()
        with self.primary.administrator() as connection:
            inactive = "select from pg_replication_slots where slot_name = %s and not active"
            wait_until(lambda: connection.execute(inactive, (self.slot,)).fetchone() is not None, 20, "a free slot")
            connection.execute("select pg_drop_replication_slot(%s)", (self.slot,))

    def open(self):
        """Until it takes connections: it starts anew by itself when one of its processes was killed."""
        def try_it():
            try:
                self.administrator().close()
                return True
            except psycopg.OperationalError:
                return False
        wait_until(try_it, 30, "a standby that takes connections")

    def caught_up(self, seconds=30):
        """Until it has replayed all that the primary has written so far."""
        with self.primary.administrator() as connection:
            (position,) = connection.execute("select pg_current_wal_flush_lsn()").fetchone()
        with self.administrator() as connection:
            wait_until(lambda: connection.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", (position,)).fetchone()[0],
                       seconds, f"replay up to {position}")

    def pause(self):
        with self.administrator() as connection:
            connection.execute("select pg_wal_replay_pause()")
            wait_until(lambda: connection.execute("select pg_get_wal_replay_pause_state()").fetchone()[0] == "paused", 20, "pause")

    def resume(self):
        with self.administrator() as connection:
            connection.execute("select pg_wal_replay_resume()")

    def set(self, name, value):
        with self.administrator() as connection:
            connection.execute(psycopg.sql.SQL("alter system set {} = {}").format(psycopg.sql.Identifier(name), psycopg.sql.Literal(value)))
            connection.execute("select pg_reload_conf()")
            wait_until(lambda: connection.execute("select current_setting(%s)", (name,)).fetchone()[0] == value, 20, f"{name} = {value}")

    def sessions(self, condition="true"):
        """(pid, state, text of the last statement) of the daemon's sessions here."""
        with self.administrator() as connection:
            return connection.execute("select pid, state, query from pg_stat_activity"
                                      f" where usename = 'maillage_app' and {condition}").fetchall()


class ReplicaDaemon(Daemon):
    """Lists and exports from `standby`, all else from its primary; ready once the standby is of use."""

    def __init__(self, primary, standby, **overrides):
        config = read_config()
        overrides.setdefault("database", primary.uri(config["database"]))
        overrides.setdefault("read_database", standby.uri(config["database"]))
        super().__init__(overrides, base_config=config)

    def figures(self):
        client = self.admin()
        try:
            return parse(client.get("/metrics", record=False).text)
        finally:
            client.close()

    def usable(self):
        return self.figures().value("maillage_replica_usable") == 1

    def begin(self):
        self.start()
        wait_until(self.usable, 30, "a standby of use")
        return self

    def reads(self):
        """{outcome: reads}"""
        return {labels["outcome"]: number for labels, number in self.figures().series("maillage_replica_reads_total")}

    def outcome_of(self, call):
        """What `call` answers, and the outcomes that it added to."""
        before = self.reads()
        answer = call()
        return answer, {outcome: number - before[outcome] for outcome, number in self.reads().items() if number != before[outcome]}
