"""The tour of the README, typed as it stands there: every command works, and answers what the text promises."""
import os
import pathlib
import re
import subprocess

import pytest

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"


@pytest.fixture(scope="module")
def printed():
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    script = "\n".join(blocks).replace(". .run/env", f". '{os.environ['MAILLAGE_RUN']}/env'", 1)
    script = script.replace("\ncurl ", "\necho; echo '== '; curl -sS ").replace("tour-0001", f"tour-{os.getpid():06}")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0, done.stdout[-3000:]
    return [part.strip() for part in done.stdout.split("== \n")[1:]]


def test_first_lines_are_the_two_commands():
    first = README.read_text("utf-8").splitlines()[:10]
    assert any("deploy/start" in line for line in first) and any("tests/run" in line for line in first)


def test_figures(printed):
    assert '"total":503' in printed[0] and '"total":586' in printed[1] and '"joined":23' in printed[2]


def test_promises(printed):
    text = "\n".join(printed)
    assert '"status":412' in text and "current_etag" in text and "+33261910042" in text
    assert '"code":"unknown-property"' in text and '"suggestion":"email"' in text and "siret-checksum" in text
    assert "\ufeffname;kind;joined_on" in text and "FR44732829320" in text and "<html" in text


def test_only_the_wanted_refusals(printed):
    refused = [answer for answer in printed if '"type":"http' in answer and '"request_id"' in answer]
    assert len(refused) == 2, refused
