"""What nobody should send about trainings: a named refusal that says where, and nothing is written."""
import pytest
from support import data
from support.problems import assert_problem
from support.training import Trainings, code, day, person, slots

NOBODY = "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f"


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


@pytest.fixture(scope="module")
def course(trainings):
    return trainings.course()


@pytest.fixture(scope="module")
def running(trainings, course):
    """A session of yesterday with one sheet that is closed and one that is open, and one person."""
    session = trainings.session(course, first_day=-1, count=2, state="CONFIRMED")
    enrolment = trainings.enrol(session)
    closed, still_open = trainings.slots(session)
    trainings.record(session, closed, [enrolment])
    assert trainings.try_close_sheet(closed).status == 200
    return {"session": session, "enrolment": enrolment, "closed": closed, "open": still_open}


def places_of(answer):
    return {fault.get("pointer") for fault in answer.json.get("errors", [])}


# --- the catalogue ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields, status, word, place", [
    ({"code": "avec espace"}, 422, "validation-failed", "/code"),
    ({"code": ""}, 422, "validation-failed", "/code"),
    ({"title": "ab"}, 422, "validation-failed", "/title"),
    ({"title": "x" * 201}, 422, "validation-failed", "/title"),
    ({"title": "a\u0000b"}, 400, "malformed-json", None),
    ({"title": "a\u202eb\u2066c"}, 422, "validation-failed", "/title"),
    ({"title": ["Action"]}, 422, "validation-failed", "/title"),
    ({"duration_minutes": 0}, 422, "validation-failed", "/duration_minutes"),
    ({"duration_minutes": 10**18}, 422, "validation-failed", "/duration_minutes"),
    ({"duration_minutes": 90.5}, 422, "validation-failed", "/duration_minutes"),
    ({"price_member_cents": -1}, 422, "validation-failed", "/price_member_cents"),
    ({"price_member_cents": 10**9}, 422, "validation-failed", "/price_member_cents"),
    ({"price_other_cents": "10"}, 422, "validation-failed", "/price_other_cents"),
    ({"modality": "TELEPATHY"}, 422, "validation-failed", "/modality"),
    ({"nsf_code": "9x"}, 422, "validation-failed", "/nsf_code"),
    ({"certification_ref": "CPF123"}, 422, "validation-failed", "/certification_ref"),
    ({"contact_email": "personne"}, 422, "validation-failed", "/contact_email"),
    ({"starts_on": "2024-02-30"}, 422, "validation-failed", "/starts_on"),
    ({"starts_on": "infinity"}, 422, "validation-failed", "/starts_on"),
    ({"starts_on": "10000-01-01"}, 422, "validation-failed", "/starts_on"),
    ({"starts_on": "2026-06-01", "ends_on": "2026-05-31"}, 422, "period-invalid", None),
    ({"is_published": True, "objectives": None}, 422, "public-information-incomplete", "/is_published"),
    ({"access_delay_days": 731}, 422, "validation-failed", "/access_delay_days"),
    ({"no_such": 1}, 422, "validation-failed", "/no_such"),
])
def test_courses(national, fields, status, word, place):
    name = code()
    answer = national.post("/v1/courses", {"code": name, "title": data.name("Action"), **fields})
    assert_problem(answer, status, word)
    assert place is None or place in places_of(answer), answer.json
    assert all(found["code"] != name for found in national.walk("/v1/courses?limit=500"))


def test_texts_of_a_megabyte(national):
    answer = national.post("/v1/courses", {"code": code(), "title": data.name("Action"), "programme_text": "é" * 600_000}, record=False)
    assert answer.status in (413, 422), answer


def test_a_code_comes_once(trainings, national, course):
    assert_problem(national.post("/v1/courses", {"code": course["code"], "title": data.name("Action")}), 409, "duplicate-training-code")


# --- sessions and their half-days -------------------------------------------------------------------------------
def overlapping():
    first, second = slots(day(30), 2)
    return [first, {**second, "starts_at": first["starts_at"]}]


def longer_than_a_half_day():
    return slots(day(30), 1, minutes=721)


def backwards():
    one, = slots(day(30), 1)
    return [{"starts_at": one["ends_at"], "ends_at": one["starts_at"]}]


@pytest.mark.parametrize("fields, status, word", [
    ({"kind": "SEMINAR"}, 422, "validation-failed"),
    ({"course_id": NOBODY}, 422, "unknown-course"),
    ({"course_id": "x"}, 422, "validation-failed"),
    ({"capacity": -1}, 422, "validation-failed"),
    ({"capacity": 10**9}, 422, "validation-failed"),
    ({"capacity": 1.5}, 422, "validation-failed"),
    ({"waitlist_policy": "LOTTERY"}, 422, "validation-failed"),
    ({"delegation_id": NOBODY}, 422, "unknown-delegation"),
    ({"commune_code": "01999"}, 422, "unknown-commune"),
    ({"programme_id": NOBODY}, 422, "unknown-programme"),
    ({"kind": "INTRA"}, 422, "client-required"),
    ({"kind": "INTRA", "client_member_id": NOBODY}, 422, "unknown-client"),
    ({"slots": overlapping()}, 409, "slot-overlap"),
    ({"slots": backwards()}, 422, None),
    ({"slots": longer_than_a_half_day()}, 422, None),
    ({"slots": [{"starts_at": "2026-02-30T08:00:00Z", "ends_at": "2026-02-30T11:00:00Z"}]}, 422, "validation-failed"),
    ({"slots": [{"starts_at": "infinity", "ends_at": "infinity"}]}, 422, "validation-failed"),
    ({"slots": [{"starts_at": "2027-01-01 08:00", "ends_at": "2027-01-01 11:00"}]}, 422, "validation-failed"),
    ({"slots": slots(day(30), 1, trainer_ids=[NOBODY])}, 422, "unknown-trainer"),
    ({"state": "CLOSED"}, 422, "validation-failed"),
    ({"seats_taken": 0}, 422, "validation-failed"),
])
def test_sessions(national, course, fields, status, word):
    before = national.get(f"/v1/training-sessions?course={course['id']}&limit=500").json["data"]
    body = {"course_id": course["id"], "kind": "INTER", "slots": slots(day(30), 2), **fields}
    answer = national.post("/v1/training-sessions", body)
    if word:
        assert_problem(answer, status, word)
    assert answer.status == status, answer
    assert national.get(f"/v1/training-sessions?course={course['id']}&limit=500").json["data"] == before


def test_half_days_of_one_session_do_not_overlap(trainings, national, course):
    session = trainings.session(course, state="DRAFT")
    first = trainings.slots(session)[0]
    target = f"/v1/training-sessions/{session['id']}/slots"
    again = {"starts_at": first["starts_at"], "ends_at": first["ends_at"]}
    assert_problem(national.post(target, again), 409, "slot-overlap")
    assert len(trainings.slots(session)) == 2


# --- enrolments -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields, status, word", [
    ({"seats": 0}, 422, "validation-failed"),
    ({"seats": -3}, 422, "validation-failed"),
    ({"seats": 10**9}, 422, "validation-failed"),
    ({"seats": "2"}, 422, "validation-failed"),
    ({"person": {}}, 422, None),
    ({"person": {"given_name": "Camille"}}, 422, None),
    ({"person": person(email="x")}, 422, "validation-failed"),
    ({"person": person(given_name="C\u0000")}, 400, "malformed-json"),
    ({"person": person(nir="180010000000097")}, 422, "validation-failed"),
    ({"person_id": NOBODY}, 422, "unknown-person"),
    ({"member_id": NOBODY}, 422, "unknown-structure"),
    ({"trainee_type": "KING"}, 422, "validation-failed"),
    ({"funding_code": "MAGIC"}, 422, "validation-failed"),
    ({"entrusted_by_nda": "12"}, 422, "validation-failed"),
    ({"price_cents": 0}, 422, "validation-failed"),
    ({"state": "CONFIRMED"}, 422, "validation-failed"),
])
def test_enrolments(trainings, course, fields, status, word):
    session = trainings.session(course, capacity=5)
    answer = trainings.try_enrol(session, **fields)
    if word:
        assert_problem(answer, status, word)
    assert answer.status == status, answer
    assert trainings.read(session)["seats_taken"] == 0


def test_nobody_is_enrolled_twice(trainings, course):
    session, someone = trainings.session(course, capacity=1), person()
    trainings.enrol(session, person=someone)
    for again in (someone, {**someone, "email": someone["email"].upper()}):
        assert_problem(trainings.try_enrol(session, person=again), 409, "already-enrolled")
    assert trainings.read(session)["seats_taken"] == 1 and trainings.read(session)["seats_waiting"] == 0


@pytest.mark.parametrize("state", ["DRAFT", "CANCELLED", "CLOSED"])
def test_sessions_that_take_nobody(trainings, course, state):
    session = trainings.session(course, first_day=-3 if state == "CLOSED" else 30, state="DRAFT" if state == "DRAFT" else "CONFIRMED")
    if state == "CANCELLED":
        session = trainings.move(session, "cancel", reason="Essai")
    elif state == "CLOSED":
        trainings.close_sheets(session)
        session = trainings.move(session, "close")
    assert_problem(trainings.try_enrol(session), 409, "session-closed")
    assert trainings.read(session)["seats_taken"] == 0


@pytest.mark.parametrize("capacity, status", [(-1, 422), (2.5, 422), ("5", 422), (10**9, 422)])
def test_capacities(trainings, course, capacity, status):
    session = trainings.session(course, capacity=5)
    assert_problem(trainings.capacity(session, capacity), status, "validation-failed")
    assert trainings.read(session)["capacity"] == 5


# --- attendance -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields, status, word", [
    ({"status": "ASLEEP"}, 422, "validation-failed"),
    ({"status": "PRESENT", "minutes": -1}, 422, "validation-failed"),
    ({"status": "PRESENT", "minutes": 721}, 422, "validation-failed"),
    ({"status": "PRESENT", "minutes": 211}, 422, "attendance-invalid"),
    ({"status": "ABSENT", "minutes": 10}, 422, "attendance-invalid"),
    ({"status": "PRESENT", "evidence": "PROMISE"}, 422, "validation-failed"),
    ({"status": "PRESENT", "signed_at": "2026-13-01T00:00:00Z"}, 422, "validation-failed"),
    ({"status": "PRESENT", "enrolment_id": NOBODY}, 422, "attendance-invalid"),
    ({"status": "PRESENT", "counted_minutes": 600}, 422, "validation-failed"),
])
def test_attendance(trainings, national, running, fields, status, word):
    entry = {"enrolment_id": running["enrolment"]["id"], **fields}
    assert_problem(trainings.try_record(running["session"], running["open"], [entry]), status, word)
    shown = national.get(f"/v1/training-sessions/{running['session']['id']}/attendance?slot={running['open']['id']}").json["data"]
    assert shown == []


def test_a_closed_sheet_and_one_to_come(trainings, course, running):
    entry = {"enrolment_id": running["enrolment"]["id"], "status": "ABSENT"}
    assert_problem(trainings.try_record(running["session"], running["closed"], [entry]), 409, "sheet-closed")
    assert_problem(trainings.try_record(running["session"], {"id": NOBODY}, [entry]), 422, "unknown-slot")
    later = trainings.session(course, capacity=3)
    mine = trainings.enrol(later)
    answer = trainings.try_record(later, trainings.slots(later)[0], [{"enrolment_id": mine["id"], "status": "PRESENT", "evidence": "ONSITE_SIGNATURE"}])
    assert_problem(answer, 409, "slot-not-begun")


def test_corrections(trainings, national, running):
    target = f"/v1/training-sessions/{running['session']['id']}/attendance?slot={running['closed']['id']}"
    entry, = national.get(target).json["data"]
    correct = f"/v1/attendance/{entry['id']}/corrections"
    for body in ({"status": "ABSENT"}, {"status": "ABSENT", "reason": "x"}, {"status": "ABSENT", "reason": "Motif", "minutes": 900}):
        assert_problem(national.post(correct, body), 422, "validation-failed")
    assert_problem(national.post(f"/v1/attendance/{NOBODY}/corrections", {"status": "ABSENT", "reason": "Motif"}), 404, "not-found")
    assert national.get(target).json["data"] == [entry]


# --- evaluations, documents, complaints -------------------------------------------------------------------------
@pytest.mark.parametrize("fields, status, word", [
    ({"score": 0}, 422, "validation-failed"), ({"score": 6}, 422, "validation-failed"), ({"score": 4.5}, 422, "validation-failed"),
    ({"moment": "WARM"}, 422, "validation-failed"), ({"enrolment_id": NOBODY}, 422, "unknown-enrolment"),
    ({"comment": "x" * 20001}, 422, "validation-failed"),
])
def test_evaluations(national, running, fields, status, word):
    target = f"/v1/training-sessions/{running['session']['id']}/evaluations"
    before = national.get(target).json
    assert_problem(national.post(target, {"enrolment_id": running["enrolment"]["id"], "moment": "HOT", "score": 5, **fields}), status, word)
    assert national.get(target).json == before


def test_complaints(national, running):
    body = {"session_id": running["session"]["id"], "subject": "Réclamation d’essai"}
    for fields, word in (({"session_id": NOBODY}, "unknown-session"), ({"subject": ""}, "validation-failed"), ({"state": "SECRET"}, "validation-failed")):
        assert_problem(national.post("/v1/training-complaints", {**body, **fields}), 422, word)


def test_a_trainer_is_in_one_place(trainings, national, course):
    trainer = national.post("/v1/trainers", {"code": code("F")[:20], "kind": "INTERNAL", "given_name": "Camille", "family_name": "Essai"}).json
    where = slots(day(40), 1)
    busy = {**where[0], "trainer_ids": [trainer["id"]]}
    trainings.session(course, first_day=40, count=1, slot={"trainer_ids": [trainer["id"]]})
    answer = national.post("/v1/training-sessions", {"course_id": course["id"], "kind": "INTER", "slots": [busy]})
    assert_problem(answer, 409, "trainer-busy")
    quarter = {"starts_at": where[0]["starts_at"].replace("08:00", "11:29"), "ends_at": where[0]["ends_at"].replace("11:30", "12:30")}
    answer = national.post("/v1/training-sessions", {"course_id": course["id"], "kind": "INTER", "slots": [{**quarter, "trainer_ids": [trainer["id"]]}]})
    assert_problem(answer, 409, "trainer-busy")
    follows = {"starts_at": where[0]["ends_at"], "ends_at": quarter["ends_at"], "trainer_ids": [trainer["id"]]}
    answer = national.post("/v1/training-sessions", {"course_id": course["id"], "kind": "INTER", "slots": [follows]})
    assert answer.status == 201, "one half-day may end when the other begins"


# --- money ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields, word", [
    ({"amount_cents": 0}, "validation-failed"), ({"amount_cents": -100}, "validation-failed"), ({"amount_cents": 10**15}, "validation-failed"),
    ({"amount_cents": 1.5}, "validation-failed"), ({"amount_cents": None}, "validation-failed"), ({"year": 1899}, "validation-failed"),
    ({"year": 10000}, "validation-failed"), ({"kind": "GIFT"}, "validation-failed"), ({"member_id": "x"}, "validation-failed"),
    ({"member_id": NOBODY}, "unknown-structure"), ({"kind": "COMMITMENT"}, None),
])
def test_movements_of_the_group_account(national, fields, word):
    member = national.get("/v1/members?limit=1").json["data"][0]["id"]
    body = {"member_id": member, "year": 2026, "kind": "CONTRIBUTION", "amount_cents": 1000, **fields}
    before = list(national.walk(f"/v1/group-account/entries?member={member}&limit=500"))
    answer = national.post("/v1/group-account/entries", body)
    assert answer.status in (409, 422) and (word is None or answer.code == word), answer
    assert list(national.walk(f"/v1/group-account/entries?member={member}&limit=500")) == before


@pytest.mark.parametrize("year", ["1899", "10000", "-1", "20x6", "", "2026.5", "99999999999999999999"])
def test_years_of_the_bpf(national, year):
    answer = national.get(f"/v1/reports/bpf?year={year}")
    assert_problem(answer, 400, "invalid-parameter")
