"""Worked examples 20 to 24 of the domain page: seats, the queue, capacity, price."""
import collections
import concurrent.futures

import pytest
from support import data
from support.training import Trainings, day, person


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


@pytest.fixture(scope="module")
def course(trainings):
    return trainings.course()


def state(trainings, enrolment):
    return trainings.enrolment(enrolment)["state"]


def notices(national, session):
    return [n["kind"] for n in national.walk(f"/v1/training-sessions/{session['id']}/notices")]


def at_once(work, count):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


# --- example 20: order of the queue -----------------------------------------------------------------------------
@pytest.mark.parametrize("policy", ["STRICT_FIFO", "FIRST_FIT"])
def test_freed_seats_go_to_the_queue(trainings, national, course, policy):
    session = trainings.session(course, capacity=12, waitlist_policy=policy)
    seated = [trainings.enrol(session) for _ in range(12)]
    assert {e["state"] for e in seated} == {"CONFIRMED"}
    a, b, c = trainings.enrol(session), trainings.enrol(session, seats=2), trainings.enrol(session)
    assert [(e["state"], e["queue_position"]) for e in (a, b, c)] == [("WAITLISTED", n) for n in (1, 2, 3)]
    trainings.cancel(seated[0])
    assert state(trainings, a) == "CONFIRMED" and notices(national, session) == ["PROMOTED"]
    trainings.cancel(seated[1])
    now = trainings.read(session)
    if policy == "STRICT_FIFO":
        assert (state(trainings, b), state(trainings, c)) == ("WAITLISTED", "WAITLISTED")
        assert (now["seats_taken"], now["places_left"], now["places_held"]) == (11, 0, 1)
    else:
        assert (state(trainings, b), state(trainings, c)) == ("WAITLISTED", "CONFIRMED")
        assert (now["seats_taken"], now["places_left"], now["places_held"]) == (12, 0, 0)
    assert trainings.capacity(session, 14).status == 200
    assert state(trainings, b) == "CONFIRMED"


def test_a_newcomer_does_not_pass_the_strict_queue(trainings, course):
    session = trainings.session(course, capacity=3)
    first = trainings.enrol(session, seats=2)
    waiting = trainings.enrol(session, seats=2)
    late = trainings.enrol(session)
    assert (waiting["state"], late["state"]) == ("WAITLISTED", "WAITLISTED"), "the free seat is held"
    trainings.cancel(first)
    assert (state(trainings, waiting), state(trainings, late)) == ("CONFIRMED", "CONFIRMED")


def test_leaving_the_head_of_the_queue_lets_the_next_pass(trainings, course):
    session = trainings.session(course, capacity=3)
    trainings.enrol(session, seats=2)
    head, late = trainings.enrol(session, seats=2), trainings.enrol(session)
    trainings.cancel(head)
    assert state(trainings, late) == "CONFIRMED"


def test_fewer_seats_promote_and_more_are_refused(trainings, national, course):
    session = trainings.session(course, capacity=3)
    group, waiting = trainings.enrol(session, seats=3), trainings.enrol(session)
    refused = national.patch(f"/v1/enrolments/{group['id']}", {"seats": 4}, etag=trainings.enrolment(group)["etag"])
    assert (refused.status, refused.code) == (409, "enrolment-fixed")
    trainings.change(group, seats=2)
    assert state(trainings, waiting) == "CONFIRMED"


def test_queue_numbers_are_never_reused(trainings, course):
    session = trainings.session(course, capacity=1)
    somebody = person()
    first = trainings.enrol(session, person=somebody)
    trainings.cancel(first)
    again = trainings.enrol(session, person=somebody)
    assert again["person_id"] == first["person_id"] and again["id"] != first["id"]
    assert (first["queue_no"], again["queue_no"]) == (1, 2)
    twice = trainings.try_enrol(session, person=somebody)
    assert (twice.status, twice.code) == (409, "already-enrolled")


# --- examples 21 and 22: many at once ---------------------------------------------------------------------------
@pytest.mark.parametrize("policy, others", [("STRICT_FIFO", (201, None)), ("FIRST_FIT", (201, None)), ("OFF", (409, "session-full"))])
def test_fifty_at_once_for_five_seats(trainings, course, policy, others):
    session = trainings.session(course, capacity=5, waitlist_policy=policy)
    answers = at_once(lambda _: trainings.try_enrol(session, record=False), 50)
    confirmed = [a for a in answers if a.status == 201 and a.json["state"] == "CONFIRMED"]
    rest = [a for a in answers if a not in confirmed]
    assert len(confirmed) == 5
    assert {(a.status, a.code) for a in rest} == {others}, collections.Counter((a.status, a.code) for a in rest)
    numbers = [a.json["queue_no"] for a in answers if a.status == 201]
    assert len(set(numbers)) == len(numbers) == (50 if policy != "OFF" else 5)
    now = trainings.read(session)
    assert (now["seats_taken"], now["seats_waiting"]) == (5, 45 if policy != "OFF" else 0)


def test_twins_with_one_key_enrol_once(trainings, national, course):
    session = trainings.session(course, capacity=5)
    body, key = {"person": person()}, data.name("cle").replace(" ", "-")
    target = f"/v1/training-sessions/{session['id']}/enrolments"
    answers = at_once(lambda _: national.post(target, body, key=key, record=False), 20)
    assert {a.status for a in answers} <= {201, 409}
    assert len({a.json["id"] for a in answers if a.status == 201}) == 1
    assert trainings.read(session)["seats_taken"] == 1


def test_cancelling_and_changing_the_capacity_at_once(trainings, owner, course):
    session = trainings.session(course, capacity=6)
    seated = [trainings.enrol(session) for _ in range(6)]
    for _ in range(12):
        trainings.enrol(session)

    def move(number):
        if number < 6:
            return trainings.try_cancel(seated[number]).status
        return trainings.capacity(session, 6 + number % 3).status

    statuses = at_once(move, 12)
    assert set(statuses) <= {200, 409, 412, 503}, statuses
    taken, waiting, capacity, confirmed, queued, promoted = owner.execute(
        """select s.seats_taken, s.seats_waiting, s.capacity,
               (select sum(seats) from training.enrolment e where e.session_id = s.id and e.state = 'CONFIRMED'),
               (select coalesce(sum(seats), 0) from training.enrolment e where e.session_id = s.id and e.state = 'WAITLISTED'),
               (select count(*) = count(distinct enrolment_id) from training.notice n where n.session_id = s.id)
           from training.session s where s.id = %s""",
        (session["id"],),
    ).fetchone()
    assert (taken, waiting) == (confirmed, queued) and taken <= capacity and promoted
    assert taken == capacity or waiting == 0, "a free seat while somebody waits"


# --- example 23: capacity ---------------------------------------------------------------------------------------
def test_no_limit_and_closed(trainings, course):
    endless, closed = trainings.session(course, capacity=None), trainings.session(course, capacity=0)
    assert [trainings.enrol(endless, seats=200)["state"] for _ in range(3)] == ["CONFIRMED"] * 3
    assert trainings.read(endless)["places_left"] is None
    refused = trainings.try_enrol(closed)
    assert (refused.status, refused.code) == (409, "session-closed")


def test_capacity_goes_below_the_seats_only_by_force(trainings, course):
    session = trainings.session(course, capacity=12)
    seated = [trainings.enrol(session) for _ in range(10)]
    refused = trainings.capacity(session, 8)
    assert (refused.status, refused.code) == (409, "capacity-below-seats")
    forced = trainings.capacity(session, 8, force=True)
    assert forced.status == 200 and (forced.json["capacity"], forced.json["seats_taken"]) == (8, 10)
    assert {state(trainings, e) for e in seated} == {"CONFIRMED"}
    late = trainings.enrol(session)
    assert late["state"] == "WAITLISTED"
    for enrolment in seated[:2]:
        trainings.cancel(enrolment)
    assert state(trainings, late) == "WAITLISTED", "8 of 8: nobody is confirmed yet"
    trainings.cancel(seated[2])
    assert state(trainings, late) == "CONFIRMED"


def test_more_seats_than_there_will_ever_be(trainings, course):
    refused = trainings.try_enrol(trainings.session(course, capacity=4), seats=5)
    assert (refused.status, refused.code) == (422, "more-seats-than-capacity")


# --- example 24: price ------------------------------------------------------------------------------------------
@pytest.fixture
def week(national, trainings):
    body = {"code": "P-" + data.name().split()[-1].upper(), "title": data.name("Semaine"), "starts_on": str(day(30)), "ends_on": str(day(34)),
            "pass_member_cents": 0, "pass_other_cents": 5000}
    answer = national.post("/v1/training-programmes", body)
    assert answer.status == 201, answer
    course = trainings.course()
    return [
        trainings.session(course, first_day=30 + n, count=1, kind="WEBINAR", programme_id=answer.json["id"], price_member_cents=0, price_other_cents=2000)
        for n in range(4)
    ]


def total(trainings, enrolments):
    return sum(trainings.enrolment(e)["price_cents"] for e in enrolments)


def test_a_pass_is_the_most_that_is_paid(trainings, week):
    somebody = person()
    made = [trainings.enrol(session, person=somebody) for session in week[:2]]
    assert total(trainings, made) == 4000
    made.append(trainings.enrol(week[2], person=somebody))
    assert total(trainings, made) == 5000 and made[-1]["price_cents"] == 1000 and made[-1]["price_rule"] == "PASS"
    made.append(trainings.enrol(week[3], person=somebody))
    assert total(trainings, made) == 5000
    for enrolment in made[:2]:
        trainings.cancel(enrolment)
    assert total(trainings, made[2:]) == 4000, "two talks are left: their own price again"


def test_members_of_the_network_pay_nothing(trainings, scratch, week):
    member = scratch.create()
    scratch.join(member, str(day(-400)))
    enrolment = trainings.enrol(week[0], member_id=member["id"])
    assert (enrolment["price_cents"], enrolment["price_rule"]) == (0, "MEMBER")


@pytest.mark.parametrize("basis, rule, cents", [("SESSION_DATE", "OTHER", 15000), ("ENROLMENT_DATE", "MEMBER", 10000)])
def test_the_membership_is_that_of_the_basis_day(trainings, scratch, course, basis, rule, cents):
    member = scratch.create()
    scratch.join(member, str(day(-100)), str(day(10)))
    session = trainings.session(course, first_day=40, price_basis=basis)
    enrolment = trainings.enrol(session, member_id=member["id"])
    assert (enrolment["price_rule"], enrolment["price_cents"]) == (rule, cents)
    assert enrolment["price_basis_on"] == str(day(40) if basis == "SESSION_DATE" else day(0))
