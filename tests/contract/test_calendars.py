"""Calendar feeds (number 38): read by an independent parser, a secret nowhere but in the answer that makes it."""
import datetime
import pathlib
import uuid

import icalendar
import pytest
from support import data
from support.client import Client, environment
from support.problems import assert_problem


def create(client, **options):
    body = {"kind": "MEMBERSHIPS", "label": data.name("Agenda")}
    answer = client.post("/v1/calendar-links", body, **options)
    assert answer.status == 201, answer
    return answer.json


def path_of(link):
    return "/v1/calendars/" + link["url"].rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def link(bretagne):
    """Revoked at the end: a territory has fifty at most."""
    made = create(bretagne)
    yield made
    assert bretagne.post(f"/v1/calendar-links/{made['id']}/revoke").status == 200


def events_of(answer):
    assert answer.status == 200, answer
    return list(icalendar.Calendar.from_ical(answer.body).walk("VEVENT"))


def test_w38_feed_in_an_independent_parser(anonymous, bretagne, link):
    answer = anonymous.get(path_of(link))
    assert answer.header("Content-Type") == "text/calendar; charset=utf-8"
    assert b"\n" not in answer.body.replace(b"\r\n", b"")
    assert max(len(line) for line in answer.body.split(b"\r\n")) <= 75
    calendar = icalendar.Calendar.from_ical(answer.body)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert link["label"] in calendar["X-WR-CALNAME"]
    events = events_of(answer)
    assert events and len({event["UID"] for event in events}) == len(events)
    for event in events:
        first, after = event["DTSTART"].dt, event["DTEND"].dt
        assert type(first) is datetime.date and after - first == datetime.timedelta(days=1)
        assert event["SEQUENCE"] >= 1 and event["STATUS"] == "CONFIRMED"


def test_feed_shows_exactly_the_last_days_of_the_territory(anonymous, bretagne, link):
    """As the same caller reads them through the API."""
    today = datetime.date.today()
    first, last = today - datetime.timedelta(days=366), today + datetime.timedelta(days=731)
    wanted = set()
    for member in bretagne.walk("/v1/members?limit=500&fields=id"):
        for period in bretagne.get(f"/v1/members/{member['id']}/memberships?limit=500").json["data"]:
            end = period["ends_on"] and datetime.date.fromisoformat(period["ends_on"])
            if end and first <= end <= last and not period["end_reason"]:
                wanted.add((period["id"], end))
    seen = {(event["UID"].split("@")[0], event["DTSTART"].dt) for event in events_of(anonymous.get(path_of(link)))}
    assert seen == wanted


def test_uid_stays_and_sequence_grows(national, anonymous, scratch):
    """A program that follows the feed moves the event instead of adding one."""
    member = scratch.create()
    today = datetime.date.today()
    period = scratch.join(member, f"{today.year}-01-01", f"{today.year + 1}-12-31")
    link = create(national)

    def event():
        (found,) = [e for e in events_of(anonymous.get(path_of(link))) if e["UID"].startswith(period["id"])]
        return found

    before, etag = event(), anonymous.get(path_of(link)).etag
    target = f"/v1/memberships/{period['id']}"
    changed = national.patch(target, {"ends_on": f"{today.year + 1}-11-30"}, etag=national.get(target).etag)
    assert changed.status == 200, changed
    after = event()
    assert after["UID"] == before["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == datetime.date(today.year + 1, 11, 30)
    assert anonymous.get(path_of(link)).etag != etag
    assert national.post(f"/v1/calendar-links/{link['id']}/revoke").status == 200


def test_conditional(anonymous, link):
    answer = anonymous.get(path_of(link))
    assert answer.header("Cache-Control") == "private, no-cache"
    again = anonymous.get(path_of(link), headers={"If-None-Match": answer.etag})
    assert (again.status, again.body) == (304, b"")


def test_revoked_unknown_and_malformed_are_one_answer(anonymous, bretagne):
    link = create(bretagne)
    revoked = bretagne.post(f"/v1/calendar-links/{link['id']}/revoke")
    assert revoked.status == 200 and revoked.json["revoked_at"] and "url" not in revoked.json
    answers = [anonymous.get(path_of(link))]
    for secret in (uuid.uuid4().hex, "A" * 43, "x", "%C3%A9", "a.b", "A" * 200, "A" * 201, "fed'--"):
        answers.append(anonymous.get(f"/v1/calendars/{secret}.ics"))
    for answer in answers:
        assert_problem(answer, 404, "not-found")
        assert answer.json["instance"] == "/v1/calendars/{secret}.ics"
    bodies = {str({**answer.json, "request_id": None}) for answer in answers}
    assert len(bodies) == 1, bodies
    again = bretagne.post(f"/v1/calendar-links/{link['id']}/revoke")
    assert again.status == 200 and again.json == revoked.json


@pytest.mark.parametrize("target", ["/v1/calendars/.ics", "/v1/calendars/x", "/v1/calendars/x.ics/y", "/v1/calendars"])
def test_what_is_no_calendar(anonymous, target):
    assert_problem(anonymous.get(target), 404, "not-found")


def test_the_secret_is_shown_once(bretagne):
    key = str(uuid.uuid4())
    body = {"kind": "MEMBERSHIPS", "label": data.name("Agenda")}
    first = bretagne.post("/v1/calendar-links", body, key=False, headers={"Idempotency-Key": key})
    again = bretagne.post("/v1/calendar-links", body, key=False, headers={"Idempotency-Key": key})
    assert first.status == again.status == 201 and again.header("Idempotency-Replayed") == "true"
    assert first.header("Cache-Control") == "no-store"
    assert first.json == {**again.json, "url": first.json["url"]}
    link = bretagne.get(f"/v1/calendar-links/{first.json['id']}")
    assert "url" not in link.json
    assert "url" not in bretagne.get("/v1/calendar-links?limit=1").json["data"][0]
    assert bretagne.post(f"/v1/calendar-links/{first.json['id']}/revoke").status == 200


def test_the_secret_is_in_no_log_and_no_table(anonymous, bretagne, admin, owner, link):
    secret = path_of(link).split("/")[-1].removesuffix(".ics")
    assert anonymous.get(path_of(link) + "?x=1").status == 400
    assert anonymous.get(path_of(link).removesuffix(".ics")).status == 404
    assert anonymous.request("POST", path_of(link), json={}).status == 405
    for path in (path_of(link).replace("cal", "%63al"), path_of(link).replace("/v1", "/%761"), path_of(link).replace(".ics", "%2Eics")):
        assert anonymous.get(path, record=False).status in (200, 404), path
    run = pathlib.Path(environment("MAILLAGE_RUN"))
    logs = [*run.glob("log/*.log"), *run.glob("edge/*.log")]
    assert any("access" in log.name for log in logs)
    for log in logs:
        assert secret.encode() not in log.read_bytes(), log
    assert secret not in admin.get("/metrics", record=False).text
    for table in ("engine.idempotency", "calendar.link", "calendar.link_secret", "audit.access_trace"):
        found = owner.execute(f"select count(*) from {table} x where x::text like %s", (f"%{secret}%",)).fetchone()
        assert found == (0,), table


def test_last_reading(anonymous, structure):
    link = create(structure)
    assert structure.get(f"/v1/calendar-links/{link['id']}").json["last_read_on"] is None
    assert anonymous.get(path_of(link)).status == 200
    read_on = structure.get(f"/v1/calendar-links/{link['id']}").json["last_read_on"]
    assert abs((datetime.date.fromisoformat(read_on) - datetime.date.today()).days) <= 1
    assert structure.post(f"/v1/calendar-links/{link['id']}/revoke").status == 200


def test_who_sees_and_revokes_a_link(bretagne, ocean_indien, national, partner, link):
    target = f"/v1/calendar-links/{link['id']}"
    assert national.get(target).status == 200
    assert_problem(ocean_indien.get(target), 404, "not-found")
    assert_problem(ocean_indien.post(target + "/revoke"), 404, "not-found")
    assert_problem(partner.get(target), 403, "forbidden")
    assert bretagne.get(target).json["revoked_at"] is None


def test_a_key_in_the_request_changes_nothing(url, keys, link):
    """The address is the key: another caller with it sees what its maker sees, nobody sees more."""
    with_key = Client(url, keys["NATIONAL"], "national").get(path_of(link))
    assert with_key.body == Client(url).get(path_of(link)).body


@pytest.mark.parametrize(
    "body, status",
    [
        ({"kind": "NOTHING", "label": "x"}, 422),
        ({"kind": "MEMBERSHIPS"}, 422),
        ({"kind": "MEMBERSHIPS", "label": " "}, 422),
        ({"kind": "MEMBERSHIPS", "label": "x" * 151}, 422),
        ({"kind": "MEMBERSHIPS", "label": "x", "caller": "NATIONAL"}, 422),
        ({"kind": "MEMBERSHIPS", "label": "x", "member_id": str(uuid.uuid4())}, 422),
    ],
)
def test_bad_links(bretagne, body, status):
    assert_problem(bretagne.post("/v1/calendar-links", body), status, "validation-failed")
