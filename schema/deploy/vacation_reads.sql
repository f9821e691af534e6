-- Conventions, projects, people, reports as the contract shows them.
begin;

create function vacation.state_today(state text, returns_on date) returns text
    language sql stable
    as $$
    select case when state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE') and returns_on < engine.today()
        then 'REPORT_DUE' else state end
    $$;
comment on function vacation.state_today(text, date) is
    'REPORT_DUE from the day after the return on, with no job having run.';

-- --- the workflow as rows ---

create table vacation.transition (
    action       text not null,
    from_state   text not null,
    to_state     text not null,
    callers      text[] not null,
    needs_reason boolean not null default false,
    position     integer not null,
    constraint vacation_transition_key primary key (action, from_state)
);
comment on table vacation.transition is
    'What may be done in which state (of today), by whom, and where it leads; actions of a record come from it.';
comment on column vacation.transition.to_state is
    'The state afterwards; an approval may lead to WAITLISTED_BUDGET instead.';
comment on column vacation.transition.position is 'Order in which actions are offered.';
insert into vacation.transition (action, from_state, to_state, callers, needs_reason, position)
select a, s, coalesce(t, s), c, r, o from (values
    ('EDIT', 'DRAFT CORRECTION_REQUESTED', null, '{STRUCTURE,NATIONAL}'::text[], false, 1),
    ('SUBMIT', 'DRAFT', 'SUBMITTED', '{STRUCTURE,NATIONAL}', false, 2),
    ('SUBMIT', 'CORRECTION_REQUESTED', 'UNDER_REVIEW', '{STRUCTURE,NATIONAL}', false, 2),
    ('START_REVIEW', 'SUBMITTED', 'UNDER_REVIEW', '{NATIONAL}', false, 3),
    ('REQUEST_CORRECTION', 'SUBMITTED UNDER_REVIEW', 'CORRECTION_REQUESTED', '{NATIONAL}', true, 4),
    ('APPROVE', 'SUBMITTED UNDER_REVIEW WAITLISTED_BUDGET', 'APPROVED', '{NATIONAL}', false, 5),
    ('REFUSE', 'SUBMITTED UNDER_REVIEW WAITLISTED_BUDGET', 'REFUSED', '{NATIONAL}', true, 6),
    ('REOPEN', 'REFUSED', 'UNDER_REVIEW', '{NATIONAL}', true, 7),
    ('ORDER_VOUCHERS', 'APPROVED VOUCHERS_ORDERED', 'VOUCHERS_ORDERED', '{NATIONAL}', false, 8),
    ('ORDER_VOUCHERS', 'REPORT_DUE', null, '{NATIONAL}', false, 8),        -- noted late, after the return
    ('DELIVER_VOUCHERS', 'VOUCHERS_ORDERED DELIVERED', 'DELIVERED', '{NATIONAL}', false, 9),
    ('DELIVER_VOUCHERS', 'REPORT_DUE', null, '{NATIONAL}', false, 9),
    ('MARK_DEPARTED', 'DELIVERED', 'STAY_DONE', '{STRUCTURE,NATIONAL}', false, 10),
    ('REPORT', 'REPORT_DUE', null, '{STRUCTURE,NATIONAL}', false, 11),
    ('RETURN_VOUCHERS', 'DELIVERED STAY_DONE REPORT_DUE CANCELLED CLOSED', null, '{NATIONAL}', false, 12),
    ('CLOSE', 'REPORT_DUE', 'CLOSED', '{NATIONAL}', false, 13),
    ('CANCEL', 'DRAFT SUBMITTED UNDER_REVIEW CORRECTION_REQUESTED WAITLISTED_BUDGET APPROVED VOUCHERS_ORDERED DELIVERED', 'CANCELLED',
        '{STRUCTURE,NATIONAL}', true, 14)) v (a, states, t, c, r, o), string_to_table(v.states, ' ') s;
alter table vacation.transition enable row level security;
alter table vacation.transition force row level security;
create policy owner on vacation.transition to maillage_owner using (true) with check (true);
create policy read on vacation.transition for select to maillage_app using (true);
grant select on vacation.transition to maillage_app;

create function vacation.actions(p vacation.project, f vacation.facts) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(t.action order by t.position), '{}') from vacation.transition t
    where t.from_state = vacation.state_today(p.state, p.returns_on) and session.caller() = any (t.callers)
      and case t.action
            when 'MARK_DEPARTED' then p.departs_on <= engine.today()
            when 'APPROVE' then p.departs_on > engine.today()
            when 'CLOSE' then p.reported_at is not null
            when 'ORDER_VOUCHERS' then f.ordered < p.granted_cents
            when 'DELIVER_VOUCHERS' then f.delivered < f.ordered
            when 'RETURN_VOUCHERS' then f.returned < f.delivered
            else true end
    $$;
comment on function vacation.actions(vacation.project, vacation.facts) is
    'What this caller may do with the project today.';

-- --- conventions ---

create function vacation.convention_totals(convention uuid) returns table (granted_cents bigint, returned_cents bigint,
        committed_cents bigint, people_granted integer, waiting_count integer, waiting_cents bigint, proposed_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(sum(f.committed + f.returned), 0)::bigint, coalesce(sum(f.returned), 0)::bigint,
        coalesce(sum(f.committed), 0)::bigint,
        coalesce(sum(f.people) filter (where p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE',
            'CLOSED')), 0)::integer,
        (count(*) filter (where p.state = 'WAITLISTED_BUDGET'))::integer,
        coalesce(sum(f.requested) filter (where p.state = 'WAITLISTED_BUDGET'), 0)::bigint,
        (array_agg(p.id order by p.proposed_at, p.id) filter (where p.state = 'WAITLISTED_BUDGET'
            and p.proposed_at is not null))[1]
    from vacation.project p join vacation.facts f on f.project_id = p.id
    where p.convention_id = convention_totals.convention
    $$;
comment on function vacation.convention_totals(uuid) is
    'Sums over all structures: granted (and delivered before a cancellation), returned, people of granted '
    'projects, waiting list.';

create view vacation.conventions with (security_invoker) as
select c.id, c.version, c.year, c.name, c.envelope_cents, c.target_people, c.opens_on, c.closes_on,
    jsonb_build_object('quotient_ceiling_cents', c.quotient_ceiling_cents, 'allowed_roles', c.allowed_roles,
        'min_nights', c.min_nights,
        'max_nights', c.max_nights, 'allowed_areas', c.allowed_areas, 'max_share_percent',
            trim_scale(c.max_share_percent),
        'max_aid_cents', c.max_aid_cents, 'max_cost_per_day_cents', c.max_cost_per_day_cents,
        'min_own_contribution_cents', c.min_own_contribution_cents, 'aids_per_person_year', c.aids_per_person_year,
        'notice_days', c.notice_days, 'voucher_unit_cents', c.voucher_unit_cents, 'other_funder_required',
            c.other_funder_required,
        'provider_accepts_vouchers', c.provider_accepts_vouchers, 'partial_grants', c.partial_grants, 'report_days',
            c.report_days,
        'return_rule', c.return_rule, 'purge_days', c.purge_days) as parameters,
    to_jsonb(c.warning_rules) as warning_rules,
    (select coalesce(jsonb_agg(jsonb_build_object('delegation_id', q.delegation_id, 'delegation_name', d.name,
        'amount_cents', q.amount_cents,
            'left_cents', q.amount_cents - vacation.committed(c.id, q.delegation_id)) order by d.name), '[]')
     from vacation.quota q join network.delegation d on d.id = q.delegation_id where q.convention_id = c.id) as quotas,
    t.granted_cents, t.returned_cents, c.envelope_cents - t.committed_cents as left_cents, t.people_granted,
    case when c.target_people is not null then round(t.people_granted * 100.0 / c.target_people,
        1) end as target_reached_percent,
    t.waiting_count, t.waiting_cents,
    case when session.caller() = 'NATIONAL' then t.proposed_id end as proposed_project_id,
    c.note, c.created_at, c.updated_at
from vacation.convention c
cross join lateral vacation.convention_totals(c.id) t;

comment on view vacation.conventions is
    'Conventions with their parameters, what is left, and the waiting list; left = envelope − granted + returned.';
grant select on vacation.conventions to maillage_app;

-- --- projects ---

create function vacation.checks_json(project uuid) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('rule', k.rule, 'ok', k.ok, 'severity', k.severity, 'value', k.value,
        'limit', k."limit", 'unit', k.unit, 'sentence', k.sentence)), '[]') from vacation.checks(project) k
    $$;
comment on function vacation.checks_json(uuid) is 'The checks as the contract shows them.';

create view vacation.projects with (security_invoker) as
select p.id, p.version, p.reference, p.convention_id, c.year, p.member_id, m.name as member_name, p.delegation_id,
    d.name as delegation_name, p.region_code, p.referent_contact_id, p.funder_ref, p.stay_kind, p.departs_on,
        p.returns_on, f.nights,
    p.place, p.country_code, p.provider_accepts_vouchers, p.objective,
        vacation.state_today(p.state, p.returns_on) as state,
    to_jsonb(vacation.actions(p, f)) as actions, f.people,
    jsonb_build_object('SINGLE_ADULT', f.single_adults, 'FAMILY', f.family_people, 'ACCOMPANYING_STAFF',
        f.staff) as people_by_category,
    f.households, f.planned_costs::bigint as planned_costs_cents, f.planned_funding::bigint as planned_funding_cents,
    (f.planned_funding - f.planned_costs)::bigint as difference_cents, f.requested::bigint as requested_cents,
    round(f.requested * 100.0 / nullif(f.planned_costs, 0), 1) as aid_share_percent,
    round(f.planned_costs::numeric / nullif(f.people * f.days, 0))::bigint as cost_per_person_day_cents,
    p.granted_cents, f.ordered::bigint as ordered_cents, f.delivered::bigint as delivered_cents,
        f.returned::bigint as returned_cents,
    p.decision_reason, p.submitted_at, p.decided_at, p.proposed_at, p.cancelled_at, p.closed_at, p.reported_at,
    p.returns_on + c.report_days as report_due_on,
    p.reported_at is null and p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE')
        and coalesce(p.returns_on + c.report_days < engine.today(), false) as is_report_late,
    p.purged_at, vacation.checks_json(p.id) as checks, p.fictitious as is_fictitious, p.created_at, p.updated_at
from vacation.project p
join vacation.convention c on c.id = p.convention_id
join vacation.facts f on f.project_id = p.id
left join network.member m on m.id = p.member_id
left join network.delegation d on d.id = p.delegation_id;
comment on view vacation.projects is 'Projects as the contract shows them, for the day and the caller.';
grant select on vacation.projects to maillage_app;

create function vacation.visible_project(project uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from vacation.project p where p.id = project) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return project;
end $$;
comment on function vacation.visible_project(uuid) is 'The project itself, or MA404 when the caller cannot see it.';

create function vacation.visible_convention(convention uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from vacation.convention c where c.id = convention) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return convention;
end $$;
comment on function vacation.visible_convention(uuid) is
    'The convention itself, or MA404 when the caller cannot see it.';

-- --- people ---

create view vacation.beneficiaries with (security_invoker) as
select b.id, b.version, p.member_id, b.project_id, b.role, b.household_no,
    case when b.role = 'ACCOMPANYING_STAFF' then 'ACCOMPANYING_STAFF'
         when (select count(*) from vacation.beneficiary x where x.project_id = b.project_id
             and x.household_no = b.household_no
            and x.role <> 'ACCOMPANYING_STAFF') = 1 then 'SINGLE_ADULT' else 'FAMILY' end as category,
    s.person ->> 'given_name' as given_name, s.person ->> 'family_name' as family_name,
        (s.person ->> 'birth_date')::date as birth_date,
    s.quotient as family_quotient_cents, b.birth_year, b.first_stay, coalesce(a.earlier, 0) as earlier_aids,
    coalesce(a.same_year, 0) > 0 as aided_this_year, b.created_at, b.updated_at
from vacation.beneficiary b
join vacation.project p on p.id = b.project_id
left join lateral (
    select keyed.open('vacation.identity', i.identity)::jsonb as person,
        keyed.open('vacation.quotient', i.quotient)::integer as quotient
    from vacation.identity i where i.beneficiary_id = b.id) s on true
left join lateral (select * from vacation.aids(b.project_id) x where x.beneficiary_id = b.id) a on true;
comment on view vacation.beneficiaries is
    'People of a project; names and quotients are there for those who may read vacation.identity, and until the purge.';
grant select on vacation.beneficiaries to maillage_app;

-- --- the report ---

create function vacation.proposed_return(project uuid) returns bigint
    language sql stable
    as $$
    select least(granted, greatest(
            case when p.departed_people = 0 then granted end,
            case when c.return_rule <> 'NONE' and c.max_share_percent is not null
                then ceil(greatest(granted - floor(f.actual_costs * c.max_share_percent / 100), 0) / unit) * unit end,
            case when c.return_rule = 'PROPORTIONAL' and f.actual_costs < f.planned_costs
                then floor(granted * (f.planned_costs - f.actual_costs) / f.planned_costs / unit) * unit end,
            case when c.return_rule = 'SURPLUS' then floor(greatest(f.actual_funding - f.actual_costs,
                0) / unit) * unit end,
            0))::bigint
    from vacation.project p
    join vacation.convention c on c.id = p.convention_id
    join vacation.facts f on f.project_id = p.id
    cross join lateral (
        select case when f.delivered > 0 or p.departed_people = 0 then f.delivered else p.granted_cents end::numeric,
            coalesce(c.voucher_unit_cents, 1)) g (granted, unit)
    where p.id = proposed_return.project and p.reported_at is not null
    $$;
comment on function vacation.proposed_return(uuid) is
    'Cents that go back after the report, by the rule of the convention, in whole vouchers: all of it when nobody left; what '
    'exceeds the maximum share of the actual costs, rounded up; the unspent proportion or the surplus, rounded down.';

create view vacation.reports with (security_invoker) as
select p.id, p.version, p.id as project_id, p.departed_people, p.actual_nights, p.effects, p.satisfaction,
    p.reported_at,
    f.people as planned_people, round(p.departed_people * 100.0 / nullif(f.people, 0), 1) as departure_rate_percent,
    f.actual_costs::bigint as actual_costs_cents, f.actual_funding::bigint as actual_funding_cents,
    (f.actual_funding - f.actual_costs)::bigint as surplus_cents,
    round(g.granted * 100.0 / nullif(f.actual_costs, 0), 1) as aid_share_percent,
    c.return_rule, vacation.proposed_return(p.id) as proposed_return_cents, f.returned::bigint as returned_cents,
    (select jsonb_agg(jsonb_build_object('line_id', l.id, 'side', l.side, 'kind', l.kind, 'label', l.label,
        'planned_cents', l.planned_cents,
        'actual_cents', l.actual_cents) order by l.side, l.id) from vacation.budget_line l
            where l.project_id = p.id) as lines,
    p.created_at, p.updated_at
from vacation.project p
join vacation.convention c on c.id = p.convention_id
join vacation.facts f on f.project_id = p.id
cross join lateral (select coalesce(nullif(f.delivered, 0), p.granted_cents)::numeric) g (granted)
where p.reported_at is not null;
comment on view vacation.reports is
    'Reports (bilans) with what follows from them: surplus, share of the actual costs, return proposed.';
grant select on vacation.reports to maillage_app;

call engine.set_revision('vacation_reads');
commit;
