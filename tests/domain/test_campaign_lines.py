"""Lines of a campaign and the diagnostic sheet: who reads them, what the rules say, what never leaves (domain page, 7.3, 7.4, 7.7)."""
import concurrent.futures
import datetime
import uuid

import pytest
from support import campaigns

TODAY = campaigns.today()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


@pytest.fixture(scope="module")
def world(url, national, bretagne, scratch, owner):
    return campaigns.World(url, national, bretagne, scratch, owner)


@pytest.fixture(scope="module")
def campaign(world):
    return world.open()


def lines(client, campaign, query=""):
    return list(client.walk(f"/v1/pass-campaigns/{campaign['id']}/lines{query}"))


def change(client, line, body):
    now = client.get(f"/v1/pass-campaign-lines/{line['id']}")
    return client.patch(f"/v1/pass-campaign-lines/{line['id']}", body, etag=now.etag)


# --- who reads lines ----------------------------------------------------------------------------------------------
def test_lines_are_read_where_they_are_shared(world, national, bretagne, campaign):
    assert len(lines(world.structure["first"], campaign)) == 3
    assert {line["member_id"] for line in lines(bretagne, campaign)} == {world.member["second"]}, "first does not share"
    assert national.get(f"/v1/pass-campaigns/{campaign['id']}/lines").code == "forbidden", "the federation reads no line"
    own = lines(world.structure["first"], campaign)[0]
    for client, status in ((bretagne, 404), (national, 403), (world.structure["second"], 404)):
        assert client.get(f"/v1/pass-campaign-lines/{own['id']}").status == status
    shared = lines(world.structure["second"], campaign)[0]
    assert bretagne.get(f"/v1/pass-campaign-lines/{shared['id']}").status == 200
    assert not {"number_hash", "birth_year", "name"} & set(own), "no name, no number"


def test_headcounts_follow_the_lines(world, national, bretagne, campaign):
    for name in ("first", "second"):
        answer = world.structure[name].get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"][0]
        filled = world.structure[name].patch(f"/v1/pass-campaign-answers/{answer['id']}", campaigns.HEADCOUNTS,
                                             etag=f'"{answer["version"]}"')
        assert filled.status == 200, filled
    seen = {row["member_id"]: row for row in bretagne.walk(f"/v1/pass-campaigns/{campaign['id']}/answers")}
    assert seen[world.member["second"]]["people_count"] == 12 and not seen[world.member["second"]]["headcounts_hidden"]
    hidden = seen[world.member["first"]]
    assert hidden["headcounts_hidden"] and [hidden[key] for key in (
        "people_count", "by_rqth", "by_age_band", "by_planned_outcome", "lines_count", "lines_planned_count")] == [None] * 6
    for row in national.walk(f"/v1/pass-campaigns/{campaign['id']}/answers"):
        assert row["headcounts_hidden"] and row["people_count"] is None
    exported = national.get(f"/v1/pass-campaigns/{campaign['id']}/answers", accept="text/csv")
    assert exported.status == 200 and "PROLONG_SENIOR" not in exported.text


def test_reads_of_lines_are_traced(world, bretagne, owner, campaign):
    answer = bretagne.get(f"/v1/pass-campaigns/{campaign['id']}/lines", headers={"X-Request-Id": "trace-" + uuid.uuid4().hex})
    shown = [row["id"] for row in answer.json["data"]]
    noted = owner.execute("select record_ids::text[], record_type from audit.access_trace where request_id = %s",
                          (answer.header("X-Request-Id"),)).fetchone()
    assert shown and sorted(noted[0]) == sorted(shown) and noted[1] == "PASS_CAMPAIGN_LINE"


# --- what is written on them --------------------------------------------------------------------------------------
def test_a_line_from_intention_to_outcome(world, campaign):
    structure = world.structure["first"]
    line = lines(structure, campaign)[0]
    done = change(structure, line, {"planned_outcome": "PROLONG_DIFFICULTIES", "prescriber_kind": "PLIE",
                                    "prescriber_contacted_on": day(-20), "requested_on": day(-10)})
    assert done.status == 200 and done.json["planned_outcome"] == "PROLONG_DIFFICULTIES", done
    done = change(structure, line, {"decision": "GRANTED", "decided_on": day(0), "final_outcome": "PROLONG_DIFFICULTIES",
                                    "final_on": day(0)})
    assert done.status == 200 and done.json["final_outcome"] == "PROLONG_DIFFICULTIES"
    found = lines(structure, campaign, "?planned_outcome=PROLONG_DIFFICULTIES&prescriber_kind=PLIE&decided=true&final_outcome=PROLONG_DIFFICULTIES")
    assert [row["id"] for row in found] == [line["id"]]
    cleared = change(structure, line, {key: None for key in (
        "decision", "decided_on", "final_outcome", "final_on", "requested_on", "prescriber_contacted_on", "prescriber_kind")})
    assert cleared.status == 200 and cleared.json["prescriber_kind"] is None


@pytest.mark.parametrize("body, code, pointer", [
    ({"decision": "GRANTED"}, "line-dates", None), ({"decided_on": day(-1)}, "line-dates", None),
    ({"decision": "DENIED", "decided_on": day(-1)}, "line-dates", None),
    ({"requested_on": day(-1), "decision": "DENIED", "decided_on": day(-2)}, "line-dates", None),
    ({"final_outcome": "CDI"}, "line-dates", None), ({"prescriber_contacted_on": day(-1)}, "line-dates", None),
    ({"requested_on": "1999-12-31"}, "line-dates", None), ({"requested_on": day(1)}, "line-date-in-future", "/requested_on"),
    ({"final_outcome": "CDI", "final_on": day(1)}, "line-date-in-future", "/final_on"),
    ({"planned_outcome": "DEATH"}, "validation-failed", "/planned_outcome"),
    ({"planned_outcome": "cdi"}, "validation-failed", "/planned_outcome"),
    ({"prescriber_kind": "SPIP"}, "validation-failed", "/prescriber_kind"),
    ({"final_on": "2026-02-30"}, "validation-failed", "/final_on"), ({"comment": "texte"}, "validation-failed", "/comment"),
    ({"pass_id": str(uuid.uuid4())}, "validation-failed", "/pass_id")])
def test_bad_lines(world, campaign, body, code, pointer):
    structure = world.structure["first"]
    line = lines(structure, campaign)[1]
    answer = change(structure, line, body)
    assert (answer.status, answer.code) == (422, code), answer
    assert pointer is None or pointer in [error["pointer"] for error in answer.json["errors"]], answer
    assert structure.get(f"/v1/pass-campaign-lines/{line['id']}").json["version"] == line["version"], "nothing was written"


@pytest.mark.parametrize("planned, fields, warnings", [
    ("CDI_INCLUSION", {"birth_year": 1990}, ["CDI_INCLUSION_TOO_YOUNG"]), ("CDI_INCLUSION", {"birth_year": TODAY.year - 57}, []),
    ("CDI_INCLUSION", {"birth_year": 1960, "starts_on": day(-100)}, ["CDI_INCLUSION_PATHWAY_SHORT"]),
    ("PROLONG_SENIOR", {"birth_year": TODAY.year - 49}, ["SENIOR_TOO_YOUNG"]), ("PROLONG_SENIOR", {"birth_year": None}, []),
    ("PROLONG_DIFFICULTIES", {"siae_kind": "EI"}, ["DIFFICULTIES_EMPLOYER_KIND"]),
    ("PROLONG_RQTH", {"prolonged_days": 1095}, ["PROLONGATION_CAP_REACHED"]), ("PROLONG_RQTH", {"prolonged_days": 1094}, []),
    ("PROLONG_SENIOR", {"prolonged_days": 1095, "birth_year": 1960}, []),
    ("PROLONG_SENIOR", {"prolonged_days": 1825, "birth_year": 1960}, ["PROLONGATION_CAP_REACHED"]),
    ("PROLONG_TRAINING", {"prolonged_days": 3000}, []), ("CDI", {"birth_year": 1990, "siae_kind": "EI"}, [])])
def test_an_intention_meets_the_rules(world, owner, campaign, planned, fields, warnings):
    structure = world.structure["first"]
    days = fields.get("prolonged_days", 0)
    initial = datetime.date.fromisoformat(campaigns.ENDS_ON) - datetime.timedelta(days=days)
    fields = {"starts_on": min(initial - datetime.timedelta(days=729), TODAY - datetime.timedelta(days=700)), "prolonged_days": 0, **fields}
    mine = campaigns.add_pass(owner, world.member["first"], initial_ends_on=initial, **fields)
    answer = structure.post(f"/v1/pass-campaigns/{campaign['id']}/lines", {"pass_id": mine, "planned_outcome": planned})
    assert answer.status == 201 and answer.json["warnings"] == warnings, answer
    if warnings:
        found = lines(structure, campaign, f"?warning={warnings[0]}")
        assert answer.json["id"] in {row["id"] for row in found}


def test_a_pass_recorded_later_joins(world, owner, campaign):
    structure, target = world.structure["far"], f"/v1/pass-campaigns/{campaign['id']}/lines"
    before = structure.get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"][0]
    mine = campaigns.add_pass(owner, world.member["far"])
    answer = structure.post(target, {"pass_id": mine})
    assert answer.status == 201 and answer.json["pass_id"] == mine, answer
    after = structure.get(f"/v1/pass-campaign-answers/{before['id']}").json
    assert (after["state"], after["lines_count"]) == ("STARTED", before["lines_count"] + 1)
    assert (lambda a: (a.status, a.code))(structure.post(target, {"pass_id": mine})) == (409, "duplicate-campaign-line")
    for other, code in ((campaigns.add_pass(owner, world.member["far"], "2031-03-20"), "pass-outside-cohort"),
                        (world.passes["first"][0], "unknown-pass"), (str(uuid.uuid4()), "unknown-pass")):
        refused = structure.post(target, {"pass_id": other})
        assert (refused.status, refused.code) == (422, code), refused


def test_a_structure_that_was_not_invited_joins_with_its_first_line(world, scratch, owner, campaign):
    member = scratch.create()["id"]
    mine = campaigns.add_pass(owner, member)
    client = world.client("STRUCTURE", "--member", member)
    answers = f"/v1/pass-campaigns/{campaign['id']}/answers"
    assert client.get(answers).json["data"] == []
    assert client.post(f"/v1/pass-campaigns/{campaign['id']}/lines", {"pass_id": mine}).status == 201
    assert [row["state"] for row in client.get(answers).json["data"]] == ["STARTED"]


def test_fewer_people_than_lines_is_pointed_out(world, bretagne, campaign):
    structure = world.structure["second"]
    answer = structure.get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"][0]
    target = f"/v1/pass-campaign-answers/{answer['id']}"
    few = {"people_count": 2, "by_age_band": {"UNDER_26": 2, "FROM_57": None}, "by_rqth": {"YES": 2, "NO": None},
           "by_planned_outcome": {"PROLONG_SENIOR": 2, "UNDECIDED": None}}
    changed = structure.patch(target, few, etag=structure.get(target).etag)
    assert changed.json["differs_from_lines"] is True and bretagne.get(target).json["differs_from_lines"] is True, changed
    assert structure.patch(target, campaigns.HEADCOUNTS, etag=changed.etag).json["differs_from_lines"] is False


def test_an_erased_pass_takes_its_line_along_and_leaves_the_counts(world, national, owner):
    """Retention: the line goes with its PASS, also of a closed campaign; the counted outcome stays."""
    campaign, structure = world.open(), world.structure["far"]
    line = lines(structure, campaign)[0]
    change(structure, line, {"final_outcome": "CDI", "final_on": day(0)})
    assert world.act(campaign, "close").status == 200
    count = "select sum(lines_count) from campaign.result r join campaign.answer a on a.id = r.answer_id where a.campaign_id = %s"
    before = owner.execute(count, (campaign["id"],)).fetchone()
    owner.execute("delete from pass.pass where id = %s", (line["pass_id"],))
    assert structure.get(f"/v1/pass-campaign-lines/{line['id']}").status == 404
    assert owner.execute(count, (campaign["id"],)).fetchone() == before


# --- the diagnostic sheet -----------------------------------------------------------------------------------------
@pytest.fixture
def sheet(world, owner):
    return f"/v1/passes/{campaigns.add_pass(owner, world.member['first'])}/diagnostic-sheet"


def save(client, target, body, etag):
    return client.request("PUT", target, json=body, headers={"If-Match": etag})


def act(client, target, action, etag):
    return client.post(f"{target}/{action}", key=None, headers={"If-Match": etag})


def test_a_sheet_from_nothing_to_sent_and_its_next_version(world, sheet):
    structure = world.structure["first"]
    empty = structure.get(sheet)
    assert (empty.json["version"], empty.json["number"], empty.json["items"], empty.json["versions"]) == (0, 0, [], [])
    first = save(structure, sheet, {"items": campaigns.sheet()["items"][:3]}, empty.etag)
    assert (first.status, first.json["number"], first.json["needs_count"]) == (200, 1, 3), first
    incomplete = act(structure, sheet, "sign", first.etag)
    assert (incomplete.status, incomplete.code) == (422, "diagnostic-sheet-incomplete"), incomplete
    assert act(structure, sheet, "send", first.etag).code == "diagnostic-sheet-state"
    complete = save(structure, sheet, campaigns.sheet(), first.etag)
    assert [item["need"] for item in complete.json["items"]] == list(campaigns.NEEDS), "in the order of the template"
    signed = act(structure, sheet, "sign", complete.etag)
    assert signed.json["state"] == "SIGNED" and signed.json["signature_holds"] and len(signed.json["signature"]) == 64, signed
    assert act(structure, sheet, "sign", signed.etag).code == "diagnostic-sheet-state"
    sent = act(structure, sheet, "send", signed.etag)
    assert sent.json["state"] == "SENT" and sent.json["sent_on"] == day(0)
    second = save(structure, sheet, campaigns.sheet(months_asked=6), sent.etag)
    assert (second.json["number"], second.json["state"], second.json["signature"]) == (2, "DRAFT", None), second
    in_force = structure.get(f"{sheet}?number=1").json
    assert (in_force["state"], in_force["months_asked"]) == ("SENT", 12), "the first stays in force until the second is signed"
    act(structure, sheet, "sign", second.etag)
    assert [(v["number"], v["state"]) for v in structure.get(sheet).json["versions"]] == [(2, "SIGNED"), (1, "SUPERSEDED")]
    assert structure.get(f"{sheet}?number=3").status == 404


def test_an_old_tag_never_fits_a_new_draft(world, sheet):
    structure = world.structure["first"]
    first = save(structure, sheet, campaigns.sheet(), '"0"')
    signed = act(structure, sheet, "sign", first.etag)
    assert save(structure, sheet, campaigns.sheet(), signed.etag).status == 200
    for old in ('"0"', first.etag, signed.etag):
        answer = save(structure, sheet, campaigns.sheet(), old)
        assert (answer.status, answer.code) == (412, "version-conflict"), answer
    assert structure.request("PUT", sheet, json=campaigns.sheet()).status == 428


def test_saving_the_same_again_changes_nothing(world, sheet):
    structure = world.structure["first"]
    first = save(structure, sheet, campaigns.sheet(), '"0"')
    assert save(structure, sheet, campaigns.sheet(), first.etag).json["version"] == first.json["version"]


def test_writers_at_once_of_one_sheet(world, sheet):
    structure = world.structure["first"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: save(structure, sheet, campaigns.sheet(months_asked=n), '"0"'), range(1, 9)))
    assert sorted(answer.status for answer in answers) == [200] + [412] * 7, answers
    draft = structure.get(sheet)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        signing = pool.submit(act, structure, sheet, "sign", draft.etag)
        saving = pool.submit(save, structure, sheet, campaigns.sheet(months_asked=12), draft.etag)
    assert sorted((signing.result().status, saving.result().status)) == [200, 412]
    assert structure.get(sheet).json["versions"][0]["state"] in ("SIGNED", "DRAFT")


@pytest.mark.parametrize("fields, code", [
    ({"items": campaigns.sheet()["items"][:1] * 2}, "diagnostic-need-twice"), ({"filled_on": day(1)}, "diagnostic-date-in-future"),
    ({"months_asked": 13}, "validation-failed"), ({"months_asked": 0}, "validation-failed"),
    ({"time_done": "FOREVER"}, "validation-failed"), ({"items": [{"need": "HEALTH", "level": "BAD"}]}, "validation-failed"),
    ({"items": [{"need": "WEATHER", "level": "PLUS"}]}, "validation-failed"),
    ({"items": [{"need": "HEALTH", "level": "PLUS", "comment": "texte libre"}]}, "validation-failed"),
    ({"items": [{"need": "MONEY", "level": "PLUS", "actions_done": ["TRAINING", "PMSMP", "IMMERSION"]}]}, "validation-failed"),
    ({"items": [{"need": "MONEY", "level": "PLUS", "actions_done": ["NOT_NEEDED"]}]}, "validation-failed"),
    ({"items": campaigns.sheet()["items"] + [{"need": "MONEY", "level": "PLUS"}]}, "validation-failed"),
    ({"state": "SIGNED"}, "validation-failed")])
def test_bad_sheets(world, sheet, fields, code):
    answer = save(world.structure["first"], sheet, campaigns.sheet(**fields), '"0"')
    assert (answer.status, answer.code) == (422, code), answer
    assert world.structure["first"].get(sheet).json["version"] == 0, "nothing was written"


def test_sensitive_needs_are_sealed_and_leave_with_the_sheet_alone(world, owner, sheet, bretagne, national):
    structure = world.structure["first"]
    signed = act(structure, sheet, "sign", save(structure, sheet, campaigns.sheet(), '"0"').etag)
    mine = sheet.split("/")[3]
    stored = owner.execute("select items::text, sealed_items from campaign.sheet where pass_id = %s", (mine,)).fetchone()
    for need in ("HEALTH", "HOUSING", "JUSTICE", "DISABILITY_COMPENSATION", "DISABILITY_RECOVERY"):
        assert need not in stored[0] and need.encode() not in bytes(stored[1])
        assert need in {item["need"] for item in signed.json["items"]}
    for client in (bretagne, national, world.structure["second"]):
        assert client.get(sheet).status in (403, 404)
    for target in ("/v1/pass-campaigns", "/v1/access-log"):
        for accept in ("text/csv", "application/x-ndjson"):
            assert "HEALTH" not in structure.get(target, accept=accept).text
    assert structure.get(sheet).header("Cache-Control") == "no-store"


def test_a_sheet_that_was_tampered_with_says_so(world, owner, sheet):
    structure = world.structure["first"]
    act(structure, sheet, "sign", save(structure, sheet, campaigns.sheet(), '"0"').etag)
    owner.execute("alter table campaign.sheet disable trigger user")
    try:
        owner.execute("update campaign.sheet set months_asked = 1 where pass_id = %s", (sheet.split("/")[3],))
    finally:
        owner.execute("alter table campaign.sheet enable trigger user")
    assert structure.get(sheet).json["signature_holds"] is False
