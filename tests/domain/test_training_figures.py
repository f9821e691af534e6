"""Worked examples 25 to 36 of the domain page: attendance, satisfaction, BPF, group account, printed totals. Each BPF test has an
accounting year of its own, long past, so that nothing else counts in it."""
import concurrent.futures
import datetime
import itertools

import pytest
from support import data
from support.training import Trainings, day, instant

YEARS = itertools.count(2001)


@pytest.fixture(scope="module")
def trainings(national, scratch):
    return Trainings(national)


@pytest.fixture
def year():
    return next(YEARS)


def held(trainings, year, *, days=2, course=None, month=3, **fields):
    """A confirmed session of that year with two slots of 3 h 30 a day."""
    first = (datetime.date(year, month, 5) - datetime.date.today()).days
    return trainings.session(course, first_day=first, count=days * 2, state="CONFIRMED", price_member_cents=0, price_other_cents=0, **fields)


def frame(report, name):
    return report["frames"][name]["total"]


def trainees(trainings, session, count, **fields):
    return [trainings.enrol(session, **{"trainee_type": "EMPLOYEE", "funding_code": "2H", **fields}) for _ in range(count)]


# --- example 25: satisfaction -----------------------------------------------------------------------------------
def evaluate(trainings, session, scores):
    for score in scores:
        enrolment = trainings.enrol(session)
        answer = trainings.client.post(
            f"/v1/training-sessions/{session['id']}/evaluations", {"enrolment_id": enrolment["id"], "moment": "HOT", "score": score}
        )
        assert answer.status == 201, answer
    summary = trainings.client.get(f"/v1/training-sessions/{session['id']}/evaluations").json
    return next(m for m in summary["moments"] if m["moment"] == "HOT")


def test_an_average_stands_with_its_answers_and_hides_under_five(trainings, year):
    many, few = held(trainings, year), held(trainings, year, month=4)
    shown = evaluate(trainings, many, [5] * 8 + [4] * 2)
    assert (shown["answers"], shown["average"], shown["response_rate_percent"], shown["is_hidden"]) == (10, 4.8, 100.0, False)
    hidden = evaluate(trainings, few, [2, 2])
    assert (hidden["answers"], hidden["average"], hidden["is_hidden"]) == (2, None, True)
    statistics = trainings.client.get(f"/v1/statistics/trainings?year={year}").json
    assert statistics["satisfaction"]["average"] == 4.33 and statistics["satisfaction"]["answers"] == 12
    by_month = trainings.client.get(f"/v1/statistics/trainings?year={year}&by=month").json["groups"]
    assert [g["satisfaction"]["is_hidden"] for g in by_month] == [True, True], "one hidden group alone could be had from the total"


def test_few_answers_together_are_hidden_too(trainings, year):
    """Two small groups are together still few: the total less what is shown would be theirs."""
    for month, scores in ((3, [5] * 9), (4, [4] * 6), (5, [1]), (6, [2, 1])):
        evaluate(trainings, held(trainings, year, month=month), scores)
    groups = trainings.client.get(f"/v1/statistics/trainings?year={year}&by=month").json["groups"]
    hidden = {g["key"][-2:]: g["satisfaction"]["is_hidden"] for g in groups}
    assert hidden == {"03": False, "04": True, "05": True, "06": True}
    plain = trainings.client.get("/v1/statistics/trainings?year=2023&by=kind").json["groups"]
    assert [g["satisfaction"]["is_hidden"] for g in plain] == [False] * 3, "without a small group nothing is hidden"
    assert all(g["satisfaction"]["average"] is None and g["satisfaction"]["share_percent"] is None for g in groups if g["satisfaction"]["is_hidden"])


def test_an_evaluation_is_given_once_and_not_before(trainings, national, year):
    session, future = held(trainings, year), trainings.session()
    enrolment, early = trainings.enrol(session), trainings.enrol(future)
    def give(where, who):
        return national.post(f"/v1/training-sessions/{where['id']}/evaluations", {"enrolment_id": who["id"], "moment": "COLD", "score": 3})
    assert give(session, enrolment).status == 201
    again, too_early = give(session, enrolment), give(future, early)
    assert (again.status, again.code) == (409, "evaluation-given")
    assert (too_early.status, too_early.code) == (409, "evaluation-too-early")


# --- examples 26, 27 and 34: hours ------------------------------------------------------------------------------
def test_hours_of_two_days(trainings, national, year):
    session = held(trainings, year)
    people = trainees(trainings, session, 12)
    slots = trainings.slots(session)
    for place, slot in enumerate(slots):
        there = people[:10] + (people[10:11] if place != 1 else []) + (people[11:] if place < 2 else [])
        trainings.record(session, slot, there)
        away = [p for p in people if p not in there]
        if away:
            trainings.record(session, slot, away, status="ABSENT")
    report = trainings.bpf(year)
    assert (frame(report, "F1")["people"], frame(report, "F1")["minutes"]) == (12, 157.5 * 60)
    assert frame(report, "F1")["hours"] == 158
    assert trainings.enrolment(people[11])["attended_minutes"] == 420
    certificate = national.get(f"/v1/enrolments/{people[11]['id']}/certificate")
    assert certificate.status == 200 and certificate.json["attended_minutes"] == 420
    statistics = national.get(f"/v1/statistics/trainings?year={year}").json
    assert (statistics["trainee_minutes"], statistics["trainer_minutes"], statistics["days"]) == (9450, 840, 2)


def test_parts_are_rounded_to_the_total(trainings, year):
    """100.25 h and 57.25 h: 158 in all, 101 and 57."""
    session = held(trainings, year, days=20)
    employee, = trainees(trainings, session, 1)
    other, = trainees(trainings, session, 1, trainee_type="OTHER")
    slots = trainings.slots(session)
    def attend(enrolment, minutes):
        for slot in slots:
            part = min(minutes, 210)
            if part == 210:
                trainings.record(session, slot, [enrolment])
            elif part > 0:
                trainings.record(session, slot, [enrolment], status="LATE", minutes=part)
            minutes -= part
    attend(employee, 100 * 60 + 15)
    attend(other, 57 * 60 + 15)
    report = trainings.bpf(year)
    hours = {line["line"]: line["hours"] for line in report["frames"]["F1"]["lines"]}
    assert (hours["a"], hours["e"], frame(report, "F1")["hours"]) == (101, 57, 158)


def test_a_closed_sheet_is_corrected_by_a_counter_entry_only(trainings, national, year):
    session = held(trainings, year, days=1)
    someone, = trainees(trainings, session, 1)
    slot = trainings.slots(session)[0]
    incomplete = trainings.try_close_sheet(slot)
    assert (incomplete.status, incomplete.code) == (409, "sheet-incomplete")
    trainings.record(session, slot, [someone])
    assert trainings.try_close_sheet(slot).status == 200
    later = trainings.try_record(session, slot, [{"enrolment_id": someone["id"], "status": "ABSENT"}])
    assert (later.status, later.code) == (409, "sheet-closed")
    entry, = national.get(f"/v1/training-sessions/{session['id']}/attendance").json["data"]
    unexplained = national.post(f"/v1/attendance/{entry['id']}/corrections", {"status": "ABSENT"})
    assert unexplained.status == 422
    corrected = national.post(f"/v1/attendance/{entry['id']}/corrections", {"status": "ABSENT", "reason": "Signature portée par erreur"})
    assert corrected.status == 201 and (corrected.json["entry_no"], corrected.json["is_current"]) == (2, True)
    rows = national.get(f"/v1/training-sessions/{session['id']}/attendance").json["data"]
    assert {(r["entry_no"], r["status"], r["is_current"]) for r in rows} == {(1, "PRESENT", False), (2, "ABSENT", True)}
    assert trainings.enrolment(someone)["attended_minutes"] == 0


def test_closed_attendance_is_immutable_in_sql(trainings, owner, year):
    session = held(trainings, year, days=1)
    someone, = trainees(trainings, session, 1)
    slot = trainings.slots(session)[0]
    trainings.record(session, slot, [someone])
    trainings.try_close_sheet(slot)
    for statement in ("update training.attendance set minutes = 1 where slot_id = %s", "delete from training.attendance where slot_id = %s",
                      "update training.attendance set is_current = false where slot_id = %s", "update training.slot set closed_at = null where id = %s"):
        with pytest.raises(Exception) as refused:
            owner.execute(statement, (slot["id"],))
        assert refused.value.diag.constraint_name == "sheet_closed", statement


# --- examples 28 to 33: BPF -------------------------------------------------------------------------------------
def test_hours_belong_to_the_year_of_the_slot(trainings, national):
    first, second = next(YEARS), next(YEARS)
    assert second == first + 1
    course = trainings.course()
    slots = [{"starts_at": instant(datetime.datetime(y, m, d, 7)), "ends_at": instant(datetime.datetime(y, m, d, 14))}
             for y, m, d in ((first, 12, 18), (second, 1, 8))]
    session = trainings.session(course, state="DRAFT", slots=slots)
    session = trainings.move(trainings.move(session, "open"), "confirm", force=True)
    assert session["spans_years"] is True
    people = trainees(trainings, session, 8)
    for slot in trainings.slots(session):
        trainings.record(session, slot, people)
    for year in (first, second):
        report = trainings.bpf(year)
        assert (frame(report, "F1")["people"], frame(report, "F1")["hours"]) == (8, 56)
        assert "SPANS_YEARS" in {f["flag"] for f in report["flags"]}


def test_entrusted_trainees_are_in_g(trainings, national, scratch, year):
    trainers = [national.post("/v1/trainers", {"code": "E-" + data.name().split()[-1][:8].upper(), "kind": kind, "given_name": "Camille",
                                               "family_name": data.name("Formateur")}).json for kind in ("INTERNAL", "EXTERNAL")]
    session = held(trainings, year, days=1, slot={"trainer_ids": [t["id"] for t in trainers]})
    ours = trainees(trainings, session, 6)
    theirs = trainees(trainings, session, 4, entrusted_by_nda="11922999392", funding_code="10")
    for slot in trainings.slots(session):
        trainings.record(session, slot, ours + theirs)
    for code, cents in (("2H", 60000), ("10", 40000)):
        body = {"number": data.name("F").replace(" ", "-"), "session_id": session["id"], "funding_code": code, "amount_cents": cents,
                "invoiced_on": f"{year}-03-31"}
        assert national.post("/v1/training-invoices", body).status == 201
    report = trainings.bpf(year)
    assert (frame(report, "F1")["people"], frame(report, "F1")["hours"]) == (6, 42)
    assert (frame(report, "G")["people"], frame(report, "G")["hours"]) == (4, 28)
    lines = {line["line"]: line["amount_cents"] for line in report["frames"]["C"]["lines"]}
    assert (lines["10"], lines["2h"], frame(report, "C")["amount_cents"]) == (40000, 60000, 100000)
    assert (frame(report, "E")["people"], frame(report, "E")["hours"]) == (2, 7), "hours of co-trainers count once"


def test_cancelled_before_and_abandoned_later(trainings, year):
    session = held(trainings, year, days=2)
    leaver, quitter, stayer = trainees(trainings, session, 3)
    assert trainings.cancel(leaver)["state"] == "CANCELLED"
    slots = trainings.slots(session)
    trainings.record(session, slots[0], [quitter, stayer])
    assert trainings.cancel(quitter)["state"] == "ABANDONED"
    for slot in slots[1:]:
        trainings.record(session, slot, [stayer])
    assert (frame(trainings.bpf(year), "F1")["people"], frame(trainings.bpf(year), "F1")["minutes"]) == (2, 5 * 210)


def test_a_credit_note_counts_in_its_own_year(trainings, national):
    first, second = next(YEARS), next(YEARS)
    def invoice(**fields):
        return national.post("/v1/training-invoices", {"number": data.name("F").replace(" ", "-"), "funding_code": "1", **fields})
    made = invoice(amount_cents=50000, invoiced_on=f"{first}-12-20").json
    assert invoice(amount_cents=-60000, invoiced_on=f"{second}-01-10", credited_id=made["id"]).code == "credit-invalid"
    assert invoice(amount_cents=-50000, invoiced_on=f"{second}-01-10", credited_id=made["id"]).status == 201
    report = trainings.bpf(second)
    assert frame(report, "C")["amount_cents"] == -50000
    assert {"CREDIT_OF_EARLIER_YEAR", "NEGATIVE_LINE"} <= {f["flag"] for f in report["flags"]}
    assert frame(trainings.bpf(first), "C")["amount_cents"] == 50000
    assert national.get(f"/v1/statistics/training-revenue?year={second}").json["total_cents"] == -50000


def test_differing_totals_are_refused(trainings, national, year):
    course = trainings.course(nsf_code=None)
    session = held(trainings, year, days=1, course=course)
    someone, = trainees(trainings, session, 1, trainee_type=None)
    for slot in trainings.slots(session):
        trainings.record(session, slot, [someone])
    report = trainings.bpf(year)
    assert report["is_refused"] and report["refusals"][0]["enrolment_ids"].count(someone["id"]) == 2
    assert [m["rule"] for m in report["missing"]["F1"]["items"]] == ["TRAINEE_TYPE_MISSING"]
    assert [m["record_id"] for m in report["missing"]["F4"]["items"]] == [someone["id"]]
    listed = list(national.walk(f"/v1/reports/bpf/missing?year={year}&frame=F1,F4"))
    assert {m["rule"] for m in listed} == {"TRAINEE_TYPE_MISSING", "NSF_MISSING"}
    body = {"year": year, "body_name": data.name("Organisme"), "siret": data.siret(), "nda": "11922999392", "has_remote_training": False,
            "turnover_cents": 1, "charges_cents": 1, "trainers_pay_cents": 0, "purchased_training_cents": 0}
    declaration = national.post("/v1/bpf-declarations", body)
    file = f"/v1/bpf-declarations/{declaration.json['id']}/file"
    refused = national.post(file, headers={"If-Match": declaration.etag}, key=None)
    assert (refused.status, refused.code) == (422, "bpf-totals-differ"), refused
    assert someone["id"] in refused.text, "the refusal names the enrolments"
    trainings.change(someone, trainee_type="EMPLOYEE")
    now = national.get(f"/v1/courses/{course['id']}")
    assert national.patch(f"/v1/courses/{course['id']}", {"nsf_code": "332"}, etag=now.etag).status == 200
    filed = national.post(file, headers={"If-Match": declaration.etag}, key=None)
    assert filed.status == 200 and filed.json["filed_at"], filed
    frozen = national.patch(f"/v1/bpf-declarations/{declaration.json['id']}", {"turnover_cents": 2}, etag=filed.etag)
    assert (frozen.status, frozen.code) == (409, "declaration-filed")


def test_presence_without_evidence_does_not_count(trainings, year):
    session = held(trainings, year, days=1, slot={"modality": "REMOTE"})
    someone, = trainees(trainings, session, 1)
    first, second = trainings.slots(session)
    trainings.record(session, first, [someone], evidence="REMOTE_LOG")
    trainings.record(session, second, [someone], evidence=None)
    report = trainings.bpf(year)
    assert frame(report, "F1")["minutes"] == 210
    assert "EVIDENCE_MISSING" in {m["rule"] for m in report["missing"]["F1"]["items"]}


# --- example 35: the group account ------------------------------------------------------------------------------
def affiliated(scratch, **fields):
    member = scratch.create(opco_code="UNIFORMATION", **fields)
    scratch.join(member, str(day(-500)))
    return member


def entry(national, member, kind, record=True, **fields):
    return national.post("/v1/group-account/entries", {"member_id": member["id"], "year": day(0).year, "kind": kind, **fields}, record=record)


def draw(national, member, cost, common_law, record=True):
    return entry(national, member, "COMMITMENT", record, purpose="FEDERATION_TRAINING", cost_cents=cost, common_law_cents=common_law)


def test_common_law_first_and_never_below_zero(national, scratch):
    member = affiliated(scratch)
    assert entry(national, member, "CONTRIBUTION", amount_cents=200000).json["balance_cents"] == 200000
    made = draw(national, member, 150000, 90000)
    assert made.status == 201 and (made.json["amount_cents"], made.json["balance_cents"]) == (60000, 140000)
    unjustified = draw(national, member, 1000, 0)
    assert (unjustified.status, unjustified.code) == (422, "common-law-first")
    too_much = draw(national, member, 150000, 5000)
    assert (too_much.status, too_much.code) == (409, "balance-exceeded")
    overpaid = entry(national, member, "PAYMENT", amount_cents=60001)
    assert (overpaid.status, overpaid.code) == (409, "balance-exceeded")
    assert entry(national, member, "PAYMENT", amount_cents=60000).status == 201
    account, = national.get(f"/v1/group-accounts?member={member['id']}").json["data"]
    assert (account["contributed_cents"], account["committed_cents"], account["paid_cents"], account["balance_cents"]) == (200000, 60000, 60000, 140000)


def test_two_draws_at_once(national, scratch):
    member = affiliated(scratch)
    entry(national, member, "CONTRIBUTION", amount_cents=100000)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: draw(national, member, 70000, 10000, record=False), range(8)))
    assert sorted(a.status for a in answers) == [201] + [409] * 7


def test_only_affiliated_members(national, scratch):
    other = scratch.create(opco_code="AKTO")
    scratch.join(other, str(day(-500)))
    applicant = scratch.create(opco_code="UNIFORMATION")
    for member in (other, applicant):
        refused = entry(national, member, "CONTRIBUTION", amount_cents=1000)
        assert (refused.status, refused.code) == (422, "not-eligible")
    early = national.post("/v1/group-account/entries", {"member_id": other["id"], "year": 2023, "kind": "CONTRIBUTION", "amount_cents": 1})
    assert (early.status, early.code) == (422, "group-account-not-begun")


# --- example 36: printed totals ---------------------------------------------------------------------------------
def test_printed_totals(anonymous):
    seen = anonymous.get("/v1/statistics/trainings?year=2023").json
    assert seen["sessions"] == 190 and seen["by_kind"] == {"INTER": 129, "INTRA": 42, "SERVICE": 19, "WEBINAR": 0}
    assert seen["people"] == 1289 and seen["trainers"] == {"internal": 2, "external": 37, "total": 39}
    assert (seen["satisfaction"]["share_percent"], seen["satisfaction"]["answers"], seen["satisfaction"]["response_rate_percent"]) == (93.0, 900, 69.8)
    week, = seen["events"]
    assert (week["experts"], week["participants"], week["programme_minutes"], week["attended_minutes"]) == (15, 200, 1170, 36450)
    older = anonymous.get("/v1/statistics/trainings?year=2012").json
    assert (older["sessions"], older["people"], older["days"]) == (158, 925, 458)
    assert (older["courses"], older["new_courses"], older["new_courses_over_two_years"]) == (60, 13, 25)


def test_the_report_of_2023_is_complete(trainings):
    report = trainings.bpf(2023)
    assert report["totals_agree"] and not report["is_refused"] and report["rule_set"] == "10443*17"
    assert {name: part["count"] for name, part in report["missing"].items() if part["count"]} == {}
    assert frame(report, "F1")["people"] == 1289
    for name in ("C", "E", "F1", "F3", "F4"):
        part = report["frames"][name]
        unit = "euros" if name == "C" else "hours"
        assert sum(line[unit] for line in part["lines"]) == part["total"][unit]
