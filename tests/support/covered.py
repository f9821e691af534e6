#!/usr/bin/python3
"""Which numbers of the conformance list have a test: names like test_w21_…; numbers that look at the whole run stand in
tests/exchange/validate.py. Ends with 1 when a number of this stage has none.   tests/support/covered.py"""
import pathlib
import re
import sys

# Of the list in the wire conventions; the others belong to later resources.
WANTED = (
    set(range(1, 38))
    | set(range(39, 53))
    | set(range(54, 67))
    | {80, 81, 82, 84, 87}
    | set(range(89, 95))
    | {96, 97, 100}
) - {38, 53}
WHOLE_RUN = {6, 7, 89}


def main():
    tests = pathlib.Path(__file__).resolve().parents[1]
    found = {number: set() for number in WANTED}
    for path in sorted(tests.rglob("test_*.py")):
        for number in re.findall(r"^\s*def test_w(\d+)_", path.read_text("utf-8"), re.M):
            found.setdefault(int(number), set()).add(str(path.relative_to(tests)))
    for number in WHOLE_RUN:
        found[number].add("exchange/validate.py")
    for number in sorted(found):
        print(f"{number:4d}  {', '.join(sorted(found[number])) or 'NO TEST'}")
    missing = sorted(number for number in WANTED if not found[number])
    print(
        f"{len(WANTED) - len(missing)} of {len(WANTED)} numbers have a test"
        + (f"; missing: {missing}" if missing else "")
    )
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
