"""The summary of a campaign: exact counts for who may read them, small ones hidden and not recoverable, for everybody else;
and the campaigns of the demonstration data. The proofs below are made from what is shown and know nothing of how it was hidden."""
import itertools
import random

import pytest
from support import campaigns

FLOOR = 5


# --- what is shown determines no small count ----------------------------------------------------------------------
def with_margins(rows):
    """The table with a last column and a last row of sums."""
    wide = [row + [sum(row)] for row in rows]
    return wide + [[sum(column) for column in zip(*wide)]]


def holds(table):
    return all(row[-1] == sum(row[:-1]) for row in table) and table[-1] == [sum(column) for column in zip(*table[:-1])] \
        and min(itertools.chain(*table)) >= 0


def another_table(table, hidden, r, c):
    """A table with another value at (r, c), all else that is shown the same: a witness that the value cannot be known."""
    height, width = len(table), len(table[0])
    for i, k, step in itertools.product(range(height), range(width), (1, -1)):
        corners = [(r, c), (r, k), (i, c), (i, k)]
        if i == r or k == c or not all(hidden[y][x] for y, x in corners):
            continue
        row_sign = -1 if (r == height - 1) == (i == height - 1) else 1
        column_sign = -1 if (c == width - 1) == (k == width - 1) else 1
        changed = [list(row) for row in table]
        for (y, x), sign in zip(corners, (1, column_sign, row_sign, row_sign * column_sign)):
            changed[y][x] += step * sign
        if holds(changed):
            return changed
    return None


def hidden_parts(table, hidden):
    """What subtracting the shown counts of a row or column from its shown margin leaves."""
    for lines, masks in ((table, hidden), (list(zip(*table)), list(zip(*hidden)))):
        for line, mask in zip(lines, masks):
            if not mask[-1] and any(mask[:-1]):
                yield sum(count for count, away in zip(line[:-1], mask) if away)


def check_hidden(table, hidden):
    for r, c in itertools.product(range(len(table)), range(len(table[0]))):
        if 0 < table[r][c] < FLOOR:
            assert hidden[r][c], (table, hidden, r, c)
        if hidden[r][c] and table[r][c] < FLOOR:
            assert table[r][c] > 0 and another_table(table, hidden, r, c), (table, hidden, r, c)
    assert all(part >= FLOOR for part in hidden_parts(table, hidden)), (table, hidden)


def random_tables():
    seeded = random.Random(20261129)
    for _ in range(250):
        height, width = seeded.randint(1, 7), seeded.randint(1, 9)
        most = seeded.choice([2, 6, 12, 60])
        yield with_margins([[seeded.choice([0, seeded.randint(0, most)]) for _ in range(width)] for _ in range(height)])


def test_no_small_count_follows_from_a_table(owner):
    for table in random_tables():
        hidden = owner.execute("select campaign.hide_small(%s, %s)", (table, FLOOR)).fetchone()[0]
        check_hidden(table, hidden)


def test_nothing_is_hidden_without_need(owner):
    table = with_margins([[5, 0, 12], [7, 9, 0]])
    hidden = owner.execute("select campaign.hide_small(%s, %s)", (table, FLOOR)).fetchone()[0]
    assert not any(itertools.chain(*hidden)), "counts of 5 and more, and zeros, are shown"


def test_a_wide_table_is_quick(owner):
    """14 delegations by 23 outcomes, most of them small: far below what a statement may take."""
    seeded = random.Random(1)
    table = with_margins([[seeded.choice([0, 1, 2, 3, 40]) for _ in range(23)] for _ in range(14)])
    with owner.transaction():
        owner.execute("set local statement_timeout = '3s'")
        hidden = owner.execute("select campaign.hide_small(%s, %s)", (table, FLOOR)).fetchone()[0]
    check_hidden(table, hidden)


# --- over HTTP ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def world(url, national, bretagne, scratch, owner):
    return campaigns.World(url, national, bretagne, scratch, owner)


def answer(world, campaign, name, people, **breakdowns):
    client = world.structure[name]
    row = client.get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"][0]
    target = f"/v1/pass-campaign-answers/{row['id']}"
    body = {"people_count": people, "by_age_band": {"UNKNOWN": people}, "by_rqth": {"UNKNOWN": people},
            "by_planned_outcome": {"UNDECIDED": people}, **breakdowns}
    filled = client.patch(target, body, etag=f'"{row["version"]}"')
    assert filled.status == 200, filled
    sent = client.post(f"{target}/submit", key=None, headers={"If-Match": filled.etag})
    assert sent.status == 200, sent


def summary(client, campaign, query=""):
    found = client.get(f"/v1/pass-campaigns/{campaign['id']}/summary{query}")
    assert found.status == 200, found
    return found.json


@pytest.fixture(scope="module")
def answered(world):
    """first (does not share): 3 + 20; second (shares): 2 + 30; far: 40 + 9."""
    campaign = world.open()
    answer(world, campaign, "first", 23, by_rqth={"YES": 3, "NO": 20})
    answer(world, campaign, "second", 32, by_rqth={"YES": 2, "NO": 30})
    answer(world, campaign, "far", 49, by_rqth={"YES": 40, "NO": 9})
    return campaign


def test_counts_of_the_nation_and_its_delegations(national, answered):
    found = summary(national, answered)
    assert (found["nation"]["people_count"], found["nation"]["invited"], found["nation"]["submitted"]) == (104, 3, 3)
    assert found["nation"]["by_rqth"] == {"YES": 45, "NO": 59} and found["nation"]["answered_percent"] == 100
    assert found["nation"]["by_planned_outcome"] == {"UNDECIDED": 104}, "absent is nobody"
    by_label = {row["label"]: row for row in found["delegations"]}
    assert by_label["Bretagne"]["by_rqth"] == {"YES": 5, "NO": 50} and by_label["Bretagne"]["people_count"] == 55
    assert sum(row["people_count"] for row in found["delegations"]) == 104


def test_a_delegation_learns_nothing_about_who_does_not_share(bretagne, answered):
    """Its own sum is 5, of which it reads 2: showing the 5 would tell the 3 of the structure that shares nothing."""
    found = summary(bretagne, answered)
    row, = found["delegations"]
    assert found["nation"] is None and row["label"] == "Bretagne"
    assert row["by_rqth"] == {"YES": None, "NO": None} and row["people_count"] == 55


def test_once_everybody_shares_the_delegation_reads_everything(world, bretagne, answered):
    world.share("first")
    try:
        assert summary(bretagne, answered)["delegations"][0]["by_rqth"] == {"YES": 5, "NO": 50}
    finally:
        world.share("first", False)


def test_small_counts_of_one_delegation_are_not_told_by_differences(world, national):
    campaign = world.open()
    answer(world, campaign, "first", 23, by_rqth={"YES": 3, "NO": 20})
    answer(world, campaign, "far", 60, by_rqth={"YES": 45, "NO": 15})
    found = summary(national, campaign)
    codes = ("YES", "NO", "UNKNOWN")
    known = {"Bretagne": [3, 20, 0], "far": [45, 15, 0]}
    rows = sorted(found["delegations"], key=lambda row: row["label"] != "Bretagne")
    shown = [[row["by_rqth"].get(code, 0) for code in codes] + [row["people_count"]] for row in rows + [found["nation"]]]
    table = with_margins(list(known.values()))
    for line, true in zip(shown, table):
        assert all(count is None or count == exact for count, exact in zip(line, true)), (shown, table)
    check_hidden(table, [[count is None for count in line] for line in shown])
    assert rows[0]["by_rqth"]["YES"] is None


def test_answers_that_were_not_submitted_do_not_count(world, national):
    campaign = world.open()
    row = world.structure["first"].get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"][0]
    world.structure["first"].patch(f"/v1/pass-campaign-answers/{row['id']}", campaigns.HEADCOUNTS, etag=f'"{row["version"]}"')
    found = summary(national, campaign)["nation"]
    assert (found["started"], found["people_count"], found["by_rqth"], found["by_age_band"]) == (1, 0, {}, {})
    assert summary(national, campaign, "?as_of=2099-01-01")["nation"]["late"] == 3


def test_real_outcomes_stay_when_the_campaign_is_closed(world, national, owner):
    campaign, structure = world.open(), world.structure["far"]
    answer(world, campaign, "far", 10)
    today = campaigns.today().isoformat()
    for mine in [campaigns.add_pass(owner, world.member["far"]) for _ in range(6)]:
        done = structure.post(f"/v1/pass-campaigns/{campaign['id']}/lines",
                              {"pass_id": mine, "final_outcome": "CDI", "final_on": today})
        assert done.status == 201, done
    live = summary(national, campaign)["nation"]
    assert world.act(campaign, "close").status == 200
    closed = summary(national, campaign)
    assert closed["status"] == "CLOSED" and closed["nation"]["by_final_outcome"] == live["by_final_outcome"]
    assert live["lines_count"] >= 9 and set(live["by_final_outcome"]) == {"CDI", "UNDECIDED"}


def test_the_summary_is_for_the_offices(world, answered):
    assert world.structure["first"].get(f"/v1/pass-campaigns/{answered['id']}/summary").status == 403


# --- the demonstration data ---------------------------------------------------------------------------------------
def demonstration(national, code):
    row, = national.get(f"/v1/pass-campaigns?code={code}").json["data"]
    return row


def test_the_campaign_of_2023_counts_45000_people(national):
    campaign = demonstration(national, "VAGUE-2023")
    found = summary(national, campaign)
    assert campaign["status"] == "CLOSED" and found["nation"]["people_count"] == found["nation"]["lines_count"] == 45000
    for breakdown in ("by_age_band", "by_rqth", "by_planned_outcome", "by_final_outcome"):
        assert sum(found["nation"][breakdown].values()) == 45000, breakdown


def test_the_campaign_of_2026_is_open_for_the_wave_of_november(national, structure):
    campaign = demonstration(national, "VAGUE-2026")
    assert campaign["status"] == "OPEN" and campaign["ends_from"] <= "2026-11-29" <= campaign["ends_to"]
    found = summary(national, campaign)["nation"]
    states = ("started", "submitted", "validated", "late")
    assert all(found[state] > 0 for state in states[:3]) and sum(found[state] for state in states) < found["invited"]
    for breakdown in ("by_age_band", "by_rqth", "by_planned_outcome"):
        counts = found[breakdown].values()
        assert None in counts or sum(counts) == found["people_count"]
    own, = structure.get(f"/v1/pass-campaigns/{campaign['id']}/answers").json["data"]
    assert own["lines_count"] >= 1 and own["headcounts_hidden"] is False


@pytest.mark.parametrize("code", ["VAGUE-2023", "VAGUE-2026"])
def test_no_small_count_of_the_demonstration_is_told(national, owner, code):
    """Every breakdown of the real summary, against the exact counts of the database."""
    campaign = demonstration(national, code)
    found = summary(national, campaign)
    for breakdown in ("by_age_band", "by_rqth", "by_planned_outcome", "by_final_outcome"):
        total = "lines_count" if breakdown == "by_final_outcome" else "people_count"
        exact = {}
        for place, cell, people in owner.execute("select delegation_id::text, code, people from campaign.cells(%s, %s)",
                                                 (campaign["id"], breakdown)):
            exact.setdefault(place, {})[cell] = people
        rows = [row for row in found["delegations"]] + [found["nation"]]
        codes = [cell for cell in exact[None] if cell]
        table = [[exact[row["delegation_id"]][cell] for cell in codes + [None]] for row in rows]
        shown = [[row[breakdown].get(cell, 0) for cell in codes] + [row[total]] for row in rows]
        assert holds(table)
        for line, true in zip(shown, table):
            assert all(count is None or count == people for count, people in zip(line, true)), (line, true)
        check_hidden(table, [[count is None for count in line] for line in shown])
