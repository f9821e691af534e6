"""The plan of migrations and its scripts: complete, and each revert tells the revision that it leaves."""
import pathlib
import re

import pytest

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema"
PLAN = [line.split()[0] for line in (SCHEMA / "sqitch.plan").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith(("%", "#"))]


def revisions(folder, name):
    return re.findall(r"^call engine\.set_revision\('(\w+)'\);$", (SCHEMA / folder / f"{name}.sql").read_text("utf-8"), re.M)


def test_no_script_without_a_line_in_the_plan():
    assert len(set(PLAN)) == len(PLAN)
    for folder in ("deploy", "revert", "verify"):
        assert {path.stem for path in (SCHEMA / folder).glob("*.sql")} == set(PLAN), folder


@pytest.mark.parametrize("before, name", zip(PLAN, PLAN[1:]))
def test_revision(before, name):
    """The daemon is ready only on the revision it was built for: a script that says another one stops it."""
    assert revisions("deploy", name) == [name]
    assert revisions("revert", name) == [before]
