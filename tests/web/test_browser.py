"""The bars of the client in real browsers: one test per bar, the bars of a file in one run of the browser."""
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from support.cleanup import remove_test_rows

HERE = pathlib.Path(__file__).resolve().parent
RUN = HERE / "browser" / "run.mjs"
FILE_SECONDS = 800


def fetch_packages():
    """What the lock file pins; a copy that is there already is not fetched again."""
    lock, kept = HERE / "package-lock.json", HERE / "node_modules" / ".maillage-lock"
    if kept.exists() and kept.read_bytes() == lock.read_bytes():
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True, timeout=200)
    shutil.copy(lock, kept)


def node(*arguments, seconds):
    done = subprocess.run(["node", str(RUN), *arguments], cwd=HERE, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stderr)
    return json.loads(done.stdout)


fetch_packages()
BARS = node("--list", seconds=30)


# Two lanes of files side by side: sweeps over all screens take as long as all the rest. Times are measured last, alone.
SWEEPS, ALONE = ("screens.mjs", "zones.mjs"), ("speed.mjs",)
FILES = list(dict.fromkeys(bar.split("::")[0] for bar in BARS))


def outcome(file):
    try:
        return node(file, seconds=FILE_SECONDS)
    except Exception as error:  # told by each of its bars
        return error


@pytest.fixture(scope="module")
def results(request):
    """What the bars of the wanted files found."""
    wanted = {item.callspec.params["bar"].split("::")[0] for item in request.session.items
              if item.fspath == request.fspath and hasattr(item, "callspec")}
    lanes = ([file for file in SWEEPS if file in wanted],
             [file for file in FILES if file in wanted and file not in SWEEPS + ALONE])
    found = {}
    try:
        with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
            for lane in pool.map(lambda files: {file: outcome(file) for file in files}, lanes):
                found.update(lane)
        found.update({file: outcome(file) for file in ALONE if file in wanted})
        return found
    finally:
        remove_test_rows()


@pytest.mark.timeout(1140)
@pytest.mark.parametrize("bar", BARS)
def test_bar(results, bar):
    file, name = bar.split("::")
    if isinstance(results[file], Exception):
        raise results[file]
    assert results[file][name] is None, results[file][name]


def test_every_bar_of_the_table_has_its_tests():
    """W5 is the grid of an audit, W17 rules of the contract: they are looked at elsewhere."""
    seen = {int(number) for bar in BARS for number in re.findall(r"w(\d\d)_", bar)}
    assert set(range(1, 27)) - seen <= {5, 17}
