"""Reads of personal data leave a trace in the transaction that reads (x-traced), which those concerned may see."""
import uuid

import pytest
from support import data
from support.client import CSV, NDJSON
from support.problems import assert_problem


@pytest.fixture(scope="module")
def contacts(national, scratch):
    """Three contacts of one member of Bretagne."""
    member = scratch.create()
    target = f"/v1/members/{member['id']}/contacts"
    made = []
    for given_name in ("Camille", "Dominique", "Sacha"):
        answer = national.post(target, {"given_name": given_name, "family_name": data.name("Essai")})
        assert answer.status == 201, answer
        made.append(answer.json["id"])
    return {"member": member["id"], "target": target, "ids": made}


@pytest.fixture
def request_id():
    return f"trace-{uuid.uuid4().hex}"


def traces(client, request_id):
    answer = client.get(f"/v1/access-log?request_id={request_id}")
    assert answer.status == 200, answer
    return answer.json["data"]


def read(client, target, request_id, **headers):
    return client.get(target, headers={"X-Request-Id": request_id, **headers})


def test_a_list_leaves_one_row_with_the_ids_shown(bretagne, contacts, request_id):
    shown = read(bretagne, contacts["target"], request_id).json["data"]
    (trace,) = traces(bretagne, request_id)
    assert trace["record_ids"] == [row["id"] for row in shown]
    assert trace["records_count"] == 3
    assert (trace["operation"], trace["record_type"]) == ("listMemberContacts", "CONTACT")
    assert (trace["caller"], trace["query"]) == ("DELEGATION", None)
    assert trace["key_id"] == bretagne.get("/v1/token").json["key_id"]


@pytest.mark.parametrize("sort", ["family_name", "-family_name", "updated_at"])
def test_only_the_rows_of_the_page_are_traced(bretagne, contacts, sort):
    """The row behind the page's last one, read to know whether there is more, is shown to nobody."""
    target, seen = f"{contacts['target']}?limit=2&sort={sort}", []
    while target:
        request_id = f"trace-{uuid.uuid4().hex}"
        page = read(bretagne, target, request_id).json
        (trace,) = traces(bretagne, request_id)
        assert trace["record_ids"] == [row["id"] for row in page["data"]]
        seen += trace["record_ids"]
        target = page["page"]["next"]
    assert sorted(seen) == sorted(contacts["ids"])


def test_a_page_walked_backwards(bretagne, contacts):
    first = bretagne.get(f"{contacts['target']}?limit=1").json
    second = bretagne.get(first["page"]["next"]).json
    request_id = f"trace-{uuid.uuid4().hex}"
    again = read(bretagne, second["page"]["prev"], request_id).json
    assert again["data"] == first["data"]
    assert traces(bretagne, request_id)[0]["record_ids"] == [row["id"] for row in first["data"]]


def test_count_is_no_second_reading(bretagne, contacts, request_id):
    page = read(bretagne, contacts["target"] + "?limit=1", request_id, Prefer="count=exact").json
    assert page["page"]["total"] == 3
    (trace,) = traces(bretagne, request_id)
    assert trace["records_count"] == 1


def test_one_record(bretagne, contacts, request_id):
    assert read(bretagne, f"/v1/contacts/{contacts['ids'][0]}?fields=role", request_id).status == 200
    (trace,) = traces(bretagne, request_id)
    assert (trace["operation"], trace["record_ids"]) == ("getContact", [contacts["ids"][0]])


def test_what_is_not_shown_leaves_no_trace(national, ocean_indien, contacts, request_id):
    assert_problem(read(ocean_indien, f"/v1/contacts/{contacts['ids'][0]}", request_id), 404, "not-found")
    assert read(ocean_indien, contacts["target"], request_id).status == 404
    assert traces(national, request_id) == []


@pytest.mark.parametrize("media_type", [CSV, NDJSON])
def test_an_export_is_traced_before_its_first_row(bretagne, contacts, request_id, media_type):
    target = f"{contacts['target']}?sort=-family_name&fields=id"
    assert read(bretagne, target, request_id, Accept=media_type).status == 200
    (trace,) = traces(bretagne, request_id)
    assert (trace["records_count"], trace["record_ids"]) == (3, [])
    assert trace["query"] == "sort=-family_name&fields=id"


def test_words_searched_for_are_not_kept(bretagne, request_id):
    assert read(bretagne, "/v1/appointments?q=mar&limit=3", request_id, Accept=CSV).status == 200
    (trace,) = traces(bretagne, request_id)
    assert trace["query"] == "q=…&limit=3"


def test_who_sees_a_trace(national, bretagne, ocean_indien, partner, contacts, request_id):
    read(bretagne, contacts["target"], request_id)
    assert len(traces(national, request_id)) == 1
    assert len(traces(bretagne, request_id)) == 1
    assert traces(ocean_indien, request_id) == []
    assert_problem(partner.get("/v1/access-log"), 403, "forbidden")


def test_a_structure_sees_who_read_of_it_and_nothing_else(structure, bretagne, national, scratch, request_id):
    """Of a list over several members it sees its own records only; of an export no number."""
    own = structure.get("/v1/members?limit=1").json["data"][0]["id"]
    seen = read(bretagne, f"/v1/members/{own}/contacts", request_id).json["data"]
    (trace,) = traces(structure, request_id)
    assert trace["record_ids"] == [row["id"] for row in seen]
    assert (trace["caller"], trace["key_label"]) == ("DELEGATION", None)
    export = f"trace-{uuid.uuid4().hex}"
    read(bretagne, f"/v1/members/{own}/contacts", export, Accept=CSV)
    (trace,) = traces(structure, export)
    assert trace["records_count"] is None


def test_filters_of_the_log(national, bretagne, contacts, request_id):
    read(bretagne, f"/v1/contacts/{contacts['ids'][1]}", request_id)
    for query in (
        f"record={contacts['ids'][1]}",
        f"member={contacts['member']}&operation=getContact",
        "record_type=CONTACT&reader=DELEGATION&operation=getContact",
    ):
        rows = national.get(f"/v1/access-log?{query}").json["data"]
        assert request_id in [row["request_id"] for row in rows], query
    assert national.get(f"/v1/access-log?record={uuid.uuid4()}").json["data"] == []
    assert national.get("/v1/access-log?occurred_at%5Bgte%5D=2099-01-01T00:00:00Z").json["data"] == []


def test_a_trace_cannot_be_written_or_removed(national):
    for method in ("POST", "PATCH", "DELETE"):
        assert_problem(national.request(method, "/v1/access-log", json={}), 405, "method-not-allowed")
