"""The bars of the client in a real browser: one test per bar, the bars of a file in one run of the browser."""
import functools
import json
import pathlib
import shutil
import subprocess

import pytest

from support.cleanup import remove_test_rows

HERE = pathlib.Path(__file__).resolve().parent
RUN = HERE / "browser" / "run.mjs"


def fetch_packages():
    """What the lock file pins; a copy that is there already is not fetched again."""
    lock, kept = HERE / "package-lock.json", HERE / "node_modules" / ".maillage-lock"
    if kept.exists() and kept.read_bytes() == lock.read_bytes():
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE, check=True, timeout=100)
    shutil.copy(lock, kept)


def node(*arguments, seconds):
    done = subprocess.run(["node", str(RUN), *arguments], cwd=HERE, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stderr)
    return json.loads(done.stdout)


fetch_packages()
BARS = node("--list", seconds=30)


@functools.cache
def results(file):
    try:
        return node(file, seconds=640)
    finally:
        remove_test_rows()


@pytest.mark.timeout(660)
@pytest.mark.parametrize("bar", BARS)
def test_bar(bar):
    file, name = bar.split("::")
    assert results(file)[name] is None, results(file)[name]
