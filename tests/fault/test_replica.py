"""Lists and exports that a standby answers: exact for who writes, bounded for all others, and never an error of its own.

A primary and a standby of this file's own. What only the standby shall do slowly, it does by a function that sleeps where the
server is in recovery."""
import concurrent.futures
import os
import signal
import time

import psycopg
import pytest
from support import data
from support.client import environment
from support.contract import Contract
from support.problems import assert_problem
from support.raw import begin_export, read_to_the_end
from support.samples import Samples
from support.standby import ReplicaDaemon, Standby
from support.system import Cluster, wait_until

CALLERS = ("NATIONAL", "DELEGATION_BRETAGNE", "STRUCTURE", "PARTNER")
ANSWERED = {"answered": 1}
LIST = "/v1/members?limit=3"
LONG = 60_000  # ms of staleness that no test outlives
SLOW_THERE = """
    create or replace function engine.today() returns date language plpgsql stable parallel safe as $$
    begin
        if pg_is_in_recovery() then
            perform pg_sleep(60);
        end if;
        return (now() at time zone 'Europe/Paris')::date;
    end $$"""


@pytest.fixture(scope="module")
def primary():
    with Cluster() as cluster:
        yield cluster.create().start()


@pytest.fixture(scope="module")
def common_standby(primary):
    with Standby(primary) as standby:
        yield standby.create().start()


@pytest.fixture
def standby(common_standby):
    if not common_standby.running:
        common_standby.start()
    common_standby.open()
    common_standby.resume()
    common_standby.caught_up()
    return common_standby


@pytest.fixture
def serve(primary, standby):
    """serve(setting=value, …): a daemon of both."""
    running = []

    def begin(read_from=standby, **overrides):
        running.append(ReplicaDaemon(primary, read_from, **overrides))
        return running[-1].begin()

    yield begin
    for daemon in running:
        daemon.close()


@pytest.fixture
def slow_there(primary, standby):
    """Lists of members take a minute on the standby."""
    with primary.owner() as connection:
        (before,) = connection.execute("select pg_get_functiondef('engine.today()'::regprocedure)").fetchone()
        connection.execute(SLOW_THERE)
        standby.caught_up()
        yield
        connection.execute(before)


def busy(standby):
    return standby.sessions("state = 'active' and backend_type = 'client backend' and query like '%network.member%'")


def national(daemon, keys):
    return daemon.client(keys["NATIONAL"], "national")


def sign_in(daemon, body):
    answer = daemon.client().request("POST", "/v1/sessions", json=body)
    assert answer.status == 200, answer
    return answer.header("Set-Cookie").split(";")[0]


def get_as(daemon, cookie, target):
    return daemon.client(None, "session").get(target, headers={"Cookie": cookie})


def create_member(client):
    body = data.member()
    answer = client.post("/v1/members", body)
    assert answer.status == 201, answer
    return f"/v1/members?siret={body['siret']}"


def names(answer):
    assert answer.status == 200, answer
    return [row["name"] for row in answer.json["data"]]


# --- who answers what ---------------------------------------------------------------------------------------------------
def test_lists_and_exports_are_answered_there_and_all_else_is_not(serve, standby, keys):
    daemon = serve()
    client = national(daemon, keys)
    answer, outcomes = daemon.outcome_of(lambda: client.get(LIST))
    assert answer.status == 200 and outcomes == ANSWERED
    assert any("network.member" in query for _, _, query in standby.sessions())
    member = answer.json["data"][0]["id"]
    for accept in ("text/csv", "application/x-ndjson"):
        answer, outcomes = daemon.outcome_of(lambda: client.get("/v1/regions", accept=accept))
        assert answer.status == 200 and outcomes == ANSWERED, accept
    exact, outcomes = daemon.outcome_of(lambda: client.get(LIST, headers={"Prefer": "count=exact"}))
    assert exact.status == 200 and exact.json["page"]["total"] > 0 and outcomes == ANSWERED
    for target in (f"/v1/members/{member}", "/v1/token", f"/v1/members/{member}/contacts", "/v1/statistics/members?by=kind"):
        answer, outcomes = daemon.outcome_of(lambda: client.get(target))
        assert answer.status == 200 and not outcomes, target
    figures = daemon.figures()
    for pool in ("requests", "exports", "replica", "replica_exports"):
        assert figures.value("maillage_pool_connects_total", pool=pool) >= (pool != "exports"), pool


def test_a_page_noted_for_a_304_comes_from_the_primary(serve, keys):
    """The stamp that it is noted under is the primary's: an older page must not be kept under it."""
    daemon = serve()
    client = national(daemon, keys)
    first = client.get(LIST)
    again, outcomes = daemon.outcome_of(lambda: client.get(LIST, headers={"If-None-Match": first.etag}))
    assert again.status == 304 and not outcomes


def test_each_list_can_be_answered_there_with_the_same_bytes_for_each_caller(serve, primary, standby, keys):
    """No list writes, none needs a number of a transaction, and policies hold on the standby as on the primary."""
    there, here = serve(read_staleness_ms=LONG), ReplicaDaemon(primary, standby, read_database="")
    try:
        here.start()
        contract = Contract.load(here.client())
        samples = Samples(national(here, keys), contract)
        lists = [operation for operation in contract.operations if operation.id.startswith("list") and operation.method == "GET"
                 and "x-traced" not in operation.definition and operation.id not in ("listProblems", "listPassRules")]
        assert len(lists) > 30
        targets = [samples.target(operation) for operation in lists]
        standby.caught_up()
        for caller in CALLERS:
            one, other = (daemon.client(keys[caller], caller.lower()) for daemon in (here, there))
            wanted = [one.get(target, record=False) for target in targets]
            answers, outcomes = there.outcome_of(lambda: [other.get(target, record=False) for target in targets])
            for answer, expected in zip(answers, wanted):
                assert answer.status == expected.status, (caller, answer)
                assert answer.status != 200 or answer.body == expected.body, (caller, answer)
            good = sum(answer.status == 200 for answer in answers)
            # whether a refusal is right, the primary knows
            assert (outcomes["answered"], outcomes.get("refused", 0)) == (good, len(targets) - good), (caller, outcomes)
    finally:
        here.close()


# --- what one has written, what others have -------------------------------------------------------------------------------
def test_own_writes_are_seen_at_once_those_of_others_after_a_while(serve, standby, keys):
    daemon = serve(read_staleness_ms=LONG)
    other = sign_in(daemon, {"email": environment("MAILLAGE_ACCOUNT_NATIONAL"), "password": environment("MAILLAGE_PASSWORD_NATIONAL")})
    standby.caught_up()
    standby.pause()
    assert get_as(daemon, other, LIST).status == 200
    target = create_member(national(daemon, keys))
    answer, outcomes = daemon.outcome_of(lambda: national(daemon, keys).get(target))
    assert len(names(answer)) == 1 and outcomes == {"caller_wrote": 1}
    csv = national(daemon, keys).get(target, accept="text/csv")
    assert csv.status == 200 and len(csv.text.splitlines()) == 2
    answer, outcomes = daemon.outcome_of(lambda: get_as(daemon, other, target))
    assert names(answer) == [] and outcomes == ANSWERED, "nobody but the writer has to ask the primary"
    standby.resume()
    standby.caught_up()
    assert len(names(get_as(daemon, other, target))) == 1


def test_after_the_staleness_a_standby_that_stands_still_is_not_asked(serve, standby, keys):
    daemon = serve(read_staleness_ms=1000)
    other = sign_in(daemon, {"email": environment("MAILLAGE_ACCOUNT_NATIONAL"), "password": environment("MAILLAGE_PASSWORD_NATIONAL")})
    standby.pause()
    target = create_member(national(daemon, keys))
    wait_until(lambda: names(get_as(daemon, other, target)), 10, "the write of another")
    wait_until(lambda: not daemon.usable(), 10, "left alone")
    answer, outcomes = daemon.outcome_of(lambda: get_as(daemon, other, target))
    assert names(answer) and outcomes == {"behind": 1}
    standby.resume()
    wait_until(daemon.usable, 30, "of use again")


def test_who_is_signed_in_twice_sees_here_what_was_written_there(serve, standby, keys):
    daemon = serve(read_staleness_ms=LONG)
    session = sign_in(daemon, {"key": keys["NATIONAL"]})
    standby.caught_up()
    assert get_as(daemon, session, LIST).status == 200
    standby.pause()
    target = create_member(national(daemon, keys))
    answer, outcomes = daemon.outcome_of(lambda: get_as(daemon, session, target))
    assert len(names(answer)) == 1 and outcomes == {"caller_wrote": 1}


def test_a_session_that_the_standby_does_not_know_yet(serve, standby, keys):
    daemon = serve(read_staleness_ms=LONG)
    standby.pause()
    session = sign_in(daemon, {"key": keys["PARTNER"]})
    answer, outcomes = daemon.outcome_of(lambda: get_as(daemon, session, LIST))
    assert answer.status == 200 and outcomes == {"refused": 1}
    assert_problem(daemon.client("fed_demo_unknown_key", "unknown").get(LIST), 401, "unauthenticated")


def test_a_session_that_the_standby_still_knows(serve, standby, keys):
    daemon = serve(read_staleness_ms=LONG)
    session = sign_in(daemon, {"key": keys["PARTNER"]})
    standby.caught_up()
    assert get_as(daemon, session, LIST).status == 200
    standby.pause()
    own = {"Cookie": session, "Origin": daemon.settings["public_url"], "X-Requested-With": "maillage"}
    assert daemon.client(None, "session").request("DELETE", "/v1/sessions/current", headers=own).status == 204
    assert_problem(get_as(daemon, session, LIST), 401, "unauthenticated")


# --- the standby's troubles ------------------------------------------------------------------------------------------------
def kill_backend(standby, _):
    for process_id, _, _ in busy(standby):
        os.kill(process_id, signal.SIGKILL)


def end_backend(standby, _):
    with standby.administrator() as connection:
        for process_id, _, _ in busy(standby):
            connection.execute("select pg_terminate_backend(%s)", (process_id,))


def stop_server(standby, _):
    standby.stop("immediate")


def conflict(standby, primary):
    """The standby has to replay a lock that the list is in the way of."""
    standby.set("max_standby_streaming_delay", "0")
    with standby.administrator() as there:
        (table,) = there.execute("""
            select c.oid::regclass::text from pg_locks l join pg_class c on c.oid = l.relation
            where l.pid = any (%s) and c.relkind = 'r' and c.relnamespace <> 'pg_catalog'::regnamespace limit 1""",
            ([process_id for process_id, _, _ in busy(standby)],)).fetchone()
    with primary.owner() as here, here.transaction():
        here.execute(f"lock table {table} in access exclusive mode")
        here.execute("select pg_current_xact_id()")
    wait_until(lambda: not busy(standby), 20, "the end of what is in the way")
    standby.set("max_standby_streaming_delay", "30s")


@pytest.mark.parametrize("trouble, outcome", [(kill_backend, "away"), (end_backend, "away"), (stop_server, "away"), (conflict, "refused")],
                         ids=["killed", "ended", "stopped", "conflict"])
@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_list_that_breaks_there_is_answered_here(serve, primary, standby, slow_there, keys, trouble, outcome, accept):
    daemon = serve(statement_timeout_ms=100_000, read_staleness_ms=LONG)
    client = national(daemon, keys)
    before = daemon.reads()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.get, LIST, accept=accept)
        wait_until(lambda: busy(standby), 20, "the list, on the standby")
        trouble(standby, primary)
        answer = answer.result(60)
    assert answer.status == 200 and answer.body.count(b"\n" if accept == "text/csv" else b'"siret"') >= 3
    assert daemon.reads()[outcome] == before[outcome] + 1


def test_a_list_that_takes_too_long_there_is_answered_here(serve, standby, slow_there, keys):
    daemon = serve(statement_timeout_ms=3000, read_staleness_ms=LONG)
    client = national(daemon, keys)
    for accept in ("application/json", "text/csv"):
        answer, outcomes = daemon.outcome_of(lambda: client.get(LIST, accept=accept))
        assert answer.status == 200 and sum(outcomes.values()) == 1 and "answered" not in outcomes, outcomes
        wait_until(daemon.usable, 30, "of use again")
    wait_until(lambda: not busy(standby), 20, "nothing goes on there for nobody")


def test_a_standby_that_hangs_is_left_alone(serve, standby, keys):
    daemon = serve(statement_timeout_ms=1000, read_staleness_ms=1000)
    client = national(daemon, keys)
    assert daemon.outcome_of(lambda: client.get(LIST))[1] == ANSWERED
    frozen = [process_id for process_id, _, _ in standby.sessions()]
    for process_id in frozen:
        os.kill(process_id, signal.SIGSTOP)
    try:
        answer, outcomes = daemon.outcome_of(lambda: client.get(LIST))
        assert answer.status == 200 and outcomes in ({"away": 1}, {"behind": 1})
        assert client.post("/v1/members", data.member()).status == 201
    finally:
        for process_id in frozen:
            os.kill(process_id, signal.SIGCONT)
    wait_until(daemon.usable, 30, "of use again")
    wait_until(lambda: daemon.outcome_of(lambda: client.get(LIST))[1] == ANSWERED, 30, "asked again")


def test_an_export_that_breaks_in_the_middle_is_seen_to_be_broken(serve, standby):
    daemon = serve()
    before = daemon.reads()["answered"]
    plug, received = begin_export(daemon, "text/csv")
    assert daemon.reads()["answered"] == before + 1
    standby.stop("immediate")
    answer = read_to_the_end(plug, received)
    plug.close()
    assert answer.status == 200 and not answer.complete
    whole = daemon.client().get("/v1/communes", accept="text/csv")
    assert whole.status == 200 and len(whole.text.splitlines()) > 30_000


def test_a_standby_that_goes_and_comes_back(serve, standby, keys):
    daemon = serve()
    client = national(daemon, keys)
    standby.stop("immediate")
    for _ in range(5):
        answer, outcomes = daemon.outcome_of(lambda: client.get(LIST))
        assert answer.status == 200 and "answered" not in outcomes
    assert daemon.probe("/readyz") == 200
    standby.start()
    wait_until(daemon.usable, 60, "of use again")
    wait_until(lambda: daemon.outcome_of(lambda: client.get(LIST))[1] == ANSWERED, 30, "asked again")


def test_a_daemon_starts_without_its_standby(primary, standby, keys):
    daemon = ReplicaDaemon(primary, standby, read_database=standby.uri("dbname=maillage user=maillage_app").replace(
        str(standby.folder), str(standby.folder / "nowhere")))
    with daemon.start():
        answer, outcomes = daemon.outcome_of(lambda: national(daemon, keys).get(LIST))
        assert answer.status == 200 and outcomes == {"away": 1}


def test_one_of_several_standbys_is_enough(serve, standby, keys):
    config = f"host={standby.folder / 'nowhere'},{standby.folder} dbname=maillage user=maillage_app"
    daemon = serve(read_database=config)
    assert daemon.outcome_of(lambda: national(daemon, keys).get(LIST))[1] == ANSWERED


@pytest.mark.parametrize("attributes", ["prefer-standby", "any"])
def test_a_primary_in_the_place_of_a_standby_is_none(primary, keys, attributes):
    """Who answers as a primary may not be ours: all is asked of the one that is set."""
    config = primary.uri("dbname=maillage user=maillage_app")
    with ReplicaDaemon(primary, primary, read_database=f"{config} target_session_attrs={attributes}").start() as daemon:
        wait_until(lambda: daemon.figures().value("maillage_replica_usable") == 0, 5, "of no use")
        answer, outcomes = daemon.outcome_of(lambda: national(daemon, keys).get(LIST))
        assert answer.status == 200 and outcomes == {"away": 1}


def test_what_a_standby_says_of_itself(primary, standby):
    with primary.administrator() as here, standby.administrator() as there:
        system, timeline, position = here.execute("select system_id, timeline, written_to::text from engine.log_mark()").fetchone()
        standby.caught_up()

        def ask(*mark):
            return there.execute("select engine.require_replayed(%s::bigint, %s::integer, %s::pg_lsn) >= %s::pg_lsn",
                                 (*mark, position)).fetchone()[0]
        assert ask(system, timeline, position)
        for wrong, state in (((system + 1, timeline, position), "MA503"), ((system, timeline + 1, position), "MA503"),
                             ((system, timeline, "FF/0"), "MA425")):
            with pytest.raises(psycopg.Error) as refused:
                ask(*wrong)
            assert refused.value.sqlstate == state, wrong


def test_a_standby_that_is_promoted(primary, serve, keys):
    """It goes its own way from there: nothing of what is written to it may be shown."""
    with Standby(primary, "promoted_in_a_test") as promoted:
        promoted.create().start()
        daemon = serve(read_from=promoted)
        client = national(daemon, keys)
        answer, outcomes = daemon.outcome_of(lambda: client.get(LIST))
        assert outcomes == ANSWERED
        name = names(answer)[0]
        with promoted.administrator() as connection:
            assert connection.execute("select pg_promote()").fetchone()[0]
            connection.execute("update network.member set name = name || ' ailleurs'")
        for _ in range(3):
            answer, outcomes = daemon.outcome_of(lambda: client.get(LIST))
            assert names(answer)[0] == name and "answered" not in outcomes
            time.sleep(0.3)
        assert client.post("/v1/members", data.member()).status == 201
