"""Worked examples 37 to 50 of the domain page: the rules of a convention, the envelope, one aid a year, report, purge."""
import datetime

import pytest
from support import vacation
from support.problems import assert_problem
from support.vacation import NEXT, Vacations, act, budget, checks, family, person, read, save_report, summer


@pytest.fixture(scope="module")
def vacations(national, scratch, url):
    return Vacations(national, scratch, url)


@pytest.fixture(scope="module")
def convention(vacations):
    return vacations.convention()


@pytest.fixture(scope="module")
def mine(vacations):
    """The client of a structure of Bretagne."""
    return vacations.structure()[1]


def refused(client, project, status, code):
    answer = act(client, project, "submit")
    assert_problem(answer, status, code)
    assert read(client, project)["state"] == "DRAFT", "a refusal changes nothing"
    return answer.json


def test_37_a_balanced_family_stay(vacations, convention, mine):
    project = vacations.project(mine, convention)
    assert (project["planned_costs_cents"], project["planned_funding_cents"], project["difference_cents"]) == (114000, 114000, 0)
    assert (project["aid_share_percent"], project["cost_per_person_day_cents"], project["nights"]) == (43.9, 3563, 7)
    assert project["people_by_category"] == {"SINGLE_ADULT": 0, "FAMILY": 4, "ACCOMPANYING_STAFF": 0}
    assert [check["rule"] for check in project["checks"] if not check["ok"]] == []
    assert project["actions"] == ["EDIT", "SUBMIT", "CANCEL"]
    assert act(mine, project, "submit").json["state"] == "SUBMITTED"


def test_38_the_budget_is_balanced_to_the_cent(vacations, convention, mine):
    project = vacations.project(mine, convention, lines=budget(OWN_CONTRIBUTION=15000))
    assert refused(mine, project, 422, "budget-unbalanced")["difference_cents"] == -4000
    cent = vacations.project(mine, convention, lines=budget(OWN_CONTRIBUTION=19001))
    assert refused(mine, cent, 422, "budget-unbalanced")["difference_cents"] == 1


def test_39_share_of_the_aid(vacations, convention, mine):
    project = vacations.project(mine, convention, lines=budget(ANCV=95000, CAF=0, MEMBER_STRUCTURE=1000, OWN_CONTRIBUTION=18000))
    check = checks(project)["AID_SHARE"]
    assert (check["ok"], check["value"], check["limit"], check["unit"]) == (False, 83.3, 80, "PERCENT")
    problem = refused(mine, project, 422, "aid-share-exceeded")
    assert (problem["max_cents"], problem["max_in_units_cents"]) == (91200, 91000)
    fits = vacations.project(mine, convention, lines=budget(ANCV=91000, CAF=0, MEMBER_STRUCTURE=4000, OWN_CONTRIBUTION=19000))
    assert checks(fits)["AID_SHARE"]["ok"] is True


@pytest.mark.parametrize("nights, code", [(3, "stay-too-short"), (4, None), (21, None), (22, "stay-too-long")])
def test_40_nights(vacations, convention, mine, nights, code):
    project = vacations.project(mine, convention, nights=nights)
    if code:
        refused(mine, project, 422, code)
    else:
        assert act(mine, project, "submit").status == 200


@pytest.mark.parametrize("quotient, accepted", [(89999, True), (90000, False), (None, False)])
def test_40_quotient(vacations, convention, mine, quotient, accepted):
    people = [person(quotient=60000), person("SPOUSE", quotient=quotient)]
    project = vacations.project(mine, convention, people=people)
    if accepted:
        assert act(mine, project, "submit").status == 200
    else:
        refused(mine, project, 422, "quotient-too-high")


def test_41_single_funder_warns_or_refuses_by_parameter(vacations, convention, mine):
    lines = budget(MEMBER_STRUCTURE=0, CAF=0, ANCV=50000, OWN_CONTRIBUTION=64000)
    refused(mine, vacations.project(mine, convention, lines=lines), 422, "single-funder")
    lenient = vacations.convention(warnings=["SINGLE_FUNDER"])
    project = vacations.project(mine, lenient, lines=lines)
    check = checks(project)["SINGLE_FUNDER"]
    assert (check["ok"], check["severity"]) == (False, "WARNING")
    assert act(mine, project, "submit").json["state"] == "SUBMITTED"


def test_41_own_contribution_and_unit(vacations, convention, mine):
    low = vacations.project(mine, convention, lines=budget(OWN_CONTRIBUTION=2000, CAF=47000))
    refused(mine, low, 422, "own-contribution-too-low")
    odd = vacations.project(mine, convention, lines=budget(ANCV=50500, CAF=29500))
    refused(mine, odd, 422, "voucher-unit")


def test_42_notice_and_departure_before_the_decision(vacations, convention, mine, national, owner):
    soon = vacation.TODAY
    project = vacations.project(mine, convention, departs_on=soon + datetime.timedelta(days=40))
    problem = refused(mine, project, 422, "notice-too-short")
    assert (problem["value"], problem["limit"]) == (40, 60)
    exact = vacations.project(mine, convention, departs_on=soon + datetime.timedelta(days=60))
    assert act(mine, exact, "submit").status == 200, "sixty days are enough"
    late = vacations.submitted(mine, convention)
    owner.execute("update vacation.project set departs_on = current_date where id = %s", (late["id"],))
    now = read(national, late)
    assert "APPROVE" not in now["actions"]
    assert_problem(act(national, now, "approve", {}), 409, "departure-passed")
    assert read(national, late)["state"] == "SUBMITTED"


def test_43_one_aid_a_year_across_structures(vacations, convention, mine, national):
    other_id, other = vacations.structure()
    someone = person(given_name="Élise", family_name="Dupré-Fictif " + vacation.uuid.uuid4().hex)
    spelled = {**someone, "given_name": "ELISE", "family_name": someone["family_name"].upper().replace("-", " ")}
    vacations.approved(other, convention, people=[someone, person("SPOUSE")], departs_on=datetime.date(NEXT, 3, 7))
    project = vacations.project(mine, convention, people=[person(), spelled])
    problem = refused(mine, project, 409, "already-aided-this-year")
    found = mine.get(f"/v1/vacation-projects/{project['id']}/beneficiaries").json["data"]
    aided = [row["id"] for row in found if row["aided_this_year"]]
    assert problem["beneficiary_ids"] == aided and len(aided) == 1
    assert other_id not in str(problem) and other_id not in str(found) and other_id not in str(read(mine, project))
    later = vacations.project(mine, convention, people=[spelled], departs_on=summer(NEXT + 1), stay_kind="INDIVIDUAL",
                              lines=budget({"LODGING": 60000}, ANCV=40000, CAF=0, MEMBER_STRUCTURE=10000, OWN_CONTRIBUTION=10000))
    row, = mine.get(f"/v1/vacation-projects/{later['id']}/beneficiaries").json["data"]
    assert (row["earlier_aids"], row["aided_this_year"]) == (1, False)
    assert act(mine, later, "submit").status == 200
    assert act(national, read(national, later), "approve", {}).json["state"] == "APPROVED"


def big(cents):
    """A project that asks for so much: thirty people for three weeks, so that no rule stands in the way."""
    return {"people": family(30), "nights": 21, "lines": budget({"LODGING": 2 * cents}, ANCV=cents, CAF=0, MEMBER_STRUCTURE=cents - 10000, OWN_CONTRIBUTION=10000)}


def test_44_the_envelope(vacations, mine, national):
    convention = vacations.convention(3000000)
    vacations.approved(mine, convention, **big(2860000))
    assert vacations.left(convention) == 140000
    waiting = act(national, vacations.submitted(mine, convention, **big(180000)), "approve", {}).json
    assert (waiting["state"], waiting["granted_cents"]) == ("WAITLISTED_BUDGET", None)
    assert_problem(act(national, waiting, "approve", {}), 409, "envelope-exhausted")
    delivered = vacations.delivered(mine, convention, **big(90000))
    assert vacations.left(convention) == 50000
    refused_too = act(national, vacations.submitted(mine, convention, **big(90000)), "approve", {}).json
    assert refused_too["state"] == "WAITLISTED_BUDGET"
    assert vacations.move(delivered, "RETURNED", 25000).status == 201
    assert vacations.left(convention) == 75000


def test_44_a_partial_grant_when_the_convention_allows_it(vacations, mine, national):
    convention = vacations.convention(3000000, partial_grants=True)
    vacations.approved(mine, convention, **big(2860000))
    granted = act(national, vacations.submitted(mine, convention, **big(180000)), "approve", {}).json
    assert (granted["state"], granted["granted_cents"]) == ("APPROVED", 140000)
    assert vacations.left(convention) == 0
    strict = vacations.submitted(mine, vacations.convention(), **big(180000))
    assert_problem(act(national, strict, "approve", {"granted_cents": 140000}), 422, "partial-grant-not-allowed")
    assert_problem(act(national, strict, "approve", {"granted_cents": 181000}), 422, "grant-over-request")


def test_44_a_quota_of_a_delegation(vacations, mine, national, anonymous):
    bretagne = anonymous.get("/v1/delegations?region=53").json["data"][0]["id"]
    convention = vacations.convention(3000000, quotas=[{"delegation_id": bretagne, "amount_cents": 100000}])
    vacations.approved(mine, convention, **big(90000))
    waiting = act(national, vacations.submitted(mine, convention, **big(20000)), "approve", {}).json
    assert waiting["state"] == "WAITLISTED_BUDGET", "the quota is used up though the envelope is not"
    elsewhere = vacations.structure(vacation.data.LYON)[1]
    vacations.approved(elsewhere, convention, **big(20000))
    quota, = national.get(f"/v1/vacation-conventions/{convention['id']}").json["quotas"]
    assert quota["left_cents"] == 10000


def test_45_a_cancellation_proposes_the_first_in_line(vacations, mine, national):
    convention = vacations.convention(300000)
    granted = vacations.approved(mine, convention, **big(250000))
    first, second = [act(national, vacations.submitted(mine, convention, **big(cents)), "approve", {}).json for cents in (200000, 100000)]
    assert (first["state"], second["state"]) == ("WAITLISTED_BUDGET",) * 2
    assert national.get(f"/v1/vacation-conventions/{convention['id']}").json["proposed_project_id"] is None
    cancelled = act(mine, granted, "cancel", {"reason": "La famille renonce."})
    assert cancelled.json.get("state") == "CANCELLED", cancelled
    assert vacations.left(convention) == 300000
    assert national.get(f"/v1/vacation-conventions/{convention['id']}").json["proposed_project_id"] == first["id"]
    now = read(national, first)
    assert now["proposed_at"] and read(national, second)["proposed_at"] is None
    assert act(national, now, "approve", {}).json["state"] == "APPROVED"


def test_46_nobody_decides_during_a_correction(vacations, convention, mine, national):
    project = act(national, vacations.submitted(mine, convention), "start-review").json
    back = act(national, project, "request-correction", {"reason": "Le devis de l’hébergement manque."}).json
    assert back["state"] == "CORRECTION_REQUESTED"
    for version in (project, back):
        problem = act(national, version, "approve", {})
        assert_problem(problem, 409, "vacation-state")
        assert (problem.json["state"], problem.json["action"]) == ("CORRECTION_REQUESTED", "APPROVE")
    edited = mine.patch(f"/v1/vacation-projects/{project['id']}", {"place": "Quimper"}, etag=f'"{back["version"]}"')
    assert edited.status == 200, edited
    again = act(mine, edited.json, "submit").json
    assert again["state"] == "UNDER_REVIEW" and again["submitted_at"] == project["submitted_at"], "it keeps its place"
    assert act(national, again, "approve", {}).json["state"] == "APPROVED"


def test_47_a_late_report_blocks_the_next_submission(vacations, convention, mine, owner):
    late = vacations.delivered(mine, convention)
    vacation.returned_days_ago(owner, late, 30)
    draft = vacations.project(mine, convention)
    assert checks(draft)["REPORT_DUE"]["ok"] is True, "the thirtieth day is in time"
    vacation.returned_days_ago(owner, late, 31)
    now = read(mine, late)
    assert (now["state"], now["is_report_late"]) == ("REPORT_DUE", True)
    refused(mine, draft, 409, "report-due")
    stranger = vacations.structure()[1]
    assert act(stranger, vacations.project(stranger, convention), "submit").status == 200, "another structure goes on"
    save_report(mine, now, costs=114000)
    assert act(mine, read(mine, draft), "submit").status == 200


def test_48_the_year_2023(anonymous, national):
    found = anonymous.get("/v1/statistics/vacation-aid?year=2023").json
    assert (found["examined"], found["people"], found["structures"]) == (79, 159, 14)
    assert found["people_by_category"] == {"SINGLE_ADULT": 25, "FAMILY": 132, "ACCOMPANYING_STAFF": 2}
    assert 25 < found["households"] < 25 + 132, "households stand apart: 132 are people"
    for by in ("region", "delegation", "member"):
        groups = national.get(f"/v1/statistics/vacation-aid?year=2023&by={by}").json["groups"]
        assert sum(group["people"] for group in groups) == 159 and sum(group["examined"] for group in groups) == 79


def test_49_the_purge(vacations, convention, mine, national, owner):
    someone = person()
    project = vacations.delivered(mine, convention, people=[someone, person("SPOUSE")], departs_on=datetime.date(NEXT, 3, 7),
                                  objective="Un premier départ")
    owner.execute("update vacation.project set state = 'CLOSED', closed_at = now() - interval '364 days' where id = %s", (project["id"],))
    before = national.get(f"/v1/statistics/vacation-aid?year={NEXT}").json
    shown = read(national, project)
    purge(owner)
    assert read(national, project)["purged_at"] is None, "the delay of the convention is not over"
    owner.execute("update vacation.project set closed_at = now() - interval '366 days' where id = %s", (project["id"],))
    purge(owner)
    people = national.get(f"/v1/vacation-projects/{project['id']}/beneficiaries").json["data"]
    assert [(row["given_name"], row["family_name"], row["birth_date"], row["family_quotient_cents"]) for row in people] == [(None,) * 4] * 2
    assert owner.execute("select count(*) from vacation.identity i join vacation.beneficiary b on b.id = i.beneficiary_id "
                         "where b.project_id = %s", (project["id"],)).fetchone() == (0,)
    after = read(national, project)
    assert after["objective"] is None and after["people_by_category"] == shown["people_by_category"]
    assert national.get(f"/v1/statistics/vacation-aid?year={NEXT}").json == before
    again = vacations.project(mine, convention, people=[someone])
    refused(mine, again, 409, "already-aided-this-year")


def purge(owner):
    while owner.execute("select vacation.purge_identities(50)").fetchone()[0]:
        pass


def test_50_actual_costs_below_the_plan(vacations, convention, mine, national, owner):
    project = vacations.delivered(mine, convention)
    vacation.returned_days_ago(owner, project, 5)
    made = save_report(mine, read(mine, project), costs=100000, satisfaction=5, effects="Une première fois à la mer.")
    assert (made["surplus_cents"], made["aid_share_percent"], made["departure_rate_percent"]) == (14000, 50, 100)
    assert (made["return_rule"], made["proposed_return_cents"]) == ("PROPORTIONAL", 6000), "500 × 140 ÷ 1 140, in whole vouchers"
    now = read(national, project)
    assert_problem(act(national, now, "close", {}), 409, "return-outstanding")
    assert vacations.move(now, "RETURNED", 6000).status == 201
    closed = act(national, read(national, now), "close", {})
    assert closed.json["state"] == "CLOSED", closed


@pytest.mark.parametrize("rule, proposed", [("NONE", 0), ("SHARE_EXCESS", 0), ("SURPLUS", 14000)])
def test_50_other_rules_of_return(vacations, mine, owner, rule, proposed):
    project = vacations.delivered(mine, vacations.convention(return_rule=rule))
    vacation.returned_days_ago(owner, project, 5)
    assert save_report(mine, read(mine, project), costs=100000)["proposed_return_cents"] == proposed
    assert save_report(mine, read(mine, project), costs=100000, people=0)["proposed_return_cents"] == 50000, "nobody left"
