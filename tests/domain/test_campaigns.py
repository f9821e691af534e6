"""Campaigns on PASS IAE that end (domain page, 7.3): from the draft to the archive, over HTTP, with the callers of the network."""
import concurrent.futures
import datetime
import uuid

import pytest
from support import campaigns, data

TODAY = campaigns.today()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


@pytest.fixture(scope="module")
def world(url, national, bretagne, scratch, owner):
    """Two AI of Rennes and one of Lyon with PASS that end on a day of the tests' own; the second shares its lines."""
    return campaigns.World(url, national, bretagne, scratch, owner)


@pytest.fixture
def campaign(world):
    return world.open()


def answer_of(client, campaign, member=None):
    rows = client.get(f"/v1/pass-campaigns/{campaign['id']}/answers" + (f"?member={member}" if member else "")).json["data"]
    assert len(rows) == 1, rows
    return client.get(f"/v1/pass-campaign-answers/{rows[0]['id']}")


def patch(client, answer, body):
    return client.patch(f"/v1/pass-campaign-answers/{answer.json['id']}", body, etag=answer.etag)


def act(client, answer, action):
    target = f"/v1/pass-campaign-answers/{answer.json['id']}/{action}"
    return client.post(target, key=None, headers={"If-Match": answer.etag})


def submitted(client, campaign, headcounts=campaigns.HEADCOUNTS):
    answer = answer_of(client, campaign)
    answer = patch(client, answer, headcounts)
    assert answer.status == 200, answer
    answer = act(client, answer, "submit")
    assert answer.status == 200, answer
    return answer


# --- the campaign itself ------------------------------------------------------------------------------------------
def test_a_draft_is_the_federation_s_own(world, national, bretagne):
    draft = world.draft()
    assert (draft["status"], draft["invited_count"]) == ("DRAFT", 0)
    for client in (bretagne, world.structure["first"]):
        assert client.get(f"/v1/pass-campaigns/{draft['id']}").status == 404
        assert draft["id"] not in {row["id"] for row in client.walk("/v1/pass-campaigns?limit=100")}
    assert draft["id"] in {row["id"] for row in national.walk("/v1/pass-campaigns?status=DRAFT")}


def test_opening_invites_the_structures_of_the_cohort(world, national, campaign):
    names = [row["member_id"] for row in national.walk(f"/v1/pass-campaigns/{campaign['id']}/answers")]
    assert sorted(names) == sorted(world.member.values()), "the three structures, and nobody of another end"
    assert {row["state"] for row in national.walk(f"/v1/pass-campaigns/{campaign['id']}/answers")} == {"INVITED"}
    lines = list(world.structure["first"].walk(f"/v1/pass-campaigns/{campaign['id']}/lines"))
    assert sorted(line["pass_id"] for line in lines) == sorted(world.passes["first"])
    assert {line["ends_on"] for line in lines} == {campaigns.ENDS_ON}


@pytest.mark.parametrize("rule", [{"origins": ["ADMIN"]}, {"siae_kinds": ["EI"]}, {"region_codes": ["11"]},
                                  {"prolonged_days_from": 4000}])
def test_each_part_of_the_rule_counts(world, national, rule):
    assert national.get(f"/v1/pass-campaigns/{world.open(**rule)['id']}/answers").json["data"] == []


def test_regions_of_the_rule(world, national):
    found = list(national.walk(f"/v1/pass-campaigns/{world.open(region_codes=['84'])['id']}/answers"))
    assert [row["member_id"] for row in found] == [world.member["far"]]


def test_the_rule_is_frozen_once_open(world, national, campaign):
    target = f"/v1/pass-campaigns/{campaign['id']}"
    for body in ({"ends_to": "2032-01-01"}, {"origins": ["ADMIN"]}, {"siae_kinds": ["EI"]}, {"region_codes": ["53"]}, {"code": "AUTRE"},
                 {"opens_on": day(-3)}, {"prolonged_days_from": 1}):
        answer = national.patch(target, body, etag=national.get(target).etag)
        assert (answer.status, answer.code) == (409, "campaign-rule-frozen"), answer
    answer = national.patch(target, {"closes_on": day(40), "title": data.name("Titre")}, etag=national.get(target).etag)
    assert answer.status == 200 and answer.json["closes_on"] == day(40)


def test_steps_come_in_their_order(world, national):
    draft = world.draft()
    for action in ("close", "archive"):
        answer = world.act(draft, action)
        assert (answer.status, answer.code) == (409, "campaign-status"), answer
    for action, status in (("open", "OPEN"), ("close", "CLOSED"), ("archive", "ARCHIVED")):
        answer = world.act(draft, action)
        assert answer.status == 200 and answer.json["status"] == status, answer
        again = world.act(draft, action)
        assert again.status == (200 if action == "archive" else 409), again
    assert world.act(draft, "open").code == "campaign-status"


@pytest.mark.parametrize("dates", [(5, 20), (-20, -5)])
def test_it_opens_between_its_days(world, dates):
    answer = world.act(world.draft(opens_on=day(dates[0]), closes_on=day(dates[1])), "open")
    assert (answer.status, answer.code) == (409, "campaign-not-now"), answer
    assert world.national.get(f"/v1/pass-campaigns/{answer.target.split('/')[3]}").json["status"] == "DRAFT"


@pytest.mark.parametrize("fields, code, pointer", [
    ({"closes_on": day(-10)}, "period-invalid", "/closes_on"), ({"ends_to": "2001-01-01"}, "period-invalid", "/ends_to"),
    ({"region_codes": ["99"]}, "unknown-region", "/region_codes"), ({"siae_kinds": ["EBE"]}, "validation-failed", "/siae_kinds/0"),
    ({"origins": []}, "validation-failed", "/origins"), ({"code": "é"}, "validation-failed", "/code"),
    ({"ends_from": "2027-02-30"}, "validation-failed", "/ends_from"), ({"ends_from": "infinity"}, "validation-failed", "/ends_from"),
    ({"status": "OPEN"}, "validation-failed", "/status"), ({"title": "ab"}, "validation-failed", "/title"),
    ({"prolonged_days_from": -1}, "validation-failed", "/prolonged_days_from"), ({"opens_on": None}, "validation-failed", "/opens_on")])
def test_bad_rules_are_refused_by_name(world, national, fields, code, pointer):
    answer = national.post("/v1/pass-campaigns", world.rule(**fields))
    assert (answer.status, answer.code) == (422, code), answer
    assert pointer in [error["pointer"] for error in answer.json["errors"]], answer


def test_a_code_names_one_campaign(world, national):
    draft = world.draft()
    answer = national.post("/v1/pass-campaigns", world.rule(code=draft["code"]))
    assert (answer.status, answer.code) == (409, "duplicate-campaign-code"), answer


# --- answers ------------------------------------------------------------------------------------------------------
def test_an_answer_from_invited_to_validated(world, bretagne, campaign):
    structure = world.structure["first"]
    answer = answer_of(structure, campaign)
    assert answer.json["state"] == "INVITED" and answer.json["lines_count"] == len(world.passes["first"])
    answer = patch(structure, answer, {"people_count": 12, "by_rqth": {"YES": 5, "NO": 7}})
    assert answer.json["state"] == "STARTED", answer
    incomplete = act(structure, answer, "submit")
    assert (incomplete.status, incomplete.code) == (422, "answer-incomplete"), incomplete
    answer = patch(structure, answer, campaigns.HEADCOUNTS)
    answer = act(structure, answer, "submit")
    assert (answer.json["state"], answer.json["submitted_late"]) == ("SUBMITTED", False), answer
    seen = answer_of(bretagne, campaign, world.member["first"])
    answer = act(bretagne, seen, "validate")
    assert answer.status == 200 and answer.json["state"] == "VALIDATED" and answer.json["validated_by"], answer
    refused = patch(structure, answer_of(structure, campaign), {"people_count": 13})
    assert (refused.status, refused.code) == (409, "answer-validated"), refused
    returned = act(bretagne, answer, "return")
    assert returned.status == 200 and returned.json["state"] == "STARTED" and returned.json["returned_on"] == day(0)
    again = act(structure, answer_of(structure, campaign), "submit")
    assert again.json["state"] == "SUBMITTED", again


def test_merge_patch_reaches_into_breakdowns(world, campaign):
    structure = world.structure["first"]
    answer = patch(structure, answer_of(structure, campaign), {"people_count": 12, "by_rqth": {"YES": 5, "NO": 7}})
    answer = patch(structure, answer, {"by_rqth": {"YES": None, "UNKNOWN": 5}})
    assert answer.json["by_rqth"] == {"NO": 7, "UNKNOWN": 5}, answer
    answer = patch(structure, answer, {"by_rqth": None})
    assert answer.json["by_rqth"] is None
    same = patch(structure, answer, {"people_count": 12})
    assert (same.status, same.json["version"]) == (200, answer.json["version"]), "no change, same version"


@pytest.mark.parametrize("body, breakdowns", [
    ({"people_count": 12, "by_rqth": {"YES": 5, "NO": 6}}, [("by_rqth", 11)]),
    ({"people_count": 12, "by_age_band": {"UNDER_26": 13}}, [("by_age_band", 13)]),
    ({"people_count": 12, "by_planned_outcome": {}}, [("by_planned_outcome", 0)]),
    ({**campaigns.HEADCOUNTS, "people_count": 11}, [("by_age_band", 12), ("by_rqth", 12), ("by_planned_outcome", 12)])])
def test_headcounts_must_add_up_and_the_refusal_says_which(world, campaign, body, breakdowns):
    structure = world.structure["first"]
    before = answer_of(structure, campaign)
    answer = patch(structure, before, body)
    assert (answer.status, answer.code) == (422, "headcounts-do-not-add-up"), answer
    assert [(part["breakdown"], part["sum"]) for part in answer.json["differences"]] == breakdowns
    assert answer.json["errors"][0]["pointer"] == "/" + breakdowns[0][0]
    assert answer_of(structure, campaign).json["version"] == before.json["version"], "nothing was written"


@pytest.mark.parametrize("body, code", [
    ({"by_rqth": {"YES": 1}}, "headcount-total-required"), ({"people_count": -1}, "validation-failed"),
    ({"people_count": 2 ** 31}, "validation-failed"), ({"people_count": 1.5}, "validation-failed"),
    ({"people_count": "12"}, "validation-failed"), ({"by_rqth": {"PERHAPS": 1}}, "validation-failed"),
    ({"by_rqth": [1]}, "validation-failed"), ({"by_planned_outcome": {"DEATH": 1}}, "validation-failed"),
    ({"state": "VALIDATED"}, "validation-failed"), ({"validated_on": "2026-01-01"}, "validation-failed"), ({}, "validation-failed"),
    ({"comment": "texte libre"}, "validation-failed")])
def test_bad_headcounts(world, campaign, body, code):
    structure = world.structure["first"]
    answer = patch(structure, answer_of(structure, campaign), body)
    assert (answer.status, answer.code) == (422, code), answer


def test_late_follows_from_the_closing_day(world, national, campaign):
    submitted(world.structure["first"], campaign)
    target = f"/v1/pass-campaigns/{campaign['id']}/answers"

    def states(as_of):
        return {row["member_id"]: row["state"] for row in national.walk(f"{target}?as_of={as_of}")}

    assert states(campaign["closes_on"])[world.member["second"]] == "INVITED", "the last day is included"
    later = states(day(31))
    assert later[world.member["second"]] == "LATE" and later[world.member["first"]] == "SUBMITTED"
    assert states(day(-1)) == {}, "nobody was invited the day before"
    late = [row["member_id"] for row in national.walk(f"{target}?state=LATE&as_of={day(31)}")]
    assert sorted(late) == sorted([world.member["second"], world.member["far"]])


def test_reminders_name_who_has_not_answered(world, national, bretagne, campaign):
    submitted(world.structure["first"], campaign)
    target = f"/v1/pass-campaigns/{campaign['id']}/reminders"
    rows = {row["member_id"]: row for row in national.walk(target)}
    assert set(rows) == {world.member["second"], world.member["far"]}
    assert rows[world.member["second"]]["email"] == "relance@exemple.invalid" and rows[world.member["second"]]["days_left"] == 30
    assert [row["member_id"] for row in bretagne.walk(target)] == [world.member["second"]], "its own territory"
    assert {row["state"] for row in national.walk(f"{target}?as_of={day(31)}")} == {"LATE"}
    assert national.walk(f"{target}?as_of={day(31)}").__next__()["days_left"] == -1
    assert world.structure["first"].get(target).status == 403


def test_a_structure_without_pass_is_invited_by_hand(world, bretagne, scratch, campaign):
    target = f"/v1/pass-campaigns/{campaign['id']}/answers"
    other = scratch.create()
    answer = bretagne.post(target, {"member_id": other["id"]})
    assert answer.status == 201 and answer.json["state"] == "INVITED", answer
    twice = bretagne.post(target, {"member_id": other["id"]})
    assert (twice.status, twice.code) == (409, "already-invited"), twice
    for member in (world.member["far"], str(uuid.uuid4())):
        refused = bretagne.post(target, {"member_id": member})
        assert (refused.status, refused.code) == (422, "unknown-member"), refused


def test_territory_of_answers(world, bretagne, campaign):
    far = answer_of(world.structure["far"], campaign)
    for client in (bretagne, world.structure["first"]):
        assert client.get(f"/v1/pass-campaign-answers/{far.json['id']}").status == 404
    assert act(bretagne, far, "validate").status == 404
    assert patch(world.structure["first"], far, {"people_count": 1}).status == 404


# --- two at once --------------------------------------------------------------------------------------------------
def at_once(*calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_validation_meets_an_edit(world, bretagne, campaign):
    """The delegation never validates what it has not read: headcounts or a line that changed raise the version."""
    structure = world.structure["first"]
    seen = submitted(structure, campaign)
    line, = [row for row in structure.walk(f"/v1/pass-campaigns/{campaign['id']}/lines")][:1]
    changed = structure.patch(f"/v1/pass-campaign-lines/{line['id']}", {"planned_outcome": "CDI"}, etag=f'"{line["version"]}"')
    assert changed.status == 200, changed
    refused = act(bretagne, seen, "validate")
    assert (refused.status, refused.code) == (412, "version-conflict") and refused.json["current_etag"], refused
    for _ in range(5):
        current = answer_of(structure, campaign)
        edit, validation = at_once(lambda: patch(structure, current, {"by_rqth": {"YES": 6, "NO": 6, "UNKNOWN": None}}),
                                   lambda: act(bretagne, current, "validate"))
        assert sorted((edit.status, validation.status)) in ([200, 412], [200, 409]), (edit, validation)
        assert answer_of(structure, campaign).json["state"] == ("VALIDATED" if validation.status == 200 else "SUBMITTED")
        act(bretagne, answer_of(bretagne, campaign, world.member["first"]), "return")
        patch(structure, answer_of(structure, campaign), {"by_rqth": {"YES": 5, "NO": 7}})
        act(structure, answer_of(structure, campaign), "submit")


def test_two_people_of_one_structure(world, campaign):
    structure = world.structure["first"]
    seen = answer_of(structure, campaign)
    answers = at_once(*[lambda n=n: patch(structure, seen, {"people_count": n}) for n in range(8)])
    assert sorted(answer.status for answer in answers) == [200] + [412] * 7, answers


def test_two_structures_at_once(world, campaign):
    clients = [world.structure[name] for name in ("first", "second", "far")]
    answers = at_once(*[lambda c=c: submitted(c, campaign) for c in clients])
    assert [answer.json["state"] for answer in answers] == ["SUBMITTED"] * 3


def test_closing_meets_a_write(world, national, campaign):
    structure = world.structure["first"]
    seen = submitted(structure, campaign)
    etag = national.get(f"/v1/pass-campaigns/{campaign['id']}").etag
    edit, closing = at_once(
        lambda: patch(structure, seen, {"by_rqth": {"YES": 6, "NO": 6}}),
        lambda: national.post(f"/v1/pass-campaigns/{campaign['id']}/close", key=None, headers={"If-Match": etag}))
    assert closing.status == 200 and (edit.status == 200 or edit.code == "campaign-frozen"), (edit, closing)


def test_everything_is_frozen_when_closed(world, bretagne, national, campaign):
    structure = world.structure["first"]
    submitted(structure, campaign)
    line = structure.get(f"/v1/pass-campaigns/{campaign['id']}/lines").json["data"][0]
    assert world.act(campaign, "close").status == 200
    answer = answer_of(structure, campaign)
    tried = [patch(structure, answer, {"people_count": 1}), act(structure, answer, "submit"), act(bretagne, answer, "validate"),
             act(bretagne, answer, "return"),
             structure.patch(f"/v1/pass-campaign-lines/{line['id']}", {"planned_outcome": "CDI"}, etag=f'"{line["version"]}"'),
             national.post(f"/v1/pass-campaigns/{campaign['id']}/answers", {"member_id": world.member["first"]}),
             national.patch(f"/v1/pass-campaigns/{campaign['id']}", {"title": data.name("Titre")},
                            etag=national.get(f"/v1/pass-campaigns/{campaign['id']}").etag)]
    assert [(refused.status, refused.code) for refused in tried] == [(409, "campaign-frozen")] * len(tried), tried
    unanswered = answer_of(world.structure["second"], campaign)
    assert unanswered.json["state"] == "LATE", "closed early: who has not answered is late from that day on"
