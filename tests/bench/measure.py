"""One run of a load, with what it cost; figures of interleaved rounds put together."""
import contextlib
import os
import pathlib
import re
import resource
import statistics
import subprocess

TICK = os.sysconf("SC_CLK_TCK")
LOAD_ENDS_WITHIN = 60  # seconds beyond its own
CALLERS = 256  # of a paced load: so many that the pause of each is long beside an answer
# wrk: milliseconds, with an exponential distribution, so that requests come as from strangers and not in step.
PAUSES = """
local mean, thread = %f, 0
function setup(t) thread = thread + 1; t:set("own", thread) end
function init() math.randomseed(own) end
function delay() return math.floor(0.5 - mean * math.log(1 - math.random())) end
"""


class Void(Exception):
    """An error in a run: its line counts for nothing, and says so."""


def children():
    """{parent: [children]} of all processes."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def tree(root):
    found, below = [root], children()
    for pid in found:
        found.extend(below.get(pid, ()))
    return found


def cpu_seconds(root):
    """Of a process and all below it, those that have ended included."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(field) for field in fields[11:15 if pid == root else 13])
    return total / TICK


def status_mb(root, line):
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError, TypeError):
            total += int(re.search(line + r":\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])
    return total / 1024


def forget_peak(root):
    for pid in tree(root):
        with contextlib.suppress(OSError):
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def resident_mb(root):
    return status_mb(root, "VmRSS")


def run(command, seconds, **options):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds + LOAD_ENDS_WITHIN, **options)
    except subprocess.TimeoutExpired as error:
        raise Void(f"{command[0]} did not end") from error


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def bytes_of(text):
    value, unit = re.fullmatch(r"([\d.]+)([KMG]?)B", text).groups()
    return float(value) * 1024 ** " KMG".index(unit or " ")


def wrk(url, headers, clients, seconds, expect=200, script=None):
    """Closed loop: each connection asks again when it has been answered."""
    command = ["wrk", f"-t{min(2, clients)}", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    for header in headers:
        command += ["-H", header]
    done = run(command + (["-s", str(script)] if script else []) + [url], seconds)
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    requests = re.search(r"(\d+) requests in .*, (\S+) read", done.stdout)
    if done.returncode or not requests or requests[1] == "0":
        raise Void("wrk: " + done.stdout + done.stderr)
    wrong = int(other[1]) if other else 0
    if "Socket errors" in done.stdout or wrong != (int(requests[1]) if expect >= 400 else 0):
        raise Void("errors in the run: " + done.stdout)
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]), "requests": int(requests[1]),
            "bytes": bytes_of(requests[2]) / max(1, int(requests[1])),
            "p50": milliseconds(re.search(r"(?m)^\s+50%\s+(\S+)", done.stdout)[1]),
            "p99": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", done.stdout)[1])}


def paced(url, headers, rate, seconds, folder):
    """Nearly an open loop: many callers who know nothing of each other, each pausing at random between its requests."""
    script = pathlib.Path(folder) / "paced.lua"
    script.write_text(PAUSES % (1000 * CALLERS / rate))
    return wrk(url, headers, CALLERS, seconds, script=script)


def pgbench(system, script, clients, seconds):
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), *script.arguments(),
               system.connection()]
    done = run(command, seconds, user=system.user(), cwd="/",
               env={"PATH": os.environ["PATH"], "PGOPTIONS": system.sealing(), "LC_ALL": "C.UTF-8"})
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if done.returncode or not rate or (failed and int(failed[1])):
        raise Void("pgbench: " + (done.stderr or done.stdout)[-600:])
    return {"rate": float(rate[1]), "requests": int(re.search(r"actually processed: (\d+)", done.stdout)[1])}


def costing(system, server, work):
    """The work's figures with the CPU that it took, in µs for each request: server, database, client; and the peak of memory."""
    def now():
        client = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cpu_seconds(server) if server else 0, cpu_seconds(system.postmaster()), client.ru_utime + client.ru_stime
    if server:
        forget_peak(server)
    before = now()
    found = work()
    found["cpu"] = [1e6 * (after - start) / max(1, found["requests"]) for after, start in zip(now(), before)]
    found["mb"] = status_mb(server, "VmHWM") if server else 0
    return found


def middle(values):
    """Median, least, most."""
    return [statistics.median(values), min(values), max(values)]


def together(runs, base):
    """Rounds of one contender, and how it did in each beside `base`."""
    found = {name: middle([run[name] for run in runs]) for name in ("rate", "p50", "p99") if name in runs[0]}
    found["ratio"] = middle([run["rate"] / other["rate"] for run, other in zip(runs, base)])
    found["cpu"] = [statistics.median(run["cpu"][i] for run in runs) for i in range(3)]
    found["mb"] = max(run["mb"] for run in runs)
    found["bytes"] = statistics.median(run.get("bytes", 0) for run in runs)
    return found
