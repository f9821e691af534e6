"""Short reads of several callers travel on one connection, in one transaction (api/db/share.h). Over HTTP, with the settings
and policies of the real schema: nobody gets what is another's, nobody's refusal or slowness becomes another's."""
import concurrent.futures
import itertools
import time

from support.metrics import parse
from support.problems import assert_problem

CALLERS = ("NATIONAL", "DELEGATION_BRETAGNE", "DELEGATION_OCEAN_INDIEN", "STRUCTURE", "PARTNER")
THREADS = 40
PAUSE = 4.1  # seconds after which a statement that was slow once or twice, being new, travels again
QUEUE = 0.2  # seconds in which a queue forms; shorter than a turn
NOBODY = "00000000-0000-4000-8000-000000000000"
FORBIDDEN = f"/v1/calendar-links/{NOBODY}"  # what session.open refuses to a partner
BEFORE_A_LOCK_IS_GIVEN_UP = 1.8  # seconds; the settings of a connection say two


def travelled(daemon):
    return parse(daemon.admin().get("/metrics", record=False).text).value("maillage_database_shared_calls_total")


def callers(daemon, keys):
    return [daemon.client(keys[name], name.lower().replace("_", "-")) for name in CALLERS]


def members_of(client):
    found = [
        member["id"] for region in ("53", "04") for member in client.get(f"/v1/members?region={region}&limit=3").json["data"]
    ]
    assert len(found) == 6
    return [f"/v1/members/{member}" for member in [*found, NOBODY]]


def shown(answer):
    return (answer.status, answer.body, answer.etag) if answer.status == 200 else (answer.status, answer.code)


def timed(client, target):
    began = time.monotonic()
    return client.get(target), time.monotonic() - began


def at_once(pairs):
    """Each (client, target) with its answer and its seconds, THREADS at a time."""
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return list(zip(pairs, pool.map(lambda pair: timed(*pair), pairs)))


def queued(daemon, hold, pairs):
    """The same behind a lock that is released once all wait, so that they must travel together."""
    assert len(pairs) <= THREADS
    time.sleep(PAUSE)
    before = travelled(daemon)
    with hold("network.member") as lock, concurrent.futures.ThreadPoolExecutor(1) as pool:
        answers = pool.submit(at_once, pairs)
        time.sleep(QUEUE)
        lock.release()
        answers = answers.result()
    assert travelled(daemon) - before >= 10, "the reads did not travel together: nothing is proved"
    return answers


def test_everybody_is_answered_as_when_alone(start, hold, keys):
    """The same members for five callers: hidden properties, tags and refusals are each caller's own, every time."""
    daemon = start(pool_size=4, pool_wait_ms=20000)
    clients = callers(daemon, keys)
    pairs = list(itertools.product(clients, members_of(clients[0])))
    alone = {(client.name, target): shown(client.get(target)) for client, target in pairs}
    assert len({alone[client.name, pairs[0][1]] for client in clients}) > 2, "these callers see the same: nothing is proved"
    for (client, target), (answer, _) in queued(daemon, hold, pairs) + at_once(pairs * 12):
        assert shown(answer) == alone[client.name, target], f"{client.name} {target}"


def test_a_refusal_stays_with_its_caller(start, hold, keys):
    """An error ends the transaction that all share: the others are answered nevertheless, and it is counted as nobody else's."""
    daemon = start(pool_size=4, pool_wait_ms=20000)
    clients = callers(daemon, keys)
    allowed, partner = clients[0], clients[-1]
    target = members_of(allowed)[0]
    mixed = [(allowed, target), (partner, FORBIDDEN), (partner, target)]
    for (client, asked), (answer, _) in queued(daemon, hold, mixed * 13) + at_once(mixed * 60):
        if asked == FORBIDDEN:
            assert_problem(answer, 403, "forbidden")
        else:
            assert answer.status == 200, f"{client.name} {answer}"


def test_a_slow_read_keeps_nobody(start, hold, keys):
    """A read that waits for a lock shares a turn at first; its neighbours do not wait as long as it does."""
    daemon = start(pool_size=16, pool_wait_ms=20000)
    client = callers(daemon, keys)[0]
    target = members_of(client)[0]
    with hold("network.economic_group") as lock:
        answers = at_once([(client, f"/v1/groups/{NOBODY}"), (client, target), (client, target)] * 8)
        lock.release()
    quick = [(answer, seconds) for (_, asked), (answer, seconds) in answers if asked == target]
    assert all(answer.status == 200 for answer, _ in quick), quick
    assert max(seconds for _, seconds in quick) < BEFORE_A_LOCK_IS_GIVEN_UP, quick


def test_stamps_of_pages_travel(start, keys):
    """Whoever has the page of today asks for the stamp with others: each is told of the own page, and of a write."""
    daemon = start(pool_size=2, pool_wait_ms=20000)
    pages = {client: client.get("/v1/members?limit=5") for client in callers(daemon, keys)}
    before = travelled(daemon)

    def again(client):
        return client.get("/v1/members?limit=5", headers={"If-None-Match": pages[client].etag})

    for client in pages:
        again(client)  # from now on its page is noted
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        asked = list(pages) * 40
        answers = list(pool.map(again, asked))
    assert {answer.status for answer in answers} == {304}
    assert all(answer.etag == pages[client].etag for client, answer in zip(asked, answers))
    assert travelled(daemon) - before >= 10, "the stamps did not travel together: nothing is proved"
    others = {page.etag for page in pages.values()}
    national = next(iter(pages))
    foreign = [tag for tag in others if tag != pages[national].etag]
    assert foreign and national.get("/v1/members?limit=5", headers={"If-None-Match": ", ".join(foreign)}).status == 200


def test_sums_go_alone(start, keys):
    """What is added up below a record takes its time: nobody shares a turn with it, the first time included."""
    daemon = start(pool_size=2, pool_wait_ms=20000)
    client = callers(daemon, keys)[0]
    campaign = client.get("/v1/pass-campaigns?limit=1&fields=id").json["data"][0]["id"]
    before = travelled(daemon)
    answers = at_once([(client, f"/v1/pass-campaigns/{campaign}/summary")] * 24)
    assert all(answer.status == 200 for _, (answer, _) in answers)
    assert travelled(daemon) == before
