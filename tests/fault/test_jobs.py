"""`maillage job`: what is due is done in batches, by one at a time, and says what it did."""
import subprocess
import threading

import pytest
from support.system import binary, run_directory


def job(*arguments):
    return subprocess.run(
        [binary(), "job", *arguments, "-c", str(run_directory() / "maillage.conf")],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "/usr/bin:/bin"},
    )


@pytest.fixture
def old_answers(owner):
    """2,500 answers that are too old: three batches."""

    def make():
        owner.execute(
            "insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, created_at)"
            " select '00000000-0000-7000-8000-000000000009', 'job-' || i, 'd', 200, now() - interval '80 hours'"
            " from generate_series(1, 2500) i"
        )

    yield make
    owner.execute("delete from engine.idempotency where key_id = '00000000-0000-7000-8000-000000000009'")


def left(owner):
    return owner.execute(
        "select count(*) from engine.idempotency where created_at < now() - interval '72 hours'"
    ).fetchone()[0]


def test_a_job_by_name(owner, old_answers):
    old_answers()
    done = job("purge-idempotency")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("purge-idempotency: ") and " rows in " in done.stdout
    assert int(done.stdout.split()[1]) >= 2500
    assert left(owner) == 0
    assert job("purge-idempotency").stdout.startswith("purge-idempotency: 0 rows")


def test_what_is_due(owner, old_answers):
    owner.execute("update engine.job set last_run_at = null where name = 'purge-idempotency'")
    old_answers()
    first, second = job(), job()
    assert first.returncode == second.returncode == 0
    assert "purge-idempotency: 2500 rows" in first.stdout
    assert "purge-idempotency" not in second.stdout, "not due twice a day"


def test_not_two_at_once(owner, old_answers):
    old_answers()
    lock = "hashtext('engine.job'), hashtext('purge-idempotency')"
    owner.execute(f"select pg_advisory_lock({lock})")
    try:
        done = job("purge-idempotency")
        assert (done.returncode, done.stdout.strip()) == (0, "purge-idempotency: running elsewhere")
        assert left(owner) >= 2500
    finally:
        owner.execute(f"select pg_advisory_unlock({lock})")


def test_many_at_once_do_it_once(owner, old_answers):
    old_answers()
    before, done = left(owner), []
    threads = [threading.Thread(target=lambda: done.append(job("purge-idempotency"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.returncode == 0 for one in done), [one.stderr for one in done]
    assert sum(int(one.stdout.split()[1]) for one in done if " rows " in one.stdout) == before
    assert left(owner) == 0


def test_a_job_that_fails_hides_no_other(owner, old_answers):
    owner.execute(
        "insert into engine.job (name, function_name, description)"
        " values ('broken-job', 'engine.no_such_function', 'A function that is not there.')"
    )
    owner.execute("update engine.job set last_run_at = null where name = 'purge-idempotency'")
    try:
        old_answers()
        done = job()
        assert done.returncode == 1 and "broken-job" in done.stderr
        assert "purge-idempotency: 2500 rows" in done.stdout
        assert owner.execute("select last_run_at from engine.job where name = 'broken-job'").fetchone() == (None,)
    finally:
        owner.execute("delete from engine.job where name = 'broken-job'")


@pytest.mark.parametrize("arguments, code", [(("nothing",), 1), (("--all",), 2)])
def test_wrong_use(arguments, code):
    done = job(*arguments)
    assert done.returncode == code and done.stderr.count("\n") <= 2
