"""Worked examples 1, 2, 4, 5, 10 and 11 of the domain page: identifiers, a region without delegation, dates of terms."""
import pytest
from support import data


def check(client, kind, value):
    answer = client.post("/v1/identifier-checks", {"kind": kind, "value": value}, key=None)
    assert answer.status == 200, answer
    return answer.json


# --- examples 1, 2 and 4: identifiers ---------------------------------------------------------------------------

@pytest.mark.parametrize("value, valid, word", [
    ("35600000009075", True, "laposte_mod5"), ("35600000009076", False, "siret-checksum"),
    ("00000000000000", False, "siret-null"), ("35600000000048", True, "luhn")])
def test_siret_of_la_poste(anonymous, value, valid, word):
    answer = check(anonymous, "SIRET", value)
    assert answer["valid"] is valid
    assert (answer["rule"].lower() if valid else answer["fault"]) == word


def test_siret_with_spaces_gives_siren_and_vat(anonymous):
    answer = check(anonymous, "SIRET", "732 829 320 00074")
    assert answer["normalised"] == "73282932000074"
    assert (answer["derived"]["siren"], answer["derived"]["vat"]) == ("732829320", "FR44732829320")


@pytest.mark.parametrize("value, fault", [("35600000009076", "siret-checksum"), ("00000000000000", "siret-null")])
def test_a_member_with_a_wrong_siret_is_refused(national, value, fault):
    answer = national.post("/v1/members", data.member(siret=value))
    assert answer.status == 422, answer
    assert [(e["code"], e["pointer"]) for e in answer.json["errors"]] == [(fault, "/siret")]


def test_a_siret_is_stored_without_its_spaces(scratch):
    siret = data.siret()
    spaced = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    member = scratch.create(siret=spaced)
    assert (member["siret"], member["siren"]) == (siret, siret[:9])


def test_rna_of_la_reunion_and_number_of_alsace_moselle(national, scratch):
    assert scratch.create(rna="W9R1011072")["rna"] == "W9R1011072"
    answer = national.post("/v1/members", data.member(rna="178-236"), headers={"Accept-Language": "fr"})
    assert answer.status == 422, answer
    error, = answer.json["errors"]
    assert (error["code"], error["pointer"]) == ("rna-form", "/rna") and "local_register_ref" in error["detail"]
    assert scratch.create(local_register_ref="178-236")["local_register_ref"] == "178-236"


def test_commune_gives_department_and_region(anonymous):
    found = check(anonymous, "COMMUNE", "2A004")["derived"]
    assert (found["commune_name"], found["department_code"], found["region_code"]) == ("Ajaccio", "2A", "94")
    assert check(anonymous, "COMMUNE", "97999")["valid"] is False
    assert check(anonymous, "COMMUNE", "20004")["valid"] is False


# --- example 5: Corse has no delegation -------------------------------------------------------------------------

def test_a_region_without_delegation_asks_for_one_and_a_reason(national, anonymous, scratch):
    paca, = [d for d in anonymous.get("/v1/delegations?region=93").json["data"]]
    body = data.member(data.AJACCIO, postal_code="20000", joined_on="2025-03-01")
    refused = national.post("/v1/members", body)
    assert (refused.status, refused.code) == (422, "delegation-required"), refused
    unexplained = national.post("/v1/members", {**body, "delegation_id": paca["id"]})
    assert (unexplained.status, unexplained.code) == (422, "reason-required"), unexplained

    def counted(by):
        groups = anonymous.get("/v1/statistics/members", query={"as_of": "2025-06-30", "by": by}).json["groups"]
        return {group["key"]: group["count"] for group in groups}

    before = counted("delegation"), counted("region")
    member = scratch.keep(national.post("/v1/members", {
        **body, "delegation_id": paca["id"], "delegation_reason": "Seule délégation voisine"}))
    try:
        assert (member["department_code"], member["region_code"]) == ("2A", "94")
        assert member["delegation_id"] == paca["id"] and member["out_of_region"] is True
        after = counted("delegation"), counted("region")
        assert after[0][paca["id"]] == before[0][paca["id"]] + 1
        assert sum(after[0].values()) == sum(before[0].values()) + 1
        assert after[1]["94"] == before[1].get("94", 0) + 1
    finally:
        scratch.remove(member)


# --- examples 10 and 11: terms are dates, no job runs -----------------------------------------------------------

def test_a_future_term_is_active_on_its_first_day(national, scratch):
    member = scratch.create()
    scratch.join(member, "2037-01-01")
    assert scratch.read(member).json["status"] == "APPLICANT"
    answer = national.get(f"/v1/members/{member['id']}", query={"as_of": "2037-01-01"})
    assert answer.json["status"] == "ACTIVE"
    listed = national.get("/v1/members", query={"as_of": "2037-01-01", "siret": member["siret"]}).json["data"]
    assert [row["status"] for row in listed] == ["ACTIVE"]


def test_the_last_day_belongs_to_the_term(national, scratch):
    """The wire says the last day (inclusive); storage that ends on 2027-01-01 exclusive is the same term."""
    member = scratch.create()
    scratch.join(member, "2026-01-01", "2026-12-31", end_reason="RESIGNED")
    try:
        status = {as_of: national.get(f"/v1/members/{member['id']}", query={"as_of": as_of}).json["status"]
                  for as_of in ("2026-12-31", "2027-01-01")}
        assert status == {"2026-12-31": "ACTIVE", "2027-01-01": "ENDED"}
    finally:
        scratch.remove(member)


# --- example 18: what goes to data·inclusion --------------------------------------------------------------------

GOOD = "Structure d'essai qui accompagne vers l'emploi, décrite en plus de cinquante caractères"


def exported(client):
    return {row["original_id"]: row for row in client.walk("/v1/exports/data-inclusion?limit=200")}


def excluded(client):
    return {row["id"]: row["reasons"] for row in client.walk("/v1/exports/data-inclusion/exclusions?limit=200")}


def test_export_to_data_inclusion(national, scratch):
    def create(kind, description, consent=True):
        return scratch.create(kind=kind, description=description, public_listing_consent=consent, joined_on="2026-01-01")
    ai, ebe, aci = create("AI", GOOD), create("EBE", GOOD), create("OF", "x" * 50)
    short, silent = create("AI", "x" * 49), create("AI", GOOD, consent=False)
    both = create("AI", ..., consent=False)
    try:
        found, left_out = exported(national), excluded(national)
        assert found[ai["id"]]["reseaux_porteurs"] == ["coorace", "siae"]
        assert found[ebe["id"]]["reseaux_porteurs"] == ["coorace", "etcld"]
        assert found[aci["id"]]["reseaux_porteurs"] == ["coorace"]
        row = found[ai["id"]]
        assert (row["id"], row["source"], row["original_id"]) == (f"coorace--{ai['id']}", "coorace", ai["id"])
        assert (row["nom"], row["siret"], row["code_insee"], row["commune"]) == \
            (ai["name"], ai["siret"], "35238", "Rennes")
        assert not {short["id"], silent["id"], both["id"]} & set(found)
        assert left_out[short["id"]] == ["DESCRIPTION_TOO_SHORT"]
        assert left_out[silent["id"]] == ["NO_CONSENT"]
        assert left_out[both["id"]] == ["NO_CONSENT", "DESCRIPTION_MISSING"]
        assert not set(found) & set(left_out)
    finally:
        for member in (ai, ebe, aci, short, silent, both):
            scratch.remove(member)


def test_every_member_of_today_is_exported_or_listed_as_left_out(national, anonymous):
    today = anonymous.get("/v1/statistics/members").json["total"]
    assert len(exported(national)) + len(excluded(national)) == today
    for row in exported(national).values():
        assert 3 <= len(row["nom"]) <= 150 and not row["nom"].endswith(".")
        assert 50 <= len(row["description"]) <= 2000


def test_each_caller_exports_what_it_may_see(bretagne, partner, national):
    everything = exported(national)
    assert exported(partner) == everything
    assert set(exported(bretagne)) < set(everything)
    assert all(row["code_insee"].startswith(("22", "29", "35", "56")) for row in exported(bretagne).values())
    short = {row["id"] for row in national.walk(
        "/v1/exports/data-inclusion/exclusions?limit=200&reason=DESCRIPTION_MISSING")}
    assert short == {key for key, reasons in excluded(national).items() if "DESCRIPTION_MISSING" in reasons}
