-- Vacation aid (ANCV – Aides aux projets vacances): conventions, projects, beneficiaries, budgets, vouchers, reports,
-- trace. Every rule of a funder is a parameter of the yearly convention (domain page, 2.4). Amounts are cents, dates
-- inclusive; a stay of n nights has n + 1 days.
begin;

create schema vacation;
comment on schema vacation is
    'Vacation aid: one stay, several people, a budget balanced to the cent, an envelope never overspent.';

-- --- what is fixed ---

create table vacation.rule (
    code      text primary key constraint rule_code_form check (code ~ '^[A-Z_]+$'),
    position  integer not null constraint rule_position_key unique,
    refusal   text not null,
    can_warn  boolean not null,
    unit      text not null constraint rule_unit_known
        check (unit in ('CENTS', 'PERCENT', 'NIGHTS', 'DAYS', 'COUNT', 'DATE', 'NONE'))
);
comment on table vacation.rule is 'Rules that a project is checked against, in the order in which they are told.';
comment on column vacation.rule.refusal is
    'Name of the refusal when the rule does not warn only; the problem catalogue knows it.';
comment on column vacation.rule.can_warn is 'False for what every convention demands: a complete and balanced project.';
comment on column vacation.rule.unit is 'Unit of value and limit.';
insert into vacation.rule (code, position, refusal, can_warn, unit) values
    ('COMPLETE', 1, 'vacation_incomplete', false, 'NONE'),
    ('BENEFICIARIES', 2, 'vacation_beneficiaries_missing', false, 'COUNT'),
    ('REPORT_DUE', 3, 'vacation_report_due', true, 'COUNT'),
    ('DEPOSIT_WINDOW', 4, 'vacation_window_closed', true, 'DATE'),
    ('NIGHTS_MIN', 5, 'vacation_stay_too_short', true, 'NIGHTS'),
    ('NIGHTS_MAX', 6, 'vacation_stay_too_long', true, 'NIGHTS'),
    ('NOTICE', 7, 'vacation_notice_too_short', true, 'DAYS'),
    ('PLACE', 8, 'vacation_place_not_eligible', true, 'NONE'),
    ('PROVIDER', 9, 'vacation_provider_not_eligible', true, 'NONE'),
    ('PUBLIC', 10, 'vacation_public_not_eligible', true, 'COUNT'),
    ('QUOTIENT', 11, 'vacation_quotient_too_high', true, 'CENTS'),
    ('FREQUENCY', 12, 'vacation_already_aided', true, 'COUNT'),
    ('BUDGET_BALANCE', 13, 'vacation_budget_unbalanced', false, 'CENTS'),
    ('AID_SHARE', 14, 'vacation_aid_share_exceeded', true, 'PERCENT'),
    ('AID_AMOUNT', 15, 'vacation_aid_amount_exceeded', true, 'CENTS'),
    ('COST_PER_DAY', 16, 'vacation_cost_per_day_exceeded', true, 'CENTS'),
    ('OWN_CONTRIBUTION', 17, 'vacation_own_contribution_too_low', true, 'CENTS'),
    ('SINGLE_FUNDER', 18, 'vacation_single_funder', true, 'CENTS'),
    ('VOUCHER_UNIT', 19, 'vacation_voucher_unit', true, 'CENTS');

create table vacation.union_country (code text primary key constraint union_country_form check (code ~ '^[A-Z]{2}$'));
comment on table vacation.union_country is
    'Members of the European Union of 2026 (ISO 3166-1), for stays outside France.';
insert into vacation.union_country
select unnest('{AT,BE,BG,HR,CY,CZ,DK,EE,FI,FR,DE,GR,HU,IE,IT,LV,LT,LU,MT,NL,PL,PT,RO,SK,SI,ES,SE}'::text[]);

-- --- conventions ---

create table vacation.convention (
    id                         uuid primary key default engine.uuid_v7(),
    version                    integer not null default 1,
    created_at                 timestamptz not null default now(),
    updated_at                 timestamptz not null default now(),
    changed_in                 xid8 not null default pg_current_xact_id(),
    year                       integer not null
        constraint vacation_convention_year_range check (year between 1900 and 2200),
    name                       text collate "fr-x-icu" not null
        constraint vacation_convention_name_length check (length(name) between 3 and 150),
    envelope_cents             bigint not null
        constraint vacation_convention_envelope_range check (envelope_cents between 0 and 100000000000),
    target_people              integer
        constraint vacation_convention_target_range check (target_people between 1 and 1000000),
    opens_on                   date not null,
    closes_on                  date not null,
    quotient_ceiling_cents     integer constraint vacation_convention_quotient_range check (quotient_ceiling_cents > 0),
    allowed_roles              text[] constraint vacation_convention_roles_known check (allowed_roles <@
        '{EMPLOYEE,FORMER_UNEMPLOYED_EBE,SPOUSE,CHILD,ACCOMPANYING_STAFF}'::text[]),
    min_nights                 integer
        constraint vacation_convention_min_nights_range check (min_nights between 1 and 365),
    max_nights                 integer
        constraint vacation_convention_max_nights_range check (max_nights between 1 and 365),
    allowed_areas              text[] constraint vacation_convention_areas_known check (allowed_areas <@
        '{FRANCE,EUROPEAN_UNION,ELSEWHERE}'::text[]),
    max_share_percent          numeric(5, 2)
        constraint vacation_convention_share_range check (max_share_percent between 1 and 100),
    max_aid_cents              integer constraint vacation_convention_aid_range check (max_aid_cents > 0),
    max_cost_per_day_cents     integer constraint vacation_convention_cost_range check (max_cost_per_day_cents > 0),
    min_own_contribution_cents integer constraint vacation_convention_own_range check (min_own_contribution_cents > 0),
    aids_per_person_year       integer
        constraint vacation_convention_frequency_range check (aids_per_person_year between 1 and 12),
    notice_days                integer
        constraint vacation_convention_notice_range check (notice_days between 0 and 365),
    voucher_unit_cents         integer
        constraint vacation_convention_unit_range check (voucher_unit_cents between 100 and 100000),
    other_funder_required      boolean not null default true,
    provider_accepts_vouchers  boolean not null default true,
    partial_grants             boolean not null default false,
    report_days                integer not null default 30
        constraint vacation_convention_report_days_range check (report_days between 0 and 365),
    return_rule                text not null default 'PROPORTIONAL'
        constraint vacation_convention_return_rule_known check (return_rule in ('NONE', 'SHARE_EXCESS',
            'PROPORTIONAL', 'SURPLUS')),
    purge_days                 integer not null default 365
        constraint vacation_convention_purge_days_range check (purge_days between 0 and 3650),
    warning_rules              text[] not null default '{}',
    note                       text constraint vacation_convention_note_length check (length(note) <= 2000),
    constraint vacation_convention_key unique (year, name),
    constraint vacation_convention_dates_order check (opens_on <= closes_on),
    constraint vacation_convention_nights_order check (min_nights <= max_nights),
    constraint vacation_convention_warnings_known check (warning_rules <@
        '{REPORT_DUE,DEPOSIT_WINDOW,NIGHTS_MIN,NIGHTS_MAX,NOTICE,PLACE,PROVIDER,PUBLIC,QUOTIENT,FREQUENCY,AID_SHARE,AID_AMOUNT,COST_PER_DAY,OWN_CONTRIBUTION,SINGLE_FUNDER,VOUCHER_UNIT}'::text[])
);
comment on table vacation.convention is
    'Agreement of a year with the funder: envelope, target, opening dates and every rule as a parameter; null = '
    'no such rule.';
comment on column vacation.convention.quotient_ceiling_cents is
    'Family quotient (quotient familial) must be strictly below; cents.';
comment on column vacation.convention.max_share_percent is 'Aid ÷ planned costs at most; percent.';
comment on column vacation.convention.max_cost_per_day_cents is
    'Planned costs for a person and a day at most; cents, accompanying staff counted.';
comment on column vacation.convention.min_own_contribution_cents is
    'Part paid by the beneficiaries at least, for the project; cents.';
comment on column vacation.convention.notice_days is 'Days from the first submission to the departure at least.';
comment on column vacation.convention.voucher_unit_cents is
    'Amounts are multiples of the smallest paper voucher; cents.';
comment on column vacation.convention.report_days is 'Days after the return until which the report is in time.';
comment on column vacation.convention.return_rule is
    'What goes back when a stay costs less: NONE; SHARE_EXCESS above the maximum share; PROPORTIONAL to the '
    'costs not spent; SURPLUS first of all.';
comment on column vacation.convention.purge_days is 'Days after closing until identities and quotients are erased.';
comment on column vacation.convention.warning_rules is 'Rules that only warn; all others refuse.';

create table vacation.quota (
    convention_id uuid not null constraint vacation_quota_convention references vacation.convention on delete cascade,
    delegation_id uuid not null constraint vacation_quota_delegation_known references network.delegation,
    amount_cents  bigint not null
        constraint vacation_quota_amount_range check (amount_cents between 0 and 100000000000),
    constraint vacation_quota_key primary key (convention_id, delegation_id)
);
comment on table vacation.quota is
    'Part of the envelope that a delegation may use at most; no row: no limit of its own.';

-- --- projects ---

create table vacation.project (
    id                        uuid primary key default engine.uuid_v7(),
    version                   integer not null default 1,
    created_at                timestamptz not null default now(),
    updated_at                timestamptz not null default now(),
    changed_in                xid8 not null default pg_current_xact_id(),
    touched_at                timestamptz,
    reference                 text not null constraint vacation_project_reference_key unique,
    convention_id             uuid not null constraint vacation_project_convention_known references vacation.convention,
    member_id                 uuid not null constraint vacation_project_member_known references network.member,
    delegation_id             uuid constraint vacation_project_delegation references network.delegation,
    region_code               text constraint vacation_project_region references reference.region,
    referent_contact_id       uuid constraint vacation_project_referent_known references network.contact,
    funder_ref                text
        constraint vacation_project_funder_ref_length check (length(funder_ref) between 1 and 60),
    stay_kind                 text not null
        constraint vacation_project_stay_kind_known check (stay_kind in ('INDIVIDUAL', 'FAMILY', 'GROUP')),
    departs_on                date,
    returns_on                date,
    place                     text collate "fr-x-icu"
        constraint vacation_project_place_length check (length(place) between 1 and 150),
    country_code              text not null default 'FR'
        constraint vacation_project_country_form check (country_code ~ '^[A-Z]{2}$'),
    provider_accepts_vouchers boolean,
    objective                 text constraint vacation_project_objective_length check (length(objective) <= 2000),
    state                     text not null default 'DRAFT' constraint vacation_project_state_known check (state in
        ('DRAFT', 'SUBMITTED', 'UNDER_REVIEW', 'CORRECTION_REQUESTED', 'APPROVED', 'REFUSED', 'WAITLISTED_BUDGET',
         'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED', 'CANCELLED')),
    submitted_at              timestamptz,
    decided_at                timestamptz,
    granted_cents             bigint constraint vacation_project_granted_range check (granted_cents > 0),
    decision_reason           text
        constraint vacation_project_reason_length check (length(decision_reason) between 3 and 2000),
    proposed_at               timestamptz,
    cancelled_at              timestamptz,
    closed_at                 timestamptz,
    purged_at                 timestamptz,
    departed_people           integer
        constraint vacation_project_departed_range check (departed_people between 0 and 1000),
    actual_nights             integer
        constraint vacation_project_actual_nights_range check (actual_nights between 0 and 365),
    effects                   text constraint vacation_project_effects_length check (length(effects) <= 4000),
    satisfaction              integer
        constraint vacation_project_satisfaction_range check (satisfaction between 1 and 5),
    reported_at               timestamptz,
    fictitious                boolean not null default false,
    constraint vacation_project_dates_order check (departs_on <= returns_on),
    constraint vacation_project_granted_decided check (granted_cents is null or decided_at is not null),
    constraint vacation_project_money_granted check
        (state not in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED')
            or granted_cents is not null),
    constraint vacation_project_submitted check (state in ('DRAFT', 'CANCELLED') or submitted_at is not null),
    constraint vacation_project_refusal_reason check (state <> 'REFUSED' or decision_reason is not null)
);
create index vacation_project_convention on vacation.project (convention_id, state);
create index vacation_project_member on vacation.project (member_id, returns_on);
create index vacation_project_delegation on vacation.project (delegation_id);
create index vacation_project_departs on vacation.project (departs_on, id);
create index vacation_project_updated on vacation.project (updated_at, id);
create index vacation_project_waiting on vacation.project (convention_id, submitted_at, id)
    where state = 'WAITLISTED_BUDGET';
create index vacation_project_purge on vacation.project (closed_at) where purged_at is null;
comment on table vacation.project is
    'One stay with its people. The report (bilan) is part of it; REPORT_DUE follows from the state and the date.';
comment on column vacation.project.reference is 'Readable number: year of the convention and a running number.';
comment on column vacation.project.delegation_id is
    'Primary delegation of the member when the project was made or submitted: quota and figures keep it.';
comment on column vacation.project.region_code is 'Region of the member at the same moment.';
comment on column vacation.project.touched_at is
    'Last write of a beneficiary, budget line or voucher: raises the version of the project.';
comment on column vacation.project.submitted_at is
    'First submission: order of the waiting list, and what the notice counts from.';
comment on column vacation.project.granted_cents is
    'Aid approved; stays after a cancellation, which releases what was not delivered.';
comment on column vacation.project.proposed_at is
    'When money came back and this project was first in line: the reviewer is asked to decide.';
comment on column vacation.project.purged_at is 'Identities and quotients were erased then.';
comment on column vacation.project.satisfaction is '1 (poor) to 5 (very good).';

create sequence vacation.reference_number;
comment on sequence vacation.reference_number is 'Running number of project references; gaps are of no meaning.';

create table vacation.beneficiary (
    id           uuid primary key default engine.uuid_v7(),
    version      integer not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    changed_in   xid8 not null default pg_current_xact_id(),
    project_id   uuid not null constraint vacation_beneficiary_project references vacation.project on delete cascade,
    role         text not null constraint vacation_beneficiary_role_known check (role in
        ('EMPLOYEE', 'FORMER_UNEMPLOYED_EBE', 'SPOUSE', 'CHILD', 'ACCOMPANYING_STAFF')),
    household_no integer not null
        constraint vacation_beneficiary_household_range check (household_no between 1 and 200),
    birth_year   integer constraint vacation_beneficiary_birth_year_range check (birth_year between 1900 and 2200),
    first_stay   boolean
);
create index vacation_beneficiary_project on vacation.beneficiary (project_id, household_no, id);
comment on table vacation.beneficiary is
    'Someone on the stay, without a name: what remains for the figures after the purge.';
comment on column vacation.beneficiary.household_no is
    'Number of the household inside the project; accompanying staff belong to none that counts.';

create table vacation.identity (
    beneficiary_id uuid primary key
        constraint vacation_identity_beneficiary references vacation.beneficiary on delete cascade,
    identity       bytea,
    quotient       bytea
);
comment on table vacation.identity is
    'Names, birth dates and family quotients, sealed; erased by the purge. Seen by the structure and the '
    'reviewer only.';
comment on column vacation.identity.identity is 'Sealed JSON {given_name, family_name, birth_date}.';
comment on column vacation.identity.quotient is 'Sealed family quotient in cents.';

create table vacation.person_key (
    beneficiary_id uuid primary key
        constraint vacation_person_key_beneficiary references vacation.beneficiary on delete cascade,
    project_id     uuid not null constraint vacation_person_key_project references vacation.project on delete cascade,
    key            bytea not null,
    constraint vacation_person_key_once unique (project_id, key)
);
create index vacation_person_key_key on vacation.person_key (key);
comment on table vacation.person_key is
    'Keyed hash of normalised name and birth date: finds a person again across structures after the purge. '
    'Nobody reads it; functions compare.';

create table vacation.budget_line (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    project_id    uuid not null constraint vacation_budget_line_project references vacation.project on delete cascade,
    side          text not null constraint vacation_budget_line_side_known check (side in ('COST', 'FUNDING')),
    kind          text not null,
    label         text collate "fr-x-icu"
        constraint vacation_budget_line_label_length check (length(label) between 1 and 150),
    planned_cents bigint not null default 0
        constraint vacation_budget_line_planned_range check (planned_cents between 0 and 1000000000),
    actual_cents  bigint constraint vacation_budget_line_actual_range check (actual_cents between 0 and 1000000000),
    constraint vacation_budget_line_kind_of_side check (
        side = 'COST' and kind in ('TRANSPORT', 'LODGING', 'FOOD', 'ACTIVITIES', 'INSURANCE', 'OTHER')
        or side = 'FUNDING' and kind in ('ANCV', 'MEMBER_STRUCTURE', 'OWN_CONTRIBUTION', 'CAF', 'CSE_OR_CASSC',
            'REGION_OR_DEPARTMENT', 'OTHER'))
);
create index vacation_budget_line_project on vacation.budget_line (project_id, side, id);
comment on table vacation.budget_line is
    'Costs and funding, planned and actual, to the cent; both planned sides are equal when a project is submitted.';
comment on column vacation.budget_line.actual_cents is 'From the report; null until then.';

create table vacation.voucher_move (
    id           uuid primary key default engine.uuid_v7(),
    created_at   timestamptz not null default now(),
    project_id   uuid not null constraint vacation_voucher_project references vacation.project on delete cascade,
    kind         text not null
        constraint vacation_voucher_kind_known check (kind in ('ORDERED', 'DELIVERED', 'RETURNED')),
    amount_cents bigint not null
        constraint vacation_voucher_amount_range check (amount_cents between 1 and 100000000000),
    moved_on     date not null,
    note         text constraint vacation_voucher_note_length check (length(note) between 1 and 500)
);
create index vacation_voucher_project on vacation.voucher_move (project_id, moved_on, id);
comment on table vacation.voucher_move is
    'Chèques-Vacances ordered, delivered, returned; added only. Delivered ≤ ordered ≤ granted, returned ≤ delivered.';

create table vacation.event (
    id            uuid primary key default engine.uuid_v7(),
    occurred_at   timestamptz not null default clock_timestamp(),
    project_id    uuid not null constraint vacation_event_project references vacation.project on delete cascade,
    action        text not null,
    from_state    text,
    to_state      text,
    reason        text,
    amount_cents  bigint,
    left_cents    bigint,
    caller        text,
    key_id        uuid,
    request_id    text
);
create index vacation_event_project on vacation.event (project_id, occurred_at, id);
comment on table vacation.event is 'Trace of the workflow, append-only: who did what, when, why; no personal data.';
comment on column vacation.event.amount_cents is 'Granted, ordered, delivered or returned amount of the action.';
comment on column vacation.event.left_cents is 'What the envelope had left after it.';

do $$
declare
    t text;
begin
    foreach t in array array['convention', 'project', 'beneficiary', 'budget_line'] loop
        execute format('create trigger %1$s_90_version before update on vacation.%1$I '
            'for each row execute function engine.keep_version()', t);
    end loop;
end $$;

call engine.set_revision('vacation_tables');
commit;
