"""One run of wrk or pgbench, with what it cost; medians of interleaved rounds."""
import os
import pathlib
import re
import resource
import statistics
import subprocess

TICK = os.sysconf("SC_CLK_TCK")


def children():
    """{parent: [children]} of all processes."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
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
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
        if pid == root:
            total += int(fields[13]) + int(fields[14])
    return total / TICK


def resident_mb(root):
    total = 0
    for pid in tree(root):
        try:
            total += int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])
        except (OSError, TypeError):
            continue
    return total / 1024


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def wrk(port, target, headers, clients, seconds, expect=200):
    command = ["wrk", f"-t{min(2, clients)}", f"-c{clients}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    text = subprocess.run([*command, f"http://127.0.0.1:{port}{target}"], capture_output=True, text=True, check=True).stdout
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    requests = int(re.search(r"(\d+) requests in", text)[1])
    wrong = int(other[1]) if other else 0
    if "Socket errors" in text or wrong != (requests if expect >= 400 else 0):
        raise SystemExit("void, errors in the run:\n" + text)
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), "requests": requests,
            "p50": milliseconds(re.search(r"50%\s+(\S+)", text)[1]), "p99": milliseconds(re.search(r"99%\s+(\S+)", text)[1])}


def pgbench(system, script, clients, seconds):
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", str(script),
               system.connection()]
    done = subprocess.run(command, capture_output=True, text=True, user=system.user(), cwd="/")
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if not rate or (failed and int(failed[1])):
        raise SystemExit("pgbench: " + done.stderr)
    return {"rate": float(rate[1]), "requests": int(re.search(r"actually processed: (\d+)", done.stdout)[1])}


def costing(system, server, work):
    """The work's figures with the CPU that it took, in µs for each request: server, database, client."""
    before = cpu_seconds(server) if server else 0, cpu_seconds(system.postmaster()), resource.getrusage(resource.RUSAGE_CHILDREN)
    found = work()
    client = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = ((cpu_seconds(server) if server else 0) - before[0], cpu_seconds(system.postmaster()) - before[1],
             client.ru_utime + client.ru_stime - before[2].ru_utime - before[2].ru_stime)
    found["cpu"] = [1e6 * seconds / max(1, found["requests"]) for seconds in spent]
    found["mb"] = resident_mb(server) if server else 0
    return found


def medians(runs):
    return {"rate": statistics.median(run["rate"] for run in runs), "least": min(run["rate"] for run in runs),
            "most": max(run["rate"] for run in runs), "cpu": [statistics.median(run["cpu"][i] for run in runs) for i in range(3)],
            "p50": statistics.median(run.get("p50", 0) for run in runs), "p99": statistics.median(run.get("p99", 0) for run in runs),
            "mb": max(run["mb"] for run in runs)}
