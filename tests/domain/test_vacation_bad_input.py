"""What nobody should send, and who may not: named refusals that change nothing; identities where they belong."""
import json

import pytest
from support import data, vacation
from support.problems import assert_problem
from support.vacation import Vacations, act, checks, person, read


@pytest.fixture(scope="module")
def vacations(national, scratch, url):
    return Vacations(national, scratch, url)


@pytest.fixture(scope="module")
def convention(vacations):
    return vacations.convention()


@pytest.fixture(scope="module")
def mine(vacations):
    return vacations.structure()[1]


def convention_body(**fields):
    return {"year": 2100, "name": data.name("Convention"), "envelope_cents": 1000, "opens_on": "2100-01-01", "closes_on": "2100-12-31", **fields}


@pytest.mark.parametrize("fields, code", [
    ({"opens_on": "2100-02-01", "closes_on": "2100-01-01"}, "period-invalid"),
    ({"parameters": {"min_nights": 8, "max_nights": 7}}, "vacation-parameters-invalid"),
    ({"parameters": {"max_share_percent": 101}}, "validation-failed"),
    ({"parameters": {"voucher_unit_cents": 0}}, "validation-failed"),
    ({"parameters": {"no_such_rule": 1}}, "validation-failed"),
    ({"warning_rules": ["BUDGET_BALANCE"]}, "validation-failed"),
    ({"envelope_cents": -1}, "validation-failed"),
    ({"envelope_cents": 10.5}, "validation-failed"),
    ({"quotas": [{"delegation_id": "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f", "amount_cents": 1}]}, "unknown-delegation"),
])
def test_conventions(national, fields, code):
    body = convention_body(**fields)
    assert_problem(national.post("/v1/vacation-conventions", body), 422, code)
    assert national.get("/v1/vacation-conventions?year=2100").json["data"] == []


def test_a_convention_once_a_year(national, convention):
    body = convention_body(year=convention["year"], name=convention["name"])
    assert_problem(national.post("/v1/vacation-conventions", body), 409, "duplicate-vacation-convention")


def test_an_envelope_is_not_lowered_below_what_is_granted(vacations, mine, national):
    convention = vacations.convention(100000)
    vacations.approved(mine, convention)
    target = f"/v1/vacation-conventions/{convention['id']}"
    for body in ({"envelope_cents": 49999}, {"quotas": [{"delegation_id": delegation_of(national, mine), "amount_cents": 49999}]}):
        assert_problem(national.patch(target, body, etag=national.get(target).etag), 409, "vacation-envelope-exceeded")
    answer = national.patch(target, {"envelope_cents": 50000, "parameters": {"notice_days": None}}, etag=national.get(target).etag)
    assert (answer.status, answer.json["left_cents"], answer.json["parameters"]["notice_days"]) == (200, 0, None)
    assert answer.json["parameters"]["min_nights"] == 4, "parameters merge"


def delegation_of(national, mine):
    row = mine.get("/v1/vacation-projects?limit=1").json["data"][0]
    return read(national, row)["delegation_id"]


@pytest.mark.parametrize("fields, status, code", [
    ({"departs_on": "2027-08-10", "returns_on": "2027-08-01"}, 422, "period-invalid"),
    ({"departs_on": "2027-02-30"}, 422, "validation-failed"),
    ({"country_code": "France"}, 422, "validation-failed"),
    ({"place": " "}, 422, "validation-failed"),
    ({"stay_kind": "CRUISE"}, 422, "validation-failed"),
    ({"state": "APPROVED"}, 422, "validation-failed"),
    ({"granted_cents": 100000}, 422, "validation-failed"),
    ({"convention_id": "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f"}, 422, "unknown-vacation-convention"),
    ({"referent_contact_id": "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f"}, 422, "unknown-referent"),
    ({"beneficiaries": [{"role": "EMPLOYEE", "birth_date": "2199-01-01"}]}, 422, "birth-date-in-future"),
    ({"beneficiaries": [{"role": "COUSIN"}]}, 422, "validation-failed"),
    ({"beneficiaries": [{"role": "EMPLOYEE", "health": "x"}]}, 422, "validation-failed"),
    ({"beneficiaries": [{"role": "EMPLOYEE"}] * 101}, 422, "validation-failed"),
    ({"budget_lines": [{"side": "FUNDING", "kind": "LODGING", "planned_cents": 1}]}, 422, "vacation-line-kind"),
    ({"budget_lines": [{"side": "COST", "kind": "FOOD", "planned_cents": -1}]}, 422, "validation-failed"),
    ({"budget_lines": [{"side": "COST", "kind": "FOOD", "planned_cents": 0.5}]}, 422, "validation-failed"),
])
def test_projects(vacations, convention, mine, fields, status, code):
    before = len(list(mine.walk("/v1/vacation-projects?limit=500")))
    body = {**vacations.body(convention), **fields}
    assert_problem(mine.post("/v1/vacation-projects", body), status, code)
    assert len(list(mine.walk("/v1/vacation-projects?limit=500"))) == before, "a refusal changes nothing"


def test_a_person_is_listed_once(vacations, convention, mine):
    someone = person(given_name="Noël", family_name="De l’Orme")
    project = vacations.project(mine, convention, people=[someone])
    again = {**someone, "given_name": "NOEL", "family_name": "de l'orme"}
    assert_problem(mine.post(f"/v1/vacation-projects/{project['id']}/beneficiaries", again), 409, "vacation-person-twice")
    assert read(mine, project)["people"] == 1


def test_an_empty_draft_says_what_is_missing(vacations, convention, mine):
    project = vacations.project(mine, convention, people=[], lines=[], place=None)
    found = checks(project)
    assert found["COMPLETE"]["ok"] is False and "le lieu" in found["COMPLETE"]["sentence"]
    assert found["BENEFICIARIES"]["ok"] is False and found["AID_SHARE"]["value"] is None
    assert all(check["sentence"].endswith((".", ").")) for check in project["checks"])
    answer = act(mine, project, "submit")
    assert_problem(answer, 422, "project-incomplete")
    assert {check["rule"] for check in answer.json["failed_checks"]} >= {"COMPLETE", "BENEFICIARIES"}


def test_nobody_edits_what_is_under_review(vacations, convention, mine, national):
    project = vacations.submitted(mine, convention)
    one, = mine.get(f"/v1/vacation-projects/{project['id']}/beneficiaries?limit=1").json["data"]
    line, = mine.get(f"/v1/vacation-projects/{project['id']}/budget-lines?limit=1").json["data"]
    base, etag = f"/v1/vacation-projects/{project['id']}", f'"{project["version"]}"'
    for answer in (
        mine.patch(base, {"place": "Ailleurs"}, etag=etag),
        mine.post(base + "/beneficiaries", {"role": "CHILD"}),
        mine.post(base + "/budget-lines", {"side": "COST", "kind": "OTHER", "planned_cents": 1}),
        mine.patch(f"/v1/vacation-beneficiaries/{one['id']}", {"first_stay": False}, etag=f'"{one["version"]}"'),
        mine.patch(f"/v1/vacation-budget-lines/{line['id']}", {"planned_cents": 1}, etag=f'"{line["version"]}"'),
        mine.request("DELETE", f"/v1/vacation-beneficiaries/{one['id']}", headers={"If-Match": f'"{one["version"]}"'}),
        mine.request("DELETE", f"/v1/vacation-budget-lines/{line['id']}", headers={"If-Match": f'"{line["version"]}"'}),
    ):
        assert_problem(answer, 409, "vacation-state")
    assert read(mine, project) == {**project, "actions": ["CANCEL"]}
    noted = national.patch(base, {"funder_ref": "APV-2027-118"}, etag=etag)
    assert (noted.status, noted.json["funder_ref"]) == (200, "APV-2027-118"), "the funder's number comes late"


def test_parts_raise_the_version_of_the_project(vacations, convention, mine):
    project = vacations.project(mine, convention, people=[person()])
    added = mine.post(f"/v1/vacation-projects/{project['id']}/beneficiaries", person("SPOUSE"))
    assert added.status == 201 and read(mine, project)["version"] == project["version"] + 1
    assert_problem(act(mine, project, "submit"), 412, "version-conflict")
    target = f"/v1/vacation-beneficiaries/{added.json['id']}"
    same = mine.patch(target, {"role": "SPOUSE"}, etag=added.etag)
    assert (same.status, same.json["version"]) == (200, added.json["version"]), "saving what is there keeps the version"
    changed = mine.patch(target, {"given_name": "Dominique"}, etag=same.etag)
    assert (changed.json["given_name"], changed.json["version"]) == ("Dominique", added.json["version"] + 1)
    gone = mine.request("DELETE", target, headers={"If-Match": changed.etag})
    assert gone.status == 200 and mine.get(target).status == 404


def test_vouchers_follow_the_grant(vacations, convention, mine):
    project = vacations.approved(mine, convention)
    assert_problem(vacations.move(project, "DELIVERED", 1000), 409, "vacation-state")
    assert_problem(vacations.move(project, "ORDERED", 50001), 409, "voucher-over-grant")
    assert vacations.move(project, "ORDERED", 40000).status == 201
    assert_problem(vacations.move(project, "DELIVERED", 40001), 409, "voucher-over-order")
    assert_problem(vacations.move(project, "DELIVERED", 100, moved_on="2199-01-01"), 422, "voucher-in-future")
    assert vacations.move(project, "DELIVERED", 40000).status == 201
    assert_problem(vacations.move(project, "RETURNED", 40001), 409, "voucher-over-delivery")
    assert_problem(vacations.move(project, "RETURNED", 0), 422, "validation-failed")
    now = read(mine, project)
    assert (now["state"], now["ordered_cents"], now["delivered_cents"], now["returned_cents"]) == ("DELIVERED", 40000, 40000, 0)


def test_the_report_is_whole(vacations, convention, mine, owner, national):
    project = vacations.delivered(mine, convention)
    target = f"/v1/vacation-projects/{project['id']}/report"

    def put(body, version=None):
        return mine.request("PUT", target, json=body, headers={"If-Match": f'"{version or read(mine, project)["version"]}"'})

    assert_problem(put(vacation.report_body()), 409, "vacation-state")
    assert mine.get(target).status == 404
    vacation.returned_days_ago(owner, project, 2)
    assert_problem(act(national, read(national, project), "close", {}), 409, "report-missing")
    assert_problem(put({**vacation.report_body(), "lines": vacation.report_body()["lines"][1:]}), 422, "report-incomplete")
    assert_problem(put(vacation.report_body(people=5)), 422, "departed-too-many")
    assert_problem(put(vacation.report_body(satisfaction=6)), 422, "validation-failed")
    stranger = {"line_id": "0193b6f2-6c1e-7d7a-9a55-1f0c2b3d4e5f", "actual_cents": 1}
    assert_problem(put({**vacation.report_body(), "lines": [stranger]}), 422, "report-line-unknown")
    assert mine.get(target).status == 404, "a refusal changes nothing"
    assert put(vacation.report_body(), version=project["version"]).status == 412
    assert put(vacation.report_body()).status == 200
    corrected = put(vacation.report_body(people=3))
    assert corrected.json["departure_rate_percent"] == 75, "until the closing it may be corrected"


def test_vouchers_may_be_noted_after_the_return(vacations, mine, owner, national):
    """What was granted and never delivered is free again at the closing; of a stay that nobody made, all of it."""
    convention = vacations.convention(100000)
    project = vacations.approved(mine, convention)
    vacation.returned_days_ago(owner, project, 2)
    assert "ORDER_VOUCHERS" in read(national, project)["actions"]
    assert vacations.move(project, "ORDERED", 50000).status == 201 and vacations.move(project, "DELIVERED", 30000).status == 201
    now = read(national, project)
    assert (now["state"], now["delivered_cents"]) == ("REPORT_DUE", 30000)
    vacation.save_report(mine, now)
    assert act(national, read(national, now), "close", {}).json["state"] == "CLOSED"
    assert vacations.left(convention) == 70000
    nobody = vacations.approved(mine, convention, departs_on=vacation.summer(vacation.NEXT + 1))
    vacation.returned_days_ago(owner, nobody, 2)
    made = vacation.save_report(mine, read(mine, nobody), people=0)
    assert made["proposed_return_cents"] == 0, "nothing was handed out"
    assert act(national, read(national, nobody), "close", {}).json["state"] == "CLOSED"
    assert vacations.left(convention) == 70000


def test_the_public_is_told_no_year_of_fewer_than_five_people(vacations, mine, anonymous, national):
    convention = vacations.convention(year=2150)
    vacations.approved(mine, convention, people=[person(), person("SPOUSE")])
    shown = anonymous.get("/v1/statistics/vacation-aid?year=2150").json
    assert (shown["approved"], shown["people"], shown["people_by_category"], shown["average_aid_per_person_cents"]) == (1, None, None, None)
    assert national.get("/v1/statistics/vacation-aid?year=2150").json["people"] == 2


def test_names_and_quotients_are_for_the_structure_and_the_reviewer(vacations, convention, mine, national, bretagne):
    someone = person()
    project = vacations.project(mine, convention, people=[someone])
    target = f"/v1/vacation-projects/{project['id']}/beneficiaries"
    hidden = ["given_name", "family_name", "birth_date", "family_quotient_cents"]
    for client in (mine, national):
        row, = client.get(target).json["data"]
        assert [row[name] for name in hidden] == [someone[name] for name in hidden]
    answer = bretagne.get(target)
    row, = answer.json["data"]
    assert not set(hidden) & set(row) and set(answer.json["masked"]) == set(hidden)
    seen = json.dumps(answer.json) + json.dumps(read(bretagne, project))
    assert someone["family_name"] not in seen and "600.00" not in seen
    assert checks(read(bretagne, project))["QUOTIENT"]["value"] is None
    csv = bretagne.get(target, headers={"Accept": "text/csv"})
    assert csv.status == 200 and someone["family_name"] not in csv.text


def test_nothing_in_the_database_gives_a_name_away(vacations, convention, mine, owner):
    someone = person()
    vacations.project(mine, convention, people=[someone])
    for table in ("beneficiary", "identity", "person_key", "project", "event"):
        rows = owner.execute(f"select t::text from vacation.{table} t").fetchall()
        assert not any(someone["family_name"].lower() in row[0].lower() for row in rows), table


def test_reading_names_leaves_a_trace(vacations, convention, mine, national, owner):
    project = vacations.project(mine, convention, people=[person()])
    row, = national.get(f"/v1/vacation-projects/{project['id']}/beneficiaries").json["data"]
    found = owner.execute("select caller, record_type from audit.access_trace where record_ids @> array[%s::uuid]", (row["id"],)).fetchall()
    assert ("NATIONAL", "VACATION_BENEFICIARY") in found


def test_decisions_leave_a_trace(vacations, convention, mine, national):
    project = vacations.submitted(mine, convention)
    refused = act(national, project, "refuse", {"reason": "Le séjour a déjà une aide."})
    assert (refused.json["state"], refused.json["decision_reason"]) == ("REFUSED", "Le séjour a déjà une aide.")
    assert_problem(act(national, project, "refuse", {"reason": "Encore"}), 409, "vacation-state")
    reopened = act(national, refused.json, "reopen", {"reason": "L’autre aide est annulée."})
    assert (reopened.json["state"], reopened.json["decision_reason"]) == ("UNDER_REVIEW", None)
    assert_problem(act(national, reopened.json, "refuse", {}), 422, "validation-failed")
    events = list(national.walk(f"/v1/vacation-projects/{project['id']}/events?sort=occurred_at"))
    assert [event["action"] for event in events] == ["CREATE", "SUBMIT", "REFUSE", "REOPEN"]
    assert events[2]["reason"] == "Le séjour a déjà une aide." and events[2]["caller"] == "NATIONAL"
    seen = mine.get(f"/v1/vacation-projects/{project['id']}/events").json["data"]
    assert all("left_cents" not in event and "key_label" not in event for event in seen)


def test_an_approval_needs_no_body(vacations, convention, mine, national):
    approved = act(national, vacations.submitted(mine, convention), "approve")
    assert (approved.status, approved.json["state"]) == (200, "APPROVED"), approved
    wrong = act(national, vacations.submitted(mine, convention), "approve", {"granted": 1})
    assert_problem(wrong, 422, "validation-failed")


def test_public_figures_hide_small_groups(anonymous, national):
    shown = {group["key"]: group for group in anonymous.get("/v1/statistics/vacation-aid?year=2023&by=region").json["groups"]}
    full = {group["key"]: group for group in national.get("/v1/statistics/vacation-aid?year=2023&by=region").json["groups"]}
    assert set(shown) == set(full)
    hidden = [key for key, group in shown.items() if group["is_hidden"]]
    assert all(shown[key]["people"] is None and shown[key]["granted_cents"] is None for key in hidden)
    assert all(shown[key]["people"] == full[key]["people"] for key in shown if key not in hidden)
    assert all(key in hidden for key, group in full.items() if 0 < group["people"] < 5) and len(hidden) != 1
    assert anonymous.get("/v1/statistics/vacation-aid?year=2023&by=member").json["groups"] == []
    assert_problem(anonymous.get("/v1/statistics/vacation-aid"), 400, "invalid-parameter")


def test_lines_for_the_funder(national):
    convention, = national.get("/v1/vacation-conventions?year=2023").json["data"]
    rows = list(national.walk(f"/v1/vacation-conventions/{convention['id']}/funder-lines?limit=500"))
    assert len(rows) == 79 and sum(row["people"] for row in rows if row["state"] == "CLOSED") == 159
    assert sum(row["granted_cents"] or 0 for row in rows) == convention["granted_cents"]
    csv = national.get(f"/v1/vacation-conventions/{convention['id']}/funder-lines?csv=excel-fr", headers={"Accept": "text/csv"})
    head, *lines = csv.text.strip().splitlines()
    assert len(lines) == 79 and not {"given_name", "family_name", "birth_date"} & set(head.split(";"))


def test_a_calendar_of_stays_and_due_reports(vacations, convention, mine, anonymous):
    import icalendar

    project = vacations.approved(mine, convention)
    link = mine.post("/v1/calendar-links", {"kind": "VACATIONS", "label": data.name("Agenda")}).json
    feed = anonymous.get("/v1/calendars/" + link["url"].rsplit("/", 1)[1])
    events = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(feed.body).walk("VEVENT")}
    stay = next(event for uid, event in events.items() if project["id"] in uid and "sejour" in uid)
    assert stay["DTSTART"].dt.isoformat() == project["departs_on"]
    due = next(event for uid, event in events.items() if project["id"] in uid and "bilan" in uid)
    assert due["DTSTART"].dt.isoformat() == project["report_due_on"]
    assert mine.post(f"/v1/calendar-links/{link['id']}/revoke").status == 200


def test_live_year_has_projects_in_every_state(national, contract):
    states = contract.document["components"]["schemas"]["VacationState"]["enum"]
    for state in states:
        rows = national.get(f"/v1/vacation-projects?year={vacation.TODAY.year}&state={state}").json["data"]
        assert any(row["is_fictitious"] for row in rows), state


def test_a_read_of_the_list_filters_and_sorts(national):
    rows = list(national.walk(f"/v1/vacation-projects?year={vacation.TODAY.year}&sort=departs_on&limit=20"))
    dates = [row["departs_on"] for row in rows]
    assert dates == sorted(dates) and len({row["id"] for row in rows}) == len(rows)
    late = list(national.walk(f"/v1/vacation-projects?year={vacation.TODAY.year}&is_report_late=true"))
    assert late and all(row["state"] == "REPORT_DUE" for row in late)
