"""PASS IAE of the demonstration data: the stock of 45,000, both waves, one example of everything for one structure, and
nothing that a rule of the tracker forbids."""
import importlib
import statistics
import sys

import psycopg
import pytest
from support.client import environment
from support.system import sealing
from test_demonstration import DEMO, GENERATOR, generate, values



def generator_modules(*names):
    """Modules of the generator, under their names for this file only: other tests have some of the same."""
    sys.path.insert(0, str(GENERATOR.parent))
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.pop(0)
        for name in names:
            sys.modules.pop(name, None)


pathways, pass_cases, pass_rows, passes = generator_modules("pathways", "pass_cases", "pass_rows", "passes")

LINES = f"from pass.pass p join network.member m on m.id = p.member_id and m.{DEMO}"
SHOWN = """(select m.id from network.member_at(engine.today()) m where m.kind = 'AI' and m.region_code = '53'
    and m.status = 'ACTIVE' order by m.siret limit 1)"""


def test_numbers_have_the_prefix_of_test_data_and_differ():
    numbers = {pass_rows.number_of(position) for position in range(1, 100_000)}
    assert len(numbers) == 99_999 and all(len(n) == 12 and n.startswith("XXXXX") for n in numbers)


def test_numbers_are_kept_as_keyed_hashes(owner):
    """The key comes with the connection; without it the same statement is refused."""
    hashes = "select count(*) from pass.pass where number_hash = keyed.hash('pass_number', %s) and number_last4 = %s"
    number = pass_rows.number_of(1)
    with pytest.raises(psycopg.Error, match="no key"):
        owner.execute(hashes, (number, number[-4:]))
    with psycopg.connect(environment("MAILLAGE_DATABASE"), options=sealing()) as keyed:
        assert keyed.execute(hashes, (number, number[-4:])).fetchone() == (1,)


def test_whatever_the_seed_the_stock_counts_45000_people():
    script = generate("--seed", "another").decode()
    block = script.split("copy demo_pass from stdin;\n")[1].split("\\.\n")[0]
    assert sum("\tAI_STOCK\t" in line for line in block.splitlines()) == passes.STOCK == 45_000
    assert sum(count for _, count in passes.STOCK_FATES) == 45_000


def test_the_first_wave_is_kept_as_counts(owner):
    """Lines and counts together are the 45,000 people of the start of 2023, on whatever day the data was loaded."""
    lines, = values(owner, f"select count(*) {LINES} where p.origin = 'AI_STOCK'")
    months = dict(owner.execute("""
        select month::text, sum(people)::integer from pass.ended_month where origin = 'AI_STOCK' group by 1""").fetchall())
    assert lines + sum(months.values()) == 45_000
    assert months["2023-11-01"] > 27_000 > 20 * months["2023-12-01"]
    assert values(owner, "select count(*) from pass.ended_month where region_code is null") == [0]


def test_first_day_of_every_pathway_of_the_stock_is_the_same(owner):
    assert owner.execute(f"""
        select distinct p.starts_on::text, p.initial_ends_on::text, p.siae_kind {LINES}
        where p.origin = 'AI_STOCK'""").fetchall() == [("2021-12-01", "2023-11-30", "AI")]


def test_the_tracker_has_some_thirty_thousand_lines_of_every_kind(owner):
    found = dict(owner.execute(f"select p.siae_kind, count(*) {LINES} group by 1").fetchall())
    assert set(found) == {"AI", "ACI", "EI", "ETTI", "EITI"} and 20_000 < sum(found.values()) < 45_000


def test_second_wave_stands_out(owner):
    """Prolonged three times without a pause: 29 November 2026, worked example E26."""
    weeks = dict(owner.execute(f"""
        select date_trunc('week', p.ends_on)::date::text, count(*) {LINES}
        where p.ends_on between '2025-12-01' and '2026-11-29' group by 1""").fetchall())
    peak = weeks.pop("2026-11-23")
    assert len(weeks) >= 50 and peak > 30 * statistics.median(weeks.values())
    assert values(owner, f"""
        select count(*) {LINES} where p.ends_on = '2026-11-29' and p.origin = 'AI_STOCK'
            and p.prolonged_days = 1095 and p.suspended_days = 0""")[0] > 3_900


def test_no_line_is_due_for_erasure_or_older(owner):
    assert values(owner, f"select count(*) {LINES} where p.erase_after < engine.today()") == [0]


def test_every_line_is_the_sum_of_its_parts(owner):
    """Triggers are off while the lines are loaded; the result is what they would have kept."""
    assert owner.execute(f"""
        select p.id {LINES}
        left join lateral (select sum(s.ends_on - s.starts_on) as days from pass.suspension s where s.pass_id = p.id) s
            on true
        left join lateral (select sum(s.ends_on - s.starts_on) as days from pass.prolongation s where s.pass_id = p.id) x
            on true
        where (p.suspended_days, p.prolonged_days) <> (coalesce(s.days, 0), coalesce(x.days, 0))
            or p.ends_on <> case when p.closed_on is null
                then p.initial_ends_on + (coalesce(s.days, 0) + coalesce(x.days, 0))::integer else p.closed_on - 1 end
        limit 5""").fetchall() == []


def test_nothing_began_or_was_decided_after_today(owner):
    for table, column in (("suspension", "starts_on"), ("suspension", "declared_on"), ("prolongation", "declared_on"),
                          ("prolongation_request", "requested_on"), ("prolongation_request", "decided_on"),
                          ("outcome", "on_date")):
        assert values(owner, f"""
            select count(*) {LINES} join pass.{table} t on t.pass_id = p.id
            where t.{column} > engine.today()""") == [0], (table, column)


def test_prolongations_stay_under_their_caps(owner):
    assert values(owner, f"""
        select count(*) {LINES} join pass.prolongation x on x.pass_id = p.id
        where p.prolonged_days > case x.reason when 'SENIOR' then 1825 when 'RQTH' then 1095
            when 'PARTICULAR_DIFFICULTIES' then 1095 else 5000 end""") == [0]


def test_a_request_stands_behind_every_decided_prolongation(owner):
    assert values(owner, f"""
        select count(*) {LINES} join pass.prolongation x on x.pass_id = p.id
        left join pass.prolongation_request r on r.id = x.request_id
        where (x.reason in ('RQTH', 'SENIOR', 'PARTICULAR_DIFFICULTIES')) <> (r.id is not null)
            or r.state <> 'GRANTED' or (r.starts_on, r.ends_on, r.reason) <> (x.starts_on, x.ends_on, x.reason)
        """) == [0]


def test_no_line_is_invented_about_a_printed_structure(owner):
    assert values(owner, f"select count(*) {LINES} where not m.fictitious") == [0]


def test_most_structures_share_their_lines_and_some_do_not(owner):
    found = dict(owner.execute(f"""
        select s.shares_lines, count(*) from pass.sharing s join network.member m on m.id = s.member_id and m.{DEMO}
        where exists (select from pass.pass p where p.member_id = s.member_id) group by 1""").fetchall())
    assert found[True] > 2 * found[False] > 60
    assert values(owner, f"select shares_lines from pass.sharing where member_id = {SHOWN}") == [True]


EXAMPLES = {
    "state": ("""select distinct case when p.ends_on < engine.today() then 'EXPIRED'
            when exists (select from pass.suspension s where s.pass_id = p.id and s.during @> engine.today())
            then 'SUSPENDED' when p.starts_on <= engine.today() then 'VALID' else 'FUTURE' end
        from pass.pass p where p.member_id = {}""", {"EXPIRED", "SUSPENDED", "VALID", "FUTURE"}),
    "origin": ("select distinct origin from pass.pass p where p.member_id = {}",
               {"DEFAULT", "PE_APPROVAL", "AI_STOCK", "ADMIN"}),
    "pause": ("""select distinct s.reason from pass.suspension s join pass.pass p on p.id = s.pass_id
        where p.member_id = {} and s.during @> engine.today()""",
              {*pass_cases.LIVING_REASONS, *pass_cases.OLD_REASONS}),
    "prolongation": ("""select distinct s.reason from pass.prolongation s join pass.pass p on p.id = s.pass_id
        where p.member_id = {}""", {"SENIOR_CDI", "COMPLETE_TRAINING", "RQTH", "SENIOR", "PARTICULAR_DIFFICULTIES"}),
    "request": ("""select distinct r.state from pass.prolongation_request r join pass.pass p on p.id = r.pass_id
        where p.member_id = {}""", {"PENDING", "GRANTED", "DENIED"}),
    "denial": ("""select distinct r.denial_reason from pass.prolongation_request r join pass.pass p on p.id = r.pass_id
        where p.member_id = {} and r.state = 'DENIED'""", {"IAE", "SIAE", "DURATION", "REASON"}),
    "outcome": ("""select distinct o.code from pass.outcome o join pass.pass p on p.id = o.pass_id
        where p.member_id = {}""", {code for code, _, _ in pass_cases.OUTCOMES}),
    "closure": ("select distinct closed_on is not null from pass.pass p where p.member_id = {}", {True, False}),
    "mismatch": ("select distinct declared_ends_on <> ends_on from pass.pass p where p.member_id = {}", {True, False}),
}


@pytest.mark.parametrize("what", EXAMPLES)
def test_the_structure_of_the_demonstration_key_has_one_of_each(owner, what):
    query, wanted = EXAMPLES[what]
    assert wanted <= set(values(owner, query.format(SHOWN)))


def test_pending_requests_are_old_and_young(owner):
    ages = values(owner, f"""
        select engine.today() - r.requested_on {LINES} join pass.prolongation_request r on r.pass_id = p.id
        where r.state = 'PENDING'""")
    assert len(ages) > 500 and min(ages) >= 0
    assert all(sum(low <= age < low + 10 for age in ages) > 20 for low in (0, 10, 20, 30))


def test_pathways_keep_the_order_of_days():
    way = pathways.Pathway(None, "AI", "DEFAULT", 0, 1980)
    assert way.ends == 729 and way.suspend(10, 40, "CONTRACT_SUSPENDED").ends == 759
    assert way.prolong(365, "RQTH", 700).ends == 1124 and way.requests[0][5] == "GRANTED"
    with pytest.raises(AssertionError):
        way.suspend(40, 50, "CONTRACT_SUSPENDED")
