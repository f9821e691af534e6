"""The tracker of PASS IAE: what the rules refuse on a kept pathway, also when several write at once, and who sees what."""
import concurrent.futures
import datetime
import uuid

import psycopg
import pytest
from support import data
from support import keys as keys_of
from support.client import Client

TODAY = datetime.date.today()


def day(offset=0):
    return (TODAY + datetime.timedelta(offset)).isoformat()


def number():
    return f"XXXXX{uuid.uuid4().int % 10**7:07d}"


class Tracker:
    """One structure with a key of its own."""

    def __init__(self, url, scratch, kind="AI", place=data.RENNES):
        self.member = scratch.create(place=place, kind=kind)
        scratch.join(self.member, f"{TODAY.year}-01-01")
        key = keys_of.create("STRUCTURE", data.name("Suivi"), "--member", self.member["id"])
        self.client = Client(url, key, "structure-of-test")

    def make(self, **fields):
        """A PASS that ends in 100 days unless the fields say otherwise."""
        body = {"number": number(), "starts_on": day(-629), "ends_on": day(100)} | fields
        answer = self.client.post("/v1/passes", {key: value for key, value in body.items() if value is not None})
        assert answer.status == 201, answer
        return answer.json

    def do(self, sheet, action, **body):
        return self.client.post(f"/v1/passes/{sheet['id']}/{action}", body)

    def done(self, sheet, action, **body):
        answer = self.do(sheet, action, **body)
        assert answer.status == 201, answer
        return answer.json

    def act(self, target, body=None, method="POST", etag=None):
        base = target if method != "POST" else target.rsplit("/", 1)[0]
        etag = etag or self.client.get(base).etag
        return self.client.request(method, target, json=body, headers={"If-Match": etag})

    def read(self, sheet, query=""):
        answer = self.client.get(f"/v1/passes/{sheet['id']}{query}")
        assert answer.status == 200, answer
        return answer.json


@pytest.fixture(scope="module")
def tracker(url, scratch):
    return Tracker(url, scratch)


def refused(answer):
    assert (answer.status, answer.json["code"]) == (422, "pass-refused"), answer
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def shift(text, days):
    return (datetime.date.fromisoformat(text) + datetime.timedelta(days)).isoformat()


# --- what is kept ---

def test_of_the_number_only_a_keyed_hash_and_four_characters_are_kept(tracker, owner):
    secret = number()
    sheet = tracker.make(number=f"{secret[:5]} {secret[5:7]} {secret[7:]}")
    assert sheet["number_last4"] == secret[-4:]
    row = owner.execute("select to_jsonb(p)::text from pass.pass p where id = %s", (sheet["id"],)).fetchone()[0]
    assert secret not in row and secret[-7:] not in row
    assert tracker.client.post("/v1/passes", {"number": secret.lower(), "starts_on": day(-10)}).json["code"] == "duplicate-pass"


def test_a_number_that_is_none_is_not_repeated_in_the_answer(tracker):
    answer = tracker.client.post("/v1/passes", {"number": "190017512345678", "starts_on": day(-10)})
    assert answer.status == 422 and "1900175" not in answer.text, answer


@pytest.mark.parametrize("body, pointer", [
    ({"number": "XXXXX0000001", "starts_on": "2024-02-30"}, "/starts_on"),
    ({"number": "XXXXX0000001", "starts_on": "2025-01-01", "name": "Camille"}, "/name"),
    ({"number": "XXXXX0000001"}, "/starts_on"),
    ({"number": "XXXXX000000", "starts_on": "2025-01-01"}, "/number"),
    ({"number": "XXXXX0000001", "starts_on": "2025-01-01", "birth_year": 1899}, "/birth_year"),
    ({"number": "XXXXX0000001", "starts_on": "2025-01-01", "suspensions": [{"starts_on": "2025-01-01", "reason": "SICK"}]},
     "/suspensions/0/reason")])
def test_bad_bodies_name_the_place_and_store_nothing(tracker, owner, body, pointer):
    before = owner.execute("select count(*) from pass.pass").fetchone()
    answer = tracker.client.post("/v1/passes", body)
    assert answer.status == 422 and [error["pointer"] for error in answer.json["errors"]] == [pointer], answer
    assert owner.execute("select count(*) from pass.pass").fetchone() == before


def test_a_pathway_that_the_rules_refuse_is_not_half_written(tracker, owner):
    before = owner.execute("select count(*) from pass.pass").fetchone()
    answer = tracker.client.post("/v1/passes", {
        "number": number(), "starts_on": "2025-01-01",
        "suspensions": [{"starts_on": "2025-07-01", "ends_on": "2025-07-31", "reason": "CONTRACT_BROKEN"},
                        {"starts_on": "2025-07-31", "ends_on": "2025-08-31", "reason": "CONTRACT_BROKEN"}]})
    assert refused(answer) == [("/suspensions/1/starts_on", "suspension-overlap")]
    assert owner.execute("select count(*) from pass.pass").fetchone() == before


def test_an_activity_that_the_structure_does_not_have(tracker):
    answer = tracker.client.post("/v1/passes", {"number": number(), "starts_on": day(-10), "siae_kind": "EI"})
    assert (answer.status, answer.json["code"]) == (422, "pass-kind-of-member")


def test_a_start_that_moves_takes_the_usual_end_along(tracker):
    sheet = tracker.make(starts_on=day(10), ends_on=None)
    assert sheet["state"] == "FUTURE"
    answer = tracker.act(f"/v1/passes/{sheet['id']}", {"starts_on": day(20)}, "PATCH")
    assert (answer.status, answer.json["ends_on"]) == (200, shift(day(20), 729)), answer


def test_the_sources_other_end_is_shown_as_a_difference(tracker):
    sheet = tracker.make(declared_ends_on=day(90))
    assert (sheet["ends_on_differs"], sheet["declared_ends_on"]) == (True, day(90))


# --- suspensions ---

def test_suspending_moves_the_end_and_taking_back_moves_it_again(tracker):
    sheet = tracker.make()
    suspended = tracker.done(sheet, "suspensions", starts_on=day(-50), ends_on=day(20), reason="CONTRACT_BROKEN")
    assert (suspended["state"], suspended["ends_on"]) == ("SUSPENDED", day(170))
    assert suspended["suspension"]["elapsed_days"] == 51
    target = f"/v1/pass-suspensions/{suspended['suspensions'][0]['id']}"
    longer = tracker.act(target, {"ends_on": day(40)}, "PATCH")
    assert longer.status == 200 and tracker.read(sheet)["ends_on"] == day(190)
    assert tracker.act(target, method="DELETE").status == 200
    again = tracker.read(sheet)
    assert (again["ends_on"], again["state"], again["suspensions"]) == (day(100), "VALID", [])


@pytest.mark.parametrize("starts_on, ends_on, fault", [
    (1, 20, "suspension-in-future"), (-700, -690, "suspension-outside-pass"), (-366, -300, "suspension-too-early"),
    (-10, 1200, "suspension-too-long"), (-10, -20, "suspension-dates-order")])
def test_what_a_suspension_may_not_be(tracker, starts_on, ends_on, fault):
    answer = tracker.do(tracker.make(), "suspensions", starts_on=day(starts_on), ends_on=day(ends_on), reason="CONTRACT_BROKEN")
    assert fault in [code for _, code in refused(answer)]


def test_the_earliest_day_is_a_year_back_and_after_the_last_suspension(tracker):
    sheet = tracker.make()
    assert sheet["suspension"]["earliest_starts_on"] == day(-365)
    tracker.done(sheet, "suspensions", starts_on=day(-365), ends_on=day(-300), reason="CONTRACT_BROKEN")
    assert tracker.read(sheet)["suspension"]["earliest_starts_on"] == day(-299)
    assert refused(tracker.do(sheet, "suspensions", starts_on=day(-300), ends_on=day(-200), reason="CONTRACT_BROKEN")) == [
        ("/starts_on", "suspension-overlap")]
    tracker.done(sheet, "suspensions", starts_on=day(-299), ends_on=day(-200), reason="CONTRACT_BROKEN")


def test_no_suspension_while_suspended_nor_of_an_expired_pass(tracker):
    sheet = tracker.make()
    tracker.done(sheet, "suspensions", starts_on=day(-5), ends_on=day(5), reason="CONTRACT_BROKEN")
    assert refused(tracker.do(sheet, "suspensions", starts_on=day(-20), ends_on=day(-10), reason="CONTRACT_BROKEN")) == [
        ("/starts_on", "pass-suspended")]
    expired = tracker.make(starts_on=day(-800), ends_on=day(-70))
    assert refused(tracker.do(expired, "suspensions", starts_on=day(-80), ends_on=day(-75), reason="CONTRACT_BROKEN")) == [
        ("/starts_on", "pass-not-valid")]


def test_what_was_declared_in_time_may_be_recorded_later(tracker):
    sheet = tracker.make(starts_on=day(-700), ends_on=day(29))
    assert refused(tracker.do(sheet, "suspensions", starts_on=day(-500), ends_on=day(-450), reason="CONTRACT_BROKEN"))
    tracker.done(sheet, "suspensions", starts_on=day(-500), ends_on=day(-450), reason="CONTRACT_BROKEN", declared_on=day(-480))
    assert refused(tracker.do(sheet, "suspensions", starts_on=day(0), reason="CONTRACT_BROKEN", declared_on=day(1))) == [
        ("/declared_on", "declared-out-of-range")]


def test_a_finished_suspension_stays(tracker):
    sheet = tracker.make(suspensions=[{"starts_on": day(-100), "ends_on": day(-50), "reason": "CONTRACT_BROKEN"}])
    target = f"/v1/pass-suspensions/{sheet['suspensions'][0]['id']}"
    for method, body in (("PATCH", {"ends_on": day(-40)}), ("DELETE", None)):
        answer = tracker.act(target, body, method)
        assert (answer.status, answer.json["code"]) == (409, "suspension-finished")


def test_a_hire_lifts_the_suspension_or_is_blocked_by_it(tracker):
    sheet = tracker.make()
    tracker.done(sheet, "suspensions", starts_on=day(-30), ends_on=day(60), reason="FINISHED_CONTRACT")
    hired = tracker.done(sheet, "hires", hire_on=day(0))
    assert (hired["state"], hired["ends_on"], hired["last_hire_on"]) == ("VALID", shift(day(100), 29), day(0))
    same_day = tracker.make()
    tracker.done(same_day, "suspensions", starts_on=day(0), ends_on=day(60), reason="FINISHED_CONTRACT")
    assert tracker.done(same_day, "hires", hire_on=day(0))["suspensions"] == []
    blocked = tracker.make()
    tracker.done(blocked, "suspensions", starts_on=day(-30), ends_on=day(60), reason="SICKNESS")
    assert refused(tracker.do(blocked, "hires", hire_on=day(10))) == [("/hire_on", "hire-blocked-by-suspension")]
    assert refused(tracker.do(tracker.make(), "hires", hire_on=day(101))) == [("/hire_on", "hire-after-end")]
    assert refused(tracker.do(tracker.make(), "hires", hire_on=day(-1))) == [("/hire_on", "hire-in-past")]


# --- prolongations and requests ---

def test_prolongations_up_to_the_cap(tracker):
    sheet = tracker.make(starts_on=day(-1725), ends_on=day(-996), prolongations=[
        {"starts_on": day(-996), "ends_on": day(-631), "reason": "PARTICULAR_DIFFICULTIES"},
        {"starts_on": day(-631), "ends_on": day(-266), "reason": "RQTH"}])
    assert (sheet["prolonged_days"], sheet["cap_reached"], sheet["state"]) == (730, False, "EXPIRED")
    late = tracker.do(sheet, "prolongations", ends_on=day(99), reason="RQTH")
    assert refused(late) == [("/reason", "window-closed")]
    fresh = tracker.make(prolongations=[{"starts_on": day(100), "ends_on": day(465), "reason": "RQTH"},
                                        {"starts_on": day(465), "ends_on": day(830), "reason": "RQTH"}])
    assert refused(tracker.do(fresh, "prolongations", ends_on=day(1195), reason="RQTH")) == [("/reason", "window-not-open")]


def test_the_third_year_reaches_the_cap_and_a_fourth_is_refused(tracker):
    sheet = tracker.make(starts_on=day(-1825), ends_on=day(-1096), prolongations=[
        {"starts_on": day(-1096), "ends_on": day(-731), "reason": "PARTICULAR_DIFFICULTIES"},
        {"starts_on": day(-731), "ends_on": day(-366), "reason": "PARTICULAR_DIFFICULTIES"},
        {"starts_on": day(-366), "ends_on": day(-1), "reason": "PARTICULAR_DIFFICULTIES"}])
    assert (sheet["prolonged_days"], sheet["cap_reached"]) == (1095, True)
    assert refused(tracker.do(sheet, "prolongations", ends_on=day(300), reason="RQTH")) == [("/reason", "prolongation-cap-reached")]
    revived = tracker.done(sheet, "prolongations", ends_on=day(300), reason="SENIOR")
    assert (revived["state"], revived["ends_on"]) == ("VALID", day(300))
    listed = tracker.client.get("/v1/passes?cap_reached=true&fields=id&limit=500").json["data"]
    assert sheet["id"] in [row["id"] for row in listed]


def test_a_prolongation_starts_at_the_end(tracker):
    assert refused(tracker.do(tracker.make(), "prolongations", starts_on=day(101), ends_on=day(200), reason="RQTH")) == [
        ("/starts_on", "prolongation-start")]


def test_only_the_last_prolongation_can_be_taken_back(tracker):
    sheet = tracker.make(prolongations=[{"starts_on": day(100), "ends_on": day(200), "reason": "RQTH"},
                                        {"starts_on": day(200), "ends_on": day(300), "reason": "RQTH"}])
    first, last = (f"/v1/pass-prolongations/{part['id']}" for part in sheet["prolongations"])
    answer = tracker.act(first, method="DELETE")
    assert (answer.status, answer.json["code"]) == (409, "prolongation-not-last")
    assert tracker.act(last, method="DELETE").status == 200
    assert tracker.read(sheet)["ends_on"] == day(200)


def test_difficulties_are_for_ai_and_aci(url, scratch):
    enterprise = Tracker(url, scratch, kind="EI")
    assert refused(enterprise.do(enterprise.make(), "prolongations", ends_on=day(200), reason="PARTICULAR_DIFFICULTIES")) == [
        ("/reason", "prolongation-employer-kind")]


def request_of(tracker, sheet, **fields):
    answer = tracker.do(sheet, "prolongation-requests", **({"ends_on": day(465), "reason": "RQTH"} | fields))
    assert answer.status == 201, answer
    return answer.json


def test_a_request_waits_and_is_granted_onto_the_end_of_that_day(tracker):
    sheet = tracker.make()
    request = request_of(tracker, sheet, requested_on=day(-10))
    assert refused(tracker.do(sheet, "prolongation-requests", ends_on=day(200), reason="RQTH")) == [("/reason", "request-pending")]
    assert refused(tracker.do(sheet, "prolongations", ends_on=day(200), reason="COMPLETE_TRAINING")) == [("/reason", "request-pending")]
    assert tracker.read(sheet)["pending_request"]["age_days"] == 10
    tracker.done(sheet, "suspensions", starts_on=day(0), ends_on=day(89), reason="CONTRACT_BROKEN")  # as in example E36
    granted = tracker.act(f"/v1/prolongation-requests/{request['id']}/grant", {})
    assert (granted.status, granted.json["state"]) == (200, "GRANTED"), granted
    assert tracker.read(sheet)["ends_on"] == day(100 + 89 + 365)
    again = tracker.act(f"/v1/prolongation-requests/{request['id']}/deny", {"denial_reason": "DURATION"})
    assert (again.status, again.json["code"]) == (409, "request-decided")


def test_a_denial_has_its_reason_and_a_new_request_may_follow(tracker):
    sheet = tracker.make()
    target = f"/v1/prolongation-requests/{request_of(tracker, sheet)['id']}/deny"
    answer = tracker.act(target, {"denial_reason": "IAE"})
    assert (answer.status, answer.json["code"]) == (422, "denial-action-needed")
    answer = tracker.act(target, {"denial_reason": "IAE", "proposed_actions": ["EXIT_IAE"]})
    assert (answer.status, answer.json["state"]) == (200, "DENIED")
    request_of(tracker, sheet)


def test_a_request_is_for_a_year_at_most_and_not_while_suspended(tracker):
    sheet = tracker.make()
    assert refused(tracker.do(sheet, "prolongation-requests", ends_on=day(466), reason="RQTH")) == [("/ends_on", "prolongation-too-long")]
    tracker.done(sheet, "suspensions", starts_on=day(-5), ends_on=day(5), reason="CONTRACT_BROKEN")
    assert refused(tracker.do(sheet, "prolongation-requests", ends_on=day(200), reason="RQTH"))


def test_a_grant_brings_an_expired_pass_back(tracker):
    sheet = tracker.make(starts_on=day(-760), ends_on=day(-31))
    request = request_of(tracker, sheet, ends_on=day(300))
    assert tracker.read(sheet)["state"] == "EXPIRED"
    assert tracker.act(f"/v1/prolongation-requests/{request['id']}/grant", {}).status == 200
    assert tracker.read(sheet)["state"] == "VALID"


# --- closure, outcome ---

def test_a_closure_is_final_and_shows_both_waiting_periods(tracker):
    sheet = tracker.make(suspensions=[{"starts_on": day(-400), "reason": "CONTRACT_BROKEN"}])
    assert sheet["closable"] is True
    assert sheet["id"] in [row["id"] for row in tracker.client.get("/v1/passes?closable=true&fields=id").json["data"]]
    answer = tracker.act(f"/v1/passes/{sheet['id']}/close", {})
    assert (answer.status, answer.json["state"], answer.json["ends_on"]) == (200, "EXPIRED", day(-1)), answer
    waiting = answer.json["waiting_period"]
    assert waiting["ends_on"] > waiting["ends_on_by_law"]
    assert refused(tracker.act(f"/v1/passes/{sheet['id']}/close", {})) == [("", "pass-closed")]
    assert refused(tracker.do(sheet, "prolongations", ends_on=day(200), reason="RQTH")) == [("/ends_on", "pass-closed")]


def test_a_pass_closed_on_the_first_day_possible_can_still_be_corrected(tracker):
    sheet = tracker.make(suspensions=[{"starts_on": day(-366), "reason": "CONTRACT_BROKEN"}])
    target = f"/v1/passes/{sheet['id']}"
    assert tracker.act(f"{target}/close", {}).status == 200
    answer = tracker.act(target, {"birth_year": 1980}, "PATCH")
    assert (answer.status, answer.json["birth_year"], answer.json["ends_on"]) == (200, 1980, day(-1)), answer
    assert answer.json["waiting_period"]["ends_on_by_law"] < answer.json["waiting_period"]["ends_on"]


def test_days_to_come_and_the_unborn(tracker):
    for field, value in (("observed_on", day(1)), ("birth_year", TODAY.year + 1)):
        answer = tracker.client.post("/v1/passes", {"number": number(), "starts_on": day(-10), field: value})
        assert [error["pointer"] for error in answer.json["errors"]] == [f"/{field}"], answer


def test_a_short_suspension_closes_nothing(tracker):
    sheet = tracker.make(suspensions=[{"starts_on": day(-365), "ends_on": day(10), "reason": "CONTRACT_BROKEN"}])
    assert sheet["closable"] is False
    assert refused(tracker.act(f"/v1/passes/{sheet['id']}/close", {})) == [("/closed_on", "closure-not-possible")]


def test_an_outcome_is_recorded_and_corrected(tracker):
    sheet = tracker.make()
    target = f"/v1/passes/{sheet['id']}/outcome"
    answer = tracker.act(target, {"code": "EBE", "on_date": day(-1)})
    assert (answer.status, answer.json["code"]) == (422, "outcome-contract-needed")
    answer = tracker.act(target, {"code": "EBE", "on_date": day(-1), "contract_type": "CDI", "worked_minutes": 9000})
    assert (answer.status, answer.json["outcome_detail"]["category"]) == (200, "DURABLE"), answer
    answer = tracker.act(target, {"code": "CDD_UNDER_6_MONTHS", "on_date": day(-1)})
    assert answer.json["outcome_detail"]["category"] == "TRANSITION"
    assert refused(tracker.act(target, {"code": "CDI", "on_date": day(1)})) == [("/on_date", "outcome-out-of-range")]


# --- reading ---

def test_another_day_is_shown_by_the_facts_known_today(tracker):
    sheet = tracker.make(suspensions=[{"starts_on": day(-100), "ends_on": day(-50), "reason": "CONTRACT_BROKEN"}])
    assert tracker.read(sheet, f"?as_of={day(-75)}")["state"] == "SUSPENDED"
    assert tracker.read(sheet, f"?as_of={day(-630)}")["state"] == "FUTURE"
    assert tracker.read(sheet, f"?as_of={sheet['ends_on']}")["state"] == "VALID"
    assert tracker.read(sheet, f"?as_of={shift(sheet['ends_on'], 1)}")["state"] == "EXPIRED"


def test_list_and_sheet_say_the_same(structure):
    rows = structure.get("/v1/passes?limit=100").json["data"]
    assert len(rows) > 20
    for row in rows[::7]:
        sheet = structure.get(f"/v1/passes/{row['id']}").json
        assert {name: sheet[name] for name in row} == row
        assert sheet["milestones"] == [] or sheet["milestones"][0]["on"] == row["next_milestone_on"]


@pytest.mark.parametrize("query, holds", [
    ("state=VALID,SUSPENDED", lambda row: row["state"] in ("VALID", "SUSPENDED")),
    ("state=EXPIRED", lambda row: row["state"] == "EXPIRED"),
    ("window_open=true", lambda row: row["window_open"]), ("window_open=false", lambda row: not row["window_open"]),
    ("state=FUTURE", lambda row: row["state"] == "FUTURE"), ("state=EXPIRED,VALID", lambda row: row["state"] in ("EXPIRED", "VALID")),
    ("state=SUSPENDED", lambda row: row["state"] == "SUSPENDED"),
    ("cap_reached=true", lambda row: row["cap_reached"]), ("cap_reached=false", lambda row: not row["cap_reached"]),
    ("closable=true", lambda row: row["closable"]), ("closable=false", lambda row: not row["closable"]),
    ("pending_request=true", lambda row: row["pending_request_since"]),
    ("pending_request=false", lambda row: not row["pending_request_since"]), ("origin=AI_STOCK", lambda row: row["origin"] == "AI_STOCK"),
    ("ends_on%5Blte%5D=2026-12-31", lambda row: row["ends_on"] <= "2026-12-31"),
    ("erase_after%5Blte%5D=2027-12-31", lambda row: row["erase_after"] <= "2027-12-31"),
    ("siae_kind=AI&region=53", lambda row: (row["siae_kind"], row["region_code"]) == ("AI", "53"))])
def test_filters_split_the_list(structure, query, holds):
    everything = {row["id"]: row for row in structure.walk("/v1/passes?limit=500")}
    found = {row["id"] for row in structure.walk(f"/v1/passes?limit=500&{query}")}
    assert found == {key for key, row in everything.items() if holds(row)}
    assert found


@pytest.mark.parametrize("as_of", ["2024-02-29", "2025-08-31", "2027-03-01"])
@pytest.mark.parametrize("query, holds", [
    ("window_open=true", lambda row: row["window_open"]), ("state=VALID", lambda row: row["state"] == "VALID"),
    ("state=EXPIRED", lambda row: row["state"] == "EXPIRED"), ("closable=true", lambda row: row["closable"])])
def test_filters_split_the_list_of_another_day(bretagne, query, holds, as_of):
    everything = {row["id"]: row for row in bretagne.walk(f"/v1/passes?limit=500&as_of={as_of}")}
    found = {row["id"] for row in bretagne.walk(f"/v1/passes?limit=500&as_of={as_of}&{query}")}
    assert found == {key for key, row in everything.items() if holds(row)}


def test_the_second_wave_is_in_the_list(bretagne):
    rows = list(bretagne.walk("/v1/passes?origin=AI_STOCK&cap_reached=true&ends_on%5Bgte%5D=2026-11-29&limit=500"))
    assert "2026-11-29" in {row["ends_on"] for row in rows}


# --- who sees what ---

def test_a_delegation_sees_shared_lines_only(url, scratch, bretagne, national, ocean_indien):
    tracker = Tracker(url, scratch)
    sheet = tracker.make()
    target, mine = f"/v1/passes/{sheet['id']}", f"/v1/passes?member={tracker.member['id']}"
    assert bretagne.get(target).status == 404 and bretagne.get(mine).json["data"] == []
    shares = f"/v1/members/{tracker.member['id']}/pass-sharing"
    assert tracker.client.patch(shares, {"shares_lines": True}, etag=tracker.client.get(shares).etag).status == 200
    assert bretagne.get(target).status == 200 and len(bretagne.get(mine).json["data"]) == 1
    assert ocean_indien.get(target).status == 404
    assert national.get(target).status == 403
    assert tracker.client.patch(shares, {"shares_lines": False}, etag=tracker.client.get(shares).etag).status == 200
    assert bretagne.get(target).status == 404


def test_reads_of_lines_leave_a_trace(tracker, owner):
    sheet = tracker.make()
    answer = tracker.client.get(f"/v1/passes/{sheet['id']}", headers={"X-Request-Id": f"trace-{uuid.uuid4()}"})
    trace = owner.execute("select operation, record_ids from audit.access_trace where request_id = %s",
                          (answer.header("X-Request-Id"),)).fetchone()
    assert trace[0] == "getPass" and [str(one) for one in trace[1]] == [sheet["id"]]


def test_the_history_names_properties_and_no_value(tracker, bretagne):
    sheet = tracker.make()
    tracker.done(sheet, "suspensions", starts_on=day(-5), ends_on=day(5), reason="CONTRACT_BROKEN")
    rows = tracker.client.get(f"/v1/passes/{sheet['id']}/history?sort=occurred_at").json["data"]
    assert [row["change"] for row in rows][:2] == ["CREATED", "UPDATED"]
    assert {"property": "suspended_days"} in rows[1]["changes"]
    assert all(set(change) == {"property"} for row in rows for change in row["changes"])
    seen = list(bretagne.walk(f"/v1/members/{tracker.member['id']}/history?limit=500"))
    assert "PASS" not in {row["record_type"] for row in seen}  # not shared: not seen


# --- several at once ---

def together(count, call):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return [answer.status for answer in pool.map(call, range(count))]


def test_of_twenty_overlapping_suspensions_one_is_kept(tracker):
    sheet = tracker.make()
    statuses = together(20, lambda n: tracker.do(sheet, "suspensions", starts_on=day(-30 + n), ends_on=day(30), reason="CONTRACT_BROKEN"))
    assert sorted(set(statuses)) == [201, 422] and statuses.count(201) == 1
    after = tracker.read(sheet)
    assert len(after["suspensions"]) == 1
    first = after["suspensions"][0]
    shifted = (datetime.date.fromisoformat(first["ends_on"]) - datetime.date.fromisoformat(first["starts_on"])).days
    assert after["ends_on"] == day(100 + shifted)


def test_of_twenty_prolongations_one_starts_at_the_end(tracker):
    sheet = tracker.make()
    statuses = together(20, lambda n: tracker.do(sheet, "prolongations", starts_on=day(100), ends_on=day(300 + n), reason="RQTH"))
    assert statuses.count(201) == 1 and set(statuses) == {201, 422}
    assert len(tracker.read(sheet)["prolongations"]) == 1


def test_of_grant_and_denial_one_wins(tracker):
    for _ in range(5):
        sheet = tracker.make()
        request = request_of(tracker, sheet)
        target = f"/v1/prolongation-requests/{request['id']}"
        etag = tracker.client.get(target).etag
        statuses = together(8, lambda n: tracker.act(
            f"{target}/{'grant' if n % 2 else 'deny'}", {} if n % 2 else {"denial_reason": "DURATION"}, etag=etag))
        assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 412}, statuses
        granted = tracker.client.get(target).json["state"] == "GRANTED"
        assert tracker.read(sheet)["ends_on"] == day(465 if granted else 100)


def test_twins_with_one_idempotency_key_make_one_pass(tracker):
    key, body = str(uuid.uuid4()), {"number": number(), "starts_on": day(-10)}
    answers = [tracker.client.post("/v1/passes", body, key=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"] and answers[1].header("Idempotency-Replayed") == "true"


@pytest.mark.parametrize("statement, constraint", [
    ("insert into pass.suspension (pass_id, starts_on, ends_on, reason) values (%s, current_date, current_date + 9, 'SICKNESS')",
     "pass_suspension_overlap"),
    ("insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind) values (%s, '2027-01-01', '2027-02-01', 'PARTICULAR_DIFFICULTIES', 'EI')",
     "prolongation_employer_kind")])
def test_the_tables_refuse_what_comes_by_another_way(tracker, owner, statement, constraint):
    sheet = tracker.make()
    tracker.done(sheet, "suspensions", starts_on=day(-5), ends_on=day(5), reason="CONTRACT_BROKEN")
    with pytest.raises(psycopg.Error) as refusal:
        owner.execute(statement, (sheet["id"],))
    assert refusal.value.diag.constraint_name == constraint


# --- the rules themselves ---

def test_the_rule_book_is_public_and_dated(anonymous):
    book = anonymous.get("/v1/pass-rules?as_of=2022-06-01").json
    values = {rule["key"]: rule["value"] for rule in book["rules"]}
    assert (values["SUSPENSION_MAX"], values["PROLONGATION_WINDOW_BEFORE"]) == (12, 3)
    everything = anonymous.get("/v1/pass-rules").json["rules"]
    assert [rule["value"] for rule in everything if rule["key"] == "SUSPENSION_MAX"] == [6, 12, 36]
