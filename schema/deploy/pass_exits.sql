-- Which ends of a pathway count as an exit, and what stays of outcomes when their lines are erased (domain page, 3.8 and 7.4).
begin;

insert into pass.rule (key, value, unit, valid_from, valid_to, title, legal_reference, platform_reference) values
    ('EXIT_MIN_STAY', 81, 'DAYS', '2008-01-01', null,
        'Présence à partir de laquelle une sortie d’ACI, d’EI ou d’EITI compte : plus de 2,65 mois', null, 'pilotage, stg_sorties_aci_ei'),
    ('EXIT_MIN_WORKED', 60, 'MINUTES', '2008-01-01', null,
        'Travail à partir duquel une sortie d’ACI, d’EI ou d’EITI compte', null, 'pilotage, stg_sorties_aci_ei'),
    ('EXIT_MIN_WORKED_AI_ETTI', 9000, 'MINUTES', '2008-01-01', null,
        'Travail à partir duquel une sortie d’AI ou d’ETTI compte', null, 'pilotage, heures_ai_etti');

create view pass.exit_threshold with (security_invoker) as
    with days as (
        select distinct r.valid_from as day from pass.rule r
        where r.key in ('EXIT_MIN_STAY', 'EXIT_MIN_WORKED', 'EXIT_MIN_WORKED_AI_ETTI'))
    select case when row_number() over (order by d.day) = 1 then '-infinity' else d.day end as first_day,
        coalesce(lead(d.day) over (order by d.day) - 1, 'infinity') as last_day,
        pass.rule_value('EXIT_MIN_STAY', d.day) as stay_days,
        pass.rule_value('EXIT_MIN_WORKED', d.day) as minutes,
        pass.rule_value('EXIT_MIN_WORKED_AI_ETTI', d.day) as minutes_ai_etti
    from days d;
comment on view pass.exit_threshold is 'What makes an exit count, for every day: one row per stretch without a change, no gap.';

create function pass.exit_counts(siae_kind text, stay_days integer, worked_minutes integer, threshold pass.exit_threshold)
    returns boolean
    language sql immutable parallel safe
    as $$
    select coalesce(case when siae_kind in ('AI', 'ETTI') then worked_minutes >= threshold.minutes_ai_etti
        else stay_days >= threshold.stay_days and worked_minutes >= threshold.minutes end, false)
    $$;
comment on function pass.exit_counts(text, integer, integer, pass.exit_threshold) is
    'Whether an exit is counted: AI and ETTI from 150 hours worked on; ACI and EI (EITI like them) after more than 2.65 months, 81 days '
    'with months of 30.4, and an hour worked. Unknown hours: not counted.';

create table pass.ended_outcome (
    year            integer not null,
    region_code     text constraint ended_outcome_region_known references reference.region,
    department_code text constraint ended_outcome_department_known references reference.department,
    delegation_id   uuid constraint ended_outcome_delegation_known references network.delegation,
    siae_kind       text not null,
    origin          text not null,
    code            text not null,
    category        text not null constraint ended_outcome_category_known
        check (category in ('DURABLE', 'TRANSITION', 'POSITIVE', 'OTHER', 'REMOVED')),
    counted         boolean not null,
    people          integer not null constraint ended_outcome_people_range check (people > 0),
    constraint ended_outcome_key unique nulls not distinct
        (year, region_code, department_code, delegation_id, siae_kind, origin, code, category, counted)
);
comment on table pass.ended_outcome is 'Outcomes of PASS whose lines were erased, counted by year: nothing finer is kept.';
comment on column pass.ended_outcome.counted is 'Whether the exit counted (pass.exit_counts); removed ones never do.';
alter table pass.ended_outcome enable row level security;
alter table pass.ended_outcome force row level security;
create policy owner on pass.ended_outcome to maillage_owner using (true) with check (true);

create view pass.exit with (security_invoker) as
    select o.pass_id, p.member_id, p.siae_kind, p.origin, p.region_code, p.department_code, o.on_date, o.code, k.category,
        k.category <> 'REMOVED' and pass.exit_counts(p.siae_kind, o.on_date - p.starts_on + 1, o.worked_minutes, t) as counted
    from pass.outcome o
    join pass.pass p on p.id = o.pass_id
    join pass.exit_threshold t on o.on_date between t.first_day and t.last_day
    cross join lateral (select pass.outcome_category(o.code, o.contract_type, o.contract_months) as category) k;
comment on view pass.exit is 'Every outcome with its category and whether it counts as an exit. The stay goes from the first day of the PASS.';

call engine.set_revision('pass_exits');
commit;
