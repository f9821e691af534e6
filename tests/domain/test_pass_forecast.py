"""Forecast of the ends of PASS: what it counts, for whom, and that small counts can neither be read nor worked out."""
import collections
import datetime
import itertools
import random
import threading

import psycopg
import pytest
from support.client import environment

STEP = 5
GROUPINGS = ("month", "region", "department", "delegation", "kind", "origin")
FIGURES = ("declared", "suspended", "resumed", "hard_stops", "pending_requests", "before_reminder", "reminded_once",
           "reminded_twice", "reminded_thrice")
# Lines of the tests end in years that no other line reaches.
FIRST, LAST = datetime.date(2040, 1, 1), datetime.date(2040, 3, 31)
GAPS = """
    select count(*) from (select from (
        select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on) as piece,
            pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c) as hard_stop,
            1 as people
        from pass.pass p join pass.cap c on p.ends_on between c.first_day and c.last_day
        union all select member_id, siae_kind, origin, piece, hard_stop, -people from pass.expiry_count) v
    group by member_id, siae_kind, origin, piece, hard_stop having sum(people) <> 0) gap"""
ADD = """
    insert into pass.pass (member_id, siae_kind, origin, number_hash, number_last4, starts_on, initial_ends_on)
    values (%s, %s, %s, sha256(convert_to(gen_random_uuid()::text, 'UTF8')), '0000', %s::date - 729, %s) returning id"""


def read(client, **query):
    query = {name.rstrip("_"): value for name, value in query.items()}
    answer = client.get("/v1/statistics/pass-expiries", query=query)
    assert answer.status == 200, answer
    return answer.json


def numbers(answer):
    """Every count of an answer, hidden ones left out."""
    rows = [answer["total"], *answer["months"], *answer["groups"]]
    counts = [row[figure] for row in rows for figure in FIGURES if row[figure] is not None]
    return counts + [week["declared"] for week in answer["weekly"]["weeks"]]


# --- what is counted ----------------------------------------------------------------------------------------------
def test_second_wave_is_a_peak_and_mostly_without_a_reason_left(national):
    answer = read(national, from_="2026-11-01", to="2026-11-30", by="origin", as_of="2026-11-25")
    stock = {row["key"]: row for row in answer["groups"]}["AI_STOCK"]
    assert stock["declared"] > 4_000 and stock["hard_stops"] > 0.5 * stock["declared"]
    week = {week["starts_on"]: week for week in answer["weekly"]["weeks"]}["2026-11-23"]
    assert week["peak"] and week["declared"] > 30 * answer["weekly"]["median"]
    assert answer["weekly"]["alarm_above"] == 3 * answer["weekly"]["median"]


def test_a_structure_counts_its_lines_exactly(structure, owner):
    me = structure.get("/v1/token").json["member_id"]
    answer = read(structure, from_="2026-01-01", to="2028-12-31", by="kind")
    today = answer["as_of"]
    assert answer["step"] == 1
    expected = owner.execute("""
        select count(*), count(*) filter (where exists (select from pass.suspension s
                where s.pass_id = p.id and %(day)s::date between s.starts_on and s.ends_on and p.ends_on >= %(day)s::date)),
            count(*) filter (where exists (select from pass.prolongation_request r
                where r.pass_id = p.id and r.requested_on <= %(day)s
                    and (r.decided_on is null or r.decided_on > %(day)s)))
        from pass.pass p where p.member_id = %(me)s and p.ends_on between '2026-01-01' and '2028-12-31'""",
                             {"me": me, "day": today}).fetchone()
    total = answer["total"]
    assert (total["declared"], total["suspended"], total["pending_requests"]) == expected and expected[0] > 20
    for figure in FIGURES:
        assert sum(row[figure] for row in answer["months"]) == total[figure]
        assert sum(row[figure] for row in answer["groups"]) == total[figure]


def test_ends_if_resumed_are_those_of_the_calculator(owner):
    """The set-based formula against the one implementation of the rules, for everybody who is suspended."""
    compared, different = owner.execute("""
        with suspended as (
            select p.id, p.initial_ends_on, p.starts_on, p.ends_on, p.ends_on - x.days as resumed
            from pass.pass p join (
                select s.pass_id, sum(s.ends_on - greatest(s.starts_on, engine.today()) + 1)::integer as days
                from pass.suspension s where s.ends_on >= engine.today() group by 1
                having bool_or(s.starts_on <= engine.today())) x on x.pass_id = p.id
            where p.ends_on >= engine.today()
        ), located as (
            select s.ends_on, s.resumed, pass.locate(row(engine.today(), s.starts_on, s.initial_ends_on, null, null,
                null, null,
                (select array_agg(row(l.starts_on, l.ends_on, l.reason, null, null)::pass.span)
                    from pass.suspension l where l.pass_id = s.id),
                (select array_agg(row(l.starts_on, l.ends_on, l.reason, null, null)::pass.span)
                    from pass.prolongation l where l.pass_id = s.id),
                null, null, null, null, null)::pass.pathway) as at
            from suspended s)
        select count(*), count(*) filter (where (at).ends_on <> ends_on or (at).resumed_today_ends_on <> resumed
            or (at).state <> 'SUSPENDED') from located""").fetchone()
    assert compared > 500 and different == 0
    assert owner.execute("select count(*) from pass.suspended_ends(engine.today())").fetchone()[0] == compared


# --- who sees what ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by", GROUPINGS)
def test_whatever_is_read_is_a_whole_number_of_steps(national, by):
    for as_of in ("2026-11-25", "2026-10-01", "2025-12-31"):
        answer = read(national, from_="2026-01-01", to="2027-12-31", by=by, as_of=as_of)
        counts = numbers(answer)
        assert answer["step"] == STEP and counts and not [n for n in counts if n < STEP or n % STEP]


def test_totals_are_sums_of_what_is_shown(national):
    answer = read(national, from_="2026-01-01", to="2027-12-31", by="region")
    for figure in FIGURES:
        assert answer["total"][figure] == (sum(row[figure] or 0 for row in answer["months"]) or None)


@pytest.mark.parametrize("by", ["region", "department"])
def test_another_window_repeats_the_same_figures(national, by):
    def cells(answer):
        return {(row["month"], row.get("key")): row for row in answer["months"] + answer["groups"]}

    whole = cells(read(national, from_="2026-01-01", to="2027-12-31", by=by))
    for first, last in (("2026-01-15", "2026-01-16"), ("2026-03-01", "2026-11-29"), ("2026-11-30", "2027-12-01")):
        part = read(national, from_=first, to=last, by=by)
        assert part["from"][-2:] == "01" and part["from"][:7] == first[:7] and part["to"][:7] == last[:7]
        assert cells(part) == {key: row for key, row in whole.items() if part["from"] <= key[0] <= part["to"]}


def test_days_of_one_week_give_the_same_answer(national):
    answers = [read(national, from_="2026-06-01", to="2026-12-31", by="region", as_of=f"2026-11-{day}")
               for day in range(16, 23)]
    assert all(answer == answers[0] for answer in answers) and answers[0]["as_of"] == "2026-11-16"


def test_a_delegation_sees_shared_lines_exactly_and_steps_of_the_others(bretagne, owner):
    me = bretagne.get("/v1/token").json["delegation_id"]
    counted = {month: (shared or 0, other or 0) for month, shared, other in owner.execute("""
        select date_trunc('month', p.ends_on)::date::text, count(*) filter (where s.shares_lines),
            count(*) filter (where not s.shares_lines)
        from pass.pass p join pass.sharing s on s.member_id = p.member_id
        join network.member_delegation d on d.member_id = p.member_id and d.is_primary and d.during @> engine.today()
        where d.delegation_id = %s and p.ends_on between '2026-01-01' and '2027-12-31' group by 1""", (me,)).fetchall()}
    answer = read(bretagne, from_="2026-01-01", to="2027-12-31", by="month")
    shown = {row["month"]: row["declared"] for row in answer["months"]}
    assert shown == {month: shared + other // STEP * STEP for month, (shared, other) in counted.items()}
    assert any(other % STEP for _, other in counted.values())


# --- the attack ---------------------------------------------------------------------------------------------------
class Network:
    """A small population in a transaction that is taken back, as the national caller sees it."""

    def __init__(self, connection, seed):
        self.connection, self.random = connection, random.Random(seed)
        connection.execute("select set_config('app.caller', 'NATIONAL', true)")
        self.members = connection.execute("""
            select id, region_code, department_code from network.member where region_code in ('53', '52', '94')
            and deleted_at is null and siret !~ '^979' order by department_code, id""").fetchall()
        by_department = collections.defaultdict(list)
        for row in self.members:
            by_department[row[2]].append(row)
        self.members = [row for rows in by_department.values() for row in rows[:2]]

    def add(self, count):
        for _ in range(count):
            member = self.random.choices(self.members, range(1, len(self.members) + 1))[0]
            self.add_one(member[0], self.random.choice(["AI"] * 5 + ["ACI"] * 2 + ["EI"]),
                         self.random.choice(["DEFAULT"] * 3 + ["AI_STOCK"]), self.random.randrange(91))

    def add_one(self, member, kind, origin, day):
        end = FIRST + datetime.timedelta(days=day)
        return self.connection.execute(ADD, (member, kind, origin, end, end)).fetchone()[0]

    def answers(self):
        """All that the caller can learn of those months: every grouping."""
        answer = "select months::text, groups::text from pass.expiries(%s, %s, %s, '2039-06-06')"
        return [self.connection.execute(answer, (FIRST, LAST, by)).fetchone() for by in GROUPINGS]

    def small_cells(self):
        """Cells of one to four people, by whatever the caller may group by."""
        return self.connection.execute("""
            select v.dimension, v.key, date_trunc('month', p.ends_on)::date, array_agg(p.id)
            from pass.pass p join network.member m on m.id = p.member_id
            cross join lateral (values ('region_code', m.region_code), ('department_code', m.department_code),
                ('siae_kind', p.siae_kind), ('origin', p.origin)) v (dimension, key)
            where p.ends_on between %s and %s group by 1, 2, 3 having count(*) < 5""", (FIRST, LAST)).fetchall()

    def others(self, dimension, key, inside):
        """Places, kinds or origins of the group, or outside it."""
        if dimension == "siae_kind":
            return ("siae_kind", [kind for kind in ("AI", "ACI", "EI") if (kind == key) == inside])
        if dimension == "origin":
            return ("origin", [origin for origin in ("DEFAULT", "AI_STOCK") if (origin == key) == inside])
        return ("member_id", [member[0] for member in self.members if (key in member[1:]) == inside])

    def other_worlds(self, cell):
        """Statements that give the cell another count: one of its people elsewhere, somebody else in it, one less or more."""
        dimension, key, month, ids = cell
        strangers = [row[0] for row in self.connection.execute("""
            select id from pass.pass where date_trunc('month', ends_on) = %s and id <> all (%s)""", (month, ids)).fetchall()]
        for people, inside in ((ids, False), (strangers, True)):
            column, values = self.others(dimension, key, inside)
            for line, value in self.shuffled(itertools.product(people, values)):
                yield f"update pass.pass set {column} = %s where id = %s", (value, line)
        for line in ids:
            yield "delete from pass.pass where id = %s", (line,)
        end = month + datetime.timedelta(days=3)
        column, values = self.others(dimension, key, True)
        choices = {"member_id": [m[0] for m in self.members], "siae_kind": ["AI", "ACI", "EI"],
                   "origin": ["DEFAULT", "AI_STOCK"]} | {column: values}
        for member, kind, origin in self.shuffled(itertools.product(*choices.values())):
            yield ADD, (member, kind, origin, end, end)

    def shuffled(self, choices):
        return self.random.sample(choices := list(choices), len(choices))


@pytest.fixture
def transaction():
    with psycopg.connect(environment("MAILLAGE_DATABASE")) as connection:
        yield connection
        connection.rollback()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_small_count_follows_from_all_answers_together(transaction, seed):
    """For every small cell there is another population with another count there and the very same answers: whoever
    reads them all, and reasons as cleverly as can be, cannot tell the two apart."""
    network = Network(transaction, seed)
    network.add(60)
    seen, cells = network.answers(), network.small_cells()
    assert len(cells) > 15
    for cell in cells:
        for statement, arguments in network.other_worlds(cell):
            transaction.execute("savepoint world")
            transaction.execute(statement, arguments)
            same = network.answers() == seen
            transaction.execute("rollback to savepoint world")
            if same:
                break
        else:
            pytest.fail(f"seed {seed}: the count of {cell[:3]} ({len(cell[3])}) follows from the answers")


# --- exact under concurrent writes --------------------------------------------------------------------------------
def write_and_fold(member, rounds, seed):
    chance = random.Random(seed)
    with psycopg.connect(environment("MAILLAGE_DATABASE"), autocommit=True) as connection:
        mine = []
        for _ in range(rounds):
            end = FIRST + datetime.timedelta(days=chance.randrange(6))
            with connection.transaction(force_rollback=chance.random() < 0.2) as _:
                new = connection.execute(ADD, (member, "AI", "DEFAULT", end, end)).fetchone()[0]
                connection.execute("""insert into pass.suspension (pass_id, starts_on, ends_on, reason)
                    values (%s, '2039-01-01', '2039-02-01', 'CONTRACT_BROKEN')""", (new,))
            mine.append(new)
            if chance.random() < 0.4:
                connection.execute("delete from pass.pass where id = %s", (chance.choice(mine),))
            if chance.random() < 0.3:
                connection.execute("select pass.fold_expiry_counts(100)")


def test_the_summary_is_exact_at_any_moment_under_concurrent_writes(member, owner):
    writers = [threading.Thread(target=write_and_fold, args=(member["id"], 25, n)) for n in range(4)]
    for writer in writers:
        writer.start()
    looks = 0
    while any(writer.is_alive() for writer in writers):
        assert owner.execute(GAPS).fetchone() == (0,)
        looks += 1
    for writer in writers:
        writer.join()
    while owner.execute("select pass.fold_expiry_counts(1000)").fetchone()[0]:
        pass
    assert looks and owner.execute(GAPS).fetchone() == (0,)
    assert owner.execute("""
        select count(*) > 0 and count(*) = (select sum(people) from pass.expiry_count where member_id = %(id)s)
        from pass.pass where member_id = %(id)s""", {"id": member["id"]}).fetchone()[0]


# --- refusals -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query, status, code", [
    ({"from": "2026-02-01", "to": "2026-01-31"}, 422, "period-invalid"),
    ({"from": "2026-01-01", "to": "2031-01-01"}, 422, "period-too-long"),
    ({"from": "2026-02-30"}, 400, "invalid-parameter"),
    ({"as_of": "infinity"}, 400, "invalid-parameter"),
    ({"by": "structure"}, 400, "invalid-parameter"),
])
def test_what_cannot_be_counted_is_refused_by_name(national, query, status, code):
    answer = national.get("/v1/statistics/pass-expiries", query=query)
    assert (answer.status, answer.json["code"]) == (status, code), answer


@pytest.mark.parametrize("day", ["1900-01-01", "2400-02-29", "9999-12-31"])
def test_days_at_the_edges_are_answered(national, structure, day):
    for client in (national, structure):
        assert read(client, from_=day, to=day, as_of=day)["months"] == []
