#!/usr/bin/python3
"""count.py SUITE LOGS STATUS: prints `passed failed skipped` of one suite.

Read from JUnit files (pytest, meson), else from the last line `N passed, N failed` of its log, else from pg_prove's
summary. A suite that ended badly without naming a failed test, or that ran nothing, counts as one failure."""
import pathlib
import re
import sys
import xml.etree.ElementTree


def from_junit(paths):
    tests = bad = skipped = 0
    for path in paths:
        for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
            tests += 1
            if case.find("failure") is not None or case.find("error") is not None:
                bad += 1
            elif case.find("skipped") is not None:
                skipped += 1
    return tests - bad - skipped, bad, skipped


def from_log(text):
    own = re.findall(r"^(\d+) passed, (\d+) failed", text, re.MULTILINE)
    if own:
        return int(own[-1][0]), int(own[-1][1]), 0
    total = re.search(r"^Files=\d+, Tests=(\d+)", text, re.MULTILINE)
    if total:
        failed = sum(map(int, re.findall(r"Failed: (\d+)\)", text)))
        return int(total.group(1)) - failed, failed, 0
    return 0, 0, 0


def main():
    name, logs, status = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    log = logs / f"{name}.log"
    junit = [path for path in (logs / f"{name}.xml", logs / f"{name}-threads.xml") if path.exists()]
    try:
        passed, failed, skipped = from_junit(junit) if junit else from_log(log.read_text("utf-8", "replace"))
    except xml.etree.ElementTree.ParseError:
        passed, failed, skipped = 0, 1, 0
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
    print(passed, failed, skipped)


if __name__ == "__main__":
    main()
