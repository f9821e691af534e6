-- The tracker of PASS IAE: what is kept of a pathway, and the rules of single rows. No name, no NIR, no free text; the
-- number of a PASS as a keyed hash and its last four characters (domain page, 7.3 and 7.7).
begin;

create table pass.sharing (
    member_id  uuid primary key constraint sharing_member references network.member,
    id         uuid not null default engine.uuid_v7() constraint sharing_id_key unique,
    version    integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    changed_in xid8 not null default pg_current_xact_id(),
    shares_lines boolean not null default false
);
comment on table pass.sharing is
    'Whether a structure shares its pseudonymous lines with its delegation; without it the delegation sees counts only.';

create table pass.pass (
    id               uuid primary key default engine.uuid_v7(),
    version          integer not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    changed_in       xid8 not null default pg_current_xact_id(),
    member_id        uuid not null constraint pass_member references network.member,
    siae_kind        text not null constraint pass_siae_kind_known check (siae_kind in ('AI', 'ACI', 'EI', 'ETTI', 'EITI')),
    number_hash      bytea not null constraint pass_number_hash_length check (length(number_hash) = 32),
    number_last4     text not null constraint pass_number_last4_form check (number_last4 ~ '^[0-9A-Z]{4}$'),
    origin           text not null default 'DEFAULT'
        constraint pass_origin_known check (origin in ('DEFAULT', 'PE_APPROVAL', 'AI_STOCK', 'ADMIN')),
    starts_on        date not null,
    initial_ends_on  date not null,
    suspended_days   integer not null default 0,
    prolonged_days   integer not null default 0,
    ends_on          date not null,
    declared_ends_on date,
    closed_on        date,
    closed_suspension_starts_on date,
    birth_year       smallint constraint pass_birth_year_range check (birth_year between 1900 and 2100),
    last_hire_on     date,
    source           text not null default 'MANUAL'
        constraint pass_source_known check (source in ('MANUAL', 'PLATFORM_EXPORT', 'EMPLOYEE_RECORD')),
    observed_on      date not null default engine.today(),
    erase_after      date not null,
    region_code      text constraint pass_region_known references reference.region,
    department_code  text constraint pass_department_known references reference.department,
    constraint pass_number_key unique (member_id, number_hash),
    constraint pass_starts_range check (starts_on between date '2005-01-01' and date '2100-12-31'),
    constraint pass_dates_order check (starts_on < initial_ends_on),
    constraint pass_length_range check (initial_ends_on - starts_on <= 6000),
    constraint pass_days_range check (suspended_days >= 0 and prolonged_days >= 0),
    constraint pass_closed_pair check ((closed_on is null) = (closed_suspension_starts_on is null))
);
comment on table pass.pass is
    'One PASS IAE as followed by one structure. No name, no NIR, no free text; erased 24 months after the end of the pathway.';
comment on column pass.pass.number_hash is 'HMAC-SHA-256 of the 12 characters under the key of the service (keyed.hash, purpose pass_number).';
comment on column pass.pass.initial_ends_on is 'Last day as given at first: before suspensions and prolongations.';
comment on column pass.pass.suspended_days is 'Days by which suspensions moved the end: last day minus first day of each (one day less than paused).';
comment on column pass.pass.prolonged_days is 'Sum of all prolongations whatever their reason, in days: what the caps are compared with.';
comment on column pass.pass.ends_on is
    'Last day: initial_ends_on + suspended_days + prolonged_days, or the day before the closure. Kept by trigger.';
comment on column pass.pass.declared_ends_on is 'Last day as the source printed it; differs from ends_on when a date is missing here or there.';
comment on column pass.pass.closed_on is 'Day of an early closure after a long suspension; irreversible.';
comment on column pass.pass.last_hire_on is 'First day of the last accepted hire under this PASS.';
comment on column pass.pass.observed_on is 'Day on which the source was read.';
comment on column pass.pass.erase_after is 'First day on which the line must go: end of the pathway + RETENTION. Kept by trigger.';
comment on column pass.pass.region_code is 'Region of the member, copied by trigger so that lists page by it.';
create index pass_by_member on pass.pass (member_id, ends_on, id);
create index pass_by_end on pass.pass (ends_on, id);
create index pass_by_region on pass.pass (region_code, ends_on, id);
create index pass_by_start on pass.pass (starts_on, id);
create index pass_by_update on pass.pass (updated_at, id);
create index pass_by_erasure on pass.pass (erase_after);
create index pass_by_number on pass.pass (number_hash);

create table pass.suspension (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    pass_id     uuid not null constraint suspension_pass references pass.pass on delete cascade,
    starts_on   date not null,
    ends_on     date not null,
    during      daterange generated always as (engine.period(starts_on, ends_on)) stored,
    reason      text not null constraint pass_suspension_reason_known check (reason in
        ('CONTRACT_SUSPENDED', 'CONTRACT_BROKEN', 'FINISHED_CONTRACT', 'APPROVAL_BETWEEN_CTA_MEMBERS', 'CONTRAT_PASSERELLE',
         'SICKNESS', 'MATERNITY', 'INCARCERATION', 'TRIAL_OUTSIDE_IAE', 'DETOXIFICATION', 'FORCE_MAJEURE')),
    declared_on date not null default engine.today(),
    constraint pass_suspension_dates_order check (starts_on <= ends_on),
    constraint pass_suspension_overlap exclude using gist (pass_id with =, during with &&)
);
create index suspension_by_pass on pass.suspension (pass_id, starts_on);
comment on table pass.suspension is 'Pauses of a PASS; both days included, two of one PASS never overlap, adjacent ones may touch.';
comment on column pass.suspension.declared_on is 'Day on which the platform took the declaration: what "today" means for its rules.';

create table pass.prolongation_request (
    id               uuid primary key default engine.uuid_v7(),
    version          integer not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    changed_in       xid8 not null default pg_current_xact_id(),
    pass_id          uuid not null constraint prolongation_request_pass references pass.pass on delete cascade,
    starts_on        date not null,
    ends_on          date not null,
    reason           text not null constraint prolongation_request_reason_known
        check (reason in ('RQTH', 'SENIOR', 'PARTICULAR_DIFFICULTIES')),
    siae_kind        text not null constraint prolongation_request_siae_kind_known
        check (siae_kind in ('AI', 'ACI', 'EI', 'ETTI', 'EITI')),
    prescriber_kind  text constraint prolongation_request_prescriber_known check (prescriber_kind in
        ('FRANCE_TRAVAIL', 'MISSION_LOCALE', 'CAP_EMPLOI', 'DEPARTMENT', 'CCAS', 'PLIE', 'OTHER')),
    requested_on     date not null default engine.today(),
    state            text not null default 'PENDING'
        constraint prolongation_request_state_known check (state in ('PENDING', 'GRANTED', 'DENIED')),
    decided_on       date,
    denial_reason    text constraint prolongation_request_denial_known
        check (denial_reason in ('IAE', 'SIAE', 'DURATION', 'REASON')),
    proposed_actions text[] constraint prolongation_request_actions_known
        check (proposed_actions <@ array['EXIT_IAE', 'SOCIAL_PARTNER', 'OTHER']),
    constraint prolongation_request_dates_order check (starts_on < ends_on),
    constraint prolongation_request_decided check ((state = 'PENDING') = (decided_on is null) and decided_on >= requested_on),
    constraint prolongation_request_denied check
        ((state = 'DENIED') = (denial_reason is not null) and (state = 'DENIED' or proposed_actions is null)),
    constraint prolongation_request_actions_needed check
        (denial_reason is distinct from 'IAE' or coalesce(cardinality(proposed_actions), 0) > 0)
);
create unique index prolongation_request_one_pending on pass.prolongation_request (pass_id) where state = 'PENDING';
create index prolongation_request_by_pass on pass.prolongation_request (pass_id, requested_on);
create index prolongation_request_pending_since on pass.prolongation_request (requested_on, pass_id) where state = 'PENDING';
comment on table pass.prolongation_request is
    'Requests that a prescriber must decide; at most one waits per PASS. A denial has its reason; IAE needs a proposed action.';

create table pass.prolongation (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    pass_id     uuid not null constraint prolongation_pass references pass.pass on delete cascade,
    starts_on   date not null,
    ends_on     date not null,
    reason      text not null constraint prolongation_reason_known check (reason in
        ('SENIOR_CDI', 'COMPLETE_TRAINING', 'RQTH', 'SENIOR', 'PARTICULAR_DIFFICULTIES', 'HEALTH_CONTEXT')),
    siae_kind   text not null constraint prolongation_siae_kind_known
        check (siae_kind in ('AI', 'ACI', 'EI', 'ETTI', 'EITI')),
    request_id  uuid constraint prolongation_request_key unique
        constraint prolongation_request_known references pass.prolongation_request,
    declared_on date not null default engine.today(),
    constraint prolongation_dates_order check (starts_on < ends_on),
    constraint prolongation_overlap exclude using gist (pass_id with =, daterange(starts_on, ends_on) with &&),
    constraint prolongation_employer_kind check (reason <> 'PARTICULAR_DIFFICULTIES' or siae_kind in ('AI', 'ACI'))
);
create index prolongation_by_pass on pass.prolongation (pass_id, starts_on);
comment on table pass.prolongation is
    'Extensions of a PASS. starts_on is the last day before, ends_on the new last day: ends_on - starts_on days are added.';
comment on column pass.prolongation.siae_kind is 'Kind of the employer that declared it.';

create table pass.outcome (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    pass_id       uuid not null constraint outcome_one_per_pass unique
        constraint outcome_pass references pass.pass on delete cascade,
    code          text not null constraint outcome_code_known check (code in
        ('CDI', 'CDD_OVER_6_MONTHS', 'BUSINESS_CREATION', 'PUBLIC_SERVICE', 'CDD_UNDER_6_MONTHS', 'AIDED_CONTRACT',
         'TRAINING', 'OTHER_SIAE', 'EBE', 'ETT_ESS', 'UNEMPLOYED', 'RETIRED', 'INACTIVE', 'LOST_CONTACT',
         'DEATH', 'LONG_ILLNESS', 'MOVED', 'NEW_PASS_PRESCRIBER')),
    contract_type text constraint outcome_contract_type_known check (contract_type in ('CDI', 'CDD', 'INTERIM', 'OTHER')),
    contract_months integer constraint outcome_contract_months_range check (contract_months between 0 and 120),
    on_date       date not null,
    worked_minutes integer constraint outcome_worked_minutes_range check (worked_minutes between 0 and 6000000),
    constraint outcome_contract_needed check (code not in ('EBE', 'ETT_ESS') or contract_type is not null)
);
create index outcome_by_date on pass.outcome (on_date);
comment on table pass.outcome is 'How a pathway ended: one row per PASS. The category follows from the code (pass.outcome_category).';
comment on column pass.outcome.worked_minutes is 'Minutes worked under this PASS at this structure: decides whether the exit counts (domain page, 3.8).';

create function pass.outcome_category(code text, contract_type text, contract_months integer) returns text
    language sql immutable parallel safe
    as $$
    select case
        when code in ('CDI', 'CDD_OVER_6_MONTHS', 'BUSINESS_CREATION', 'PUBLIC_SERVICE') then 'DURABLE'
        when code in ('CDD_UNDER_6_MONTHS', 'AIDED_CONTRACT') then 'TRANSITION'
        when code in ('TRAINING', 'OTHER_SIAE') then 'POSITIVE'
        when code in ('EBE', 'ETT_ESS') then
            case when contract_type = 'CDI' or contract_months >= 6 then 'DURABLE' else 'TRANSITION' end
        when code in ('DEATH', 'LONG_ILLNESS', 'MOVED', 'NEW_PASS_PRESCRIBER') then 'REMOVED'
        else 'OTHER' end
    $$;
comment on function pass.outcome_category(text, text, integer) is
    'DURABLE, TRANSITION, POSITIVE, OTHER, or REMOVED from the count. EBE and ETT_ESS follow their contract; a new PASS is no exit.';

-- --- what follows from the rows ---

create function pass.keep_ends() returns trigger
    language plpgsql
    as $$
declare
    place record;
begin
    new.ends_on := case when new.closed_on is not null then new.closed_on - 1
        else new.initial_ends_on + new.suspended_days + new.prolonged_days end;
    new.erase_after := pass.shift_by(new.ends_on, 'RETENTION', new.ends_on);
    if tg_op = 'INSERT' or new.member_id <> old.member_id then
        select m.region_code, m.department_code into place from network.member m where m.id = new.member_id;
        new.region_code := place.region_code;
        new.department_code := place.department_code;
    end if;
    return new;
end $$;
comment on function pass.keep_ends() is 'Before a write on a PASS: its end, day of erasure and place.';
create trigger pass_50_ends before insert or update on pass.pass for each row execute function pass.keep_ends();

create function pass.sum_days() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    changed constant uuid := case when tg_op = 'DELETE' then old.pass_id else new.pass_id end;
    days integer;
begin
    if tg_table_name = 'suspension' then
        select coalesce(sum(s.ends_on - s.starts_on), 0) into days from pass.suspension s where s.pass_id = changed;
        update pass.pass set suspended_days = days where id = changed;
    else
        select coalesce(sum(s.ends_on - s.starts_on), 0) into days from pass.prolongation s where s.pass_id = changed;
        update pass.pass set prolonged_days = days where id = changed;
    end if;
    return null;
end $$;
comment on function pass.sum_days() is
    'After a write on a suspension or prolongation: the PASS moves by last day minus first day, as on the platform.';
create trigger suspension_50_sum after insert or update or delete on pass.suspension
    for each row execute function pass.sum_days();
create trigger prolongation_50_sum after insert or update or delete on pass.prolongation
    for each row execute function pass.sum_days();

create function pass.follow_member() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if tg_op = 'INSERT' then
        insert into pass.sharing (member_id) values (new.id);
    elsif (new.region_code, new.department_code) is distinct from (old.region_code, old.department_code) then
        update pass.pass set region_code = new.region_code, department_code = new.department_code
        where member_id = new.id;
    end if;
    return null;
end $$;
comment on function pass.follow_member() is 'A member has its row of sharing from the start; its PASS follow it to another place.';
create trigger member_60_pass after insert or update on network.member
    for each row execute function pass.follow_member();
insert into pass.sharing (member_id) select id from network.member;

do $$
declare
    t record;
begin
    for t in select unnest(array['sharing', 'pass', 'suspension', 'prolongation_request', 'prolongation', 'outcome']) as name loop
        execute format('create trigger %1$s_90_version before update on pass.%1$I '
            'for each row execute function engine.keep_version()', t.name);
        execute format('alter table pass.%I enable row level security', t.name);
        execute format('alter table pass.%I force row level security', t.name);
        execute format('create policy owner on pass.%I to maillage_owner using (true) with check (true)', t.name);
    end loop;
end $$;

-- --- who sees and writes what: the structure its lines; the delegation those that are shared with it; nobody else ---

grant usage on schema pass to maillage_app;
grant select on pass.rule to maillage_app;

create function pass.shared_members() returns uuid[]
    language sql stable
    as $$
    select case when session.caller() = 'DELEGATION' then coalesce(array_agg(s.member_id), '{}') end
    from pass.sharing s join network.audience a on a.member_id = s.member_id
    where s.shares_lines and a.viewer_id = session.delegation_id()
      and a.starts_on <= engine.today() and a.ends_on >= engine.today()
    $$;
comment on function pass.shared_members() is 'Members whose lines the calling delegation may read today; null for other callers.';

grant select, update on pass.sharing to maillage_app;
create policy read on pass.sharing for select to maillage_app using (
    member_id = (select session.member_id())
    or (select session.caller()) = 'NATIONAL'
    or exists (select from network.audience a where a.member_id = sharing.member_id)
        and (select session.caller()) = 'DELEGATION');
create policy change on pass.sharing for update to maillage_app using (member_id = (select session.member_id()));

grant select, insert, update on pass.pass to maillage_app;
create policy read on pass.pass for select to maillage_app using (
    member_id = (select session.member_id()) or member_id = any ((select pass.shared_members())::uuid[]));
create policy create_new on pass.pass for insert to maillage_app with check (member_id = (select session.member_id()));
create policy change on pass.pass for update to maillage_app using (member_id = (select session.member_id()));

do $$
declare
    t record;
begin
    for t in select unnest(array['suspension', 'prolongation_request', 'prolongation', 'outcome']) as name loop
        execute format('grant select, insert, update, delete on pass.%I to maillage_app', t.name);
        execute format('create policy read on pass.%1$I for select to maillage_app using '
            '(exists (select from pass.pass p where p.id = %1$I.pass_id))', t.name);
        execute format('create policy create_new on pass.%1$I for insert to maillage_app with check '
            '(exists (select from pass.pass p where p.id = %1$I.pass_id and p.member_id = (select session.member_id())))', t.name);
        execute format('create policy change on pass.%1$I for update to maillage_app using '
            '(exists (select from pass.pass p where p.id = %1$I.pass_id and p.member_id = (select session.member_id())))', t.name);
        execute format('create policy remove on pass.%1$I for delete to maillage_app using '
            '(exists (select from pass.pass p where p.id = %1$I.pass_id and p.member_id = (select session.member_id())))', t.name);
    end loop;
end $$;

call engine.set_revision('pass_tables');
commit;
