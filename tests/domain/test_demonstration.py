"""The demonstration data: repeatable, marked as invented, in reserved ranges; the official geography under it."""
import json
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "schema" / "demo" / "generate.py"
PACKAGE = ROOT / "schema" / "reference" / "node_modules" / "@etalab" / "decoupage-administratif"
FICTIONAL_PHONES = re.compile(r"\+33(19900|26191|35301|46571|53649|63998)\d{4}")


def generate(*arguments):
    return subprocess.run([sys.executable, str(GENERATOR), *arguments], check=True, capture_output=True).stdout


def test_same_seed_same_bytes():
    first = generate()
    assert first == generate() and len(first) > 500_000
    assert first != generate("--seed", "another")  # and the totals were checked for that seed too


def values(owner, query):
    return [row[0] for row in owner.execute(query).fetchall()]


DEMO = "siret like '9999%'"


def test_identifiers_are_valid_and_in_the_reserved_range(owner):
    sirets = values(owner, f"select siret from network.member where {DEMO}")
    assert len(sirets) > 800
    for siret in sirets:
        assert luhn(siret) and luhn(siret[:9]), siret
    assert values(owner, "select count(*) from network.member where siret like '9999%' and not fictitious") == [23]


def luhn(digits):
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_coordinates_point_at_nobody(owner):
    rows = owner.execute(f"""
        select email, phone, website from network.member where {DEMO}
        union all select c.email, c.phone, null from network.contact c join network.member m on m.id = c.member_id
            where m.{DEMO}""").fetchall()
    for email, phone, website in rows:
        assert email.endswith(".exemple.invalid") or email.endswith("@exemple.invalid"), email
        assert FICTIONAL_PHONES.fullmatch(phone), phone
        assert website is None or website.endswith(".exemple.invalid"), website


def test_people_are_marked_fictitious(owner):
    assert values(owner, """
        select count(*) from network.contact c join network.member m on m.id = c.member_id
        where m.siret like '9999%' and not c.fictitious""") == [0]
    assert values(owner, "select count(*) from network.person where email like '%@exemple.invalid' and not fictitious"
                  ) == [0]


def test_nothing_invented_about_printed_structures_is_published(owner):
    assert values(owner, f"""
        select count(*) from network.member where {DEMO} and not fictitious
        and (public_listing_consent or description is not null)""") == [0]


def test_published_structures_have_a_description_of_fifty_characters(owner):
    assert values(owner, f"""
        select count(*) from network.member
        where {DEMO} and public_listing_consent and length(coalesce(description, '')) < 60""") == [0]


def test_today_has_every_status(owner):
    found = dict(owner.execute(f"""
        select status, count(*) from network.member_at(engine.today()) where {DEMO} group by 1""").fetchall())
    assert found["GRACE"] == 3 and found["APPLICANT"] in (4, 5) and found["ACTIVE"] > 550 and found["ENDED"] > 150
    assert values(owner, f"""select count(*) from network.member_at(engine.today()) where {DEMO} and suspended""") == [2]


# --- geography --------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def package():
    return {name: json.loads((PACKAGE / "data" / f"{name}.json").read_text("utf-8"))
            for name in ("regions", "departements", "communes")}


def test_geography_is_complete(owner, package):
    assert values(owner, "select code from reference.region where ends_on is null order by code collate \"C\"") == \
        sorted(row["code"] for row in package["regions"])
    assert values(owner, "select code from reference.department order by code collate \"C\"") == \
        sorted(row["code"] for row in package["departements"])
    communes = {row["code"]: row for row in package["communes"]
                if row["type"] in ("commune-actuelle", "arrondissement-municipal")}
    rows = owner.execute("select code, name, department_code, region_code, postal_codes from reference.commune").fetchall()
    assert len(rows) == len(communes) == 35014
    for code, name, department, region, postal_codes in rows:
        expected = communes[code]
        assert (name, department, region, postal_codes) == (
            expected["nom"], expected["departement"], expected["region"], sorted(expected.get("codesPostaux", []))), code


def test_overseas_and_corsica_have_their_regions(owner):
    found = dict(owner.execute("select code, name from reference.region where ends_on is null").fetchall())
    for code, name in {"01": "Guadeloupe", "02": "Martinique", "03": "Guyane", "04": "La Réunion", "06": "Mayotte",
                       "94": "Corse"}.items():
        assert found[code] == name


def test_the_stated_year_is_that_of_the_pinned_package(owner):
    manifest = json.loads((ROOT / "schema" / "reference" / "package.json").read_text("utf-8"))
    version = manifest["dependencies"]["@etalab/decoupage-administratif"]
    readme = (PACKAGE / "README.md").read_text("utf-8")
    assert re.search(rf"\| *{manifest['config']['year']} *\| *{re.escape(version)} *\|", readme)
    assert owner.execute("select year, source from reference.edition").fetchone() == (
        int(manifest["config"]["year"]), f"@etalab/decoupage-administratif {version}")


def test_the_lock_names_no_download_address():
    lock = json.loads((ROOT / "schema" / "reference" / "package-lock.json").read_text("utf-8"))
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry and (not name or entry["integrity"].startswith("sha512-")), name
