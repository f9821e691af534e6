"""Calendar feeds of trainings, and the end of names: what programs subscribe to, and what the jobs take away."""
import psycopg
import pytest
from support import data
from support.client import environment
from support.training import Trainings, day


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


def feed(client, anonymous, kind, label=None):
    made = client.post("/v1/calendar-links", {"kind": kind, "label": label or data.name("Agenda")})
    assert made.status == 201, made
    address = made.json["url"]
    answer = anonymous.get(address[address.index("/v1/"):], record=False)
    assert answer.status == 200 and answer.media_type == "text/calendar", answer
    return answer.text


def events(text, title):
    return [block for block in text.split("BEGIN:VEVENT")[1:] if title in block.replace("\r\n ", "")]


def test_public_sessions_and_a_cancelled_one(trainings, national, anonymous):
    title = data.name("Action")
    session = trainings.session(trainings.course(title=title), count=2)
    shown = events(feed(national, anonymous, "TRAININGS"), title)
    assert len(shown) == 2 and all("STATUS:CONFIRMED" in e for e in shown)
    trainings.move(session, "cancel", reason="Essai")
    assert all("STATUS:CANCELLED" in e for e in events(feed(national, anonymous, "TRAININGS"), title))


def test_sessions_of_a_delegation(trainings, national, bretagne, anonymous):
    title, other = data.name("Action"), data.name("Action")
    delegation = bretagne.get("/v1/token").json["delegation_id"]
    trainings.session(trainings.course(title=title), count=1, delegation_id=delegation)
    trainings.session(trainings.course(title=other), count=1)
    text = feed(bretagne, anonymous, "OWN_TRAININGS")
    assert len(events(text, title)) == 1 and events(text, other) == []


def test_hours_of_a_trainer(trainings, national, anonymous):
    code = "E-" + data.name().split()[-1][:8].upper()
    trainer = national.post("/v1/trainers", {"code": code, "kind": "EXTERNAL", "given_name": "Camille", "family_name": "Essai"}).json
    title = data.name("Action")
    session = trainings.session(trainings.course(title=title), count=2)
    slot = trainings.slots(session)[0]
    tag = national.get(f"/v1/training-slots/{slot['id']}").etag
    assert national.patch(f"/v1/training-slots/{slot['id']}", {"trainer_ids": [trainer["id"]]}, etag=tag).status == 200
    text = feed(national, anonymous, "TRAINER", code)
    assert len(events(text, title)) == 1 and "Camille" not in text
    clash = trainings.session(trainings.course(), count=1, state="DRAFT")
    where = trainings.slots(clash)[0]
    busy = national.patch(
        f"/v1/training-slots/{where['id']}", {"trainer_ids": [trainer["id"]]}, etag=national.get(f"/v1/training-slots/{where['id']}").etag
    )
    assert (busy.status, busy.code) == (409, "trainer-busy")


def test_names_go_and_figures_stay(trainings):
    """In a transaction that is taken back: the job looks at everybody."""
    session = trainings.session(first_day=-2000, count=1, state="CONFIRMED")
    old, recent = trainings.enrol(session), trainings.enrol(trainings.session(first_day=-100, count=1))
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        people = (old["person_id"], recent["person_id"])
        connection.execute("alter table training.person disable trigger training_person_90_version")  # it keeps created_at
        connection.execute("update training.person set created_at = now() - interval '2 days' where id = any(%s)", (list(people),))
        assert connection.execute("select training.purge_identities(1000)").fetchone()[0] >= 1
        kept = connection.execute(
            "select id::text, identity is not null, person_key is not null, purged_on from training.person where id = any(%s)", (list(people),)
        ).fetchall()
        connection.rollback()
    assert {row[0]: row[1:3] for row in kept} == {people[0]: (False, False), people[1]: (True, True)}
    assert dict((row[0], row[3]) for row in kept)[people[0]] == day(0)


def test_queues_of_the_past_expire(trainings):
    session = trainings.session(first_day=-5, count=1, capacity=1)
    trainings.enrol(session)
    waiting = trainings.enrol(session)
    with psycopg.connect(environment("MAILLAGE_DATABASE"), autocommit=True) as connection:
        while connection.execute("select training.expire_waiting(100)").fetchone()[0]:
            pass
    assert trainings.enrolment(waiting)["state"] == "EXPIRED"
    assert trainings.read(session)["seats_waiting"] == 0
