"""Worked examples 6, 7, 8 and 15 of the domain page: members at a date, moves, the share of SIAE, old and new map."""
import pytest

LINES_2012 = {"AI": 299, "GES": 18, "EI": 18, "OTHER": 16, "ETTI": 43, "ACI": 70, "PROXIM_SERVICES_AND_OTHER_OSP": 39}
LINES_2023 = {"AI": 269, "ETTI_AND_ETT_ESS": 52, "EI": 43, "ACI": 148, "PROXIM_SERVICES": 10, "OTHER": 39, "GES": 25}
JOINED_BY_KIND = {"AI": 6, "ACI": 10, "EBE": 3, "EI": 2, "GES": 1, "OTHER": 1}
JOINED_BY_REGION = {"11": 5, "75": 5, "84": 4, "76": 3, "03": 3, "32": 1, "94": 1, "04": 1}
JOINERS = {
    "Active Faraide": ("AI", "11"), "AN&S": ("ACI", "11"), "Association Intermédiaire d'Antony": ("AI", "11"),
    "Les Valoristes": ("ACI", "11"), "Intervalle 92": ("AI", "11"), "L'Abeille Verte": ("EBE", "76"),
    "Trait d'Union": ("ACI", "76"), "Sol'eco": ("EI", "76"), "Association Travail Partage 62": ("AI", "32"),
    "Bassin Solidarité Emploi": ("AI", "75"), "V.I.E": ("AI", "75"), "Ecloz": ("EBE", "75"), "3S - ACI": ("ACI", "75"),
    "Le Ressort": ("EBE", "75"), "Atelier Emmaüs": ("EI", "84"), "Le Terreau": ("ACI", "84"),
    "Solivet": ("ACI", "84"), "Cycles & Go": ("ACI", "84"), "Cap Solidaire": ("GES", "94"), "Adess": ("OTHER", "03"),
    "Kwala Faya": ("ACI", "03"), "Libi Na Wan": ("ACI", "03"), "Club Animation Prévention": ("ACI", "04"),
}


def read(client, path, **query):
    answer = client.get(path, query=query)
    assert answer.status == 200, answer
    return answer.json


def counts(statistics):
    return {group["key"]: group["count"] for group in statistics["groups"]}


def members(client, as_of, by="report_group"):
    return read(client, "/v1/statistics/members", as_of=as_of, by=by)


def moves(client, first, last, by="kind"):
    return read(client, "/v1/statistics/member-moves", **{"from": first, "to": last, "by": by})


@pytest.mark.parametrize("as_of, total, lines", [
    ("2012-12-31", 503, LINES_2012), ("2023-12-01", 586, LINES_2023), ("2023-12-31", 586, LINES_2023)])
def test_printed_lines_come_from_rows(anonymous, as_of, total, lines):
    answer = members(anonymous, as_of)
    assert answer["total"] == total and counts(answer) == lines
    assert answer["as_of"] == as_of and answer["by"] == "report_group"


@pytest.mark.parametrize("as_of", ["2022-01-02", "2022-01-15", "2022-01-31"])
def test_589_members_in_january_2022(anonymous, as_of):
    assert members(anonymous, as_of)["total"] == 589


@pytest.mark.parametrize("by", ["kind", "report_group", "region", "department", "delegation"])
@pytest.mark.parametrize("as_of", ["2012-12-31", "2023-12-31"])
def test_every_grouping_adds_up(anonymous, as_of, by):
    answer = members(anonymous, as_of, by)
    assert sum(counts(answer).values()) == answer["total"] == {"2012-12-31": 503, "2023-12-31": 586}[as_of]
    assert None not in counts(answer)
    assert all(group["label"] and group["label"] != "Non renseigné" for group in answer["groups"])


def test_ebe_are_inside_the_other_line(anonymous):
    assert counts(members(anonymous, "2023-12-31", "kind"))["EBE"] == 11


def test_statistics_are_of_today_without_a_date(anonymous, owner):
    today = owner.execute("select engine.today()::text").fetchone()[0]
    answer = read(anonymous, "/v1/statistics/members")
    assert answer["as_of"] == today and answer["by"] == "kind"
    assert answer["total"] == owner.execute(
        "select count(*) from network.member_at(engine.today()) where status = 'ACTIVE'").fetchone()[0]
    assert 560 < answer["total"] < 640


def test_everybody_sees_the_same_counts(anonymous, partner, structure, ocean_indien, national):
    """Counts of companies, not of people: territory hides no part of them."""
    answers = [members(client, "2023-12-31", "department")
               for client in (anonymous, partner, structure, ocean_indien, national)]
    assert all(answer == answers[0] for answer in answers)


# --- example 6: the share of SIAE stands with its formula -------------------------------------------------------

@pytest.mark.parametrize("formula, numerator, percent", [("STRICT", 460, 78.5), ("WITH_TEMP_WORK", 512, 87.4)])
def test_siae_share_2023(anonymous, formula, numerator, percent):
    answer = read(anonymous, "/v1/statistics/siae-share", as_of="2023-12-31", formula=formula)
    assert (answer["numerator"], answer["denominator"], answer["share_percent"]) == (numerator, 586, percent)
    assert answer["formula"] == formula and answer["formula_text"]


def test_legal_formula_refuses_while_etti_and_ett_ess_are_one_line(anonymous):
    answer = anonymous.get("/v1/statistics/siae-share", query={"as_of": "2023-12-31", "formula": "LEGAL"})
    assert (answer.status, answer.code) == (422, "figure-not-separable"), answer


def test_legal_formula_answers_where_the_lines_are_separate(anonymous):
    answer = read(anonymous, "/v1/statistics/siae-share", as_of="2012-12-31", formula="LEGAL")
    assert (answer["numerator"], answer["denominator"], answer["share_percent"]) == (430, 503, 85.5)


# --- example 7: the 23 joiners of 2023 --------------------------------------------------------------------------

def test_joiners_2023_by_kind_and_region(anonymous):
    by_kind = moves(anonymous, "2023-01-01", "2023-12-31")
    assert by_kind["joined"] == 23
    assert {g["key"]: g["joined"] for g in by_kind["groups"] if g["joined"]} == JOINED_BY_KIND
    by_region = moves(anonymous, "2023-01-01", "2023-12-31", "region")
    assert by_region["joined"] == 23
    assert {g["key"]: g["joined"] for g in by_region["groups"] if g["joined"]} == JOINED_BY_REGION
    assert by_region["groups"][2]["label"] == "Auvergne-Rhône-Alpes"  # third, though the printed ranking omits it


def test_joiners_2023_by_name(national):
    found = {m["name"]: (m["kind"], m["region_code"]) for m in national.walk(
        "/v1/members?as_of=2023-12-31&joined_on[gte]=2023-01-01&joined_on[lte]=2023-12-31&limit=100")
        if m["first_joined_on"] >= "2023-01-01"}
    assert found == JOINERS


def test_corsican_joiner_is_counted_once_in_paca_and_flagged(national, anonymous):
    member, = national.get("/v1/members", query={"as_of": "2023-12-31", "q": "Cap Solidaire", "region": "94"}).json["data"]
    assert member["delegation_name"] == "Provence-Alpes-Côte d'Azur" and member["out_of_region"] is True
    row, = national.get(f"/v1/members/{member['id']}/delegations").json["data"]
    assert row["is_primary"] and row["reason"]


def test_stock_follows_from_moves(anonymous):
    """members(to) = members(the day before from) + joined + rejoined - left, whatever the period."""
    for first, before, last in (("2013-01-01", "2012-12-31", "2023-12-31"), ("2023-01-01", "2022-12-31", "2023-12-31"),
                                ("2022-01-03", "2022-01-02", "2022-01-31"), ("2015-03-10", "2015-03-09", "2016-02-29")):
        moved = moves(anonymous, first, last)
        assert moved["net"] == moved["joined"] + moved["rejoined"] - moved["left"]
        assert members(anonymous, last)["total"] - members(anonymous, before)["total"] == moved["net"]
        assert sum(group["net"] for group in moved["groups"]) == moved["net"]


def test_moves_refuse_a_period_that_ends_before_it_starts(anonymous):
    answer = anonymous.get("/v1/statistics/member-moves", query={"from": "2023-12-31", "to": "2023-01-01"})
    assert (answer.status, answer.code) == (422, "period-invalid"), answer


# --- example 8: a member that comes back is no new joiner -------------------------------------------------------

def test_a_return_is_not_a_first_membership(anonymous, national, scratch):
    before = moves(anonymous, "2024-01-01", "2024-12-31")
    member = scratch.create()
    try:
        scratch.join(member, "2021-01-01", "2022-12-31")
        back = scratch.join(member, "2024-01-01")
        assert back["origin"] == "REJOINED"
        at = {as_of: national.get(f"/v1/members/{member['id']}", query={"as_of": as_of}).json
              for as_of in ("2022-12-31", "2023-06-30", "2024-01-01")}
        assert at["2022-12-31"]["status"] == "ACTIVE" and at["2022-12-31"]["joined_on"] == "2021-01-01"
        assert at["2023-06-30"]["status"] != "ACTIVE" and at["2023-06-30"]["left_on"] == "2022-12-31"
        assert at["2024-01-01"]["status"] == "ACTIVE" and at["2024-01-01"]["joined_on"] == "2024-01-01"
        assert at["2024-01-01"]["first_joined_on"] == "2021-01-01"
        after = moves(anonymous, "2024-01-01", "2024-12-31")
        assert (after["joined"], after["rejoined"]) == (before["joined"], before["rejoined"] + 1)
    finally:
        scratch.remove(member)


def test_a_renewal_without_a_gap_is_no_move(anonymous, scratch):
    before = moves(anonymous, "2018-01-01", "2018-12-31")
    member = scratch.create()
    try:
        scratch.join(member, "2017-01-01", "2017-12-31")
        renewed = scratch.join(member, "2018-01-01", "2018-06-30")
        assert renewed["origin"] == "RENEWED"
        after = moves(anonymous, "2018-01-01", "2018-12-31")
        assert (after["joined"], after["rejoined"], after["left"]) == \
            (before["joined"], before["rejoined"], before["left"] + 1)
    finally:
        scratch.remove(member)


# --- example 15: eighteen bodies on the old map, today's regions on the new one ---------------------------------

def test_2012_counts_by_body_of_then_and_by_region_of_today(anonymous, owner):
    bodies, regions = members(anonymous, "2012-12-31", "delegation"), members(anonymous, "2012-12-31", "region")
    assert bodies["total"] == regions["total"] == 503
    labels = {group["label"]: group["count"] for group in bodies["groups"]}
    assert len(labels) == 18 and {"Auvergne", "Rhône-Alpes", "Centre-Limousin", "PACA-Corse"} <= set(labels)
    of_region = counts(regions)
    assert labels["Auvergne"] + labels["Rhône-Alpes"] == of_region["84"]
    assert labels["Bretagne"] == of_region["53"]
    # The merger moved members by dated rows: both bodies are still there, each with its days.
    unchanged = owner.execute("""
        select count(*) from network.membership p where p.starts_on < '2016-01-01'
          and (p.ends_on is null or p.ends_on >= '2016-01-01')
          and (select count(*) from network.member_delegation d where d.member_id = p.member_id and d.is_primary
               and (d.ends_on = '2015-12-31' or d.starts_on = '2016-01-01')) <> 2""").fetchone()[0]
    assert unchanged == 0


def test_after_the_merger_the_same_members_count_in_the_new_delegation(anonymous):
    before = {g["label"]: g["count"] for g in members(anonymous, "2015-12-31", "delegation")["groups"]}
    after = {g["label"]: g["count"] for g in members(anonymous, "2016-01-01", "delegation")["groups"]}
    assert before["Auvergne"] + before["Rhône-Alpes"] == after["Auvergne-Rhône-Alpes"]
    assert len(after) == 14


def test_regions_without_delegation_are_shown_with_their_members(anonymous):
    gaps = {g["region_code"]: g for g in read(anonymous, "/v1/statistics/coverage-gaps", as_of="2023-12-31")["regions"]}
    assert set(gaps) == {"44", "94", "02"}
    assert gaps["94"]["members_count"] == 1
    assert [d["name"] for d in gaps["94"]["attached_to"]] == ["Provence-Alpes-Côte d'Azur"]
    assert sum(g["members_count"] for g in gaps.values()) == \
        sum(counts(members(anonymous, "2023-12-31", "region")).get(code, 0) for code in gaps)
