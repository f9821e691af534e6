-- What lists cost. Three causes were measured and go: a function in SQL that is not taken apart is planned anew in each
-- statement of a function that calls it, one in PL/pgSQL once for a connection; a policy that is one function for each row,
-- or one look at the parent for each row, where the federation sees everything; and names unsealed once for each column.
-- What is answered stays the same.
begin;

-- --- vacation aid: the checks of a project ---

create or replace function vacation.aids(project uuid)
    returns table (beneficiary_id uuid, same_year integer, earlier integer)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
begin
    return query
    select k.beneficiary_id,
        count(*) filter (where extract(year from o.departs_on) = extract(year from p.departs_on))::integer,
        count(*) filter (where extract(year from o.departs_on) < extract(year
            from coalesce(p.departs_on, engine.today())))::integer
    from vacation.person_key k
    join vacation.project p on p.id = k.project_id
    left join vacation.person_key s on s.key = k.key and s.project_id <> k.project_id
    left join vacation.project o on o.id = s.project_id
        and o.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED')
    where k.project_id = aids.project
    group by k.beneficiary_id;
end $$;

create or replace function vacation.late_reports(member uuid, but_not uuid) returns integer
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    return (select count(*)::integer from vacation.project p join vacation.convention c on c.id = p.convention_id
        where p.member_id = late_reports.member and p.id is distinct from but_not and p.reported_at is null
          and p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE')
          and p.returns_on + c.report_days < engine.today());
end $$;

-- The rows are at hand where a list shows them: to read project, convention and sums again, each under its policies, cost most of
-- the list. Runs with the caller's rights; people_checks and late_reports look further themselves.
create function vacation.checks_of(p vacation.project, c vacation.convention, f vacation.facts) returns jsonb
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object('rule', k.rule, 'ok', k.ok,
            'severity', case when k.rule = any (c.warning_rules) then 'WARNING' else 'REFUSAL' end, 'value', k.value,
            'limit', k."limit", 'unit', r.unit, 'sentence', k.sentence) order by r.position), '[]')
        from (
            select s.* from vacation.stay_checks(p, c, f) s
            union all select s.* from vacation.people_checks(p, c, f) s
            union all select s.* from vacation.budget_checks(p, c, f) s) k
        join vacation.rule r on r.code = k.rule);
end $$;
comment on function vacation.checks_of(vacation.project, vacation.convention, vacation.facts) is
    'The checks of one project as the contract shows them: what vacation.checks says, of rows that are at hand.';

create or replace view vacation.projects with (security_invoker) as
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
    p.purged_at, vacation.checks_of(p, c, f) as checks, p.fictitious as is_fictitious, p.created_at, p.updated_at
from vacation.project p
join vacation.convention c on c.id = p.convention_id
join vacation.facts f on f.project_id = p.id
left join network.member m on m.id = p.member_id
left join network.delegation d on d.id = p.delegation_id;

do $$
declare
    t text;
begin
    foreach t in array array['beneficiary', 'budget_line', 'voucher_move', 'event'] loop
        execute format('alter policy read on vacation.%1$I using ((select session.caller()) = ''NATIONAL'' '
            'or exists (select from vacation.project p where p.id = %1$I.project_id))', t);
    end loop;
end $$;

-- --- sealed texts ---

create or replace function keyed.mark_of(secret bytea) returns bytea
    language plpgsql immutable
    as $$ begin return public.hmac(convert_to('maillage keyed.mark', 'UTF8'), secret, 'sha256'); end $$;

create or replace function keyed.hash(purpose text, value text) returns bytea
    language plpgsql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ begin return public.hmac(convert_to(value, 'UTF8'), keyed.derive(purpose), 'sha256'); end $$;

create or replace function keyed.open(purpose text, sealed bytea) returns text
    language plpgsql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ begin return public.pgp_sym_decrypt(sealed, encode(keyed.derive(purpose), 'hex')); end $$;

-- --- trainings ---

-- What training.sees_enrolment says, as conditions of the statement: the audience's own policy leaves the caller's rows of today.
alter policy read on training.enrolment using (
    (select session.caller()) = 'NATIONAL' or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION' and (
        exists (select from training.session s where s.id = session_id and s.delegation_id = (select session.delegation_id()))
        or exists (select from network.audience a where a.member_id = enrolment.member_id)));

create or replace function training.sees_person(person uuid) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    return case session.caller()
        when 'NATIONAL' then true
        when 'DELEGATION' then
            exists (select from training.enrolment e join training.session s on s.id = e.session_id
                where e.person_id = person and s.delegation_id = session.delegation_id())
            or exists (select from training.trainer r where r.person_id = person)
        when 'STRUCTURE' then exists (
            select from training.enrolment e where e.person_id = person and e.member_id = session.member_id())
        else false end;
end $$;
alter policy read on training.person using ((select session.caller()) = 'NATIONAL' or training.sees_person(id));
alter policy read on training.attendance using ((select session.caller()) = 'NATIONAL'
    or exists (select from training.enrolment e where e.id = enrolment_id));

-- offset 0: the name is unsealed once, not for each of its three columns; so every order that the list offers needs its index.
create index trainer_update on training.trainer (updated_at, id);
create or replace view training.trainers with (security_invoker) as
select t.id, t.version, t.code, t.kind, t.person_id, i.identity ->> 'given_name' as given_name,
    i.identity ->> 'family_name' as family_name, i.identity ->> 'email' as email, t.organisation_name, t.nda,
    t.contract_ref, t.specialities, t.starts_on, t.ends_on, t.fictitious as is_fictitious, t.created_at, t.updated_at
from training.trainer t
left join training.person p on p.id = t.person_id
left join lateral (select training.opened(p.identity) as identity offset 0) i on true;

-- --- campaigns ---

create or replace function campaign.line_warnings(line campaign.line, pass pass.pass, as_of date) returns text[]
    language plpgsql stable
    as $$
begin
    if line.planned_outcome is null or line.final_outcome is not null then
        return '{}';
    end if;
    return (select coalesce(array_agg(w.code order by w.place), '{}') from (values
            (1, 'CDI_INCLUSION_TOO_YOUNG', line.planned_outcome = 'CDI_INCLUSION'
                and pass.birth_year > extract(year from as_of) - pass.rule_value('SENIOR_CDI_AGE', as_of)),
            (2, 'CDI_INCLUSION_PATHWAY_SHORT', line.planned_outcome = 'CDI_INCLUSION'
                and pass.shift_by(pass.starts_on, 'SENIOR_CDI_PATHWAY', as_of) > as_of),
            (3, 'SENIOR_TOO_YOUNG', line.planned_outcome = 'PROLONG_SENIOR'
                and pass.birth_year > extract(year from as_of) - pass.rule_value('SENIOR_AGE', as_of)),
            (4, 'DIFFICULTIES_EMPLOYER_KIND', line.planned_outcome = 'PROLONG_DIFFICULTIES' and pass.siae_kind not in ('AI', 'ACI')),
            (5, 'PROLONGATION_CAP_REACHED',
                line.planned_outcome in ('PROLONG_RQTH', 'PROLONG_SENIOR', 'PROLONG_DIFFICULTIES')
                and pass.prolonged_days >= pass.rule_value(case line.planned_outcome when 'PROLONG_RQTH' then 'PROLONGATION_CAP_RQTH'
                    when 'PROLONG_SENIOR' then 'PROLONGATION_CAP_SENIOR'
                    else 'PROLONGATION_CAP_PARTICULAR_DIFFICULTIES' end, as_of))) w (place, code, holds)
        where w.holds);
end $$;

create or replace function campaign.answers_at(as_of date) returns setof campaign.answer_row
    language sql stable rows 500
    as $$
    select a.id, a.version, a.campaign_id, c.code, a.member_id, m.name, m.kind, a.delegation_id, d.name,
        campaign.answer_state(a, c.closes_on, c.closed_on, as_of), a.invited_on, a.started_on, a.submitted_on,
        a.submitted_on > c.closes_on, a.validated_on, a.validated_by, a.returned_on, c.closes_on,
        case when s.sees then a.people_count end, case when s.sees then a.by_age_band end, case when s.sees then a.by_rqth end,
        case when s.sees then a.by_planned_outcome end, not s.sees, case when s.sees then l.all_lines end,
        case when s.sees then l.planned end, campaign.differs_from_lines(a.id), a.created_at, a.updated_at
    from campaign.answer a
    join campaign.campaign c on c.id = a.campaign_id
    join network.member m on m.id = a.member_id
    left join network.delegation d on d.id = a.delegation_id
    -- campaign.sees_lines, asked once for the statement
    cross join lateral (select coalesce(a.member_id = (select session.member_id()), false)
        or coalesce(a.member_id = any ((select pass.shared_members())::uuid[]), false)
        or (select session.caller()) = '' as sees offset 0) s
    left join lateral (
        select count(*)::integer as all_lines, count(x.planned_outcome)::integer as planned
        from campaign.line x where x.answer_id = a.id) l on s.sees
    where a.invited_on <= as_of
    $$;

call engine.set_revision('list_costs');
commit;
