"""What the access matrix needs to know of trainings: for each request a record of its own, in the state that the operation asks
for. `own` and `other_structure` hang on a session of Bretagne, `other_region` on one of another delegation."""
import itertools
import uuid

from support import data
from support.training import Trainings, code, day, person, slots

STAGES = {
    "openTrainingSession": "draft",
    "closeTrainingSession": "closed_sheets",
    "closeTrainingSheet": "recorded",
    "recordAttendance": "begun",
    "correctAttendance": "closed_sheets",
    "getEnrolmentCertificate": "recorded",
    "submitEvaluation": "begun",
    "nameSeat": "group",
}
_years = itertools.count(2100)
_past_years = itertools.count(2001)  # over, and without a declaration of the demonstration data
_made = {}


class Thing:
    """A session with one enrolment, as far along as the stage says."""

    def __init__(self, world, stage, column):
        self.trainings = trainings = Trainings(world.clients["NATIONAL"])
        delegation = world.delegation["other_region" if column == "other_region" else "own"]
        past = stage in ("begun", "recorded", "closed_sheets")
        state = {"draft": "DRAFT", "open": "OPEN", "group": "OPEN"}.get(stage, "CONFIRMED")
        self.session = trainings.session(
            first_day=-2 if past else 30, count=1, state=state, delegation_id=delegation, price_member_cents=0, price_other_cents=0
        )
        self.slot = trainings.slots(self.session)[0]
        self.enrolment = None
        if stage != "draft":
            self.enrolment = trainings.enrol(self.session, member_id=world.member[column], seats=2 if stage == "group" else 1)
        if stage in ("recorded", "closed_sheets"):
            trainings.record(self.session, self.slot, [self.enrolment])
        if stage == "closed_sheets":
            trainings.close_sheets(self.session)


def capture(world, operation, role, column):
    """The id that stands in the path; None when the path is none of trainings."""
    path = operation.path
    national = world.clients["NATIONAL"]
    if column in ("unknown", "deleted"):
        known = ("/courses/", "/train", "/enrolments/", "/attendance/", "/group-account", "/bpf-declarations/")
        return str(uuid.uuid4()) if path.startswith(tuple("/v1" + part for part in known)) else None
    if "/courses/{id}" in path:
        return Trainings(national).course()["id"]
    if "/training-programmes/{id}" in path:
        return created(national, "/v1/training-programmes", programme_body())
    if "/trainers/{id}" in path:
        return created(national, "/v1/trainers", trainer_body())
    if "/training-invoices/{id}" in path:
        thing = remember(world, "open", column)
        return created(national, "/v1/training-invoices", invoice_body(thing, member_id=world.member[column]))
    if "/group-account/entries/{id}" in path:
        return created(national, "/v1/group-account/entries", entry_body(eligible(world)))
    if "/bpf-declarations/{id}" in path:
        year = next(_past_years if operation.id == "fileBpf" else _years)
        return created(national, "/v1/bpf-declarations", declaration_body(year)) if role == "NATIONAL" else str(uuid.uuid4())
    if not any(part in path for part in ("/training-sessions/{", "/training-slots/{", "/enrolments/{", "/attendance/{", "/trainees/{",
                                         "/training-complaints/{", "/training-documents/{")):
        return None
    thing = remember(world, STAGES.get(operation.id, "open"), column)
    if "/training-slots/{id}" in path:
        return thing.slot["id"]
    if path.startswith("/v1/enrolments/{id}"):
        return thing.enrolment["id"]
    if path.startswith("/v1/trainees/{id}"):
        return thing.enrolment["person_id"]
    if "/attendance/{id}" in path:
        rows = national.get(f"/v1/training-sessions/{thing.session['id']}/attendance").json["data"]
        return rows[0]["id"]
    if "/training-complaints/{id}" in path:
        return created(national, "/v1/training-complaints", complaint_body(thing, member_id=world.member[column]))
    if "/training-documents/{id}" in path:
        body = {"kind": "CONVENTION", "member_id": world.member[column]}
        return created(national, f"/v1/training-sessions/{thing.session['id']}/documents", body)
    return thing.session["id"]


def remember(world, stage, column):
    _made[column] = Thing(world, stage, column)
    return _made[column]


def thing_of(world, column):
    """What capture made for this request, or a thing that is nobody's when there was nothing to make."""
    return _made.get(column) or remember(world, "open", "own")


def created(client, target, body):
    answer = client.post(target, body)
    assert answer.status == 201, answer
    return answer.json["id"]


def programme_body():
    return {"code": code("P"), "title": data.name("Programme"), "starts_on": "2030-01-01", "ends_on": "2030-01-05"}


def trainer_body():
    return {"code": "E-" + uuid.uuid4().hex[:8].upper(), "kind": "EXTERNAL", "given_name": "Camille", "family_name": data.name("Essai"),
            "email": person()["email"]}


def invoice_body(thing, **fields):
    return {"number": code("F"), "amount_cents": 1000, "invoiced_on": "2027-01-15", "session_id": thing.session["id"], **fields}


def complaint_body(thing, **fields):
    return {"session_id": thing.session["id"], "subject": data.name("Objet"), **fields}


def eligible(world):
    """The structure that calls, affiliated to the OPCO."""
    national = world.clients["NATIONAL"]
    now = national.get(f"/v1/members/{world.member['own']}")
    if now.json["opco_code"] != "UNIFORMATION":
        national.patch(f"/v1/members/{world.member['own']}", {"opco_code": "UNIFORMATION"}, etag=now.etag)
    return world.member["own"]


def entry_body(member):
    return {"member_id": member, "year": 2026, "kind": "CONTRIBUTION", "amount_cents": 1000}


def declaration_body(year):
    return {"year": year, "body_name": data.name("Organisme"), "siret": data.siret(), "nda": "11922999392", "has_remote_training": False,
            "turnover_cents": 100, "charges_cents": 50, "trainers_pay_cents": 10, "purchased_training_cents": 10}


BODIES = {
    "createCourse": lambda world, column: {"code": code(), "title": data.name("Action")},
    "updateCourse": lambda world, column: {"prerequisites": data.name("Prérequis")},
    "createTrainingProgramme": lambda world, column: programme_body(),
    "updateTrainingProgramme": lambda world, column: {"pass_other_cents": 6000},
    "createTrainer": lambda world, column: trainer_body(),
    "updateTrainer": lambda world, column: {"specialities": data.name("Spécialité")},
    "createTrainingSession": lambda world, column: {
        "course_id": Trainings(world.clients["NATIONAL"]).course()["id"],
        "kind": "INTER",
        "delegation_id": world.delegation["other_region" if column == "other_region" else "own"],
        "slots": slots(day(40), 1),
    },
    "updateTrainingSession": lambda world, column: {"place": data.name("Lieu")},
    "openTrainingSession": None,
    "confirmTrainingSession": lambda world, column: {"force": True},
    "cancelTrainingSession": lambda world, column: {"reason": "Essai"},
    "postponeTrainingSession": lambda world, column: {"reason": "Essai"},
    "closeTrainingSession": None,
    "setTrainingCapacity": lambda world, column: {"capacity": 20},
    "addTrainingSlot": lambda world, column: slots(day(60), 1)[0],
    "updateTrainingSlot": lambda world, column: {"label": data.name("Créneau")},
    "closeTrainingSheet": None,
    "enrolTrainee": lambda world, column: {"person": person(), "member_id": world.member[column]},
    "updateEnrolment": lambda world, column: {"trainee_type": "EMPLOYEE", "funding_code": "2H"},
    "cancelEnrolment": lambda world, column: {"reason": "Essai"},
    "nameSeat": lambda world, column: {"person": person()},
    "replaceTrainee": lambda world, column: {"person": person()},
    "updateTrainee": lambda world, column: {"family_name": data.name("Nom")},
    "recordAttendance": lambda world, column: {
        "slot_id": thing_of(world, column).slot["id"],
        "entries": [{"enrolment_id": thing_of(world, column).enrolment["id"], "status": "ABSENT"}],
    },
    "correctAttendance": lambda world, column: {"status": "ABSENT", "reason": "Essai"},
    "submitEvaluation": lambda world, column: {"enrolment_id": thing_of(world, column).enrolment["id"], "moment": "HOT", "score": 5},
    "createTrainingComplaint": lambda world, column: complaint_body(remember(world, "open", column), member_id=world.member[column]),
    "updateTrainingComplaint": lambda world, column: {"state": "ANSWERED", "answer": "Réponse", "answered_on": str(day(0))},
    "addTrainingDocument": lambda world, column: {"kind": "RULES"},
    "updateTrainingDocument": lambda world, column: {"reference": data.name("Réf")},
    "addGroupAccountEntry": lambda world, column: entry_body(eligible(world)),
    "createTrainingInvoice": lambda world, column: invoice_body(remember(world, "open", column)),
    "createBpfDeclaration": lambda world, column: declaration_body(next(_years)),
    "updateBpfDeclaration": lambda world, column: {"turnover_cents": next(_years)},
    "fileBpf": None,
}
