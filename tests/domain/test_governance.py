"""Delegations, teams, boards (domain page 1.1, examples 51 and 52)."""
import pytest

DELEGATIONS = {  # name: regions, predecessors of 2012, representatives, people of the team
    "Auvergne-Rhône-Alpes": (["84"], {"Auvergne", "Rhône-Alpes"}, 2, 2),
    "Bourgogne-Franche-Comté": (["27"], {"Franche-Comté"}, 2, 2),
    "Bretagne": (["53"], {"Bretagne"}, 2, 2),
    "Centre-Val de Loire": (["24"], {"Centre-Limousin"}, 2, 0),
    "Hauts-de-France": (["32"], {"Nord-Pas-de-Calais"}, 2, 1),
    "Île-de-France": (["11"], {"Île-de-France"}, 2, 3),
    "Normandie": (["28"], {"Basse-Normandie"}, 2, 3),
    "Nouvelle-Aquitaine": (["75"], {"Poitou-Charentes", "Centre-Limousin", "Aquitaine"}, 2, 1),
    "Occitanie": (["76"], {"Midi-Pyrénées", "Languedoc-Roussillon"}, 2, 5),
    "Pays de la Loire": (["52"], {"Pays de la Loire"}, 1, 2),
    "Provence-Alpes-Côte d'Azur": (["93"], {"PACA-Corse"}, 2, 2),
    "Guadeloupe": (["01"], {"Guadeloupe"}, 2, 1),
    "Guyane": (["03"], {"Guyane"}, 2, 1),
    "Océan Indien": (["04", "06"], {"La Réunion Mayotte"}, 2, 2),
}
NAMED_2012 = {"Auvergne", "Basse-Normandie", "Bretagne", "Centre-Limousin", "Franche-Comté", "Île-de-France",
              "La Réunion Mayotte", "Midi-Pyrénées", "Nord-Pas-de-Calais", "PACA-Corse", "Pays de la Loire",
              "Poitou-Charentes", "Rhône-Alpes"}


def delegations(client, **query):
    answer = client.get("/v1/delegations", query={"limit": 100, **query})
    assert answer.status == 200, answer
    return {row["name"]: row for row in answer.json["data"]}


def appointments(client, as_of, body, **query):
    return list(client.walk(f"/v1/appointments?limit=200&as_of={as_of}&in_body={body}"
                            + "".join(f"&{name}={value}" for name, value in query.items())))


def test_fourteen_delegations_with_territory_predecessors_and_sizes(anonymous):
    found = delegations(anonymous, as_of="2024-05-31")
    assert {name: (sorted(row["region_codes"]), {p["name"] for p in row["predecessors"]},
                   row["representatives_count"], row["team_count"]) for name, row in found.items()} == DELEGATIONS


def test_eighteen_bodies_in_2012(anonymous):
    found = delegations(anonymous, as_of="2012-12-31")
    assert len(found) == 18
    assert NAMED_2012 | {"Guyane", "Guadeloupe", "Martinique"} <= set(found)
    assert sorted(found["PACA-Corse"]["region_codes"]) == ["93", "94"]
    assert sorted(found["Centre-Limousin"]["region_codes"]) == ["24", "74"]
    assert {s["name"] for s in found["Centre-Limousin"]["successors"]} == {"Centre-Val de Loire", "Nouvelle-Aquitaine"}


@pytest.mark.parametrize("body, as_of, people", [
    ("DELEGATION_REPRESENTATIVES", "2024-05-31", 27), ("DELEGATION_TEAM", "2024-05-31", 27),
    ("NATIONAL_TEAM", "2024-05-31", 22), ("BUREAU", "2024-05-31", 7), ("ORIENTATION_COMMITTEE", "2024-05-31", 2),
    ("EMPLOYEE_COLLEGE", "2024-05-31", 3), ("BOARD", "2012-12-31", 23), ("BUREAU", "2012-12-31", 7)])
def test_bodies_have_their_printed_size(national, body, as_of, people):
    rows = appointments(national, as_of, body)
    assert len({row["person_id"] for row in rows}) == len(rows) == people
    assert all(row["is_fictitious"] for row in rows)


def test_colleges_of_2012_and_units_of_2024(national):
    board = appointments(national, "2012-12-31", "BOARD")
    assert sorted(row["college"] for row in board) == ["MEMBERS"] * 11 + ["REGIONS"] * 12
    bureau = appointments(national, "2012-12-31", "BUREAU")
    assert sorted(row["college"] for row in bureau) == ["MEMBERS"] * 2 + ["REGIONS"] * 5
    assert {row["person_id"] for row in bureau} <= {row["person_id"] for row in board}
    units = [row["unit"] for row in appointments(national, "2024-05-31", "NATIONAL_TEAM")]
    assert {unit: units.count(unit) for unit in units} == {
        "TRANSITION_MANAGEMENT": 1, "ADMINISTRATION_FINANCE": 4, "RESOURCES_INNOVATION_DEVELOPMENT": 6,
        "TRAINING_SERVICES": 7, "NETWORK_EXTERNAL_RELATIONS": 4}


def test_one_of_the_teams_is_elected_and_no_staff(national):
    team = appointments(national, "2024-05-31", "DELEGATION_TEAM")
    elected, = [row for row in team if row["nature"] == "MANDATE"]
    assert elected["role"] == "ELECTED_PRESIDENT" and elected["delegation_name"] == "Océan Indien"
    representatives = {row["person_id"] for row in appointments(national, "2024-05-31", "DELEGATION_REPRESENTATIVES")}
    assert {row["person_id"] for row in team if row["delegation_name"] == "Océan Indien"} <= representatives


def test_leaving_the_staff_keeps_the_mandate(national, owner):
    """Example 51: a delegate who is also a representative leaves the team."""
    def count(body, as_of):
        return len(appointments(national, as_of, body))

    post, = [row for row in appointments(national, "2024-05-31", "DELEGATION_TEAM")
             if row["delegation_name"] == "Océan Indien" and row["nature"] == "EMPLOYMENT"]
    held = [row["body"] for row in national.walk(f"/v1/appointments?limit=100&person={post['person_id']}")]
    assert sorted(held) == ["DELEGATION_REPRESENTATIVES", "DELEGATION_TEAM"]
    before = (count("DELEGATION_TEAM", "2026-02-01"), count("DELEGATION_REPRESENTATIVES", "2026-02-01"))
    current = national.get(f"/v1/appointments/{post['id']}")
    answer = national.patch(f"/v1/appointments/{post['id']}", {"ends_on": "2026-01-31"}, etag=current.etag)
    assert answer.status == 200, answer
    try:
        assert (count("DELEGATION_TEAM", "2026-02-01"), count("DELEGATION_REPRESENTATIVES", "2026-02-01")) == \
            (before[0] - 1, before[1])
        assert count("DELEGATION_TEAM", "2026-01-31") == before[0]
    finally:
        owner.execute("update network.appointment set ends_on = null where id = %s", (post["id"],))


def test_a_region_has_one_delegation_at_a_date(national, owner):
    """Example 52."""
    body = {"slug": "second-84", "name": "Seconde délégation", "legal_form": "ASSOCIATION", "starts_on": "2026-01-01",
            "regions": [{"region_code": "84", "starts_on": "2026-01-01"}]}
    answer = national.post("/v1/delegations", body)
    try:
        assert (answer.status, answer.code) == (409, "region-already-covered"), answer
        assert owner.execute("select count(*) from network.delegation where slug = 'second-84'").fetchone()[0] == 0
    finally:
        owner.execute("delete from network.delegation_region where delegation_id in "
                      "(select id from network.delegation where slug = 'second-84')")
        owner.execute("delete from network.delegation where slug = 'second-84'")


@pytest.mark.parametrize("region", ["04", "06"])
def test_ocean_indien_covers_two_regions(anonymous, region):
    found, = delegations(anonymous, region=region).values()
    assert found["name"] == "Océan Indien" and sorted(found["region_codes"]) == ["04", "06"]
