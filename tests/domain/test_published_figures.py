"""Printed figures beside the values computed from rows (domain page 1 and 1.7, examples 16 and 19)."""
import pytest

CONTRADICTIONS = {  # key, year -> gap of each printing, computed minus printed
    ("members.total_rounded", 2022): [-11], ("members.total_rounded", 2023): [-4],
    ("members.siae_share", 2023): [0.5], ("members.siae_share_of_joined", 2023): [0.3],
    ("members.siae_share_with_temp_work", 2023): [9.4], ("exits.dynamic_of_parts", 2011): [1],
    ("vacation.people_rounded", 2023): [-1], ("fg2i.guarantee", 2023): [283779.41],
    ("fg2i.share_other_caution", 2023): [0.9], ("pass.webinar_participants", 2023): [-10, 10],
    ("members.map_band.3.lower", 2012): [10], ("joined.ranking.length", 2023): [1],
}


@pytest.fixture(scope="module")
def figures(anonymous):
    return list(anonymous.walk("/v1/published-figures?limit=200"))


def figure(figures, key, year, source="S1"):
    found, = [f for f in figures if (f["key"], f["year"], f["source_code"]) == (key, year, source)]
    return found


def test_every_figure_has_a_formula_or_says_why_not(figures):
    assert len(figures) > 250
    for f in figures:
        assert (f["formula_id"] is None) == (f["not_computed_as"] is not None), f
        assert f["printed_text"] and f["label"] and f["source"], f
        if f["formula_id"] is None:
            assert f["computed_value"] is None and f["gap"] is None, f


def test_the_contradictions_show_as_gaps_and_nothing_else_differs(figures):
    found = {}
    for f in figures:
        if f["gap"]:
            found.setdefault((f["key"], f["year"]), []).append(f["gap"])
    assert {key: sorted(gaps) for key, gaps in found.items()} == CONTRADICTIONS


def test_printed_totals_are_computed_again(figures):
    for key, year, source, value in (
            ("members.total", 2012, "S3", 503), ("members.total", 2022, "S4", 589), ("members.total", 2023, "S1", 586),
            ("joined.total", 2023, "S1", 23), ("delegations.total", 2012, "S3", 18),
            ("delegations.total", 2024, "S1", 14), ("delegations.representatives", 2024, "S1", 27),
            ("delegations.team", 2024, "S1", 27), ("national_team.total", 2024, "S1", 22),
            ("governance.board", 2012, "S3", 23), ("governance.bureau", 2012, "S3", 7),
            ("governance.bureau", 2024, "S1", 7), ("training.total", 2023, "S1", 190),
            ("vacation.people", 2023, "S1", 159), ("workforce.all.people.total", 2009, "S3", 88783),
            ("workforce.all.fte.total", 2011, "S3", 16801), ("exits.dynamic", 2011, "S3", 60)):
        f = figure(figures, key, year, source)
        assert (f["printed_value"], f["computed_value"], f["gap"]) == (value, value, 0), f


def test_one_event_printed_twice_keeps_both(figures):
    """Example 19."""
    both = [f for f in figures if f["key"] == "pass.webinar_participants"]
    assert {f["printed_value"] for f in both} == {374, 384}
    assert {abs(f["gap"]) for f in both} == {10} and {f["place"] for f in both} == {"texte", "chiffres clés"}


def test_nd_stays_unknown(figures):
    for year in (2010, 2011):
        for key in ("workforce.proxim.people.total", "workforce.proxim.people.managers", "workforce.all.people.total"):
            f = figure(figures, key, year, "S3")
            assert f["printed_text"] == "ND" and f["printed_value"] is None
            assert f["computed_value"] is None and f["gap"] is None


def test_78_percent_has_two_readings(figures):
    assert figure(figures, "members.siae_share", 2023)["computed_value"] == 78.5
    assert figure(figures, "members.siae_share_of_joined", 2023)["computed_value"] == 78.3


def test_values_are_computed_now(anonymous, owner):
    """The value follows the rows: it is no copy of the printed one."""
    def computed():
        return anonymous.get("/v1/published-figures?key=members.total&year=2023").json["data"][0]["computed_value"]
    assert computed() == 586
    row = owner.execute("""
        update network.membership set ends_on = '2023-06-30', end_reason = 'CLOSED' where id = (
            select p.id from network.membership p where p.starts_on < '2012-01-01' and p.ends_on is null
            order by p.id limit 1) returning id""").fetchone()
    try:
        assert computed() == 585
    finally:
        owner.execute("update network.membership set ends_on = null, end_reason = null where id = %s", row)
    assert computed() == 586


@pytest.mark.parametrize("query, check", [
    ("year=2012", lambda f: f["year"] == 2012), ("source=S3", lambda f: f["source_code"] == "S3"),
    ("key=members.total", lambda f: f["key"] == "members.total"), ("has_gap=true", lambda f: f["gap"] not in (None, 0)),
    ("has_gap=false", lambda f: f["gap"] == 0)])
def test_filters(anonymous, figures, query, check):
    found = list(anonymous.walk(f"/v1/published-figures?limit=100&{query}"))
    assert found and {f["id"] for f in found} == {f["id"] for f in figures if check(f)}


# --- example 16: workforce and exits ----------------------------------------------------------------------------

def observations(client, year):
    answer = client.get("/v1/statistics/workforce", query={"year": year})
    assert answer.status == 200, answer
    return answer.json


def workforce(client, year):
    return {(row["branch"], row["measure"]): row for row in observations(client, year)["workforce"]}


@pytest.mark.parametrize("year, totals", [
    (2009, {("IAE", "PEOPLE"): 80383, ("IAE", "FTE"): 11920, ("PROXIM", "PEOPLE"): 8400, ("PROXIM", "FTE"): 2899,
            ("ALL", "PEOPLE"): 88783, ("ALL", "FTE"): 14819}),
    (2010, {("IAE", "PEOPLE"): 74434, ("IAE", "FTE"): 12275, ("PROXIM", "PEOPLE"): None, ("PROXIM", "FTE"): 3712,
            ("ALL", "PEOPLE"): None, ("ALL", "FTE"): 15987}),
    (2011, {("IAE", "PEOPLE"): 82936, ("IAE", "FTE"): 13293, ("PROXIM", "PEOPLE"): None, ("PROXIM", "FTE"): 3508,
            ("ALL", "PEOPLE"): None, ("ALL", "FTE"): 16801})])
def test_workforce_totals(anonymous, year, totals):
    assert {key: row["total"] for key, row in workforce(anonymous, year).items()} == totals


def test_a_sum_with_an_unknown_part_is_unknown(anonymous):
    row = workforce(anonymous, 2010)["PROXIM", "PEOPLE"]
    assert {part["category"]: part["value"] for part in row["parts"]} == {"HOME_WORKERS": 8288, "MANAGERS": None}
    assert row["total"] is None  # neither 8288 nor 0


@pytest.mark.parametrize("year, percents, dynamic", [
    (2008, {"DURABLE": 29, "TRANSITION": 19, "POSITIVE": 11, "OTHER": 41}, 59),
    (2009, {"DURABLE": 25, "TRANSITION": 17, "POSITIVE": 12, "OTHER": 46}, 54),
    (2010, {"DURABLE": 28, "TRANSITION": 18, "POSITIVE": 14, "OTHER": 40}, 60),
    (2011, {"DURABLE": 28, "TRANSITION": 20, "POSITIVE": 13, "OTHER": 40}, 60)])
def test_exits_are_rounded_from_counts(anonymous, year, percents, dynamic):
    row, = observations(anonymous, year)["exits"]
    assert {group["group"]: group["percent"] for group in row["groups"]} == percents
    assert row["dynamic_percent"] == dynamic
    assert sum(group["count"] for group in row["groups"]) == row["total"] == 1000
    for group in row["groups"]:
        assert sum(part["count"] for part in group["parts"]) == group["count"]


def test_the_rounding_of_2011_is_explained(anonymous):
    row, = observations(anonymous, 2011)["exits"]
    assert {g["group"]: g["count"] for g in row["groups"] if g["group"] != "OTHER"} == \
        {"DURABLE": 276, "TRANSITION": 195, "POSITIVE": 126}
    assert row["dynamic_count"] == 597 and row["dynamic_percent"] == 60 and "61" in row["rounding_note"]
    assert observations(anonymous, 2010)["exits"][0]["rounding_note"] is None


def test_all_years_at_once_and_an_unknown_year(anonymous):
    everything = anonymous.get("/v1/statistics/workforce").json
    assert {row["year"] for row in everything["workforce"]} == {2009, 2010, 2011}
    assert [row["year"] for row in everything["exits"]] == [2008, 2009, 2010, 2011]
    nothing = observations(anonymous, 2015)
    assert nothing["workforce"] == [] and nothing["exits"] == []
