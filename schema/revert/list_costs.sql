begin;

create or replace function vacation.aids(project uuid) returns table (beneficiary_id uuid, same_year integer, earlier integer)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
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
    group by k.beneficiary_id
    $$;
create or replace function vacation.late_reports(member uuid, but_not uuid) returns integer
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select count(*)::integer from vacation.project p join vacation.convention c on c.id = p.convention_id
    where p.member_id = late_reports.member and p.id is distinct from but_not and p.reported_at is null
      and p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE')
      and p.returns_on + c.report_days < engine.today()
    $$;
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
    p.purged_at, vacation.checks_json(p.id) as checks, p.fictitious as is_fictitious, p.created_at, p.updated_at
from vacation.project p
join vacation.convention c on c.id = p.convention_id
join vacation.facts f on f.project_id = p.id
left join network.member m on m.id = p.member_id
left join network.delegation d on d.id = p.delegation_id;
drop function vacation.checks_of(vacation.project, vacation.convention, vacation.facts);

do $$
declare
    t text;
begin
    foreach t in array array['beneficiary', 'budget_line', 'voucher_move', 'event'] loop
        execute format('alter policy read on vacation.%1$I using '
            '(exists (select from vacation.project p where p.id = %1$I.project_id))', t);
    end loop;
end $$;

create or replace function keyed.mark_of(secret bytea) returns bytea
    language sql immutable
    as $$ select public.hmac(convert_to('maillage keyed.mark', 'UTF8'), secret, 'sha256') $$;
create or replace function keyed.hash(purpose text, value text) returns bytea
    language sql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ select public.hmac(convert_to(value, 'UTF8'), keyed.derive(purpose), 'sha256') $$;
create or replace function keyed.open(purpose text, sealed bytea) returns text
    language sql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ select public.pgp_sym_decrypt(sealed, encode(keyed.derive(purpose), 'hex')) $$;
create or replace function training.sees_person(person uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select session.caller() = 'NATIONAL'
        or session.caller() = 'DELEGATION' and (
            exists (select from training.enrolment e join training.session s on s.id = e.session_id
                where e.person_id = person and s.delegation_id = session.delegation_id())
            or exists (select from training.trainer r where r.person_id = person))
        or session.caller() = 'STRUCTURE' and exists (
            select from training.enrolment e where e.person_id = person and e.member_id = session.member_id())
    $$;
alter policy read on training.enrolment using (training.sees_enrolment(session_id, member_id));
alter policy read on training.person using (training.sees_person(id));
alter policy read on training.attendance using (
    exists (select from training.enrolment e where e.id = enrolment_id));

drop index training.trainer_update;

create or replace view training.trainers with (security_invoker) as
select t.id, t.version, t.code, t.kind, t.person_id, i.identity ->> 'given_name' as given_name,
    i.identity ->> 'family_name' as family_name, i.identity ->> 'email' as email, t.organisation_name, t.nda,
    t.contract_ref, t.specialities, t.starts_on, t.ends_on, t.fictitious as is_fictitious, t.created_at, t.updated_at
from training.trainer t
left join training.person p on p.id = t.person_id
left join lateral (select training.opened(p.identity) as identity) i on true;

create or replace function campaign.line_warnings(line campaign.line, pass pass.pass, as_of date) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(w.code order by w.place), '{}') from (values
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
    where w.holds and line.final_outcome is null
    $$;

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
    cross join lateral (select campaign.sees_lines(a.member_id) as sees offset 0) s
    left join lateral (
        select count(*)::integer as all_lines, count(x.planned_outcome)::integer as planned
        from campaign.line x where x.answer_id = a.id) l on s.sees
    where a.invited_on <= as_of
    $$;

call engine.set_revision('write_marks');
commit;
