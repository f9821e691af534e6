"""Trainings of the tests: courses, sessions and enrolments made over HTTP, removed with the rows of the tests."""
import datetime
import uuid

from . import data

FULL = {
    "objectives": "Savoir faire",
    "prerequisites": "Aucun",
    "audience": "Permanents",
    "methods": "Cas",
    "assessment": "Questionnaire",
    "disability_access": "Nous consulter",
    "contact_email": "formation@exemple.invalid",
    "duration_minutes": 840,
    "modality": "ONSITE",
    "access_delay_days": 10,
    "price_member_cents": 10000,
    "price_other_cents": 15000,
    "nsf_code": "332",
    "bpf_objective": "OTHER",
    "is_published": True,
}
HALVES = (8, 13)  # hours in UTC at which the two slots of a day begin


def code(prefix="T"):
    return f"{prefix}-{uuid.uuid4().hex[:12].upper()}"


def person(**fields):
    """Somebody new; the address makes the person unique."""
    unique = uuid.uuid4().hex[:12]
    return {"given_name": "Camille", "family_name": "Essai", "email": f"{unique}@exemple.invalid", **fields}


def instant(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def slots(first_day, count=2, minutes=210, **fields):
    """`count` half-days from that day on, two a day."""
    made = []
    for number in range(count):
        start = datetime.datetime.combine(first_day + datetime.timedelta(days=number // 2), datetime.time(HALVES[number % 2]))
        made.append({"starts_at": instant(start), "ends_at": instant(start + datetime.timedelta(minutes=minutes)), **fields})
    return made


def day(offset):
    return datetime.date.today() + datetime.timedelta(days=offset)


def ok(answer, *statuses):
    assert answer.status in (statuses or (200, 201)), answer
    body = answer.json
    body["etag"] = answer.etag
    return body


class Trainings:
    """What a test does with trainings; `client` must be the national caller."""

    def __init__(self, client):
        self.client = client

    def course(self, **fields):
        return ok(self.client.post("/v1/courses", {"code": code(), "title": data.name("Action"), **FULL, **fields}))

    def session(self, course=None, *, first_day=30, count=2, state="OPEN", slot=None, **fields):
        """A session `first_day` days from today, in that state (DRAFT, OPEN, CONFIRMED)."""
        course = course or self.course()
        body = {"course_id": course["id"], "kind": "INTER", "slots": slots(day(first_day), count, **(slot or {})), **fields}
        made = ok(self.client.post("/v1/training-sessions", body))
        if state != "DRAFT":
            made = self.move(made, "open")
        return self.move(made, "confirm", force=True) if state == "CONFIRMED" else made

    def read(self, session):
        return ok(self.client.get(f"/v1/training-sessions/{session['id']}"))

    def move(self, session, action, client=None, status=200, **body):
        answer = self.try_move(session, action, client, **body)
        assert answer.status == status, answer
        return ok(answer, status)

    def try_move(self, session, action, client=None, **body):
        tag = self.read(session)["etag"]
        has_body = action in ("confirm", "cancel", "postpone")
        return (client or self.client).post(
            f"/v1/training-sessions/{session['id']}/{action}", body if has_body else None, headers={"If-Match": tag}, key=None
        )

    def try_enrol(self, session, client=None, *, key=True, record=True, **fields):
        body = {} if "person_id" in fields or "person" in fields else {"person": person()}
        target = f"/v1/training-sessions/{session['id']}/enrolments"
        return (client or self.client).post(target, {**body, **fields}, key=key, record=record)

    def enrol(self, session, client=None, **fields):
        return ok(self.try_enrol(session, client, **fields))

    def enrolment(self, enrolment):
        return ok(self.client.get(f"/v1/enrolments/{enrolment['id']}"))

    def try_cancel(self, enrolment, client=None, **body):
        tag = self.enrolment(enrolment)["etag"]
        return (client or self.client).post(f"/v1/enrolments/{enrolment['id']}/cancel", body, headers={"If-Match": tag}, key=None)

    def cancel(self, enrolment, client=None, **body):
        return ok(self.try_cancel(enrolment, client, **body))

    def change(self, enrolment, **body):
        tag = self.enrolment(enrolment)["etag"]
        return ok(self.client.patch(f"/v1/enrolments/{enrolment['id']}", body, etag=tag))

    def slots(self, session):
        return self.client.get(f"/v1/training-sessions/{session['id']}/slots").json["data"]

    def try_record(self, session, slot, entries):
        return self.client.post(f"/v1/training-sessions/{session['id']}/attendance", {"slot_id": slot["id"], "entries": entries})

    def record(self, session, slot, enrolments, status="PRESENT", evidence="ONSITE_SIGNATURE", **fields):
        evidence = {"evidence": evidence} if evidence and status in ("PRESENT", "LATE") else {}
        entries = [{"enrolment_id": e["id"], "status": status, **evidence, **fields} for e in enrolments]
        return ok(self.try_record(session, slot, entries))

    def try_close_sheet(self, slot):
        tag = self.client.get(f"/v1/training-slots/{slot['id']}").etag
        return self.client.post(f"/v1/training-slots/{slot['id']}/close", headers={"If-Match": tag}, key=None)

    def close_sheets(self, session):
        for slot in self.slots(session):
            ok(self.try_close_sheet(slot))

    def capacity(self, session, capacity, **fields):
        return self.client.post(f"/v1/training-sessions/{session['id']}/capacity", {"capacity": capacity, **fields})

    def bpf(self, year):
        return ok(self.client.get(f"/v1/reports/bpf?year={year}"))
