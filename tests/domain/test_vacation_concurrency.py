"""Several at once: fifty reviewers on one envelope, two submissions of one project, a correction against an approval, one
person asked for by two structures. What the envelope has left is never below zero, and nothing is granted twice."""
import concurrent.futures
import threading

import pytest
from support import vacation
from support.client import Client
from support.vacation import Vacations, act, budget, family, person, read

REVIEWERS = 50


class Quiet(Client):
    """Its exchanges stay out of the recording: with fifty at once a 503 that is tried again is no fault of the service."""

    def request(self, method, target, **options):
        return super().request(method, target, **{**options, "record": False})


@pytest.fixture(scope="module")
def national(url, keys):
    return Quiet(url, keys["NATIONAL"], "national")


@pytest.fixture(scope="module")
def vacations(national, scratch, url):
    return Vacations(national, scratch, url)


@pytest.fixture(scope="module")
def mine(vacations):
    key = vacations.structure()[1].key
    return Quiet(vacations.url, key, "structure")


def at_once(*calls):
    """All start together; a service that is busy for a moment says so, and is asked again."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait(timeout=60)
        for _ in range(50):
            answer = call()
            if answer.status != 503:
                return answer
        return answer

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def asking(cents):
    return {"people": family(4), "lines": budget({"LODGING": 2 * cents}, ANCV=cents, CAF=0, MEMBER_STRUCTURE=cents - 4000, OWN_CONTRIBUTION=4000)}


def test_fifty_reviewers_never_overspend_the_envelope(vacations, mine, national, owner):
    """Fifty projects of 500 € on 12 300 €: twenty-four fit, the others wait, 300 € are left."""
    convention = vacations.convention(1230000)
    projects = [vacations.submitted(mine, convention, **asking(50000)) for _ in range(REVIEWERS)]
    seen, over = [], threading.Event()

    def watch():
        while not over.is_set():
            seen.append(owner.execute(
                "select c.envelope_cents - vacation.committed(c.id) from vacation.convention c where c.id = %s", (convention["id"],)
            ).fetchone()[0])

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        answers = at_once(*[lambda project=project: act(national, project, "approve", {}) for project in projects])
    finally:
        over.set()
        watcher.join()
    assert {answer.status for answer in answers} == {200}, [answer for answer in answers if answer.status != 200][:3]
    states = sorted(answer.json["state"] for answer in answers)
    assert states == ["APPROVED"] * 24 + ["WAITLISTED_BUDGET"] * 26
    assert vacations.left(convention) == 30000
    assert seen and min(seen) >= 0, "below zero at some instant"


def test_44_two_approvals_of_the_last_money(vacations, mine, national):
    for _ in range(3):
        convention = vacations.convention(140000)
        pair = [vacations.submitted(mine, convention, **{**asking(90000), "people": family(10)}) for _ in range(2)]
        answers = at_once(*[lambda project=project: act(national, project, "approve", {}) for project in pair])
        assert sorted(answer.json["state"] for answer in answers) == ["APPROVED", "WAITLISTED_BUDGET"]
        assert vacations.left(convention) == 50000


def test_one_project_is_approved_once(vacations, mine, national):
    convention = vacations.convention()
    project = vacations.submitted(mine, convention)
    answers = at_once(*[lambda: act(national, project, "approve", {}) for _ in range(10)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 9
    assert vacations.left(convention) == 3000000 - project["requested_cents"]


def test_double_submission(vacations, mine):
    project = vacations.project(mine, vacations.convention())
    answers = at_once(*[lambda: act(mine, project, "submit") for _ in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.code for answer in answers if answer.status == 409} == {"vacation-state"}
    events = mine.get(f"/v1/vacation-projects/{project['id']}/events").json["data"]
    assert [event["action"] for event in events].count("SUBMIT") == 1


def test_46_a_correction_against_an_approval(vacations, mine, national):
    convention = vacations.convention()
    for _ in range(5):
        before = vacations.left(convention)
        project = vacations.submitted(mine, convention)
        answers = at_once(lambda: act(national, project, "approve", {}),
                          lambda: act(national, project, "request-correction", {"reason": "Le devis manque."}))
        assert sorted(answer.status for answer in answers) == [200, 409], answers
        state = read(national, project)["state"]
        assert state == ("APPROVED" if answers[0].status == 200 else "CORRECTION_REQUESTED")
        assert vacations.left(convention) == before - (project["requested_cents"] if state == "APPROVED" else 0)


def test_an_edit_against_a_submission(vacations, mine):
    """What is submitted is what was read: either the edit comes too late, or the submission meets a newer version."""
    for _ in range(5):
        project = vacations.project(mine, vacations.convention())
        line, = [row for row in mine.get(f"/v1/vacation-projects/{project['id']}/budget-lines").json["data"] if row["kind"] == "OWN_CONTRIBUTION"]
        submitted, edited = at_once(
            lambda: act(mine, project, "submit"),
            lambda: mine.patch(f"/v1/vacation-budget-lines/{line['id']}", {"planned_cents": 100}, etag=f'"{line["version"]}"'))
        assert (submitted.status, edited.status) in ((200, 409), (412, 200)), (submitted, edited)
        now = read(mine, project)
        assert now["state"] == "DRAFT" or now["difference_cents"] == 0


def test_43_one_person_asked_for_by_two_structures(vacations, mine, national):
    """Both are submitted, neither is helped yet: of two approvals at once one is refused."""
    other = vacations.structure()[1]
    for _ in range(3):
        someone = person()
        pair = [vacations.submitted(client, vacations.convention(), people=[someone, person("SPOUSE")]) for client in (mine, other)]
        answers = at_once(*[lambda project=project: act(national, project, "approve", {}) for project in pair])
        assert sorted(answer.status for answer in answers) == [200, 409], answers
        assert [answer.code for answer in answers if answer.status == 409] == ["already-aided-this-year"]


def test_vouchers_against_a_cancellation(vacations, mine, national):
    """Ordered twice at once, never more than granted; a cancellation and an order leave a sum that adds up."""
    convention = vacations.convention()
    project = vacations.approved(mine, convention)
    answers = at_once(*[lambda: vacations.move(project, "ORDERED", 30000) for _ in range(4)])
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409], answers
    now = read(national, project)
    at_once(lambda: vacations.move(project, "DELIVERED", 30000), lambda: act(mine, now, "cancel", {"reason": "La famille renonce."}))
    after = read(national, project)
    assert vacations.left(convention) == 3000000 - (after["delivered_cents"] if after["state"] == "CANCELLED" else after["granted_cents"])
    assert vacation.checks(after)["BUDGET_BALANCE"]["ok"] is True


def test_a_lower_envelope_against_an_approval(vacations, mine, national):
    for _ in range(3):
        convention = vacations.convention(50000)
        project = vacations.submitted(mine, convention)
        target = f"/v1/vacation-conventions/{convention['id']}"
        at_once(lambda: act(national, project, "approve", {}),
                lambda: national.patch(target, {"envelope_cents": 40000}, etag=f'"{convention["version"]}"'))
        assert vacations.left(convention) >= 0
