-- The campaign (état des lieux) on PASS IAE that end: which cohort, who answers, one line per PASS (domain page, 7.3). No
-- name, no NIR, no free text of a structure; reasons that tell about health are kept as REMOVED only.
begin;

create schema campaign;
comment on schema campaign is 'Campaigns on PASS IAE that end: cohort, answers of structures, lines, results; the diagnostic sheet.';

-- --- the lists of codes ---

create function campaign.outcomes() returns text[]
    language sql immutable parallel safe
    as $$
    select array['PROLONG_TRAINING', 'PROLONG_RQTH', 'PROLONG_SENIOR', 'PROLONG_DIFFICULTIES', 'CDI_INCLUSION', 'SUSPENDED',
        'NEW_PASS_PRESCRIBER', 'CDI', 'CDD_OVER_6_MONTHS', 'BUSINESS_CREATION', 'PUBLIC_SERVICE', 'CDD_UNDER_6_MONTHS',
        'AIDED_CONTRACT', 'TRAINING', 'OTHER_SIAE', 'EBE', 'ETT_ESS', 'UNEMPLOYED', 'RETIRED', 'INACTIVE', 'LOST_CONTACT',
        'REMOVED']
    $$;
comment on function campaign.outcomes() is
    'Outcomes of a line in the order of the contract: stays on the PASS, a new PASS, exits. REMOVED stands for every exit that is '
    'taken out of the count (death, long illness, moved), so that none of these is told.';

create function campaign.age_bands() returns text[]
    language sql immutable parallel safe
    as $$ select array['UNDER_26', 'FROM_26_TO_49', 'FROM_50_TO_56', 'FROM_57', 'UNKNOWN'] $$;
comment on function campaign.age_bands() is 'Bands that the rules know: 26, 50 (prolongation « senior »), 57 (CDI inclusion).';

create function campaign.rqth_values() returns text[]
    language sql immutable parallel safe
    as $$ select array['YES', 'NO', 'UNKNOWN'] $$;
comment on function campaign.rqth_values() is 'Recognised as a disabled worker, in headcounts only.';

create function campaign.headcounts_valid(headcounts jsonb, codes text[]) returns boolean
    language sql immutable parallel safe
    as $$
    select headcounts is null or jsonb_typeof(headcounts) = 'object' and not exists (
        select from jsonb_each(case when jsonb_typeof(headcounts) = 'object' then headcounts else '{}' end) h
        where not h.key = any (codes) or jsonb_typeof(h.value) <> 'number' or h.value::text !~ '^[0-9]{1,6}$')
    $$;
comment on function campaign.headcounts_valid(jsonb, text[]) is 'Known codes with whole numbers of people, 0 to 999999.';

create function campaign.headcount_sum(headcounts jsonb) returns bigint
    language sql immutable parallel safe
    as $$
    select case when headcounts is not null then coalesce(sum(case when h.value ~ '^[0-9]{1,6}$' then h.value::bigint end), 0) end
    from jsonb_each_text(case when jsonb_typeof(headcounts) = 'object' then headcounts end) h
    $$;
comment on function campaign.headcount_sum(jsonb) is 'People of a breakdown; null without one.';

-- --- campaigns ---

create table campaign.campaign (
    id           uuid primary key default engine.uuid_v7(),
    version      integer not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    changed_in   xid8 not null default pg_current_xact_id(),
    code         text not null constraint campaign_code_key unique
        constraint campaign_code_form check (code ~ '^[A-Z0-9][A-Z0-9_-]{1,29}$'),
    title        text collate "fr-x-icu" not null constraint campaign_title_length check (length(title) between 3 and 150),
    status       text not null default 'DRAFT'
        constraint campaign_status_known check (status in ('DRAFT', 'OPEN', 'CLOSED', 'ARCHIVED')),
    opens_on     date not null,
    closes_on    date not null,
    origins      text[] constraint campaign_origins_known check
        (cardinality(origins) > 0 and origins <@ array['DEFAULT', 'PE_APPROVAL', 'AI_STOCK', 'ADMIN']),
    siae_kinds   text[] constraint campaign_siae_kinds_known check
        (cardinality(siae_kinds) > 0 and siae_kinds <@ array['AI', 'ACI', 'EI', 'ETTI', 'EITI']),
    region_codes text[] constraint campaign_regions_some check (cardinality(region_codes) > 0),
    ends_from    date not null,
    ends_to      date not null,
    prolonged_days_from integer constraint campaign_prolonged_days_range check (prolonged_days_from between 0 and 5000),
    opened_on    date,
    closed_on    date,
    archived_on  date,
    constraint campaign_dates_order check (opens_on < closes_on),
    constraint campaign_ends_order check (ends_from <= ends_to),
    constraint campaign_dates_range check (opens_on >= date '2020-01-01' and closes_on <= date '2100-12-31'
        and ends_from >= date '2005-01-01' and ends_to <= date '2110-12-31'),
    constraint campaign_status_dates check ((opened_on is null) = (status = 'DRAFT')
        and (closed_on is null) = (status in ('DRAFT', 'OPEN')) and (archived_on is null) = (status <> 'ARCHIVED')
        and closed_on >= opened_on and archived_on >= closed_on)
);
comment on table campaign.campaign is
    'An état des lieux. The cohort is the PASS whose end lies in a range, by origin, kind of employer and region; it is frozen once open.';
comment on column campaign.campaign.opens_on is 'First day on which it may be opened.';
comment on column campaign.campaign.closes_on is 'Last day for answers, inclusive: an answer that is missing the day after is LATE.';
comment on column campaign.campaign.origins is 'Origins of the PASS in the cohort; null = all. So are siae_kinds and region_codes.';
comment on column campaign.campaign.ends_from is 'First and ends_to last day, both included, on which a PASS of the cohort ends.';
comment on column campaign.campaign.prolonged_days_from is 'Least sum of prolongations of a PASS of the cohort, in days; null = any.';
comment on column campaign.campaign.opened_on is 'Day of the opening: the cohort of that day was invited.';

-- --- answers ---

create table campaign.answer (
    id              uuid primary key default engine.uuid_v7(),
    version         integer not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    changed_in      xid8 not null default pg_current_xact_id(),
    campaign_id     uuid not null constraint answer_campaign references campaign.campaign,
    member_id       uuid not null constraint answer_member references network.member,
    delegation_id   uuid constraint answer_delegation references network.delegation,
    invited_on      date not null default engine.today(),
    started_on      date,
    submitted_on    date,
    submitted_by    uuid,
    validated_on    date,
    validated_by    uuid,
    returned_on     date,
    people_count    integer constraint answer_people_range check (people_count between 0 and 999999),
    by_age_band     jsonb constraint answer_age_bands_known check (campaign.headcounts_valid(by_age_band, campaign.age_bands())),
    by_rqth         jsonb constraint answer_rqth_known check (campaign.headcounts_valid(by_rqth, campaign.rqth_values())),
    by_planned_outcome jsonb constraint answer_planned_outcomes_known
        check (campaign.headcounts_valid(by_planned_outcome, campaign.outcomes() || array['UNDECIDED'])),
    lines_touched   integer not null default 0,
    constraint answer_one_per_member unique (campaign_id, member_id),
    constraint answer_age_bands_add_up check (campaign.headcount_sum(by_age_band) = people_count),
    constraint answer_rqth_adds_up check (campaign.headcount_sum(by_rqth) = people_count),
    constraint answer_planned_outcomes_add_up check (campaign.headcount_sum(by_planned_outcome) = people_count),
    constraint answer_total_needed check (people_count is not null
        or by_age_band is null and by_rqth is null and by_planned_outcome is null),
    constraint answer_complete check (submitted_on is null or people_count is not null and by_age_band is not null
        and by_rqth is not null and by_planned_outcome is not null),
    constraint answer_steps check ((started_on is not null or submitted_on is null)
        and (submitted_on is not null or validated_on is null) and (submitted_on is null or started_on <= submitted_on)
        and (validated_on is null or submitted_on <= validated_on) and (started_on is null or invited_on <= started_on))
);
create index answer_by_member on campaign.answer (member_id, campaign_id);
create index answer_by_delegation on campaign.answer (campaign_id, delegation_id);
comment on table campaign.answer is
    'What one structure answers to one campaign. Its state follows from the days of its steps (campaign.answer_state), LATE included.';
comment on column campaign.answer.delegation_id is 'Primary delegation of the structure on the day of the invitation: the line of the summary.';
comment on column campaign.answer.submitted_by is 'Key that submitted it.';
comment on column campaign.answer.validated_by is 'Delegation that validated it; null where the federation did.';
comment on column campaign.answer.people_count is 'People concerned; each breakdown that is given adds up to it.';
comment on column campaign.answer.lines_touched is 'Writes on its lines: raises the version, so that nobody validates what just changed.';

-- --- lines ---

create table campaign.line (
    id              uuid primary key default engine.uuid_v7(),
    version         integer not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    changed_in      xid8 not null default pg_current_xact_id(),
    campaign_id     uuid not null constraint line_campaign references campaign.campaign,
    answer_id       uuid not null constraint line_answer references campaign.answer,
    pass_id         uuid not null constraint line_pass references pass.pass on delete cascade,
    planned_outcome text constraint line_planned_outcome_known check (planned_outcome = any (campaign.outcomes())),
    prescriber_kind text constraint line_prescriber_kind_known check (prescriber_kind in
        ('FRANCE_TRAVAIL', 'MISSION_LOCALE', 'CAP_EMPLOI', 'DEPARTMENT', 'CCAS', 'PLIE', 'OTHER')),
    prescriber_contacted_on date,
    requested_on    date,
    decision        text constraint line_decision_known check (decision in ('GRANTED', 'DENIED')),
    decided_on      date,
    final_outcome   text constraint line_final_outcome_known check (final_outcome = any (campaign.outcomes())),
    final_on        date,
    constraint line_one_per_pass unique (campaign_id, pass_id),
    constraint line_decision_dated check ((decision is null) = (decided_on is null)),
    constraint line_decision_needs_request check (decided_on is null or requested_on is not null),
    constraint line_decision_after_request check (decided_on >= requested_on),
    constraint line_contact_needs_prescriber check (prescriber_contacted_on is null or prescriber_kind is not null),
    constraint line_final_dated check ((final_outcome is null) = (final_on is null)),
    constraint line_dates_range check (prescriber_contacted_on >= date '2020-01-01' and requested_on >= date '2020-01-01'
        and final_on >= date '2005-01-01')
);
create index line_by_answer on campaign.line (answer_id, id);
create index line_by_pass on campaign.line (pass_id);
comment on table campaign.line is
    'One PASS in one campaign: the intended and the real outcome. Goes when its PASS is erased; the counts of a closed campaign stay.';
comment on column campaign.line.prescriber_kind is
    'Prescriber that decides. Kinds that would tell about justice, health or housing (SPIP, CSAPA, CHRS …) are OTHER.';
comment on column campaign.line.requested_on is 'Day on which the prolongation or the new PASS was asked for.';

create table campaign.result (
    answer_id uuid not null constraint result_answer references campaign.answer,
    outcome   text not null constraint result_outcome_known check (outcome = any (campaign.outcomes() || array['UNDECIDED'])),
    lines_count integer not null constraint result_lines_range check (lines_count >= 0),
    constraint result_pkey primary key (answer_id, outcome)
);
comment on table campaign.result is
    'Real outcomes of the lines of an answer, counted when the campaign was closed: they outlive the lines, which are erased with their PASS.';

-- --- versions, territory ---

do $$
declare
    t record;
begin
    for t in select unnest(array['campaign', 'answer', 'line']) as name loop
        execute format('create trigger %1$s_90_version before update on campaign.%1$I '
            'for each row execute function engine.keep_version()', t.name);
    end loop;
    for t in select unnest(array['campaign', 'answer', 'line', 'result']) as name loop
        execute format('alter table campaign.%I enable row level security', t.name);
        execute format('alter table campaign.%I force row level security', t.name);
        execute format('create policy owner on campaign.%I to maillage_owner using (true) with check (true)', t.name);
    end loop;
end $$;

grant usage on schema campaign to maillage_app;

-- A draft is the federation's own; what was opened concerns everybody who follows or answers.
grant select, insert, update on campaign.campaign to maillage_app;
create policy read on campaign.campaign for select to maillage_app using (
    (select session.caller()) = 'NATIONAL' or status <> 'DRAFT' and (select session.caller()) in ('DELEGATION', 'STRUCTURE'));
create policy create_new on campaign.campaign for insert to maillage_app with check ((select session.caller()) = 'NATIONAL');
create policy change on campaign.campaign for update to maillage_app using ((select session.caller()) = 'NATIONAL');

-- Who answers: the structure itself. Who follows: its delegation of today, and the federation.
grant select, insert, update on campaign.answer to maillage_app;
create policy read on campaign.answer for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = answer.member_id));
create policy create_new on campaign.answer for insert to maillage_app with check (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = answer.member_id));
create policy change on campaign.answer for update to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = answer.member_id));

-- Lines follow the PASS: the structure's own, its delegation's where it shares them.
grant select, insert, update on campaign.line to maillage_app;
create policy read on campaign.line for select to maillage_app using (
    exists (select from pass.pass p where p.id = line.pass_id));
create policy create_new on campaign.line for insert to maillage_app with check (
    exists (select from pass.pass p where p.id = line.pass_id and p.member_id = (select session.member_id())));
create policy change on campaign.line for update to maillage_app using (
    exists (select from pass.pass p where p.id = line.pass_id and p.member_id = (select session.member_id())));

call engine.set_revision('campaign_tables');
commit;
