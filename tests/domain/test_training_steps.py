"""The register of documents: which step is due when, for whom, on the day itself and beside it, and what settles it."""
import datetime

import pytest
from support.training import Trainings, ok

PAID = {"QUOTE": -40, "CONVENTION": -15, "INVOICE": 8}
ALWAYS = {"CONVOCATION": -10, "RULES": -10, "ATTENDANCE_SHEET": 1, "EVALUATION_FORM": 1, "REALISATION_CERTIFICATE": 5}


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


@pytest.fixture(scope="module")
def course(trainings):
    return trainings.course()


@pytest.fixture(scope="module")
def today(owner):
    """The service's day, which is that of Paris."""
    return owner.execute("select engine.today()").fetchone()[0]


@pytest.fixture(scope="module")
def payer(scratch):
    """A structure that is not a member of the network: it pays."""
    return scratch.create()["id"]


def session_from(trainings, course, today, days, **fields):
    """Confirmed, of one day, that many days from the service's today."""
    return trainings.session(course, first_day=(today - datetime.date.today()).days + days, count=2, state="CONFIRMED", **fields)


def steps(trainings, session, **query):
    words = "".join(f"&{name}={value}" for name, value in query.items())
    return list(trainings.client.walk(f"/v1/training-steps?session={session['id']}{words}"))


def states(trainings, session):
    return {step["kind"]: step["state"] for step in steps(trainings, session)}


def register(trainings, session, **fields):
    made = ok(trainings.client.post(f"/v1/training-sessions/{session['id']}/documents", fields))
    return made


@pytest.mark.parametrize("days, expected", [
    (9, "LATE"), (10, "DUE"), (17, "DUE"), (18, "UPCOMING"),
])
def test_the_edges_of_a_convocation(trainings, course, today, days, expected):
    session = session_from(trainings, course, today, days)
    trainings.enrol(session)
    step, = steps(trainings, session, kind="CONVOCATION")
    assert step["state"] == expected
    assert step["due_on"] == (today + datetime.timedelta(days=days - 10)).isoformat()
    assert len(steps(trainings, session, kind="CONVOCATION", state=expected)) == 1


@pytest.mark.parametrize("days, expected", [(-9, "LATE"), (-8, "DUE"), (-1, "DUE"), (0, "UPCOMING")])
def test_the_edges_of_an_invoice(trainings, course, today, payer, days, expected):
    session = session_from(trainings, course, today, days)
    trainings.enrol(session, member_id=payer)
    step, = steps(trainings, session, kind="INVOICE")
    assert (step["state"], step["member_id"]) == (expected, payer)


def test_each_kind_has_its_day(trainings, course, today, payer):
    session = session_from(trainings, course, today, 100)
    trainings.enrol(session, member_id=payer)
    starts = today + datetime.timedelta(days=100)
    assert {step["kind"]: step["due_on"] for step in steps(trainings, session)} == {
        kind: (starts + datetime.timedelta(days=days)).isoformat() for kind, days in (PAID | ALWAYS).items()}


def test_who_each_step_is_for(trainings, course, today, payer, scratch):
    other = scratch.create()["id"]
    session = session_from(trainings, course, today, 60)
    people = [trainings.enrol(session, member_id=member) for member in (payer, payer, other)]
    found = steps(trainings, session)
    assert sorted(step["member_id"] for step in found if step["kind"] == "CONVENTION") == sorted([payer, other]), "one for each structure"
    assert {step["enrolment_id"] for step in found if step["kind"] == "CONVOCATION"} == {person["id"] for person in people}
    assert [(step["member_id"], step["enrolment_id"]) for step in found if step["kind"] == "RULES"] == [(None, None)]
    assert len({step["id"] for step in found}) == len(found)
    trainings.cancel(people[2])
    found = steps(trainings, session)
    assert [step["member_id"] for step in found if step["kind"] == "CONVENTION"] == [payer], "who has left is sent nothing"


def test_what_is_free_needs_no_quote(trainings, today, payer):
    session = session_from(trainings, trainings.course(price_member_cents=0, price_other_cents=0), today, 60)
    trainings.enrol(session, member_id=payer)
    assert set(states(trainings, session)) == set(ALWAYS)


def test_a_session_for_one_structure(trainings, course, today, payer):
    session = session_from(trainings, course, today, 60, kind="INTRA", client_member_id=payer, flat_price_cents=150000)
    found = [(step["kind"], step["member_id"]) for step in steps(trainings, session) if step["kind"] in PAID]
    assert sorted(found) == sorted((kind, payer) for kind in PAID)


def test_a_document_that_was_sent_settles_its_own_step(trainings, course, today):
    session = session_from(trainings, course, today, 5)
    first, second = trainings.enrol(session), trainings.enrol(session)
    draft = register(trainings, session, kind="CONVOCATION", enrolment_id=first["id"])
    assert {s["state"] for s in steps(trainings, session, kind="CONVOCATION")} == {"LATE"}, "a draft settles nothing"
    tag = trainings.client.get(f"/v1/training-documents/{draft['id']}").etag
    sent = ok(trainings.client.patch(f"/v1/training-documents/{draft['id']}", {"state": "SENT", "sent_on": today.isoformat()}, etag=tag))
    found = {s["enrolment_id"]: (s["state"], s["document_id"]) for s in steps(trainings, session, kind="CONVOCATION")}
    assert found == {first["id"]: ("DONE", sent["id"]), second["id"]: ("LATE", None)}


def test_no_steps_before_the_confirmation_nor_after_a_cancellation(trainings, course, today):
    session = trainings.session(course, first_day=5)
    trainings.enrol(session)
    assert steps(trainings, session) == []
    confirmed = trainings.move(session, "confirm", force=True)
    assert steps(trainings, confirmed)
    trainings.move(confirmed, "cancel", reason="Essai")
    assert steps(trainings, session) == []


def test_an_office_follows_its_own_sessions(trainings, course, today, bretagne, ocean_indien):
    delegation = bretagne.get("/v1/token").json["delegation_id"]
    session = session_from(trainings, course, today, 9, delegation_id=delegation)
    trainings.enrol(session)
    target = f"/v1/training-steps?session={session['id']}"
    assert [s["state"] for s in bretagne.walk(target) if s["kind"] == "CONVOCATION"] == ["LATE"]
    assert list(ocean_indien.walk(target)) == []
