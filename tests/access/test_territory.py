"""Number 82: what lies outside a caller's territory is in no list, search, count, export or history; and the properties that
a caller may not see are absent."""
import csv
import io
import json

import pytest
from support import data
from support.client import CSV, NDJSON
from support.problems import assert_problem


@pytest.fixture(scope="module")
def foreign(scratch):
    """A member of Auvergne-Rhône-Alpes that did not agree to be listed."""
    return scratch.create(
        place=data.LYON, joined_on="2026-01-01", public_listing_consent=False, email="foreign@structure.example"
    )


@pytest.fixture(scope="module")
def at_home(scratch):
    return scratch.create(joined_on="2026-01-01", public_listing_consent=False)


def token(client):
    return client.get("/v1/token").json


def test_w82_by_id(bretagne, structure, partner, foreign, any_uuid):
    for client in (bretagne, structure, partner):
        for suffix in ("", "/history", "/memberships", "/delegations", "/activities"):
            answer = client.get(f"/v1/members/{foreign['id']}{suffix}")
            # Dates of membership are nothing for a partner, whoever the member is.
            closed = client is partner and suffix in ("/memberships", "/delegations")
            assert_problem(answer, *((403, "forbidden") if closed else (404, "not-found")))
            unknown = client.get(f"/v1/members/{any_uuid}{suffix}")
            strip = lambda a: {k: v for k, v in a.json.items() if k not in ("request_id", "instance")}
            assert strip(answer) == strip(unknown)


def test_partner_learns_no_date_of_membership(partner, national):
    """Neither from the member, nor from its periods and assignments, though the member is listed."""
    shown = partner.get("/v1/members?limit=1").json
    listed = shown["data"][0]
    assert not {"joined_on", "left_on", "first_joined_on"} & set(listed)
    assert {"joined_on", "left_on", "first_joined_on"} <= set(shown["masked"])
    period = national.get(f"/v1/members/{listed['id']}/memberships?limit=1").json["data"][0]
    for path in (
        f"/v1/members/{listed['id']}/memberships",
        f"/v1/members/{listed['id']}/delegations",
        f"/v1/memberships/{period['id']}",
    ):
        assert_problem(partner.get(path), 403, "forbidden")


def test_w82_lists_hold_the_territory_only(national, bretagne):
    mine = token(bretagne)["delegation_id"]
    rows = list(bretagne.walk("/v1/members?limit=500"))
    assert rows and {row["delegation_id"] for row in rows} == {mine}
    wanted = {row["id"] for row in national.walk(f"/v1/members?limit=500&delegation={mine}")}
    assert {row["id"] for row in rows} == wanted


def test_w82_two_regions_one_delegation(ocean_indien):
    """Océan Indien returns the regions 04 and 06 (example 52)."""
    rows = list(ocean_indien.walk("/v1/members?limit=500"))
    assert rows and {row["region_code"] for row in rows} <= {"04", "06"}
    assert set(token(ocean_indien)["region_codes"]) == {"04", "06"}


def test_w82_a_structure_sees_itself(structure):
    rows = list(structure.walk("/v1/members?limit=500"))
    assert [row["id"] for row in rows] == [token(structure)["member_id"]]


@pytest.mark.parametrize("name", ["bretagne", "ocean_indien", "structure", "partner"])
def test_w82_search_filter_and_count_find_nothing(request, foreign, name):
    client = request.getfixturevalue(name)
    for query in (
        {"q": foreign["name"]},
        {"siret": foreign["siret"]},
        {"region": "84", "q": foreign["name"]},
        {"siret": foreign["siret"], "kind": foreign["kind"]},
    ):
        answer = client.get("/v1/members", query=query, headers={"Prefer": "count=exact"})
        assert answer.status == 200 and answer.json["data"] == [] and answer.json["page"]["total"] == 0, answer


def test_w82_exports_hold_the_territory_only(bretagne, foreign):
    listed = {row["id"] for row in bretagne.walk("/v1/members?limit=500")}
    lines = bretagne.get("/v1/members", accept=NDJSON).body.splitlines()
    assert {json.loads(line)["id"] for line in lines} == listed
    rows = csv.DictReader(io.StringIO(bretagne.get("/v1/members", accept=CSV).text, newline=""))
    ids = {row["id"] for row in rows}
    assert ids == listed and foreign["id"] not in ids


def test_w82_writing_outside_changes_nothing(bretagne, structure, national, foreign, at_home):
    before = national.get(f"/v1/members/{foreign['id']}")
    for client in (bretagne, structure):
        assert_problem(
            client.patch(f"/v1/members/{foreign['id']}", {"brand": "Pris"}, etag=before.etag), 404, "not-found"
        )
        assert_problem(client.patch(f"/v1/members/{foreign['id']}", {"brand": "Pris"}, etag='"999"'), 404, "not-found")
    assert_problem(
        bretagne.post(f"/v1/members/{foreign['id']}/memberships", {"starts_on": "2090-01-01"}), 404, "not-found"
    )
    assert national.get(f"/v1/members/{foreign['id']}").etag == before.etag
    assert_problem(
        structure.patch(f"/v1/members/{at_home['id']}", {"brand": "Pris"}, etag=at_home["etag"]), 404, "not-found"
    )


def test_w82_duplicate_of_a_foreign_siret_tells_no_more_than_the_rule(bretagne, foreign):
    """The unique key spans territories; the refusal names the rule and shows nothing of the row."""
    answer = bretagne.post("/v1/members", data.member(siret=foreign["siret"]))
    assert_problem(answer, 409, "duplicate-siret-kind")
    for secret in (foreign["id"], foreign["name"], "foreign@structure.example"):
        assert secret not in answer.text


def test_w82_creating_outside_the_territory_is_refused(bretagne, owner):
    body = data.member(data.LYON)
    answer = bretagne.post("/v1/members", body)
    assert_problem(answer, (403, 404, 422))
    assert owner.execute("select count(*) from network.member where siret = %s", (body["siret"],)).fetchone()[0] == 0


def test_w82_moved_member_leaves_the_territory_at_once(national, bretagne, scratch):
    """Another delegation chosen with a reason: from that day it is theirs, not ours."""
    member = scratch.create(joined_on="2026-01-01")
    assert bretagne.get(f"/v1/members/{member['id']}").status == 200
    other = national.get("/v1/delegations?region=52").json["data"][0]["id"]
    today = member["created_at"][:10]
    answer = national.post(
        f"/v1/members/{member['id']}/delegations", {"delegation_id": other, "starts_on": today, "reason": "Essai"}
    )
    assert answer.status == 201, answer
    assert_problem(bretagne.get(f"/v1/members/{member['id']}"), 404, "not-found")


def test_partner_sees_consenting_active_members_only(partner, scratch, national):
    mark = data.name("Partenaire").replace(" ", "")
    yes = scratch.create(name=mark + " oui", joined_on="2026-01-01", public_listing_consent=True)
    scratch.create(name=mark + " non", joined_on="2026-01-01", public_listing_consent=False)
    scratch.create(name=mark + " candidate", public_listing_consent=True)
    rows = partner.get(f"/v1/members?q={mark}").json["data"]
    assert [row["id"] for row in rows] == [yes["id"]]
    withdrawn = national.patch(
        f"/v1/members/{yes['id']}", {"public_listing_consent": False}, etag=scratch.read(yes).etag
    )
    assert withdrawn.status == 200
    assert partner.get(f"/v1/members?q={mark}").json["data"] == []


def masked_for(contract, caller):
    properties = contract.resolve(contract.document["components"]["schemas"]["Member"])["properties"]
    return {
        name
        for name, schema in properties.items()
        if "x-readers" in schema and caller not in schema["x-readers"] and not schema.get("x-included")
    }


def test_masked_properties_are_absent_everywhere(partner, national, contract, scratch):
    hidden = masked_for(contract, "PARTNER")
    assert hidden, "the contract hides something from partners"
    mark = data.name("Masque").replace(" ", "")
    member = scratch.create(name=mark + " un", joined_on="2026-01-01", public_listing_consent=True, idcc="3016")
    one = partner.get(f"/v1/members/{member['id']}")
    assert one.status == 200 and not hidden & set(one.json) and set(one.json["masked"]) == hidden
    row = partner.get(f"/v1/members?q={mark}").json["data"][0]
    assert not hidden & set(row)
    line = json.loads(partner.get(f"/v1/members?q={mark}", accept=NDJSON).body.splitlines()[0])
    assert not hidden & set(line)
    header = next(csv.reader(io.StringIO(partner.get(f"/v1/members?q={mark}", accept=CSV).text, newline="")))
    assert not hidden & set(header)
    whole = national.get(f"/v1/members/{member['id']}").json
    assert hidden <= set(whole) and "masked" not in whole


def test_masked_properties_cannot_be_asked_for(partner):
    for query in (
        "fields=id,organisation_id",
        "sort=joined_on",
        "joined_on[gte]=2020-01-01",
        "out_of_region=true",
        "include=memberships",
    ):
        assert_problem(partner.get("/v1/members?" + query), (400, 403))


def test_structure_may_not_write_what_the_offices_keep(url, scratch, contract):
    from support import keys as keys_of
    from support.client import Client

    member = scratch.create(joined_on="2026-01-01")
    own = Client(url, keys_of.create("STRUCTURE", data.name("Structure"), "--member", member["id"]), "structure")
    assert own.patch(f"/v1/members/{member['id']}", {"phone": "+33299000001"}, etag=member["etag"]).status == 200
    etag = own.get(f"/v1/members/{member['id']}").etag
    for body in ({"kind": "EI"}, {"siret": data.siret()}, {"suspended": True}, {"phone": "+33299000002", "kind": "EI"}):
        assert_problem(own.patch(f"/v1/members/{member['id']}", body, etag=etag), 403)
    assert own.get(f"/v1/members/{member['id']}").etag == etag


def test_w82_a_shared_legal_person_is_for_the_federation(bretagne, ocean_indien, scratch):
    """A member of another territory on the same SIREN gives nobody the pen over the legal person."""
    theirs = scratch.create(place=data.SAINT_DENIS_REUNION, legal_name="Association d’ailleurs")
    ours = scratch.create(bretagne, siret=data.siret(theirs["siren"]), kind="OF", legal_name="Prise")
    assert ours["organisation_id"] == theirs["organisation_id"]
    answer = bretagne.patch(f"/v1/members/{ours['id']}", {"legal_name": "Prise"}, etag=ours["etag"])
    assert assert_problem(answer, 403, "not-yours-to-change")["property"] == "legal_name"
    seen = ocean_indien.get(f"/v1/members/{theirs['id']}").json
    assert seen["legal_name"] == "Association d’ailleurs"
