-- The ends of all PASS as a summary that is exact at any moment, and the month-level counts that stay when the lines go.
-- Writers only ever append what they changed, so that no two of them wait for each other; a job folds the rows.
begin;

-- --- rules that are no number of days ---

alter table pass.rule drop constraint rule_unit_known;
alter table pass.rule add constraint rule_unit_known
    check (unit in ('DAYS', 'MONTHS', 'YEARS', 'PEOPLE', 'CRITERIA', 'WEEKS', 'TIMES', 'MINUTES'));
insert into pass.rule (key, value, unit, valid_from, valid_to, title, legal_reference, platform_reference) values
    ('PEAK_WEEKS', 52, 'WEEKS', '2018-12-01', null, 'Semaines dont la médiane sert de mesure à une semaine de fins', null, null),
    ('PEAK_FACTOR', 3, 'TIMES', '2018-12-01', null, 'Nombre de médianes au-delà duquel une semaine de fins est une pointe', null, null);

-- --- hard stops ---

create function pass.capping_rules() returns text[]
    language sql immutable parallel safe
    as $$
    select array['PROLONGATION_CAP_RQTH', 'PROLONGATION_CAP_PARTICULAR_DIFFICULTIES', 'PROLONGATION_CAP_SENIOR', 'SENIOR_AGE']
    $$;
comment on function pass.capping_rules() is 'Rules that decide whether an end is a hard stop.';

create view pass.cap with (security_invoker) as
    with days as (select distinct r.valid_from as day from pass.rule r where r.key = any (pass.capping_rules()))
    select case when row_number() over (order by d.day) = 1 then '-infinity' else d.day end as first_day,
        coalesce(lead(d.day) over (order by d.day) - 1, 'infinity') as last_day,
        pass.rule_value('PROLONGATION_CAP_RQTH', d.day) as rqth_days,
        pass.rule_value('PROLONGATION_CAP_PARTICULAR_DIFFICULTIES', d.day) as difficulties_days,
        pass.rule_value('PROLONGATION_CAP_SENIOR', d.day) as senior_days,
        pass.rule_value('SENIOR_AGE', d.day) as senior_years
    from days d;
comment on view pass.cap is 'Caps of prolongations and age of seniors for every day: one row per stretch without a change, no gap.';

create function pass.is_hard_stop(siae_kind text, prolonged_days integer, birth_year smallint, ends_on date, closed_on date,
                                  cap pass.cap) returns boolean
    language sql immutable parallel safe
    as $$
    select closed_on is null
        and prolonged_days >= cap.rqth_days
        and (siae_kind not in ('AI', 'ACI') or prolonged_days >= cap.difficulties_days)
        and not (coalesce(birth_year + cap.senior_years <= extract(year from ends_on), false)
            and prolonged_days < cap.senior_days)
    $$;
comment on function pass.is_hard_stop(text, integer, smallint, date, date, pass.cap) is
    'Whether no prescriber can prolong this PASS: its prolongations, all reasons added up, use up the caps of RQTH and (AI and ACI '
    'only) of particular difficulties, and the person is not known to turn 50 by the year of the end with room under the senior cap. '
    'Training, CDI inclusion and a new PASS stay possible. A closed PASS is no hard stop: it has ended by decision.';

-- --- the summary ---

create function pass.piece(day date) returns date
    language sql immutable parallel safe
    as $$ select greatest(day - (extract(isodow from day)::integer - 1), day - (extract(day from day)::integer - 1)) $$;
comment on function pass.piece(date) is
    'First day of the part of an ISO week inside one month: pieces add up to weeks and to months.';

create table pass.expiry_count (
    member_id uuid not null,
    siae_kind text not null,
    origin    text not null,
    piece     date not null,
    hard_stop boolean not null,
    people    integer not null
);
create index expiry_count_by_piece on pass.expiry_count (piece, member_id, siae_kind, origin, hard_stop) include (people);
comment on table pass.expiry_count is
    'Derived: how many PASS of a structure end in a piece of a week. Rows of the same key add up; a row may be negative.';
comment on column pass.expiry_count.people is 'What one statement added or took away, or the sum after pass.fold_expiry_counts.';

create function pass.count_expiries() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    execute format($sql$
        insert into pass.expiry_count (member_id, siae_kind, origin, piece, hard_stop, people)
        select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on),
            pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c), sum(p.sign)
        from (%s) p join pass.cap c on p.ends_on between c.first_day and c.last_day
        group by 1, 2, 3, 4, 5 having sum(p.sign) <> 0$sql$,
        case tg_op when 'INSERT' then 'select a.*, 1 as sign from added a'
            when 'DELETE' then 'select r.*, -1 as sign from removed r'
            else 'select a.*, 1 as sign from added a union all select r.*, -1 from removed r' end);
    return null;
end $$;
comment on function pass.count_expiries() is 'After a statement on pass.pass: what it changed, a row for each key whose count changed.';
create trigger pass_70_count_insert after insert on pass.pass referencing new table as added
    for each statement execute function pass.count_expiries();
create trigger pass_70_count_update after update on pass.pass referencing new table as added old table as removed
    for each statement execute function pass.count_expiries();
create trigger pass_70_count_delete after delete on pass.pass referencing old table as removed
    for each statement execute function pass.count_expiries();

create function pass.recount_expiries() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    lock table pass.pass in share mode;
    delete from pass.expiry_count;
    insert into pass.expiry_count (member_id, siae_kind, origin, piece, hard_stop, people)
    select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on),
        pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c), count(*)
    from pass.pass p join pass.cap c on p.ends_on between c.first_day and c.last_day
    group by 1, 2, 3, 4, 5;
    return null;
end $$;
comment on function pass.recount_expiries() is
    'Counts all again, without writers: after another rule (hard stops may change) and after a truncation.';
create trigger rule_70_recount after insert or update or delete on pass.rule
    for each statement execute function pass.recount_expiries();
create trigger pass_70_count_truncate after truncate on pass.pass
    for each statement execute function pass.recount_expiries();

create function pass.fold_expiry_counts(batch integer) returns integer
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    with key as (
        select e.piece, e.member_id, e.siae_kind, e.origin, e.hard_stop from pass.expiry_count e
        group by 1, 2, 3, 4, 5 having count(*) > 1 or sum(e.people) = 0 limit batch
    ), gone as (
        delete from pass.expiry_count e using key k
        where (e.piece, e.member_id, e.siae_kind, e.origin, e.hard_stop)
            = (k.piece, k.member_id, k.siae_kind, k.origin, k.hard_stop)
        returning e.*
    ), back as (
        insert into pass.expiry_count (member_id, siae_kind, origin, piece, hard_stop, people)
        select g.member_id, g.siae_kind, g.origin, g.piece, g.hard_stop, sum(g.people) from gone g
        group by 1, 2, 3, 4, 5 having sum(g.people) <> 0
    )
    select count(*)::integer from key
    $$;
comment on function pass.fold_expiry_counts(integer) is
    'Job: makes one row of the rows of a key, at most `batch` keys; 0 when none is left. Puts back exactly what it took, so that '
    'rows written meanwhile, or taken by another run, are neither lost nor counted twice.';

-- --- what stays of lines that were erased ---

create table pass.ended_month (
    month           date not null constraint ended_month_first_day check (extract(day from month) = 1),
    region_code     text constraint ended_month_region_known references reference.region,
    department_code text constraint ended_month_department_known references reference.department,
    delegation_id   uuid constraint ended_month_delegation_known references network.delegation,
    siae_kind       text not null,
    origin          text not null,
    people          integer not null constraint ended_month_people_range check (people > 0),
    hard_stops      integer not null,
    prolonged_people integer not null,
    prolonged_days  bigint not null,
    suspended_people integer not null,
    suspended_days  bigint not null,
    constraint ended_month_key unique nulls not distinct (month, region_code, department_code, delegation_id, siae_kind, origin),
    constraint ended_month_parts check (hard_stops between 0 and people and prolonged_people between 0 and people
        and suspended_people between 0 and people and prolonged_days >= 0 and suspended_days >= 0)
);
comment on table pass.ended_month is
    'PASS whose lines were erased, counted by the month of their end: nothing finer than a month and a department is kept.';
comment on column pass.ended_month.delegation_id is 'Primary delegation of the structure on the last day; null when it had none.';
comment on column pass.ended_month.prolonged_people is 'Of them, with a prolongation; prolonged_days is the sum of those days.';
comment on column pass.ended_month.suspended_people is 'Of them, with a suspension that moved the end; suspended_days is the sum of those days.';

do $$
declare
    t record;
begin
    for t in select unnest(array['expiry_count', 'ended_month']) as name loop
        execute format('alter table pass.%I enable row level security', t.name);
        execute format('alter table pass.%I force row level security', t.name);
        execute format('create policy owner on pass.%I to maillage_owner using (true) with check (true)', t.name);
    end loop;
end $$;
-- The daemon's role calls no job and counts nothing again; triggers run without this right.
revoke execute on function pass.fold_expiry_counts(integer), pass.count_expiries(), pass.recount_expiries() from public;

insert into pass.expiry_count (member_id, siae_kind, origin, piece, hard_stop, people)
select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on),
    pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c), count(*)
from pass.pass p join pass.cap c on p.ends_on between c.first_day and c.last_day
group by 1, 2, 3, 4, 5;

call engine.set_revision('pass_counts');
commit;
