"""Writes the vacation projects as rows. Each is laid down as a draft with its people and budget, then brought into its
state, so that the rules of the tables hold here too. Names are sealed by the database; those of 2023 are erased already,
as the job would have done."""

import vacations

TABLES = {
    "demo_vacation": "id uuid, reference text, year integer, member_id uuid, state text, stay_kind text, departs_on date,"
                     " departs_in integer, nights integer, notice integer, place text, requested bigint, granted bigint,"
                     " returned bigint, reason text",
    "demo_vacationer": "id uuid, project_id uuid, role text, household_no integer, given_name text, family_name text,"
                       " birth_date date, quotient integer",
    "demo_vacation_line": "project_id uuid, side text, kind text, planned_cents bigint, actual_cents bigint",
}
LIVE_YEAR = "extract(year from engine.today())::integer"

CONVENTIONS = """
insert into vacation.convention (id, year, name, envelope_cents, target_people, opens_on, closes_on, quotient_ceiling_cents,
    allowed_roles, min_nights, max_nights, allowed_areas, max_share_percent, max_cost_per_day_cents, min_own_contribution_cents,
    aids_per_person_year, notice_days, voucher_unit_cents, warning_rules, note)
select i.id::uuid, i.year, 'ANCV – Aides aux projets vacances ' || i.year, i.envelope, 300, i.opens_on, i.closes_on, 90000,
    '{{EMPLOYEE,FORMER_UNEMPLOYED_EBE,SPOUSE,CHILD,ACCOMPANYING_STAFF}}', 4, 21, '{{FRANCE,EUROPEAN_UNION}}', 80, 11000, 3000, 1, 60, 1000,
    '{{SINGLE_FUNDER}}', 'Paramètres de démonstration : les règles de la fédération restent à obtenir.'
from (values ('{past}', 2023, {past_envelope}::bigint, date '2022-12-01', date '2023-10-31'),
    ('{live}', {year}, {live_envelope}, engine.today() - 300, engine.today() + 200)) i (id, year, envelope, opens_on, closes_on);
"""

# The lines without a member belong to the structure whose key the demonstration hands out (README.md).
PROJECTS = """
create temporary table demo_project on commit drop as
select v.id, case when v.year is null then '{live}'::uuid else '{past}'::uuid end as convention_id, coalesce(v.member_id, d.id) as member_id,
    case when v.state in ('REPORT_DUE', 'REPORT_LATE', 'REPORTED') then 'DELIVERED' else v.state end as state, v.state as shown,
    v.stay_kind, coalesce(v.departs_on, engine.today() + v.departs_in) as departs_on, v.nights, v.notice, v.place, v.granted, v.returned,
    v.reason, v.year, coalesce(v.year, {year}) || '-' || v.reference as reference
from demo_vacation v, (
    select m.id from network.member_at(engine.today()) m
    where m.kind = 'AI' and m.region_code = '53' and m.status = 'ACTIVE' order by m.siret limit 1) d;
alter table demo_project add submitted_at timestamptz;
update demo_project set submitted_at = (departs_on - notice)::timestamptz + interval '9 hours' where notice is not null;
insert into vacation.project (id, reference, convention_id, member_id, delegation_id, region_code, stay_kind, departs_on, returns_on, place,
    provider_accepts_vouchers, objective, fictitious, created_at, updated_at)
select p.id, p.reference, p.convention_id, p.member_id, d.delegation_id, m.region_code, p.stay_kind, p.departs_on, p.departs_on + p.nights,
    p.place, true, case when p.year is null then 'Un premier départ, préparé avec le référent (exemple fictif).' end, true,
    coalesce(p.submitted_at - interval '8 days', now() - interval '2 days'), coalesce(p.submitted_at, now() - interval '1 day')
from demo_project p join network.member m on m.id = p.member_id
left join network.member_delegation d on d.member_id = p.member_id and d.is_primary
    and d.during @> coalesce(p.submitted_at::date, engine.today());
select setval('vacation.reference_number', (select count(*) from demo_project)) \\g /dev/null
insert into vacation.beneficiary (id, project_id, role, household_no, birth_year, first_stay)
select id, project_id, role, household_no, extract(year from birth_date)::integer, true from demo_vacationer;
insert into vacation.identity (beneficiary_id, identity, quotient)
select x.id, keyed.seal('vacation.identity', jsonb_build_object('given_name', x.given_name, 'family_name', x.family_name,
        'birth_date', x.birth_date)::text), keyed.seal('vacation.quotient', x.quotient::text)
from demo_vacationer x join demo_project p on p.id = x.project_id where p.year is null;
insert into vacation.person_key (beneficiary_id, project_id, key)
select x.id, x.project_id, vacation.person_hash(x.given_name, x.family_name, x.birth_date)
from demo_vacationer x join demo_project p on p.id = x.project_id
where x.role <> 'ACCOMPANYING_STAFF' and (p.year is null or p.state = 'CLOSED');
insert into vacation.budget_line (project_id, side, kind, planned_cents, actual_cents)
select project_id, side, kind, planned_cents, actual_cents from demo_vacation_line;
"""

STATES = """
update vacation.project v set state = p.state, submitted_at = p.submitted_at, granted_cents = p.granted,
    decided_at = case when p.granted is not null or p.state = 'REFUSED' then p.submitted_at + interval '12 days' end,
    decision_reason = case when p.state = 'REFUSED' then p.reason end,
    cancelled_at = case when p.state = 'CANCELLED' then p.submitted_at + interval '20 days' end,
    reported_at = case when p.shown in ('CLOSED', 'REPORTED') then (p.departs_on + p.nights + 20)::timestamptz end,
    departed_people = case when p.shown in ('CLOSED', 'REPORTED')
        then f.people - (f.people > 2 and right(p.reference, 1) in ('4', '7'))::integer end,    -- now and then somebody stays at home
    actual_nights = case when p.shown in ('CLOSED', 'REPORTED') then p.nights end,
    satisfaction = case when p.shown in ('CLOSED', 'REPORTED') then 4 + length(p.place) % 2 end,
    closed_at = case when p.state = 'CLOSED' then (p.departs_on + p.nights + 40)::timestamptz end,
    purged_at = case when p.year is not null then coalesce((p.departs_on + p.nights + 40)::timestamptz, p.submitted_at) + interval '366 days' end
from demo_project p join vacation.facts f on f.project_id = p.id
where v.id = p.id and p.state <> 'DRAFT';
insert into vacation.voucher_move (project_id, kind, amount_cents, moved_on)
select p.id, k.kind, case k.kind when 'RETURNED' then p.returned else p.granted end,
    least(engine.today(), case k.kind when 'ORDERED' then p.submitted_at::date + 15 when 'DELIVERED' then p.submitted_at::date + 40
        else p.departs_on + p.nights + 35 end)
from demo_project p cross join (values (1, 'ORDERED'), (2, 'DELIVERED'), (3, 'RETURNED')) k (place, kind)
where p.granted is not null and case k.kind when 'ORDERED' then p.state <> 'APPROVED'
    when 'DELIVERED' then p.state in ('DELIVERED', 'STAY_DONE', 'CLOSED') else p.returned > 0 end
order by k.place;
insert into vacation.event (project_id, occurred_at, action, from_state, to_state, reason, amount_cents)
select p.id, e.at, e.action, e.before, e.after, e.reason, e.amount
from demo_project p cross join lateral (values
    (coalesce(p.submitted_at - interval '8 days', now() - interval '2 days'), 'CREATE', null, 'DRAFT', null, null::bigint, true),
    (p.submitted_at, 'SUBMIT', 'DRAFT', 'SUBMITTED', null, null, p.submitted_at is not null),
    (p.submitted_at + interval '4 days', 'START_REVIEW', 'SUBMITTED', 'UNDER_REVIEW', null, null, p.state not in ('DRAFT', 'SUBMITTED')),
    (p.submitted_at + interval '6 days', 'REQUEST_CORRECTION', 'UNDER_REVIEW', 'CORRECTION_REQUESTED', p.reason, null, p.state = 'CORRECTION_REQUESTED'),
    (p.submitted_at + interval '12 days', 'APPROVE', 'UNDER_REVIEW', 'APPROVED', null, p.granted, p.granted is not null),
    (p.submitted_at + interval '12 days', 'APPROVE', 'UNDER_REVIEW', 'WAITLISTED_BUDGET', null, null, p.state = 'WAITLISTED_BUDGET'),
    (p.submitted_at + interval '12 days', 'REFUSE', 'UNDER_REVIEW', 'REFUSED', p.reason, null, p.state = 'REFUSED'),
    (p.submitted_at + interval '20 days', 'CANCEL', 'UNDER_REVIEW', 'CANCELLED', p.reason, null, p.state = 'CANCELLED'),
    (p.departs_on::timestamptz, 'MARK_DEPARTED', 'DELIVERED', 'STAY_DONE', null, null, p.state in ('STAY_DONE', 'CLOSED')),
    ((p.departs_on + p.nights + 20)::timestamptz, 'REPORT', 'REPORT_DUE', 'REPORT_DUE', null, null, p.shown in ('CLOSED', 'REPORTED')),
    ((p.departs_on + p.nights + 40)::timestamptz, 'CLOSE', 'REPORT_DUE', 'CLOSED', null, null, p.state = 'CLOSED')
) e (at, action, before, after, reason, amount, holds)
where e.holds;
"""


def write(writer, found):
    identifier = writer.id
    parts = {"past": identifier("vacation-convention", 2023), "live": identifier("vacation-convention", "live"), "year": LIVE_YEAR,
             "past_envelope": found.envelope(2023), "live_envelope": found.envelope(None)}
    for table, columns in TABLES.items():
        writer.stage(table, columns, rows(table, writer, found))
    writer.out.write(CONVENTIONS.format(**parts) + PROJECTS.format(**parts) + STATES)


def rows(table, writer, found):
    for p in found.projects:
        project = writer.id("vacation-project", p.number)
        if table == "demo_vacation":
            dated = p.year is not None
            yield (project, f"{p.number + 1:05d}", p.year, p.member and writer.id("member", p.member.number), p.state, p.stay_kind,
                   p.departs if dated else None, None if dated else p.departs, p.nights, p.notice, p.place, p.requested, p.granted,
                   vacations.returns(p), vacations.REASONS.get(p.state))
        elif table == "demo_vacationer":
            for number, person in enumerate(p.people):
                yield (writer.id("vacationer", p.number, number), project, person.role, person.household, person.given_name,
                       person.family_name, person.birth_date, person.quotient)
        else:
            for line in p.lines:
                yield (project, *line)
