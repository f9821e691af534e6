"""Who runs against whom: ours, pgbench with the same statements, and the peers of peers/."""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess

from system import ROOT, free_port, listens

HERE = ROOT / "tests/bench"
GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}


def sql_of(path, **values):
    """The operation's file with its optional lines left out and its names replaced."""
    lines = [line for line in (ROOT / "api/operations" / path).read_text().splitlines()
             if ("--? " not in line or "--? !" in line) and not line.lstrip().startswith("--")]
    text = " ".join(lines)
    for name, value in values.items():
        text = re.sub(rf"(?<!:):{name}\b", value, text)
    return text


class Statements:
    """The same work in the words of each: the daemon's statements, and for peers columns that need no further thought."""

    def __init__(self, system):
        self.digest = hashlib.sha256(system.env["MAILLAGE_KEY_NATIONAL"].encode()).hexdigest()
        self.member = system.sql("select id from network.member where deleted_at is null order by siret limit 1")
        self.columns = self.properties(system)
        rows = sql_of("members/listMembers.sql", as_of="null::date")
        self.one = sql_of("members/getMember.sql", as_of="null::date", id=f"'{self.member}'::uuid")
        self.page = f"select q.*, q.name::text as _k0, q.id::text as _k1 from ({rows}) q order by q.name, q.id limit 51"
        self.objects = f"select json_agg(p) from (select * from ({rows}) q order by q.name, q.id limit 50) p"
        self.peer_one = f"select {self.columns} from ({sql_of('members/getMember.sql', as_of='null::date', id='$1')}) q"
        self.peer_page = f"select {self.columns} from ({rows}) q order by q.name, q.id limit 51"

    @staticmethod
    def properties(system):
        """The contract's properties as plain values: ids, dates and instants as the text they have on the wire."""
        schema = json.loads((system.run / "app/openapi.json").read_text())["components"]["schemas"]["Member"]["properties"]
        columns = []
        for name, property_ in schema.items():
            if property_.get("x-included") or name == "masked":
                continue
            kind = property_.get("format"), property_.get("type")
            if name == "self":
                columns.append("'/v1/members/' || id as self")
            elif kind[0] == "date-time":
                columns.append(f"to_char({name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as {name}")
            elif kind[0] in ("date", "uuid"):
                columns.append(f"{name}::text as {name}")
            elif "number" in str(kind[1]):
                columns.append(f"{name}::float8 as {name}")
            else:
                columns.append(name)
        return ", ".join(columns)


class Daemon:
    name = "maillage"

    def __init__(self, system):
        self.port, self.process = system.port, system.daemon

    def end(self):
        """Ends with its system."""


class Peer:
    def __init__(self, system, name, command, **environment):
        self.name, self.port = name, free_port()
        folder = system.run / "peers" / name
        environment |= {"PEER_PORT": str(self.port), "PGHOST": system.sockets, "PGDATABASE": "maillage", "PGUSER": "maillage_app",
                        "PEER_ONE": str(system.run / "peer_one.sql"), "PEER_PAGE": str(system.run / "peer_page.sql"),
                        "HOME": str(system.run)}
        command = [word.replace("{port}", str(self.port)) for word in command]
        self.process = system.start(command, f"peer-{name}.log", folder, **environment)
        if not listens(self.port):
            raise SystemExit(f"{name} does not listen; see " + str(system.run / f"peer-{name}.log"))

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def start_peers(system, statements, names, pool):
    """Each with its usual production server on all cores; what is not installed is said and left out."""
    cores = os.cpu_count()
    (system.run / "peer_one.sql").write_text(statements.peer_one)
    (system.run / "peer_page.sql").write_text(statements.peer_page)
    shutil.copytree(HERE / "peers", system.run / "peers")
    each = str(max(1, pool // cores))
    makers = {
        "fastify": lambda: Peer(system, "fastify", ["node", "server.js"], NODE_ENV="production", PEER_POOL=each),
        "fastapi": lambda: Peer(system, "fastapi", ["/usr/bin/python3", "-m", "uvicorn", "app:app", "--port", "{port}", "--workers",
                                                    str(cores), "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                                                    "--log-level", "warning"], PEER_POOL=each),
        "django": lambda: Peer(system, "django", ["/usr/bin/python3", "-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w",
                                                  str(2 * cores + 1), "peer:application"]),
        "go": lambda: Peer(system, "go", ["./peer"], PEER_POOL=str(pool)),
    }
    if "fastify" in names:
        subprocess.run(["npm", "ci", "--silent"], cwd=system.run / "peers/fastify", check=True)
    if "go" in names:
        subprocess.run(["go", "build", "-o", "peer", "."], cwd=system.run / "peers/go", check=True,
                       env=dict(os.environ, GOCACHE=str(system.run / "go-cache"), **GO))
    return [makers[name]() for name in names]


def answer_of(port, target, key):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target, headers={"Authorization": "Bearer " + key} if key else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


def check_equal(contenders, targets, key):
    """The same bytes from everyone, a page up to its last row; and nothing without a valid key."""
    for target in targets:
        bodies = {}
        for contender in contenders:
            status, body = answer_of(contender.port, target, key)
            if status != 200:
                raise SystemExit(f"{contender.name} {target}: {status} {body[:300]!r}")
            bodies[contender.name] = body.split(b',"page":')[0].rstrip(b"\n")
            for wrong in (None, key[:-1] + "_"):
                status, _ = answer_of(contender.port, target, wrong)
                if status != 401:
                    raise SystemExit(f"{contender.name} {target}: {status} without a valid key")
        ours = bodies["maillage"]
        for name, body in bodies.items():
            if body != ours:
                at = next((i for i, (a, b) in enumerate(zip(ours, body)) if a != b), min(len(ours), len(body)))
                raise SystemExit(f"{name} {target}: another answer from byte {at}: {body[at - 60:at + 60]!r}, "
                                 f"ours {ours[at - 60:at + 60]!r}")
