"""Rows beyond the demonstration, repeatable: each value follows from the row's number and a seed."""

# Members go through every rule and trigger, so that whatever the schema keeps beside them is kept.
MEMBERS = """
select setseed({seed} / 1000.0);
with place as (
    select row_number() over (order by md5(c.code || {seed})) - 1 as n, c.code
    from reference.commune c join reference.region r on r.code = c.region_code where r.zone <> 'COM' order by 1 limit 5000),
legal as (
    insert into network.organisation (legal_name)
    select 'Structure fictive ' || i from generate_series({first}, {last}) i
    returning id, legal_name),
made as (
    insert into network.member (organisation_id, name, kind, commune_code, email, phone, description, public_listing_consent)
    select l.id, l.legal_name, (array['AI', 'ACI', 'EI', 'ETTI'])[1 + i % 4], p.code, 'contact' || i || '@exemple.invalid',
        '+33261910042', 'Rangement ' || i || ', entretien des espaces verts, aide à domicile et mise à disposition.', i % 2 = 0
    from legal l
    cross join lateral (select substr(l.legal_name, 19)::integer as i) x
    join place p on p.n = (i * 7919 + {seed}) % 5000
    returning id)
insert into network.membership (member_id, starts_on, origin)
select id, date '2010-01-01' + (hashtext(id::text) & 4095), 'JOINED' from made;
"""

# Sizes of millions: rules of rows and sums are known to hold, so that triggers and indexes wait until the end.
PASSES = """
create function pg_temp.chance(number integer, salt integer) returns float8 language sql immutable as
$$ select (hashint4extended(number, salt + {seed}) & 2147483647) / 2147483648.0 $$;
alter table pass.pass disable trigger user;
create temporary table place as
select row_number() over (partition by m.region_code = '53' order by m.id) - 1 as number,
    count(*) over (partition by m.region_code = '53') as places, m.region_code = '53' as near,
    m.id, m.kind, m.region_code, m.department_code
from network.member m
where m.kind in ('AI', 'ACI', 'EI', 'ETTI', 'EITI') and exists (
    select from network.membership p where p.member_id = m.id and p.during @> engine.today());
insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, origin, starts_on, initial_ends_on,
    prolonged_days, ends_on, declared_ends_on, birth_year, last_hire_on, erase_after, region_code, department_code)
select gen_random_uuid(), q.id, q.kind, sha256(convert_to('XXXXX' || lpad(n::text, 9, '0'), 'UTF8')),
    lpad((n % 10000)::text, 4, '0'), case when pg_temp.chance(n, 1) < 0.3 then 'AI_STOCK' else 'DEFAULT' end,
    day - 729 - longer, day - longer, longer, day, day, 1960 + n % 45, day - 729, (day + interval '24 months')::date,
    q.region_code, q.department_code
from generate_series({first}, {last}) n
join place q on q.near = (n % 3 > 0) and q.number = (hashint4extended(n, 7) & 2147483647) % q.places
cross join lateral (select engine.today() - 700 + (pg_temp.chance(n, 2) * 2000)::integer as day,
    365 * (pg_temp.chance(n, 3) * 3.9)::integer as longer) d;
alter table pass.pass enable trigger user;
"""
COUNT = """
delete from pass.expiry_count;
insert into pass.expiry_count (member_id, siae_kind, origin, piece, hard_stop, people)
select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on),
    pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c), count(*)
from pass.pass p join pass.cap c on p.ends_on between c.first_day and c.last_day
group by 1, 2, 3, 4, 5;
insert into pass.sharing (member_id, shares_lines) select m.id, true from network.member m
on conflict (member_id) do update set shares_lines = true;
"""

# A year of trainings many times over: the sessions of the demonstration with their slots, people, enrolments and sheets.
TRAININGS = """
set session_replication_role = replica;
create function pg_temp.other(id uuid, k integer) returns uuid language sql immutable as $$ select md5(id::text || k)::uuid $$;
create temporary table source as
select s.id from training.session s where s.starts_on between '{year}-01-01' and '{year}-12-31' and s.counts_in_bpf;
create temporary table copies as select k from generate_series(1, greatest(0, ceil({enrolments}.0 / (
    select count(*) from training.enrolment e join source s on s.id = e.session_id))::integer - 1)) k;
insert into training.session select (jsonb_populate_record(s, jsonb_build_object('id', pg_temp.other(s.id, k)))).*
from training.session s join source using (id), copies;
insert into training.slot select (jsonb_populate_record(t, jsonb_build_object('id', pg_temp.other(t.id, k),
    'session_id', pg_temp.other(t.session_id, k)))).*
from training.slot t join source s on s.id = t.session_id, copies;
insert into training.person select (jsonb_populate_record(p, jsonb_build_object('id', pg_temp.other(p.id, k),
    'person_key', null))).*
from training.person p, copies
where exists (select from training.enrolment e join source s on s.id = e.session_id where e.person_id = p.id);
insert into training.enrolment select (jsonb_populate_record(e, jsonb_build_object('id', pg_temp.other(e.id, k),
    'session_id', pg_temp.other(e.session_id, k), 'person_id', pg_temp.other(e.person_id, k)))).*
from training.enrolment e join source s on s.id = e.session_id, copies;
insert into training.attendance select (jsonb_populate_record(a, jsonb_build_object('id', pg_temp.other(a.id, k),
    'slot_id', pg_temp.other(a.slot_id, k), 'enrolment_id', pg_temp.other(a.enrolment_id, k)))).*
from training.attendance a join training.enrolment e on e.id = a.enrolment_id join source s on s.id = e.session_id, copies;
insert into training.presence (enrolment_id, minutes) select pg_temp.other(p.enrolment_id, k), p.minutes
from training.presence p join training.enrolment e on e.id = p.enrolment_id join source s on s.id = e.session_id, copies;
"""


def fill_members(system, members, seed=1):
    have = int(system.sql("select count(*) from network.member where deleted_at is null"))
    if members > have:
        system.sql("begin; set local statement_timeout = 0;" + MEMBERS.format(first=have + 1, last=members, seed=seed) + "commit;")
        system.sql("vacuum analyze network.member; vacuum analyze network.membership;")


def fill_passes(system, passes, seed=1):
    """So many lines in Bretagne, whose delegation asks, and half as many elsewhere."""
    lines = passes + passes // 2
    have = int(system.sql("select count(*) from pass.pass where region_code = '53'"))
    if passes <= have:
        return
    indexes = system.sql("""select indexdef || ';' from pg_indexes where schemaname = 'pass' and tablename = 'pass'
        and indexname not in (select conname from pg_constraint)""")
    names = system.sql("""select string_agg('pass.' || indexname, ', ') from pg_indexes where schemaname = 'pass'
        and tablename = 'pass' and indexname not in (select conname from pg_constraint)""")
    first = int(system.sql("select count(*) from pass.pass")) + 1
    system.sql(f"begin; drop index {names};" + PASSES.format(first=first, last=lines, seed=seed)
               + "set local maintenance_work_mem = '1GB';" + indexes + COUNT + "commit;")
    system.sql("vacuum analyze pass.pass; vacuum analyze pass.expiry_count; vacuum analyze pass.sharing;")


def fill_trainings(system, enrolments, year):
    have = int(system.sql(f"""select count(*) from training.enrolment e join training.session s on s.id = e.session_id
        where s.starts_on between '{year}-01-01' and '{year}-12-31' and s.counts_in_bpf"""))
    if enrolments > have:
        system.sql("begin;" + TRAININGS.format(year=year, enrolments=enrolments) + "commit;", role=system.superuser())
        system.sql("vacuum analyze training.session, training.slot, training.person, training.enrolment, training.attendance;")
    return max(enrolments, have)
