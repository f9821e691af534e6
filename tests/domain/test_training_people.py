"""The people of seats that were booked for a group, another person in a place, a corrected name: no seat moves, the queue stays
where it is, identities stay sealed, and the BPF counts each person."""
import concurrent.futures
import datetime
import uuid

import pytest
from support.training import Trainings, person


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


def name(client, group, **body):
    body = body or {"person": person()}
    return client.post(f"/v1/enrolments/{group['id']}/people", body)


def replace(client, trainings, enrolment, **body):
    tag = trainings.enrolment(enrolment)["etag"]
    return client.post(f"/v1/enrolments/{enrolment['id']}/person", body or {"person": person()}, headers={"If-Match": tag}, key=None)


def seats(trainings, session):
    now = trainings.read(session)
    return now["seats_taken"], now["seats_waiting"]


def test_seats_get_their_people_one_by_one(trainings, national):
    session = trainings.session(capacity=3, price_member_cents=10000, price_other_cents=10001)
    group, waiting = trainings.enrol(session, seats=3), trainings.enrol(session)
    assert group["price_cents"] == 30003
    named = [name(national, group, person=person(), trainee_type="APPRENTICE"), name(national, group)]
    assert [answer.status for answer in named] == [201, 201], named
    assert named[0].header("Location") == f"/v1/enrolments/{named[0].json['id']}"
    assert [(answer.json["state"], answer.json["seats"], answer.json["price_cents"]) for answer in named] == [("CONFIRMED", 1, 10001)] * 2
    assert named[0].json["trainee_type"] == "APPRENTICE" and named[0].json["given_name"] == "Camille"
    rest = trainings.enrolment(group)
    assert (rest["seats"], rest["price_cents"]) == (1, 10001)
    assert seats(trainings, session) == (3, 1) and trainings.enrolment(waiting)["state"] == "WAITLISTED", "no seat became free"
    more = name(national, group)
    assert (more.status, more.code) == (409, "seats-all-named")
    assert len({e["queue_no"] for e in (group, waiting, named[0].json, named[1].json)}) == 4
    trainings.cancel(named[0].json)
    assert seats(trainings, session) == (3, 0) and trainings.enrolment(waiting)["state"] == "CONFIRMED", "a named person leaves like any other"


def test_one_live_enrolment_per_person_holds(trainings, national):
    session = trainings.session(capacity=10)
    group, other = trainings.enrol(session, seats=3), person()
    assert name(national, group, person=other).status == 201
    for refused in (name(national, group, person=other), name(national, group, person_id=group["person_id"])):
        assert (refused.status, refused.code) == (409, "already-enrolled")
    single = trainings.enrol(session)
    assert replace(national, trainings, single, person=other).code == "already-enrolled"
    assert (trainings.enrolment(group)["seats"], seats(trainings, session)) == (2, (4, 0)), "what was refused changed nothing"


def test_many_names_at_once_are_never_more_than_seats(trainings, national):
    session = trainings.session(capacity=12)
    group = trainings.enrol(session, seats=6)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        target = f"/v1/enrolments/{group['id']}/people"
        answers = list(pool.map(lambda _: national.post(target, {"person": person()}, record=False), range(12)))
    assert [a.status for a in answers].count(201) == 5 and {a.status for a in answers} <= {201, 409, 503}, answers
    assert (trainings.enrolment(group)["seats"], seats(trainings, session)) == (1, (6, 0))


def test_a_waiting_group_has_no_seat_to_name(trainings, national):
    session = trainings.session(capacity=2)
    trainings.enrol(session)
    group = trainings.enrol(session, seats=2)
    refused = name(national, group)
    assert (refused.status, refused.code) == (409, "seat-not-held")
    swapped = replace(national, trainings, group)
    assert swapped.status == 200 and swapped.json["queue_position"] == 1, "another person keeps the place in the queue"
    trainings.cancel(group)
    gone = name(national, group)
    assert (gone.status, gone.code) == (409, "seat-not-held")
    assert replace(national, trainings, group).code == "enrolment-ended"


def test_another_person_takes_the_place(trainings, national, owner):
    session = trainings.session(capacity=1)
    enrolment, waiting = trainings.enrol(session), trainings.enrol(session)
    swapped = replace(national, trainings, enrolment, person=person(given_name="Dominique"), trainee_type="OTHER")
    assert swapped.status == 200 and (swapped.json["given_name"], swapped.json["trainee_type"]) == ("Dominique", "OTHER")
    assert swapped.json["person_id"] != enrolment["person_id"] and swapped.json["queue_no"] == enrolment["queue_no"]
    assert trainings.enrolment(waiting)["state"] == "WAITLISTED"
    again = national.post(f"/v1/enrolments/{enrolment['id']}/person", {"person": person()}, headers={"If-Match": enrolment["etag"]}, key=None)
    assert again.status == 412
    changes, = owner.execute("""select string_agg(changes::text, ' ' order by occurred_at) from audit.change
        where record_type = 'ENROLMENT' and record_id = %s""", (enrolment["id"],)).fetchone()
    assert "person_id" in changes and "Dominique" not in changes


def past(trainings, **fields):
    first = -3
    return trainings.session(first_day=first, count=2, state="CONFIRMED", price_member_cents=0, price_other_cents=0, **fields)


def test_each_named_person_has_a_sheet_a_certificate_and_a_line(trainings, national):
    year = 2003
    first = (datetime.date(year, 3, 5) - datetime.date.today()).days
    session = trainings.session(first_day=first, count=2, state="CONFIRMED", price_member_cents=0, price_other_cents=0)
    group = trainings.enrol(session, seats=3, trainee_type="EMPLOYEE", funding_code="2H")
    slot = trainings.slots(session)[0]
    trainings.record(session, slot, [group])
    lacking = trainings.bpf(year)["missing"]["F1"]["items"]
    assert [(m["rule"], m["record_id"]) for m in lacking] == [("SEATS_UNNAMED", group["id"])]
    refused = trainings.try_close_sheet(slot)
    assert (refused.status, refused.code) == (409, "sheet-seats-unnamed")
    named = [name(national, group).json for _ in range(2)]
    assert trainings.bpf(year)["missing"]["F1"]["count"] == 0
    assert trainings.try_close_sheet(slot).code == "sheet-incomplete", "each named person needs a status"
    trainings.record(session, slot, named)
    assert trainings.try_close_sheet(slot).status == 200
    total = trainings.bpf(year)["frames"]["F1"]["total"]
    assert (total["people"], total["minutes"]) == (3, 3 * 210)
    certificate = national.get(f"/v1/enrolments/{named[0]['id']}/certificate")
    assert certificate.json["attended_minutes"] == 210 and certificate.json["family_name"] == "Essai"
    late = trainings.enrolment(group)
    for refused in (name(national, group), replace(national, trainings, late)):
        assert (refused.status, refused.code) in ((409, "sheet-closed"), (409, "seats-all-named")), refused


def test_no_new_names_once_a_sheet_is_closed(trainings, national):
    session = past(trainings)
    group, single = trainings.enrol(session, seats=2), trainings.enrol(session)
    slot, other = trainings.slots(session)
    trainings.record(session, slot, [single])
    present = replace(national, trainings, single)
    assert (present.status, present.code) == (409, "trainee-was-present")
    trainings.change(group, seats=1)
    trainings.record(session, slot, [group], status="ABSENT")
    assert trainings.try_close_sheet(slot).status == 200
    assert replace(national, trainings, group).code == "sheet-closed"
    later = trainings.enrol(session, seats=2)
    assert (name(national, later).status, name(national, later).code) == (409, "sheet-closed")
    assert trainings.enrolment(later)["seats"] == 2


def test_seats_given_back_are_no_longer_paid(trainings):
    session = trainings.session(capacity=5, price_member_cents=10000, price_other_cents=10001)
    group = trainings.enrol(session, seats=4)
    assert trainings.change(group, seats=1)["price_cents"] == 10001


# --- names ------------------------------------------------------------------------------------------------------
def correct(client, trainings, enrolment, **body):
    now = client.get(f"/v1/trainees/{enrolment['person_id']}")
    return client.patch(f"/v1/trainees/{enrolment['person_id']}", body, etag=now.etag)


def test_a_name_is_corrected_and_written_down_without_it(trainings, national, owner):
    unique = "Rectifie" + uuid.uuid4().hex[:8]
    enrolment = trainings.enrol(trainings.session())
    answer = correct(national, trainings, enrolment, family_name=unique)
    assert answer.status == 200 and (answer.json["family_name"], answer.json["given_name"]) == (unique, "Camille")
    assert trainings.enrolment(enrolment)["family_name"] == unique
    sealed, changes = owner.execute("""select encode(p.identity, 'escape'), (select string_agg(c.changes::text, ' ') from audit.change c
        where c.record_type = 'TRAINEE' and c.record_id = p.id) from training.person p where p.id = %s""", (enrolment["person_id"],)).fetchone()
    assert unique not in sealed and unique not in changes and '"property": "identity"' in changes
    traces = owner.execute("select count(*) from audit.access_trace where record_type = 'TRAINEE' and %s = any (record_ids)",
                           (enrolment["person_id"],)).fetchone()[0]
    assert traces >= 1, "who read the identity is written down"
    found = trainings.enrol(trainings.session(), person={"given_name": "CAMILLE", "family_name": unique.upper(), "email": enrolment["email"]})
    assert found["person_id"] == enrolment["person_id"], "found again under the corrected name"


def test_what_cannot_be_corrected(trainings, national, owner):
    session = trainings.session()
    one, other = trainings.enrol(session), trainings.enrol(session)
    same = correct(national, trainings, one, given_name=other["given_name"], family_name=other["family_name"], email=other["email"])
    assert (same.status, same.code) == (409, "trainee-known")
    blank = correct(national, trainings, one, family_name="   ")
    assert blank.status == 422 and trainings.enrolment(one)["family_name"] == "Essai"
    stale = national.patch(f"/v1/trainees/{one['person_id']}", {"family_name": "Autre"}, etag='"999"')
    assert stale.status == 412
    owner.execute("update training.person set identity = null, person_key = null, purged_on = engine.today() where id = %s", (other["person_id"],))
    gone = correct(national, trainings, other, family_name="Autre")
    assert (gone.status, gone.code) == (409, "trainee-purged")


def test_a_structure_corrects_only_who_came_through_it_alone(trainings, national, structure, owner):
    mine = structure.post(f"/v1/training-sessions/{trainings.session()['id']}/enrolments", {"person": person()})
    assert mine.status == 201 and correct(structure, trainings, mine.json, given_name="Claude").status == 200
    trainings.enrol(trainings.session(), person_id=mine.json["person_id"])
    refused = correct(structure, trainings, mine.json, given_name="Autre")
    assert (refused.status, refused.code) == (403, "outside-territory")
    assert structure.get(f"/v1/trainees/{trainings.enrol(trainings.session())['person_id']}").status == 404
