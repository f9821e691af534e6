"""Two at once: example 9 of the domain page, and what parallel writers may not break."""
import concurrent.futures

from support import data
from support.problems import assert_problem


def at_once(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_overlapping_period_is_refused(national, member):
    target = f"/v1/members/{member['id']}/memberships"
    assert national.post(target, {"starts_on": "2031-01-01", "ends_on": "2031-12-31"}).status == 201
    for starts_on, ends_on in (
        ("2031-12-31", None),
        ("2030-06-01", "2031-01-01"),
        ("2031-03-01", "2031-03-01"),
        ("2030-01-01", None),
    ):
        body = {"starts_on": starts_on, **({"ends_on": ends_on} if ends_on else {})}
        assert_problem(national.post(target, body), 409, "period-overlap")
    assert national.post(target, {"starts_on": "2032-01-01"}).status == 201, "the day after the last one is free"


def test_two_overlapping_periods_at_once(national, scratch):
    """Exactly one wins, however often it is tried."""
    for _ in range(5):
        target = f"/v1/members/{scratch.create()['id']}/memberships"
        answers = at_once(
            lambda: national.post(target, {"starts_on": "2031-01-01", "ends_on": "2031-12-31"}),
            lambda: national.post(target, {"starts_on": "2031-06-01"}),
        )
        assert sorted(answer.status for answer in answers) == [201, 409], answers
        assert_problem(next(answer for answer in answers if answer.status == 409), 409, "period-overlap")
        assert len(national.get(target).json["data"]) == 1


def test_same_siret_and_kind_at_once(national, scratch):
    body = data.member()
    answers = at_once(*[lambda: national.post("/v1/members", body) for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7, answers
    scratch.keep(next(answer for answer in answers if answer.status == 201))


def test_two_kinds_on_one_siret(national, scratch):
    """Example 3: AI and ACI may share a SIRET; a second AI may not."""
    first = scratch.create(kind="AI")
    scratch.create(kind="ACI", siret=first["siret"])
    assert_problem(national.post("/v1/members", data.member(siret=first["siret"])), 409, "duplicate-siret-kind")


def test_version_counts_every_writer(national, scratch):
    """Writers that retry after 412 all get through, one version each."""
    member = scratch.create()

    def write(number):
        for _ in range(200):
            etag = national.get(f"/v1/members/{member['id']}").etag
            answer = national.patch(f"/v1/members/{member['id']}", {"brand": f"Écriture {number}"}, etag=etag)
            if answer.status == 200:
                return answer.json["version"]
            assert answer.status == 412, answer
        raise AssertionError("never got through")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(write, range(8)))
    assert sorted(versions) == list(range(member["version"] + 1, member["version"] + 9))
