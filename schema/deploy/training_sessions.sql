-- Sessions, their half-day slots and who teaches them: no two slots of a session and no two of a trainer at once.
begin;

create table training.session (
    id                   uuid primary key default engine.uuid_v7(),
    version              integer not null default 1,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    changed_in           xid8 not null default pg_current_xact_id(),
    course_id            uuid not null constraint session_course_known references training.course,
    programme_id         uuid constraint session_programme_known references training.programme,
    title                text collate "fr-x-icu" constraint session_title_length check (length(title) between 3 and 200),
    kind                 text not null constraint session_kind_known check (kind in ('INTER', 'INTRA', 'SERVICE', 'WEBINAR')),
    client_member_id     uuid constraint session_client_known references network.member,
    delegation_id        uuid constraint session_delegation_known references network.delegation,
    place                text collate "fr-x-icu" constraint session_place_length check (length(place) between 1 and 200),
    commune_code         text constraint session_commune_known references reference.commune,
    state                text not null default 'DRAFT' constraint session_state_known check (state in
        ('DRAFT', 'OPEN', 'CONFIRMED', 'CLOSED', 'CANCELLED', 'POSTPONED')),
    state_reason         text constraint session_reason_length check (length(state_reason) between 3 and 500),
    capacity             integer constraint session_capacity_range check (capacity between 0 and 100000),
    min_participants     integer not null default 1 constraint session_minimum_range check (min_participants between 0 and 10000),
    waitlist_policy      text not null default 'STRICT_FIFO' constraint session_policy_known check (waitlist_policy in
        ('STRICT_FIFO', 'FIRST_FIT', 'OFF')),
    enrol_open_on        date,
    enrol_close_on       date,
    price_member_cents   bigint not null default 0 constraint session_price_member_range check (price_member_cents between 0 and 100000000),
    price_other_cents    bigint not null default 0 constraint session_price_other_range check (price_other_cents between 0 and 100000000),
    flat_price_cents     bigint constraint session_flat_price_range check (flat_price_cents between 0 and 1000000000),
    price_basis          text not null default 'SESSION_DATE' constraint session_price_basis_known check (price_basis in
        ('SESSION_DATE', 'ENROLMENT_DATE')),
    counts_in_bpf        boolean not null default true,
    counts_in_statistics boolean not null default true,
    starts_on            date,
    ends_on              date,
    minutes              integer not null default 0,
    seats_taken          integer not null default 0,
    seats_waiting        integer not null default 0,
    last_queue_no        bigint not null default 0,
    forced_seats         integer not null default 0,
    fictitious           boolean not null default false,
    constraint session_client_required check (kind not in ('INTRA', 'SERVICE') or client_member_id is not null),
    constraint session_enrol_dates_order check (enrol_open_on <= enrol_close_on),
    constraint session_seats_counted check (seats_taken >= 0 and seats_waiting >= 0),
    constraint session_never_oversold check (capacity is null or seats_taken <= greatest(capacity, forced_seats))
) with (fillfactor = 70);
create index session_start on training.session (starts_on, id);
create index session_course on training.session (course_id, starts_on);
create index session_delegation on training.session (delegation_id, starts_on);
create index session_client on training.session (client_member_id) where client_member_id is not null;
create index session_programme on training.session (programme_id) where programme_id is not null;
comment on table training.session is
    'One holding of a course. The counters of seats change only with enrolments, by conditional updates: a row lock '
    'would hold others longer. RUNNING and DONE are no stored states: they follow from the slots and the day.';
comment on column training.session.capacity is 'Seats; null = no limit, 0 = closed to enrolment.';
comment on column training.session.kind is 'INTER: people of several members; INTRA: for one member; SERVICE: prestation; WEBINAR.';
comment on column training.session.delegation_id is 'Delegation that organises; null: the federation.';
comment on column training.session.starts_on is 'Day of the first slot in Paris, by trigger; ends_on that of the last; minutes their sum.';
comment on column training.session.last_queue_no is 'Last queue number given; numbers are never given twice.';
comment on column training.session.forced_seats is
    'Seats that stay confirmed though the capacity was lowered below them; falls with every cancellation.';
comment on column training.session.counts_in_statistics is 'False for events that no yearly total of trainings counts.';

create table training.slot (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    session_id  uuid not null constraint slot_session references training.session,
    starts_at   timestamptz not null,
    ends_at     timestamptz not null,
    slot_range  tstzrange not null,
    on_date     date not null,
    half_day    text not null constraint slot_half_day_known check (half_day in ('MORNING', 'AFTERNOON', 'EVENING')),
    minutes     integer not null,
    modality    text constraint slot_modality_known check (modality in ('ONSITE', 'REMOTE')),
    label       text collate "fr-x-icu" constraint slot_label_length check (length(label) between 1 and 200),
    closed_at   timestamptz,
    closed_by   uuid,
    constraint slot_length check (ends_at > starts_at and minutes between 1 and 720),
    constraint slot_session_overlap exclude using gist (session_id with =, slot_range with &&)
);
create index slot_session_start on training.slot (session_id, starts_at);
create index slot_date on training.slot (on_date);
comment on table training.slot is 'Half-day with one attendance sheet. At most twelve hours.';
comment on column training.slot.on_date is 'Day of the start in Paris: decides the accounting year of the hours.';
comment on column training.slot.half_day is 'From the start in Paris: before 12 h, before 18 h, later.';
comment on column training.slot.closed_at is 'When the sheet was closed; from then on only counter-entries.';
comment on column training.slot.closed_by is 'Key that closed the sheet.';

create table training.slot_trainer (
    slot_id    uuid not null constraint slot_trainer_slot references training.slot on delete cascade,
    trainer_id uuid not null constraint slot_trainer_known references training.trainer,
    place      integer not null default 1 constraint slot_trainer_place_range check (place between 1 and 20),
    slot_range tstzrange not null,
    held       boolean not null default true,
    constraint slot_trainer_key primary key (slot_id, trainer_id),
    constraint slot_trainer_overlap exclude using gist (trainer_id with =, slot_range with &&) where (held)
);
comment on table training.slot_trainer is 'Who teaches a slot; place 1 leads. A trainer is never in two slots at once.';
comment on column training.slot_trainer.held is 'False once the session was cancelled or postponed: the trainer is free again.';

create function training.erasing() returns boolean
    language sql stable
    as $$ select pg_has_role(session_user, 'maillage_owner', 'usage') and coalesce(current_setting('training.erasure', true), '') = 'on' $$;
comment on function training.erasing() is
    'True while the owner removes whole records on purpose (set training.erasure to on): rules against changing the past rest.';

create function training.slot_derive() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'UPDATE' and old.closed_at is not null and not training.erasing() and (new.starts_at, new.ends_at, new.session_id, new.closed_at)
        is distinct from (old.starts_at, old.ends_at, old.session_id, old.closed_at) then
        perform engine.refuse('sheet_closed', 'the sheet of this slot is closed');
    end if;
    new.slot_range := case when new.ends_at > new.starts_at then tstzrange(new.starts_at, new.ends_at) else 'empty' end;
    new.on_date := (new.starts_at at time zone 'Europe/Paris')::date;
    new.minutes := extract(epoch from new.ends_at - new.starts_at) / 60;
    new.half_day := case when (new.starts_at at time zone 'Europe/Paris')::time < '12:00' then 'MORNING'
        when (new.starts_at at time zone 'Europe/Paris')::time < '18:00' then 'AFTERNOON' else 'EVENING' end;
    return new;
end $$;
comment on function training.slot_derive() is 'Day, half-day and length from start and end; a closed sheet keeps its hours.';
create trigger training_slot_10_derive before insert or update on training.slot
    for each row execute function training.slot_derive();
create trigger training_slot_90_version before update on training.slot
    for each row execute function engine.keep_version();

create function training.slot_moved() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    changed constant uuid := case when tg_op = 'DELETE' then old.session_id else new.session_id end;
begin
    if tg_op = 'UPDATE' then
        update training.slot_trainer set slot_range = new.slot_range
        where slot_id = new.id and slot_range <> new.slot_range;
    end if;
    update training.session s set (starts_on, ends_on, minutes) = (
        select min(t.on_date), max(t.on_date), coalesce(sum(t.minutes), 0) from training.slot t where t.session_id = changed)
    where s.id = changed;
    return null;
end $$;
comment on function training.slot_moved() is 'Dates and minutes of the session follow its slots; trainers move along.';
create trigger training_slot_moved after insert or update of starts_at, ends_at or delete on training.slot
    for each row execute function training.slot_moved();

create function training.slot_trainer_derive() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    select t.slot_range, s.state not in ('CANCELLED', 'POSTPONED') into new.slot_range, new.held
    from training.slot t join training.session s on s.id = t.session_id where t.id = new.slot_id;
    return new;
end $$;
comment on function training.slot_trainer_derive() is 'The hours of the slot, so that the exclusion sees them.';
create trigger training_slot_trainer_10_derive before insert on training.slot_trainer
    for each row execute function training.slot_trainer_derive();

create function training.session_counters() returns text[]
    language sql immutable parallel safe
    as $$ select '{version,updated_at,changed_in,seats_taken,seats_waiting,last_queue_no,forced_seats}'::text[] $$;
comment on function training.session_counters() is 'Columns of a session that move with its enrolments.';

create function training.session_derive() returns trigger
    language plpgsql
    as $$
begin
    if old.state = 'CLOSED' and not training.erasing()
        and to_jsonb(new) - training.session_counters() <> to_jsonb(old) - training.session_counters() then
        perform engine.refuse('session_frozen', 'a closed session does not change');
    end if;
    if new.capacity is distinct from old.capacity and new.capacity < new.seats_taken
        and new.forced_seats < new.seats_taken then
        perform engine.refuse('capacity_below_seats', 'more seats are confirmed',
            jsonb_build_object('seats_taken', new.seats_taken));
    end if;
    new.forced_seats := case when new.capacity is null or new.seats_taken <= new.capacity then 0
        when new.capacity is distinct from old.capacity then new.seats_taken
        else least(old.forced_seats, new.seats_taken) end;
    return new;
end $$;
comment on function training.session_derive() is
    'A closed session is frozen; a capacity goes below the confirmed seats only by force, which confirms nobody else.';
create trigger training_session_10_derive before update on training.session
    for each row execute function training.session_derive();
-- A change of the counters writes its own version (training.take_seat): comparing whole rows would lengthen the wait
-- of everybody else who enrols.
create trigger training_session_90_version before update on training.session for each row
    when (old.last_queue_no = new.last_queue_no and old.seats_taken = new.seats_taken and old.seats_waiting = new.seats_waiting)
    execute function engine.keep_version();

create function training.session_ended() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update training.slot_trainer x set held = new.state not in ('CANCELLED', 'POSTPONED')
    from training.slot t where t.id = x.slot_id and t.session_id = new.id;
    return null;
end $$;
comment on function training.session_ended() is 'A cancelled or postponed session frees its trainers; reopening takes them again.';
create trigger training_session_ended after update of state on training.session for each row
    when ((old.state in ('CANCELLED', 'POSTPONED')) <> (new.state in ('CANCELLED', 'POSTPONED')))
    execute function training.session_ended();

call engine.set_revision('training_sessions');
commit;
