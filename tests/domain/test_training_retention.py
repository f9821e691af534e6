"""Names of trainees: sealed while they are needed, in no copy anywhere, and gone with the job; what they did still counts."""
import datetime
import os
import subprocess
import uuid

import pytest
from support.client import environment
from support.system import binary, run_directory
from support.training import Trainings, ok, person

OLD = -2000  # days: further back than any retention


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


def dump():
    """All rows of the database as SQL."""
    command = ["pg_dump", "--enable-row-security", "--data-only", "--no-owner", environment("MAILLAGE_DATABASE")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_job():
    """As the timer does."""
    done = subprocess.run([binary(), "job", "training-identities", "-c", str(run_directory() / "maillage.conf")],
                          capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, (done.stdout, done.stderr)


def canary():
    """A name that nothing else holds, of letters only."""
    return "Zq" + uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))


def let_a_day_pass(owner, someone):
    """The job leaves who came today; a trigger keeps the day of creation."""
    with owner.transaction():
        owner.execute("alter table training.person disable trigger training_person_90_version")
        owner.execute("update training.person set created_at = now() - interval '2 days' where id = %s", (someone,))
        owner.execute("alter table training.person enable trigger training_person_90_version")


def figures(client, year):
    targets = (f"/v1/reports/bpf?year={year}", f"/v1/statistics/trainings?year={year}", f"/v1/statistics/training-revenue?year={year}")
    return [ok(client.get(target)) for target in targets]


def without_tags(answers):
    return [{name: value for name, value in answer.items() if name != "etag"} for answer in answers]


@pytest.mark.timeout(300)
def test_no_name_is_left(trainings, national, owner):
    session = trainings.session(first_day=OLD, count=2, state="CONFIRMED")
    given, corrected, family = canary(), canary(), canary()
    enrolment = trainings.enrol(session, person=person(given_name=given, family_name=family, email=f"{family}@exemple.invalid"))
    assert enrolment["family_name"] == family
    someone = enrolment["person_id"]
    trainee = national.get(f"/v1/trainees/{someone}")
    assert ok(national.patch(f"/v1/trainees/{someone}", {"given_name": corrected}, etag=trainee.etag))["given_name"] == corrected
    for slot in trainings.slots(session):
        trainings.record(session, slot, [enrolment])
    year = (datetime.date.today() + datetime.timedelta(days=OLD)).year
    before = without_tags(figures(national, year))
    sealed = owner.execute("select encode(identity, 'hex'), encode(person_key, 'hex') from training.person where id = %s", (someone,)).fetchone()

    shown = dump()
    assert all(value in shown for value in sealed), "the dump must show them first"
    assert not [value for value in (given, corrected, family) if value.lower() in shown.lower()], "kept in clear"

    let_a_day_pass(owner, someone)
    run_job()
    gone = dump()
    assert not [value for value in sealed if value in gone]
    now = trainings.enrolment(enrolment)
    assert (now["is_purged"], now["given_name"], now["family_name"], now["email"]) == (True, None, None, None)
    assert now["attended_minutes"] == 420, "the hours stay"
    assert without_tags(figures(national, year)) == before
    refused = national.patch(f"/v1/trainees/{someone}", {"given_name": "Encore"}, etag=national.get(f"/v1/trainees/{someone}").etag)
    assert (refused.status, refused.code) == (409, "trainee-purged")
