"""The lines of the benchmark, P1 to P11, each a group of contenders on one piece of work, measured in turn."""
import json
import os
import re
import subprocess
import time
import uuid

from captured import Heard, Script, inline
from contenders import NUMBER, PASSES, Request
from generator import fill_trainings
from measure import Void, costing, middle, paced, pgbench, resident_mb, together, wrk
from system import listens

BPF_YEAR, BPF_ENROLMENTS = 2023, 100_000
FAR_PAGE = 1000
EXPORT_WITHIN = 200
PACED_FOR = 3  # times as long as others: a page of PASS at half of its rate has few requests for a p99
EVERY_NUMBER = "(:a::bigint * 10000000 + :b)"
FRESH_HEAD = "\\set a random(10000, 99999)\n\\set b random(0, 9999999)\n\\set k random(1, 1000000000000)\n\\set d random(0, 300)\n"
# wrk: every request has a number, a day and a key of its own.
FRESH_LUA = """
local thread, counter = 0, 0
function setup(t) thread = thread + 1; t:set("own", thread) end
function init() math.randomseed(os.time() * 8 + own); first = math.random(10000, 99999); counter = math.random(0, 8000000) end
function request()
    counter = counter + 1
    local body = wrk.body:gsub("%s", string.format("%%05d%%07d", first, counter %% 10000000))
    wrk.headers["Idempotency-Key"] = string.format("bench-%%d-%%d-%%d", own, first, counter)
    return wrk.format(nil, nil, nil, body)
end
"""


class Lines:
    """`store(name, title, goal, base, rows)` takes what a group found; a group that failed says why."""

    def __init__(self, system, requests, ours, peers, arguments, store):
        self.system, self.requests, self.ours, self.peers = system, requests, ours, peers
        self.arguments, self.store = arguments, store
        self.clients = [int(number) for number in arguments.clients.split(",")]
        self.many = 64 if 64 in self.clients else self.clients[len(self.clients) // 2]
        self.heard = {}

    def groups(self):
        """{name: what it measures}; GET once for every number of connections."""
        found = {f"{name}-{clients}": lambda name=name, clients=clients: self.one(name, clients)
                 for name in ("member", "pass") for clients in self.clients}
        return found | {"members": self.page_of_members, "passes": self.page_of_passes, "far": self.far_page,
                        "create": self.create, "cheap": self.cheap, "export": self.export, "memory": self.memory,
                        "paced": self.paced, "start": self.start, "enrolment": self.enrolment, "bpf": self.bpf}

    # --- works ---
    def statements(self, request):
        """As the daemon sends them for this request, which has to have been asked before: nothing is prepared any more."""
        if request.name not in self.heard:
            request.ask(self.ours.port, **{NUMBER: self.fresh_number()})
            with Heard(self.system) as heard:
                status, body = request.ask(self.ours.port, **{NUMBER: NUMBER if request.body else ""})
            if status >= 300 or not heard.statements:
                raise Void(f"{request.target}: {status} {body[:300]!r}, {len(heard.statements)} statements heard")
            self.heard[request.name] = heard.statements
        return self.heard[request.name]

    @staticmethod
    def fresh_number():
        return f"{uuid.uuid4().int % 10**12:012d}"

    def script(self, name, statements, **options):
        return Script(self.system.run / f"{name}.sql", statements, **options)

    def load(self, script, clients):
        return None, lambda: pgbench(self.system, script, clients, self.arguments.seconds)

    def http(self, contender, request, clients, expect=200, headers=None, script=None):
        url = f"http://127.0.0.1:{contender.port}{request.target}"
        return contender.process.pid, lambda: wrk(url, request.lines() if headers is None else headers, clients,
                                                  self.arguments.seconds, expect, script)

    def compare(self, name, title, goal, works, body=0):
        """[(contender, (server, work))] in turn, round after round; the first round warms up, the first one is the measure."""
        runs = {who: [] for who, _ in works}
        for turn in range(self.arguments.rounds + 1):
            for who, (server, work) in works:
                found = costing(self.system, server, work)
                if turn > 0:
                    runs[who].append(found)
        base = runs[works[0][0]]
        self.store(name, title, goal, [(who, together(found, base)) for who, found in runs.items()], body)

    def everybody(self, name, works, clients):
        return works + [(one.name, self.http(one, self.requests[name], clients)) for one in [self.ours, *self.peers]]

    # --- P1 to P3, P8 ---
    def one(self, name, clients):
        request = self.requests[name]
        works = [("pgbench, the same statements", self.load(self.script(name, self.statements(request)), clients))]
        contenders = self.everybody(name, works, clients) if clients == self.many else \
            works + [("maillage", self.http(self.ours, request, clients))]
        self.compare(f"{name}-{clients}", f"GET one {name}, {clients} connections", "P1", contenders)

    def pages(self, name, title):
        statements = self.statements(self.requests[name])
        sql, values = statements[-1]
        whole = [*statements[:-1], (f"select json_agg(_p) from ({sql.rstrip().rstrip(';')}) _p", values)]
        if "trace_" in sql:  # a statement that writes may only be named in front
            whole[-1] = (f"with _p as materialized ({sql}) select json_agg(_p) from _p", values)
        works = [("pgbench, json_agg of the page", self.load(self.script(name + "_objects", whole), self.many)),
                 ("pgbench, the same rows", self.load(self.script(name, statements), self.many))]
        self.compare(name, f"{title}, {self.many} connections", "P2", self.everybody(name, works, self.many))

    def page_of_members(self):
        self.pages("members", "Page of 50 members")

    def page_of_passes(self):
        self.pages("passes", f"Page of {PASSES} PASS")

    def far_page(self):
        first = self.requests["passes"]
        far, number = first, 1
        while number < FAR_PAGE:
            body = json.loads(far.ask(self.ours.port)[1])
            if not body["page"]["next"]:
                break
            far, number = Request("far", body["page"]["next"], first.key), number + 1
        lines = int(self.system.sql("select count(*) from pass.pass"))
        self.compare(f"far-{lines}", f"Page 1 and page {number:,} of PASS, {lines:,} lines, 8 connections", "P3", [
            ("page 1", self.http(self.ours, first, 8)), (f"page {number:,}", self.http(self.ours, far, 8))])

    # --- P4, and enrolment ---
    def writes(self, name, title, goal, request, marker, others=(), first=None):
        """`first`: (name, statement) of a second load of pgbench that runs this before the operation's own."""
        lua = self.system.run / f"{name}.lua"
        lua.write_text(f"wrk.method = 'POST'\nwrk.body = [[{request.body}]]\n" + FRESH_LUA % marker)
        statements = self.statements(request)
        fresh = {marker: f"lpad({EVERY_NUMBER}::text, 12, '0')", self.sent(request): "'bench-' || :k"}
        works = [("pgbench, the same statements", self.load(self.script(name, statements, head=FRESH_HEAD, fresh=fresh), self.many))]
        if first:
            opened = next(place for place, (sql, _) in enumerate(statements) if "session.open" in sql) + 1
            locked = [*statements[:opened], (first[1], []), *statements[opened:]]
            works.append((first[0], self.load(self.script(name + "_first", locked, head=FRESH_HEAD, fresh=fresh), self.many)))
        works += [(one.name, self.http(one, request, self.many, script=lua)) for one in (self.ours, *others)]
        self.compare(name, f"{title}, {self.many} connections", goal, works)

    def sent(self, request):
        """The idempotency key of the request that was heard."""
        claim = next(values for sql, values in self.heard[request.name] if "idempotency_claim" in sql)
        return claim[0]

    def create(self):
        self.writes("create", "POST one PASS", "P4", self.requests["create"], NUMBER, self.peers)

    def national(self, method, target, body=None, **headers):
        request = Request("setup", target, self.system.env["MAILLAGE_KEY_NATIONAL"], method, json.dumps(body) if body else None)
        status, answer = request.ask(self.ours.port)
        if status >= 300:
            raise Void(f"{target}: {status} {answer[:300]!r}")
        return json.loads(answer)

    def enrolment(self):
        """One session that takes everybody: every enrolment changes its row."""
        session = self.system.sql("""select s.id from training.session s where s.state in ('OPEN', 'CONFIRMED')
            and s.kind = 'INTER' and s.starts_on > engine.today() + 7 order by s.starts_on desc limit 1""")
        self.system.sql(f"""update training.session set capacity = null, enrol_open_on = null, enrol_close_on = null
            where id = '{session}'""")
        person = {"given_name": "Camille", "family_name": "Essai", "email": f"{self.fresh_number()}-{NUMBER}@exemple.invalid"}
        request = Request("enrolment", f"/v1/training-sessions/{session}/enrolments", self.system.env["MAILLAGE_KEY_NATIONAL"],
                          "POST", json.dumps({"person": person}))
        self.writes("enrolment", "Enrolment in one session", "Issue 5", request, NUMBER, first=(
            "pgbench, the session's row locked first", f"select from training.session s where s.id = '{session}' for no key update"))

    def bpf(self):
        enrolments = fill_trainings(self.system, BPF_ENROLMENTS if not self.arguments.quick else 0, BPF_YEAR)
        request = Request("bpf", f"/v1/reports/bpf?year={BPF_YEAR}", self.system.env["MAILLAGE_KEY_NATIONAL"])
        spent = []
        for _ in range(self.arguments.rounds + 1):
            began = time.perf_counter()
            status, body = request.ask(self.ours.port)
            spent.append(time.perf_counter() - began)
            if status != 200:
                raise Void(f"{request.target}: {status} {body[:300]!r}")
        self.store("bpf", f"BPF of a year with {enrolments:,} enrolments", "Issue 5",
                   [("maillage, seconds", {"seconds": middle(spent[1:])})], len(body))

    # --- P5, P6 ---
    def cheap(self):
        page, one = self.requests["members"], self.requests["member"]
        tag = subprocess.run(["curl", "-s", "-o", "/dev/null", "-D", "-", *(word for line in page.lines() for word in ("-H", line)),
                              f"http://127.0.0.1:{self.ours.port}{page.target}"], capture_output=True, text=True).stdout
        tag = next(line.split(": ", 1)[1] for line in tag.splitlines() if line.lower().startswith("etag: "))
        self.compare("unchanged", f"304 of a page, {self.many} connections", "P5", [
            ("page of 50 members, 200", self.http(self.ours, page, self.many)),
            ("the same, 304", self.http(self.ours, page, self.many, headers=[*page.lines(), f"If-None-Match: {tag}"]))])
        wrong = Request("400", one.target + "?x=1", one.key)
        away = Request("404", "/v1/nothing", one.key)
        self.compare("refused", f"Refused requests, {self.many} connections", "P6", [
            ("GET one member", self.http(self.ours, one, self.many)),
            ("401, no key", self.http(self.ours, one, self.many, 401, [])),
            ("400, unknown parameter", self.http(self.ours, wrong, self.many, 400)),
            ("404, unknown path", self.http(self.ours, away, self.many, 404))])

    # --- P7 ---
    def export(self):
        key = self.requests["passes"].key
        small = Request("export", "/v1/passes?limit=1", key)
        with Heard(self.system) as heard:
            self.fetch(small, "text/csv")
        declared = next((sql, values) for sql, values in heard.statements if sql.lower().startswith("declare"))
        opening = [(sql, values) for sql, values in heard.statements if "session.open" in sql][-1]
        query = re.sub(r"^declare .*? for\s", "", inline(*declared), flags=re.S | re.I).strip()
        path = self.system.run / "copy.sql"
        path.write_text(f"begin;\n{inline(*opening)};\n\\copy ({' '.join(query.split())}) to /dev/null csv header\ncommit;\n")
        whole = Request("export", "/v1/passes", key)
        self.compare("export", "Export of all PASS of a delegation, one client (lines per second)", "P7", [
            ("psql \\copy of the same query", (None, lambda: self.copied(path))),
            ("CSV", (self.ours.process.pid, lambda: self.fetch(whole, "text/csv"))),
            ("NDJSON", (self.ours.process.pid, lambda: self.fetch(whole, "application/x-ndjson")))])

    def copied(self, path):
        began = time.perf_counter()
        done = subprocess.run(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", path, self.system.connection()], capture_output=True,
                              text=True, user=self.system.user(), cwd="/", timeout=EXPORT_WITHIN,
                              env={"PATH": os.environ["PATH"], "PGOPTIONS": self.system.sealing() + " -c statement_timeout=0"})
        rows = re.search(r"COPY (\d+)", done.stdout)
        if done.returncode or not rows:
            raise Void("psql: " + done.stderr)
        return {"rate": int(rows[1]) / (time.perf_counter() - began), "requests": int(rows[1])}

    def fetch(self, request, kind):
        before, began = resident_mb(self.ours.process.pid), time.perf_counter()
        target = self.system.run / "exported"
        done = subprocess.run(["curl", "-s", "-f", "-o", target, "-H", f"Accept: {kind}",
                               *(word for line in request.lines() for word in ("-H", line)),
                               f"http://127.0.0.1:{self.ours.port}{request.target}"], timeout=EXPORT_WITHIN)
        spent = time.perf_counter() - began
        if done.returncode:
            raise Void(f"export: curl ended with {done.returncode}")
        with open(target, "rb") as file:
            rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - (kind == "text/csv")
        return {"rate": rows / spent, "requests": max(1, rows), "bytes": target.stat().st_size / max(1, rows), "before": before}

    # --- P9 to P11 ---
    def memory(self):
        """A fresh daemon: idle, then under connections that all ask."""
        self.system.stop_daemon()
        self.system.start_daemon()
        time.sleep(1)
        found = [("idle", {"mb": resident_mb(self.ours.process.pid)})]
        for clients in (64, 1000):
            server, work = self.http(self.ours, self.requests["member"], clients)
            found.append((f"{clients} connections", {"mb": costing(self.system, server, work)["mb"]}))
        self.store("memory", "Resident memory, peak", "P9", found, 0)

    def paced(self):
        """At half of the rate that 64 connections reach just before."""
        for name, most in (("member", "3 ms"), ("pass", "3 ms"), ("members", "10 ms"), ("passes", "10 ms")):
            request = self.requests[name]
            server, closed = self.http(self.ours, request, self.many)
            peak = max(closed()["rate"] for _ in range(2))
            time.sleep(1)  # what the load left unanswered when it ended is no part of what follows
            url = f"http://127.0.0.1:{self.ours.port}{request.target}"
            runs = [costing(self.system, server, lambda: paced(url, request.lines(), peak / 2, PACED_FOR * self.arguments.seconds,
                                                              self.system.run)) for _ in range(self.arguments.rounds)]
            self.store(f"paced-{name}", f"At half of the peak ({peak / 2:,.0f} /s), {request.target.split('?')[0][:12]} {name}; "
                       f"goal p99 {most}", "P10", [("maillage", together(runs, runs))], 0)

    def start(self):
        """From the start of the process to the first byte of an answer."""
        spent = []
        for _ in range(self.arguments.rounds):
            self.system.stop_daemon()
            began = time.perf_counter()
            self.system.launch_daemon()
            if not listens(self.system.port, 20, 0.002) or Request("status", "/v1/status", "x").ask(self.system.port, "")[0] != 200:
                raise Void("no answer after a start")
            spent.append(time.perf_counter() - began)
        self.store("start", "First byte after start", "P11", [("maillage, seconds", {"seconds": middle(spent)})], 0)


