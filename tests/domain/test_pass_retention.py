"""Erasure of PASS: proven by a dump of the whole database in which nothing of an erased line is left."""
import datetime
import os
import subprocess
import threading

import psycopg
import pytest
from support import data
from support import keys as keys_of
from support.client import Client, environment
from support.system import binary, run_directory, sealing

COUNTS = """
    select (select coalesce(sum(people), 0) from pass.ended_month),
        (select coalesce(sum(people), 0) from pass.ended_outcome),
        (select count(*) from pass.pass)"""


def dump():
    """All rows of the database as SQL."""
    command = ["pg_dump", "--enable-row-security", "--data-only", "--no-owner", environment("MAILLAGE_DATABASE")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def counts_of_the_tests(owner):
    """The lines of these tests end before any of the demonstration: their counts go again."""
    yield
    owner.execute("delete from pass.ended_month where month < '2022-01-01'")


@pytest.fixture
def structure_of(url, scratch):
    member = scratch.create()
    key = keys_of.create("STRUCTURE", data.name("Effacement"), "--member", member["id"])
    return member["id"], Client(url, key, "structure-of-test")


def make_old(owner, line, ends_on):
    """What time does: the pathway lies in the past."""
    owner.execute("""update pass.pass set starts_on = %s::date - 729 - suspended_days - prolonged_days,
        initial_ends_on = %s::date - suspended_days - prolonged_days where id = %s""", (ends_on, ends_on, line))


def run_job():
    """As the timer does."""
    done = subprocess.run([binary(), "job", "erase-passes", "-c", str(run_directory() / "maillage.conf")],
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, (done.stdout, done.stderr)


def erase():
    total = 0
    with psycopg.connect(environment("MAILLAGE_DATABASE"), autocommit=True, options=sealing()) as connection:
        while count := connection.execute("select pass.erase_ended(50)").fetchone()[0]:
            total += count
    return total


@pytest.mark.timeout(300)
def test_no_canary_is_left_in_a_dump(structure_of, owner):
    member, client = structure_of
    today = datetime.date.fromisoformat(client.get("/v1/statistics/pass-expiries").json["as_of"])
    canary = "XXXXX000ZQWJ"
    first = today - datetime.timedelta(days=700)
    made = client.post("/v1/passes", {
        "number": canary, "starts_on": first.isoformat(), "birth_year": 1931,
        "suspensions": [{"starts_on": (first + datetime.timedelta(days=100)).isoformat(),
                         "ends_on": (first + datetime.timedelta(days=150)).isoformat(), "reason": "CONTRACT_BROKEN"}]})
    assert made.status == 201, made
    line = made.json["id"]
    later = datetime.date.fromisoformat(made.json["ends_on"]) + datetime.timedelta(days=90)
    asked = client.post(f"/v1/passes/{line}/prolongation-requests", {"reason": "RQTH", "ends_on": later.isoformat()},
                        headers={"If-Match": made.etag})
    assert asked.status in (200, 201), asked
    assert client.get(f"/v1/passes/{line}").status == 200 and client.get("/v1/passes").json["data"][0]["id"] == line
    canaries = [line, "ZQWJ", *owner.execute("""
        select encode(number_hash, 'hex') from pass.pass where id = %(id)s
        union all select id::text from pass.suspension where pass_id = %(id)s
        union all select id::text from pass.prolongation_request where pass_id = %(id)s""", {"id": line}).fetchall()]
    canaries = [value if isinstance(value, str) else value[0] for value in canaries]
    assert len(canaries) == 5
    before = dump()
    assert not [value for value in canaries if value not in before], "the dump must show them first"
    assert canary not in before, "the number itself is never stored"

    make_old(owner, line, "2021-02-01")
    counts = owner.execute(COUNTS).fetchone()
    run_job()
    assert owner.execute(COUNTS).fetchone() == (counts[0] + 1, counts[1], counts[2] - 1)
    assert owner.execute("select last_count from engine.job where name = 'erase-passes'").fetchone() == (1,)
    after = dump()
    assert not [value for value in canaries if value in after]
    assert client.get(f"/v1/passes/{line}").status == 404
    assert member in after, "the structure stays"


def test_two_runs_and_a_writer_at_once_count_each_line_once(structure_of, owner):
    member, _ = structure_of
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as writer:
        writer.execute("""
            insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on)
            select %s, 'AI', sha256(convert_to(n::text || now(), 'UTF8')), '0000', date '2019-01-01' + n,
                date '2020-12-30' + n
            from generate_series(1, 40) n""", (member,))
        writer.commit()
        before = owner.execute("select coalesce(sum(people), 0) from pass.ended_month").fetchone()[0]
        held = writer.execute("""
            update pass.pass set observed_on = observed_on - 1 where id = (
                select id from pass.pass where member_id = %s order by ends_on limit 1)
            returning id""", (member,)).fetchone()
        runs, erased = [], []

        def run():
            with psycopg.connect(environment("MAILLAGE_DATABASE"), autocommit=True, options=sealing()) as connection:
                while count := connection.execute("select pass.erase_ended(3)").fetchone()[0]:
                    erased.append(count)

        for _ in range(2):
            runs.append(threading.Thread(target=run))
            runs[-1].start()
        for thread in runs:
            thread.join()
        assert sum(erased) == 39, "the line that is being written to waits for the next run"
        assert owner.execute("select id from pass.pass where member_id = %s", (member,)).fetchall() == [held]
        writer.commit()
    assert erase() == 1
    assert owner.execute("select sum(people) from pass.ended_month").fetchone()[0] == before + 40


def test_the_wave_of_november_2023_is_counted_though_its_lines_are_gone(national, owner):
    assert owner.execute("select count(*) from pass.pass where ends_on = '2023-11-30'").fetchone() == (0,)
    answer = national.get("/v1/statistics/pass-expiries?from=2023-10-01&to=2023-12-31&by=origin").json
    months = {row["month"]: row["declared"] for row in answer["months"]}
    assert months["2023-11-01"] > 25_000 > 100 * 200 > 20 * max(months["2023-10-01"], months["2023-12-01"])
    stock = {row["month"]: row["declared"] for row in answer["groups"] if row["key"] == "AI_STOCK"}
    assert stock["2023-11-01"] > 25_000 and sum(stock.values()) < 1.05 * stock["2023-11-01"]
