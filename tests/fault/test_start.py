"""What the daemon refuses to start with: one line that says which, no secret in it, an exit code (row 55 of the fault matrix)."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from support.system import Daemon, read_config


@pytest.fixture
def attempt(tmp_path):
    """attempt(verb, setting=value): runs the daemon's `check` or `serve`; what it said and its code."""

    def run(verb="check", lines=(), **overrides):
        with Daemon(overrides) as daemon:
            daemon.config.write_text(
                "".join(f"{key} = {value}\n" for key, value in daemon.settings.items())
                + "".join(line + "\n" for line in lines),
                "utf-8",
            )
            daemon.config.chmod(0o600)
            clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")}
            return subprocess.run(
                [daemon.program, verb, "-c", str(daemon.config)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                env=clean,
            )

    return run


def assert_refused(done, *words):
    assert done.returncode != 0, done.stdout
    assert len(done.stdout.strip().splitlines()) <= 2, done.stdout
    for word in words:
        assert word in done.stdout, (word, done.stdout)


def test_check_passes_on_what_is_shipped(attempt):
    done = attempt()
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("verb", ["check", "serve"])
def test_unknown_setting(attempt, verb):
    assert_refused(attempt(verb, lines=["pool_sise = 3"]), "pool_sise")


@pytest.mark.parametrize(
    "name, value",
    [
        ("pool_size", "0"),
        ("pool_size", "many"),
        ("pool_size", "999999999999"),
        ("listen", "0.0.0.0:80"),
        ("listen", "somewhere"),
        ("log_level", "loud"),
        ("statement_timeout_ms", "-1"),
        ("connections_max", "1e3"),
    ],
)
def test_bad_values(attempt, name, value):
    assert_refused(attempt(**{name: value}), name)


def test_secret_that_others_may_read(attempt, tmp_path):
    secret = tmp_path / "secret"
    text = "ab" * 32
    secret.write_text(text)
    secret.chmod(0o644)
    done = attempt(secret_file=str(secret))
    assert_refused(done, "secret")
    assert text not in done.stdout


@pytest.mark.parametrize("verb", ["check", "serve"])
def test_no_key_for_personal_data(attempt, verb):
    assert_refused(attempt(verb, secret_key_file=""), "secret_key_file is not set")


@pytest.mark.parametrize("verb", ["check", "serve"])
def test_key_of_another_database(attempt, verb, tmp_path):
    secret = tmp_path / "secret-key"
    text = "cd" * 32
    secret.write_text(text)
    secret.chmod(0o600)
    done = attempt(verb, secret_key_file=str(secret))
    assert_refused(done, "secret_key_file", "secret_key_other")
    assert text not in done.stdout


def test_secret_that_is_missing_or_short(attempt, tmp_path):
    assert_refused(attempt(secret_file=str(tmp_path / "none")), "none")
    secret = tmp_path / "short"
    secret.write_text("abcd")
    secret.chmod(0o600)
    done = attempt(secret_file=str(secret))
    assert_refused(done)
    assert "abcd" not in done.stdout


def changed_contract(tmp_path, change):
    document = json.loads(pathlib.Path(read_config()["contract"]).read_text("utf-8"))
    change(document)
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), "utf-8")
    shutil.copy(pathlib.Path(read_config()["contract"]).with_suffix(".yaml"), tmp_path)
    return str(path)


def test_unsupported_keyword(attempt, tmp_path):
    def change(document):
        document["components"]["schemas"]["MemberCreate"]["properties"]["name"]["contains"] = {"const": 1}

    assert_refused(attempt(contract=changed_contract(tmp_path, change)), "contains")


def test_unresolved_reference(attempt, tmp_path):
    def change(document):
        document["components"]["schemas"]["Member"]["properties"]["kind"] = {"$ref": "#/components/schemas/Nowhere"}

    assert_refused(attempt(contract=changed_contract(tmp_path, change)), "Nowhere")


def test_contract_that_is_no_json(attempt, tmp_path):
    path = tmp_path / "openapi.json"
    path.write_text("{")
    assert_refused(attempt(contract=str(path)), "openapi.json")


def test_operation_without_a_file(attempt, tmp_path):
    def change(document):
        document["paths"]["/v1/regions"]["get"]["operationId"] = "listRegionsOtherwise"

    assert_refused(attempt(contract=changed_contract(tmp_path, change)), "listRegions")


@pytest.fixture
def operations(tmp_path):
    folder = tmp_path / "operations"
    shutil.copytree(read_config()["operations"], folder)
    return folder


def test_file_without_an_operation(attempt, operations):
    next(operations.rglob("listRegions.sql")).with_name("nobodyAsked.sql").write_text("select 1 as id")
    assert_refused(attempt(operations=str(operations)), "nobodyAsked")


def test_column_that_the_contract_does_not_know(attempt, operations):
    path = next(operations.rglob("listRegions.sql"))
    path.write_text(f"select q.*, 1 as colour from ({path.read_text('utf-8')}) q", "utf-8")
    assert_refused(attempt(operations=str(operations)), "colour")


def test_bind_that_nobody_declares(attempt, operations):
    path = next(operations.rglob("listRegions.sql"))
    path.write_text(f"select q.* from ({path.read_text('utf-8')}) q where q.name = :nobody", "utf-8")
    assert_refused(attempt(operations=str(operations)), "nobody")


def test_statement_that_does_not_parse(attempt, operations):
    next(operations.rglob("listRegions.sql")).write_text("select fro whre", "utf-8")
    assert_refused(attempt(operations=str(operations)), "listRegions")


def test_unknown_verb_and_missing_file():
    from support.system import binary

    for arguments in (["dance"], ["serve", "-c", "/nonexistent/maillage.conf"], ["serve", "--nonsense"]):
        done = subprocess.run(
            [binary(), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=20,
            env={key: value for key, value in os.environ.items() if not key.startswith("MAILLAGE_")},
        )
        assert done.returncode not in (0, -11) and done.stdout.strip(), (arguments, done)
