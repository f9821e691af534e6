"""Who runs against whom: the daemon, and the peers of peers/ with the same statements; first of all, that all say the same."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import uuid

from measure import Void
from system import ROOT, free_port, listens

HERE = ROOT / "tests/bench"
GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
PEERS = ("fastify", "fastapi", "django", "go")
PASSES = 100  # lines of a page
NUMBER, SENT = "XXXXX9999999", "bench-00000000"  # stand for what each request brings new: number of a PASS, idempotency key


def sql_of(path, page="", **values):
    """The operation's file with its optional lines left out and its names replaced, cut to a page (order and limit) of `q`."""
    shown, divided, rows = (ROOT / "api/operations" / path).read_text().partition("\n-->")
    text = " ".join(line.split("--?")[0] for line in (rows.partition("\n")[2] if divided else shown).splitlines()
                    if ("--? " not in line or "--? !" in line) and not line.lstrip().startswith("--"))
    for name, value in values.items():
        text = re.sub(rf"(?<!:):{name}\b", value, text)
    if divided:
        select = " ".join(line for line in shown.splitlines() if not line.startswith("--"))
        return f"{select} from (select * from ({text}) q {page}) _page"
    return f"select * from ({text}) q {page}" if page else text


class Request:
    """A request that every contender answers; `scope` and `writes` are for session.open."""

    def __init__(self, name, target, key, method="GET", body=None):
        self.name, self.target, self.key, self.method, self.body = name, target, key, method, body

    def headers(self, key=None):
        headers = {"Authorization": "Bearer " + (key or self.key)}
        return headers | ({"Content-Type": "application/json", "Idempotency-Key": SENT} if self.body else {})

    def lines(self):
        return [f"{name}: {value}" for name, value in self.headers().items()]

    def ask(self, port, key=None, **replaced):
        body, headers = self.body, self.headers(key)
        if key == "":
            del headers["Authorization"]
        if body:
            headers["Idempotency-Key"] = str(uuid.uuid4())
            for old, new in replaced.items():
                body = body.replace(old, new)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(self.method, self.target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def requests_of(system):
    """The requests of the peers, with the rows that they ask for."""
    env = system.env
    member = system.sql("select id from network.member where deleted_at is null order by siret limit 1")
    line = system.sql("select id from pass.pass where region_code = '53' order by ends_on desc, id limit 1")
    body = json.dumps({"number": NUMBER, "starts_on": "2026-01-05"})
    bretagne, structure = env["MAILLAGE_KEY_DELEGATION_BRETAGNE"], env["MAILLAGE_KEY_STRUCTURE"]
    return {request.name: request for request in (
        Request("member", f"/v1/members/{member}", env["MAILLAGE_KEY_NATIONAL"]),
        Request("members", "/v1/members?limit=50", env["MAILLAGE_KEY_NATIONAL"]),
        Request("pass", f"/v1/passes/{line}", bretagne),
        Request("passes", f"/v1/passes?limit={PASSES}", bretagne),
        Request("create", "/v1/passes", structure, "POST", body))}


class Statements:
    """What the peers run: the operations' files, with columns that need no further thought, and the trace of who read what."""

    def __init__(self, system, requests, port):
        self.schemas = json.loads((system.run / "app/openapi.json").read_text())["components"]["schemas"]
        first = {name: self.first(request, port) for name, request in requests.items() if request.method == "GET"}
        member, line = self.columns("Member", first["member"]), self.columns("PassSheet", first["pass"])
        listed = self.columns("Pass", first["passes"])
        today, in_order = {"as_of": "null::date"}, f"order by q.ends_on, q.id limit {PASSES + 1}"
        self.text = {
            "member": f"select {member} from ({sql_of('members/getMember.sql', id='$1', **today)}) q",
            "members": f"select {member} from ({sql_of('members/listMembers.sql', 'order by q.name, q.id limit 51', **today)}) q",
            "pass": self.traced("getPass", first["pass"], 1,
                                f"select {line}, id as _id from ({sql_of('passes/getPass.sql', id='$1', **today)}) q"),
            "passes": self.traced("listPasses", first["passes"], PASSES,
                                  f"select {listed}, id as _id from ({sql_of('passes/listPasses.sql', in_order, **today)}) q"),
            "create": f"select {line} from ({sql_of('passes/createPass.sql', body='$1')}) q"}

    @staticmethod
    def first(request, port):
        status, body = request.ask(port)
        if status != 200:
            raise SystemExit(f"{request.target}: {status} {body[:300]}")
        found = json.loads(body)
        return list(found["data"][0] if "data" in found else found)

    def columns(self, schema, names):
        """The answer's properties as plain values: ids, dates and instants as the text they have on the wire."""
        path = "members" if schema == "Member" else "passes"
        return ", ".join(self.column(name, self.property(schema, name), path) for name in names)

    def property(self, schema, name):
        schema = self.schemas[schema]
        for part in schema.get("allOf", ()):
            part = self.schemas[part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
            if name in part.get("properties", {}):
                return part["properties"][name]
        return schema["properties"][name]

    @staticmethod
    def column(name, property_, path):
        kind, form = str(property_.get("type")), property_.get("format")
        if name == "self":
            return f"'/v1/{path}/' || id as self"
        if form == "date-time":
            return f"to_char({name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as {name}"
        if form in ("date", "uuid"):
            return f"{name}::text as {name}"
        return f"{name}::float8 as {name}" if "number" in kind else name

    @staticmethod
    def traced(operation, names, shown, page):
        """The rows and the note of who saw them in one statement, as the daemon does it; the note's column is left out."""
        return (f"with _page as materialized ({page}), _trace as materialized (select audit.trace_rows('{operation}', 'PASS', "
                f"array_agg(s._id), array_agg(s.member_id::uuid)) from (select * from _page limit {shown}) s having count(*) > 0) "
                f"select {', '.join('p.' + name for name in names)} from _page p, _trace")


class Daemon:
    name = "maillage"

    def __init__(self, system):
        self.system = system

    port = property(lambda self: self.system.port)
    process = property(lambda self: self.system.daemon)

    def end(self):
        """Ends with its system."""


class Peer:
    def __init__(self, system, name, command, **environment):
        self.name, self.port = name, free_port()
        environment |= {"PEER_PORT": str(self.port), "PEER_STATEMENTS": str(system.run / "peers/statements.json"),
                        "PEER_SECRET": (system.run / "secret-key").read_text().strip(),
                        "PGHOST": system.sockets, "PGDATABASE": "maillage", "PGUSER": "maillage_app", "HOME": str(system.run)}
        command = [word.replace("{port}", str(self.port)) for word in command]
        self.process = system.start(command, f"peer-{name}.log", system.run / "peers" / name, **environment)
        if not listens(self.port):
            self.end()
            raise SystemExit(f"{name} does not listen; see " + str(system.run / f"peer-{name}.log"))

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def start_peers(system, statements, names, pool):
    """Each with its usual production server on all cores, and as many connections to the database as the daemon has."""
    cores = os.cpu_count()
    place = system.run / "peers"
    shutil.copytree(HERE / "peers", place, dirs_exist_ok=True)
    (place / "statements.json").write_text(json.dumps(statements.text))
    each = str(max(1, pool // cores))
    commands = {
        "fastify": (["node", "server.js"], {"NODE_ENV": "production", "PEER_POOL": each}),
        "fastapi": (["/usr/bin/python3", "-m", "uvicorn", "app:app", "--port", "{port}", "--workers", str(cores), "--loop", "uvloop",
                     "--http", "httptools", "--no-access-log", "--log-level", "warning"], {"PEER_POOL": each}),
        "django": (["/usr/bin/python3", "-m", "gunicorn", "-b", "127.0.0.1:{port}", "-w", str(cores), "-k", "gthread", "--threads",
                    each, "peer:application"], {}),
        "go": (["./peer"], {"PEER_POOL": str(pool)}),
    }
    if "fastify" in names:
        install(["npm", "ci", "--silent"], place / "fastify", {"NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt"})
    if "go" in names:
        install(["go", "build", "-o", "peer", "."], place / "go", {"GOCACHE": str(system.run / "go-cache"), **GO})
    return [Peer(system, name, commands[name][0], **commands[name][1]) for name in names]


def install(command, folder, environment):
    done = subprocess.run(command, cwd=folder, env=environment | dict(os.environ) | environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{folder.name}: {done.stderr[-2000:]}")


# --- the same bytes ---

BLANKS = re.compile(rb'("(?:[^"\\]|\\.)*")|\s+')
OWN = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z")


def comparable(request, body):
    """Without blanks between the parts of nested values; a page up to its last row, since a cursor is signed; of a record
    just made without its own id and instants."""
    body = BLANKS.sub(lambda found: found[1] or b"", body.split(b',"page":')[0])
    return OWN.sub(b"", body) if request.body else body


def check_equal(contenders, requests):
    """The same bytes from everyone, and nothing without a valid key. {request: bytes of the daemon's answer}"""
    sizes = {}
    for number, request in enumerate(requests):
        bodies = {}
        for place, contender in enumerate(contenders):
            own = f"{os.getpid() % 1000:03d}{place}{number}{uuid.uuid4().int % 10**7:07d}"
            status, body = request.ask(contender.port, **{NUMBER: own[:12].upper()})
            if status != (201 if request.body else 200):
                raise Void(f"{contender.name} {request.target}: {status} {body[:300]!r}")
            sizes.setdefault(request.name, len(body))
            bodies[contender.name] = comparable(request, body) if not request.body else re.sub(
                rb'"number_last4":"...."', b"", comparable(request, body))
            for wrong in ("", request.key[:-1] + "_"):
                status, _ = request.ask(contender.port, wrong)
                if status != 401:
                    raise Void(f"{contender.name} {request.target}: {status} without a valid key")
        for name, body in bodies.items():
            ours = bodies["maillage"]
            if body != ours:
                at = next((i for i, (a, b) in enumerate(zip(ours, body)) if a != b), min(len(ours), len(body)))
                raise Void(f"{name} {request.target}: another answer from byte {at}: {body[max(0, at - 60):at + 60]!r}, "
                           f"ours {ours[max(0, at - 60):at + 60]!r}")
    return sizes
