"""Milestones of PASS as a calendar, read by an independent parser."""
import datetime
import re
import uuid

import icalendar
import pytest
from support import data
from support import keys as keys_of
from support.client import Client

TODAY = datetime.date.today()
MILESTONES = set("""window_opens end_in_210_days end_in_90_days end_in_30_days ends window_closes_soon window_closes
    suspension_ends suspension_closable suspension_35_months request_10_days request_20_days request_30_days
    waiting_period_ends erased""".split())


def day(offset):
    return (TODAY + datetime.timedelta(offset)).isoformat()


class Followed:
    """A structure with a key, and the feed of its link."""

    def __init__(self, url, member):
        self.member = member
        key = keys_of.create("STRUCTURE", data.name("Agenda"), "--member", member["id"])
        self.client = Client(url, key, "structure-of-test")
        self.link = link_of(self.client, "PASS_STRUCTURE")
        self.anonymous = Client(url)

    def add(self, **fields):
        body = {"number": f"XXXXX{uuid.uuid4().int % 10**7:07d}", "starts_on": day(-629), "ends_on": day(100)} | fields
        answer = self.client.post("/v1/passes", body)
        assert answer.status == 201, answer
        return answer.json

    def events(self, sheet=None):
        """By milestone."""
        return {event["UID"].split("@")[0][37:]: event for event in events_of(self.anonymous, self.link)
                if sheet is None or event["UID"].startswith(sheet["id"])}


def link_of(client, kind):
    answer = client.post("/v1/calendar-links", {"kind": kind, "label": data.name("Agenda")})
    assert answer.status == 201, answer
    return answer.json


def events_of(client, link):
    answer = client.get("/v1/calendars/" + link["url"].rsplit("/", 1)[1])
    assert answer.status == 200, answer
    return list(icalendar.Calendar.from_ical(answer.body).walk("VEVENT"))


@pytest.fixture
def followed(url, scratch):
    member = scratch.create()
    scratch.join(member, f"{TODAY.year}-01-01")
    return Followed(url, member)


def test_one_all_day_event_per_milestone_on_the_day_of_the_sheet(followed):
    """The sheet of the PASS is the other way to read the same days."""
    ending, paused = followed.add(), followed.add(starts_on=day(-500), ends_on=day(229), suspensions=[
        {"starts_on": day(-20), "ends_on": day(1060), "reason": "CONTRACT_BROKEN"}])
    asked = followed.client.post(f"/v1/passes/{ending['id']}/prolongation-requests",
                                 {"reason": "RQTH", "ends_on": day(200)})
    assert asked.status == 201, asked
    seen = set()
    for sheet in (ending, paused):
        read = followed.client.get(f"/v1/passes/{sheet['id']}").json
        wanted = {m["code"].lower(): m["on"] for m in read["milestones"]
                  if m["on"] <= day(731) and m["code"] != "STARTS"}
        found = {name: event["DTSTART"].dt.isoformat() for name, event in followed.events(sheet).items()}
        assert {name: on for name, on in found.items() if on >= day(0)} == wanted and wanted
        assert set(found) <= MILESTONES
        seen |= set(found)
    assert {"request_10_days", "request_20_days", "request_30_days"} <= seen
    assert {"window_closes_soon", "suspension_closable"} <= seen
    for event in events_of(followed.anonymous, followed.link):
        assert type(event["DTSTART"].dt) is datetime.date
        assert event["DTEND"].dt - event["DTSTART"].dt == datetime.timedelta(days=1)


def test_a_past_end_waits_and_is_erased(followed):
    sheet = followed.add(starts_on=day(-1300), ends_on=day(-571))
    assert set(followed.events(sheet)) == {"waiting_period_ends", "erased"}


def test_only_the_id_names_a_pass(followed):
    sheet = followed.add(number="XXXXX00ZQ9WJ", birth_year=1931)
    text = followed.anonymous.get("/v1/calendars/" + followed.link["url"].rsplit("/", 1)[1]).body.decode()
    assert sheet["id"] in re.sub("\r\n ", "", text)
    assert not re.search("Q9WJ|XXXXX|1931|" + re.escape(followed.member["name"]), text)


def test_uid_stays_and_sequence_rises(followed):
    sheet = followed.add()
    before = followed.events(sheet)
    asked = followed.client.post(f"/v1/passes/{sheet['id']}/prolongation-requests",
                                 {"reason": "RQTH", "ends_on": day(130)})
    assert asked.status == 201, asked
    after = followed.events(sheet)
    assert set(before) < set(after)
    assert set(after) - set(before) == {"request_10_days", "request_20_days", "request_30_days"}
    assert all(after[name]["SEQUENCE"] > before[name]["SEQUENCE"] for name in before)
    request, = followed.client.get(f"/v1/passes/{sheet['id']}").json["prolongation_requests"]
    target = f"/v1/prolongation-requests/{request['id']}"
    etag = followed.client.get(target).etag
    granted = followed.client.request("POST", target + "/grant", json={}, headers={"If-Match": etag})
    assert granted.status in (200, 201), granted
    moved = followed.events(sheet)
    assert "request_10_days" not in moved
    assert moved["ends"]["UID"] == before["ends"]["UID"] and moved["ends"]["DTSTART"].dt > before["ends"]["DTSTART"].dt
    assert moved["ends"]["SEQUENCE"] > after["ends"]["SEQUENCE"]


def test_a_delegation_follows_lines_that_are_shared(url, followed, bretagne, owner):
    sheet, link = followed.add(), link_of(bretagne, "PASS_DELEGATION")
    anonymous = Client(url)

    def shown():
        return {event["UID"] for event in events_of(anonymous, link) if event["UID"].startswith(sheet["id"])}

    assert not shown()
    target = f"/v1/members/{followed.member['id']}/pass-sharing"
    shared = followed.client.patch(target, {"shares_lines": True}, etag=followed.client.get(target).etag)
    assert shared.status == 200, shared
    assert shown() == {event["UID"] for event in followed.events(sheet).values()} != set()
    assert owner.execute("""
        select count(*) from audit.access_trace
        where operation = 'getCalendar' and query = %s and record_type = 'PASS'""",
                         ("calendar_link=" + link["id"],)).fetchone()[0] >= 2
    assert bretagne.post(f"/v1/calendar-links/{link['id']}/revoke").status == 200
    assert anonymous.get("/v1/calendars/" + link["url"].rsplit("/", 1)[1]).status == 404


@pytest.mark.parametrize("kind, caller", [("PASS_STRUCTURE", "national"), ("PASS_STRUCTURE", "bretagne"),
                                          ("PASS_DELEGATION", "structure"), ("PASS_DELEGATION", "national")])
def test_lines_are_no_calendar_of_the_federation(request, kind, caller):
    answer = request.getfixturevalue(caller).post("/v1/calendar-links", {"kind": kind, "label": data.name("Agenda")})
    assert answer.status in (403, 422) and "kind" in answer.text, answer
