"""What was found, as tables: ratios first; and the goals with the figures beside them."""
HEAD = ("| Contender | ratio (min–max) | /s (min–max) | p50 ms | p99 ms | CPU µs: server + database + client | peak MB | bytes |\n"
        "|---|---|---|---|---|---|---|---|")
# goal, line (or how its name begins), contender, what, first step, goal, is more better
GOALS = (
    ("P1 GET one member, 8, to pgbench", "member-8", "maillage", "ratio", 0.6, 0.6, True),
    ("P1 GET one member, 64, to pgbench", "member-64", "maillage", "ratio", 0.6, 1.0, True),
    ("P1 GET one member, 256, to pgbench", "member-256", "maillage", "ratio", 0.6, 1.0, True),
    ("P1 GET one PASS, 8, to pgbench", "pass-8", "maillage", "ratio", 0.6, 0.6, True),
    ("P1 GET one PASS, 64, to pgbench", "pass-64", "maillage", "ratio", 0.6, 1.0, True),
    ("P1 GET one PASS, 256, to pgbench", "pass-256", "maillage", "ratio", 0.6, 1.0, True),
    ("P2 page of 50 members, to json_agg", "members", "maillage", "ratio", 1.7, 2.5, True),
    ("P2 page of 100 PASS, to json_agg", "passes", "maillage", "ratio", 1.7, 2.5, True),
    ("P3 rate of page 1,000 to that of page 1", "far-", "page 1,000", "ratio", 0.77, 0.91, True),
    ("P4 POST one PASS, to pgbench", "create", "maillage", "ratio", 0.8, 0.95, True),
    ("P5 304 of a page, to its 200", "unchanged", "the same, 304", "ratio", 5, 8, True),
    ("P6 400, to GET one", "refused", "400, unknown parameter", "ratio", 3, 4, True),
    ("P7 CSV, to \\copy", "export", "CSV", "ratio", 0.7, 1.0, True),
    ("P7 NDJSON, to \\copy", "export", "NDJSON", "ratio", 0.7, 1.0, True),
    ("P9 idle MB", "memory", "idle", "mb", 20, 15, False),
    ("P9 64 connections MB", "memory", "64 connections", "mb", 40, 30, False),
    ("P9 1,000 connections MB", "memory", "1000 connections", "mb", 120, 90, False),
    ("P10 p99 of GET one member, ms", "paced-member", "maillage", "p99", 10, 3, False),
    ("P10 p99 of GET one PASS, ms", "paced-pass", "maillage", "p99", 10, 3, False),
    ("P10 p99 of a page of members, ms", "paced-members", "maillage", "p99", 25, 10, False),
    ("P10 p99 of a page of PASS, ms", "paced-passes", "maillage", "p99", 25, 10, False),
    ("P11 first byte after start, s", "start", "maillage, seconds", "seconds", 0.5, 0.15, False),
    ("Enrolment in one session, to pgbench", "enrolment", "maillage", "ratio", 0.8, 0.8, True),
    ("BPF of 100,000 enrolments, s", "bpf", "maillage, seconds", "seconds", 2, 2, False),
)


def span(found, form):
    return f"{found[0]:{form}} ({found[1]:{form}}–{found[2]:{form}})"


def row(name, found, body):
    if "seconds" in found:
        return f"| {name} | {span(found['seconds'], '.3f')} s | – | – | – | – | – | {body or '–'} |"
    if "rate" not in found:
        return f"| {name} | – | – | – | – | – | {found['mb']:.1f} | – |"
    cpu = " + ".join(f"{part:,.0f}" for part in found["cpu"]) + f" = {sum(found['cpu']):,.0f}"
    p50, p99 = (f"{found[name][0]:.1f}" if name in found else "–" for name in ("p50", "p99"))
    memory, size = (f"{found[name]:{form}}" if found[name] else "–" for name, form in (("mb", ".1f"), ("bytes", ",.0f")))
    ratio = span(found["ratio"], ".2f")
    return f"| {name} | **{ratio.split()[0]}** {ratio.split(' ', 1)[1]} | {span(found['rate'], ',.0f')} | {p50} | {p99} | {cpu} | {memory} | {size} |"


def table(line):
    head = f"\n### {line['title']} ({line['goal']})\n\n{line['when']}, commit {line['commit']}, load {line['load']:.1f} before, "
    head += f"{line['rounds']} rounds of {line['seconds']} s.\n"
    if "void" in line:
        return head + f"\n**Void**: {line['void']}\n"
    return "\n".join([head, HEAD, *(row(name, found, line["bytes"]) for name, found in line["rows"])]) + "\n"


def rows_of(lines, name):
    line = lines.get(name) or next((line for other, line in lines.items() if name.endswith("-") and other.startswith(name)), {})
    return dict(line.get("rows", ()))


def goals(lines):
    """Each goal with what was seen, the largest peer beside P1 and P2."""
    found = ["| Goal | seen (min–max) | first step | goal | verdict |", "|---|---|---|---|---|"]
    for title, line, contender, what, first, goal, more in GOALS:
        rows = rows_of(lines, line)
        if contender not in rows:
            found.append(f"| {title} | not measured | {first} | {goal} | – |")
            continue
        value = rows[contender][what]
        seen = value[0] if isinstance(value, list) else value
        text = span(value, ".2f") if isinstance(value, list) else f"{value:.1f}"
        reached = [bar for bar in (first, goal) if (seen >= bar if more else seen <= bar)]
        verdict = "**goal reached**" if goal in reached else "first step" if reached else "not reached"
        found.append(f"| {title} | {text} | {first} | {goal} | {verdict} |")
    for line in ("member-64", "pass-64", "members", "passes", "create"):
        rows = rows_of(lines, line)
        peers = {name: rows[name]["rate"][0] for name in ("fastify", "fastapi", "django", "go") if name in rows}
        if peers and "maillage" in rows:
            ours, best = rows["maillage"]["rate"][0], max(peers, key=peers.get)
            slowest = f", Django × {ours / peers['django']:.1f}" if "django" in peers else ""
            found.append(f"| P8 {line}, to the best peer | {best} × {ours / peers[best]:.2f}{slowest} | ahead | × 2, Django × 20 | "
                         f"{'first step' if ours > peers[best] else 'not reached'} |")
    return "\n".join(found)
