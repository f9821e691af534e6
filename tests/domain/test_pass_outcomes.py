"""Outcomes of PASS: the printed table of 2008 to 2011 through counts, rates with their denominator, small counts."""
import pytest

# Whole percents as the annual report prints them; of 2011 its parts add up to 61 while 60 is printed.
PRINTED = {
    2008: {"durable": 29, "transition": 19, "positive": 11, "dynamic": 59, "other": 41,
           "reasons": [("CDI", 15), ("CDD_OVER_6_MONTHS", 13), ("BUSINESS_CREATION", 1), ("CDD_UNDER_6_MONTHS", 13),
                       ("AIDED_CONTRACT", 6), ("TRAINING", 8), ("OTHER_SIAE", 3)]},
    2009: {"durable": 25, "transition": 17, "positive": 12, "dynamic": 54, "other": 46,
           "reasons": [("CDI", 14), ("CDD_OVER_6_MONTHS", 10), ("BUSINESS_CREATION", 1), ("CDD_UNDER_6_MONTHS", 11),
                       ("AIDED_CONTRACT", 6), ("TRAINING", 7), ("OTHER_SIAE", 5)]},
    2010: {"durable": 28, "transition": 18, "positive": 14, "dynamic": 60, "other": 40,
           "reasons": [("CDI", 15), ("CDD_OVER_6_MONTHS", 11), ("BUSINESS_CREATION", 2), ("CDD_UNDER_6_MONTHS", 13),
                       ("AIDED_CONTRACT", 5), ("TRAINING", 9), ("OTHER_SIAE", 5)]},
    2011: {"durable": 28, "transition": 20, "positive": 13, "dynamic": 60, "other": 40,
           "reasons": [("CDI", 15), ("CDD_OVER_6_MONTHS", 11), ("BUSINESS_CREATION", 2), ("CDD_UNDER_6_MONTHS", 15),
                       ("AIDED_CONTRACT", 5), ("TRAINING", 8), ("OTHER_SIAE", 5)]},
}
FAMILIES = ("durable", "transition", "positive", "dynamic", "other")
COUNTS = ("recorded", "removed", "not_counted", "counted", *FAMILIES)


def read(client, year, by="region"):
    answer = client.get("/v1/statistics/pass-outcomes", query={"year": year, "by": by})
    assert answer.status == 200, answer
    return answer.json


@pytest.mark.parametrize("year", PRINTED)
def test_the_printed_table_of_exits(national, year):
    answer = read(national, year)
    printed = PRINTED[year]
    assert {family: answer["total"][f"{family}_percent"] for family in FAMILIES} == {f: printed[f] for f in FAMILIES}
    found = {row["code"]: row["percent"] for row in answer["reasons"]}
    assert found == dict(printed["reasons"]) | {None: printed["other"]}
    total = answer["total"]
    assert total["durable"] + total["transition"] + total["positive"] == total["dynamic"]
    assert total["dynamic"] + total["other"] == total["counted"] == sum(row["people"] for row in answer["reasons"])
    assert (answer["source"], answer["groups"]) == ("REPORT", [])


@pytest.mark.parametrize("by", ["region", "department", "delegation", "kind", "origin"])
def test_counts_are_steps_and_rates_tell_no_more(national, by):
    answer = read(national, 2025, by)
    assert answer["source"] == "TRACKER" and answer["groups"]
    for row in [answer["total"], *answer["groups"]]:
        assert not [row[name] for name in COUNTS if row[name] is not None and (row[name] < 5 or row[name] % 5)]
        for family in FAMILIES:
            known = row["counted"] is not None and row[family] is not None
            expected = 100 * row[family] / row["counted"] if known else None
            assert row[f"{family}_percent"] == pytest.approx(expected, abs=0.0501)
    assert not {"DEATH", "LONG_ILLNESS", "MOVED"} & {row["code"] for row in answer["reasons"]}


def test_a_structure_counts_its_own_exits(structure, owner):
    me = structure.get("/v1/token").json["member_id"]
    years = owner.execute("""
        select extract(year from on_date)::integer, count(*), count(*) filter (where counted),
            count(*) filter (where category = 'REMOVED'), count(*) filter (where counted and category = 'DURABLE')
        from pass.exit where member_id = %s group by 1""", (me,)).fetchall()
    assert years
    for year, recorded, counted, removed, durable in years:
        total = read(structure, year, "kind")["total"]
        assert (total["recorded"], total["counted"]) == (recorded, counted)
        assert (total["removed"], total["durable"]) == (removed, durable)
        assert total["counted"] + total["removed"] + total["not_counted"] == total["recorded"]
        assert total["dynamic"] + total["other"] == total["counted"]
        assert (total["dynamic_percent"] is None) == (counted < 5)


def test_a_year_without_exits_has_no_rate(national, structure):
    assert read(structure, 1999)["total"]["counted"] == 0
    for client in (national, structure):
        answer = read(client, 1999)
        assert answer["total"]["dynamic_percent"] is None and answer["reasons"] == [] == answer["groups"]


@pytest.mark.parametrize("query", [{"year": "11"}, {"year": "2011.5"}, {"by": "code"}, {"from": "2024-01-01"}])
def test_other_questions_are_refused(national, query):
    answer = national.get("/v1/statistics/pass-outcomes", query=query)
    assert (answer.status, answer.json["code"]) == (400, "invalid-parameter"), answer
