"""The grid of RGAA 4.1.2: all 106 criteria, each state with what proves it, and the statement with figures from it."""
import json
import pathlib
import re

import pytest

HERE = pathlib.Path(__file__).resolve().parent
GRID = json.loads((HERE.parents[1] / "web" / "accessibility" / "grid.json").read_text("utf-8"))
CRITERIA = GRID["criteria"]
# How many criteria each of the thirteen themes has.
THEMES = [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12]
BARS = {name for file in (HERE / "browser" / "bars").glob("*.mjs")
        for name in re.findall(r"^export (?:const|(?:async )?function) (w\d\d_\w+)", file.read_text("utf-8"), re.MULTILINE)}


def count(state):
    return sum(one["state"] == state for one in CRITERIA)


def test_every_criterion_once():
    assert sum(THEMES) == 106 == len(CRITERIA)
    assert [one["criterion"] for one in CRITERIA] == [
        f"{theme}.{number}" for theme, most in enumerate(THEMES, 1) for number in range(1, most + 1)]
    assert list(GRID["themes"]) == [str(theme) for theme in range(1, 14)]


def test_the_sample_has_twelve_pages():
    assert len({one["screen"] for one in GRID["sample"]}) == 12 == len({one["address"] for one in GRID["sample"]})


@pytest.mark.parametrize("one", CRITERIA, ids=lambda one: one["criterion"])
def test_a_state_has_its_proof(one):
    assert one["state"] in {"met", "not_met", "to_check", "not_applicable"}
    if one["state"] != "met":
        assert one.get("note"), "why it is not met, not applicable or still to be checked"
    if one["state"] in {"to_check", "not_applicable"}:
        assert "checks" not in one
        return
    known = {entry["screen"] for entry in GRID["sample"]}
    assert one["screens"] == "all" or (one["screens"] and set(one["screens"]) <= known)
    axe = (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    for check in one["checks"]:
        rule = check.removeprefix("axe:")
        found = f'id:"{rule}"' in axe if check.startswith("axe:") else any(bar.startswith(check) for bar in BARS)
        assert found, f"nothing is called {check}"
    assert one["checks"]


def test_the_statement_says_what_the_grid_says(anonymous):
    text = re.sub(r"\s+", " ", anonymous.get("/accessibilite.html", record=False).text)
    applicable = 106 - count("not_applicable")
    assert f"Sur les 106 critères du RGAA 4.1.2, {count('not_applicable')} sont sans objet" in text
    assert f"Des {applicable} autres, <strong>{count('met')} sont vérifiés et satisfaits, soit {count('met') * 100 // applicable} %" in text
    assert f"{count('to_check')} restent à vérifier" in text
    rows = re.findall(r'<th scope="row">([\d.]+)</th>', text)
    assert rows == [one["criterion"] for one in CRITERIA]
    assert "<!-- " not in text
