"""Writes the pathways as rows. The database turns numbers of days into dates, hashes the numbers of the PASS with its
own key, and keeps a line only of what is not yet due for erasure on the day of loading: of the others the counts that the
job of erasure would have left, the wave of November 2023 in them."""

from pathways import EPOCH, FIXED

BEGIN = f"""
create function pg_temp.day(number integer) returns date language sql stable as $$
    select case when number >= {FIXED // 2} then date '{EPOCH}' + (number - {FIXED}) else engine.today() + number end
$$;
"""
# The lines without a member belong to the structure whose key the demonstration hands out (README.md).
KEEP = """
create temporary table demo_kept on commit drop as
select p.id, coalesce(p.member_id, d.id) as member_id, p.kind, p.number, p.origin, p.birth_year, p.source,
    pg_temp.day(p.starts) as starts_on, pg_temp.day(p.initial_ends) as initial_ends_on, pg_temp.day(p.ends) as ends_on,
    p.ends - p.initial_ends as moved, p.declared_gap, pg_temp.day(p.closed) as closed_on,
    pg_temp.day(p.closed_from) as closed_from, pg_temp.day(p.hired) as hired_on, pg_temp.day(p.observed) as observed_on
from demo_pass p, (
    select m.id from network.member_at(engine.today()) m
    where m.kind = 'AI' and m.region_code = '53' and m.status = 'ACTIVE' order by m.siret limit 1) d;
create temporary table demo_gone on commit drop as
select * from demo_kept where ends_on + interval '24 months' <= engine.today();
delete from demo_kept k using demo_gone g where g.id = k.id;
create index on demo_outcome (pass_id);
create unique index on demo_kept (id);
analyze demo_kept;
analyze demo_gone;
"""
STORE = """
insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, origin, starts_on, initial_ends_on,
    suspended_days, prolonged_days, declared_ends_on, closed_on, closed_suspension_starts_on, birth_year, last_hire_on,
    source, observed_on)
select k.id, k.member_id, k.kind, keyed.hash('pass_number', k.number), right(k.number, 4), k.origin, k.starts_on,
    k.initial_ends_on, coalesce(s.days, 0), coalesce(p.days, 0), k.ends_on + k.declared_gap, k.closed_on, k.closed_from,
    k.birth_year, k.hired_on, k.source, k.observed_on
from demo_kept k
left join (select pass_id, sum(ends - starts) as days from demo_suspension group by 1) s on s.pass_id = k.id
left join (select pass_id, sum(ends - starts) as days from demo_prolongation group by 1) p on p.pass_id = k.id;
insert into pass.suspension (pass_id, starts_on, ends_on, reason, declared_on)
select pass_id, pg_temp.day(starts), pg_temp.day(ends), reason, pg_temp.day(declared)
from demo_suspension join demo_kept k on k.id = pass_id;
insert into pass.prolongation_request (id, pass_id, starts_on, ends_on, reason, siae_kind, prescriber_kind, requested_on,
    state, decided_on, denial_reason, proposed_actions)
select r.id, pass_id, pg_temp.day(starts), pg_temp.day(ends), reason, k.kind, prescriber_kind, pg_temp.day(asked), state,
    pg_temp.day(decided), denial_reason, proposed_actions::text[]
from demo_request r join demo_kept k on k.id = pass_id;
insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, request_id, declared_on)
select pass_id, pg_temp.day(starts), pg_temp.day(ends), reason, k.kind, request_id, pg_temp.day(declared)
from demo_prolongation join demo_kept k on k.id = pass_id;
insert into pass.outcome (pass_id, code, contract_type, contract_months, on_date, worked_minutes)
select pass_id, code, contract_type, contract_months, least(pg_temp.day(on_day), engine.today()), worked_minutes
from demo_outcome join demo_kept k on k.id = pass_id;
"""
COUNT = """
insert into pass.ended_month (month, region_code, department_code, delegation_id, siae_kind, origin, people, hard_stops,
    prolonged_people, prolonged_days, suspended_people, suspended_days)
select pass.first_of_month(g.ends_on), m.region_code, m.department_code, d.delegation_id, g.kind, g.origin, count(*),
    count(*) filter (where pass.is_hard_stop(
        g.kind, coalesce(p.days, 0), g.birth_year::smallint, g.ends_on, g.closed_on, c)),
    count(p.days), coalesce(sum(p.days), 0), count(*) filter (where s.days > 0), coalesce(sum(s.days), 0)
from demo_gone g
join network.member m on m.id = g.member_id
join pass.cap c on g.ends_on between c.first_day and c.last_day
left join network.member_delegation d on d.member_id = m.id and d.is_primary and d.during @> g.ends_on
left join (select pass_id, sum(ends - starts)::integer as days from demo_suspension group by 1) s on s.pass_id = g.id
left join (select pass_id, sum(ends - starts)::integer as days from demo_prolongation group by 1) p on p.pass_id = g.id
group by 1, 2, 3, 4, 5, 6;
insert into pass.ended_outcome (year, region_code, department_code, delegation_id, siae_kind, origin, code, category,
    counted, people)
select extract(year from o.on_date), m.region_code, m.department_code, d.delegation_id, g.kind, g.origin, o.code, o.category,
    o.category <> 'REMOVED' and pass.exit_counts(g.kind, o.on_date - g.starts_on + 1, o.worked_minutes, t), count(*)
from demo_gone g
join network.member m on m.id = g.member_id
cross join lateral (
    select x.code, pass.outcome_category(x.code, x.contract_type, x.contract_months) as category,
        pg_temp.day(x.on_day) as on_date, x.worked_minutes
    from demo_outcome x where x.pass_id = g.id) o
join pass.exit_threshold t on o.on_date between t.first_day and t.last_day
left join network.member_delegation d on d.member_id = m.id and d.is_primary and d.during @> o.on_date
group by 1, 2, 3, 4, 5, 6, 7, 8, 9;
"""
TABLES = {
    "demo_pass": "id uuid, member_id uuid, kind text, number text, origin text, birth_year integer, source text,"
                 " starts integer, initial_ends integer, ends integer, declared_gap integer, closed integer,"
                 " closed_from integer, hired integer, observed integer",
    "demo_suspension": "pass_id uuid, starts integer, ends integer, reason text, declared integer",
    "demo_request": "id uuid, pass_id uuid, starts integer, ends integer, reason text, prescriber_kind text,"
                    " asked integer, state text, decided integer, denial_reason text, proposed_actions text",
    "demo_prolongation": "pass_id uuid, starts integer, ends integer, reason text, request_id uuid, declared integer",
    "demo_outcome": "pass_id uuid, code text, contract_type text, contract_months integer, on_day integer,"
                    " worked_minutes integer",
}
STORED = ("pass.pass", "pass.suspension", "pass.prolongation_request", "pass.prolongation", "pass.outcome")


def number_of(position):
    """Twelve characters with the prefix of test data; the order of the lines does not show in them."""
    return f"XXXXX{position * 7919 % 10_000_000:07d}"


def write(writer, passes):
    """Everything in the transaction that `writer` has open."""
    writer.out.write(BEGIN)
    for table, rows in rows_of(writer, passes.pathways).items():
        writer.stage(table, TABLES[table], rows)
    writer.out.write(KEEP)
    writer.out.write(COUNT)
    # The sums of a PASS are written with it; row by row their triggers would write each line again and again.
    # tests/domain/test_pass_demonstration.py compares every line with its parts. Nobody changed what is loaded, so there
    # is no history of it.
    for word in ("disable", "enable"):
        writer.out.write("".join(f"alter table {table} {word} trigger user;\n" for table in STORED[1:])
                         + f"alter table pass.pass {word} trigger pass_history;\n")
        writer.out.write(STORE if word == "disable" else "")
    shared = ", ".join(f"'{writer.id('member', m.number)}'" for m in passes.sharing)
    writer.out.write(f"update pass.sharing set shares_lines = true where member_id in ({shared})\n"
                     "    or member_id = (select k.member_id from demo_kept k join demo_pass p using (id)\n"
                     "        where p.member_id is null limit 1);\n")
    writer.tables += STORED + ("pass.ended_month", "pass.ended_outcome", "pass.expiry_count")


def rows_of(writer, pathways):
    rows = {table: [] for table in TABLES}
    for position, way in enumerate(pathways, 1):
        mine, requests = writer.id("pass", position), [writer.id("request", position, n) for n in range(len(way.requests))]
        rows["demo_pass"].append((
            mine, way.member and writer.id("member", way.member.number), way.kind, number_of(position), way.origin,
            way.birth_year, way.source, way.starts, way.initial_ends, way.ends, way.declared_gap, way.closed,
            way.closed_from, way.hired, way.observed))
        rows["demo_suspension"] += [(mine, *part) for part in way.suspensions]
        rows["demo_request"] += [(requests[n], mine, *part) for n, part in enumerate(way.requests)]
        rows["demo_prolongation"] += [
            (mine, first, last, reason, None if request is None else requests[request], declared)
            for first, last, reason, declared, request in way.prolongations]
        if way.outcome:
            code, contract, months, day, minutes = way.outcome
            rows["demo_outcome"].append((mine, code, contract, months, day, minutes))
    return rows
