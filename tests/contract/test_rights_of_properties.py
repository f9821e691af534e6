"""Properties that the contract keeps from some callers: what they may not write is refused and named."""
import pytest

from support.problems import assert_problem

HIDDEN = {"kind": "EI", "siret": "73282932000074", "legal_category": "9220", "siret_at_agreement": None, "suspended": True, "group_id": None}


@pytest.fixture
def own(structure):
    identifier = structure.get("/v1/members?limit=1").json["data"][0]["id"]
    return structure.get(f"/v1/members/{identifier}")


def test_contract_keeps_them_from_structures(contract):
    properties = contract.document["components"]["schemas"]["MemberPatch"]["properties"]
    kept = {name for name, schema in properties.items() if "STRUCTURE" not in schema.get("x-readers", ["STRUCTURE"])}
    assert kept == set(HIDDEN)


@pytest.mark.parametrize("name", list(HIDDEN))
def test_structure_may_not_write(structure, own, name):
    path = f"/v1/members/{own.json['id']}"
    answer = structure.patch(path, {name: HIDDEN[name], "phone": "+33199000099"}, etag=own.etag)
    assert_problem(answer, 403, "not-yours-to-change")
    again = structure.get(path)
    assert again.json == own.json and again.etag == own.etag


def test_structure_is_told_every_place(structure, own):
    answer = structure.patch(f"/v1/members/{own.json['id']}", {"legal_category": "9220", "siret_at_agreement": None}, etag=own.etag)
    assert_problem(answer, 403, "not-yours-to-change")
    assert {error["pointer"] for error in answer.json["errors"]} == {"/legal_category", "/siret_at_agreement"}


def test_last_day_before_the_first(national, member):
    answer = national.post(f"/v1/members/{member['id']}/memberships", {"starts_on": "2019-12-31", "ends_on": "2019-01-01"})
    assert_problem(answer, 422, "period-invalid")
