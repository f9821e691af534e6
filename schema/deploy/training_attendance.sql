-- What happens in and after the room: attendance by slot and person, evaluations, complaints, the register of documents
-- and the steps that are due.
begin;

create table training.attendance (
    id              uuid primary key default engine.uuid_v7(),
    version         integer not null default 1,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    changed_in      xid8 not null default pg_current_xact_id(),
    enrolment_id    uuid not null constraint attendance_enrolment_known references training.enrolment,
    slot_id         uuid not null constraint attendance_slot_known references training.slot,
    status          text not null constraint attendance_status_known check (status in ('PRESENT', 'ABSENT', 'EXCUSED', 'LATE')),
    minutes         integer not null constraint attendance_minutes_range check (minutes between 0 and 720),
    evidence        text constraint attendance_evidence_known check (evidence in
        ('ONSITE_SIGNATURE', 'REMOTE_LOG', 'TRAINER_OVERRIDE')),
    signed_at       timestamptz,
    counted_minutes integer not null default 0,
    entry_no        integer not null default 1,
    is_current      boolean not null default true,
    reason          text constraint attendance_reason_length check (length(reason) between 3 and 500),
    recorded_by     uuid,
    constraint attendance_minutes_of_status check ((minutes = 0) = (status in ('ABSENT', 'EXCUSED'))),
    constraint attendance_entry_key unique (enrolment_id, slot_id, entry_no),
    constraint attendance_correction_reason check (entry_no = 1 or reason is not null)
);
create unique index attendance_one_current on training.attendance (enrolment_id, slot_id) where is_current;
create index attendance_slot on training.attendance (slot_id);
comment on table training.attendance is
    'Presence of a person in a slot. Free to change until the sheet is closed; then a counter-entry takes its place and both stay.';
comment on column training.attendance.evidence is
    'What proves the presence: signature on the spot, log of the remote room, or the word of the trainer. None: nothing counts.';
comment on column training.attendance.counted_minutes is 'Minutes that count for hours, certificates and the BPF: those of a proved presence, by trigger.';
comment on column training.attendance.entry_no is '1 as first recorded; higher ones are counter-entries after the closing.';

create function training.only_supersedes(before training.attendance, after training.attendance) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select before.is_current <> after.is_current
        and to_jsonb(after) - '{is_current,version,updated_at,changed_in}'::text[]
            = to_jsonb(before) - '{is_current,version,updated_at,changed_in}'::text[]
        and after.is_current = not exists (
            select from training.attendance a where a.enrolment_id = before.enrolment_id and a.slot_id = before.slot_id
                and a.entry_no > before.entry_no)
    $$;
comment on function training.only_supersedes(training.attendance, training.attendance) is
    'Whether a change of a closed sheet does no more than let the latest entry count instead of an older one.';

create function training.guard_attendance() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    found_slot constant uuid := case when tg_op = 'DELETE' then old.slot_id else new.slot_id end;
    sheet training.slot;
    session_of uuid;
    last training.attendance;
begin
    if training.erasing() then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    select * into sheet from training.slot t where t.id = found_slot for share;
    if tg_op <> 'INSERT' then
        if sheet.closed_at is not null and not (tg_op = 'UPDATE' and training.only_supersedes(old, new)) then
            perform engine.refuse('sheet_closed', 'the sheet is closed: a counter-entry corrects it');
        end if;
    end if;
    if tg_op <> 'DELETE' then
        select e.session_id into session_of from training.enrolment e where e.id = new.enrolment_id
            and training.seat_class(e.state) = 'SEATED';
        new.counted_minutes := case when new.evidence is not null then new.minutes else 0 end;
        if session_of is distinct from sheet.session_id then
            perform engine.refuse('attendance_of_other_session', 'only people with a seat in the session of the slot');
        elsif new.minutes > sheet.minutes or new.status = 'LATE' and new.minutes = sheet.minutes then
            perform engine.refuse('attendance_longer_than_slot', 'more minutes than the slot has',
                jsonb_build_object('minutes', sheet.minutes));
        elsif sheet.starts_at > now() then
            perform engine.refuse('slot_not_begun', 'nobody has been present in a slot to come');
        end if;
    end if;
    if tg_op = 'INSERT' then
        select * into last from training.attendance a
        where a.enrolment_id = new.enrolment_id and a.slot_id = new.slot_id order by a.entry_no desc limit 1;
        if sheet.closed_at is null and last.id is not null then
            perform engine.refuse('attendance_recorded', 'it is recorded already');
        end if;
        new.entry_no := coalesce(last.entry_no, 0) + 1;
        if sheet.closed_at is not null and new.reason is null then
            perform engine.refuse('sheet_closed', 'the sheet is closed: a counter-entry with its reason corrects it');
        end if;
        new.is_current := last.id is null;
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
comment on function training.guard_attendance() is
    'Nothing changes on a closed sheet; later rows are counter-entries, numbered, with a reason. A slot to come has no presence.';

create function training.supersede_attendance() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update training.attendance set is_current = false
    where enrolment_id = new.enrolment_id and slot_id = new.slot_id and is_current and id <> new.id;
    update training.attendance set is_current = true where id = new.id;
    return null;
end $$;
comment on function training.supersede_attendance() is 'A counter-entry counts from now on, the one before no longer.';
create trigger training_attendance_10_guard before insert or update or delete on training.attendance
    for each row execute function training.guard_attendance();
create trigger training_attendance_90_version before update on training.attendance
    for each row execute function engine.keep_version();
create trigger training_attendance_supersedes after insert on training.attendance for each row
    when (not new.is_current) execute function training.supersede_attendance();

create function training.close_slot() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    lacking integer;
begin
    if old.closed_at is not null and not training.erasing() then
        perform engine.refuse('sheet_closed', 'a closed sheet stays closed');
    end if;
    select count(*) into lacking from training.enrolment e
    where e.session_id = new.session_id and training.seat_class(e.state) = 'SEATED' and e.state <> 'ABANDONED'
      and not exists (select from training.attendance a where a.enrolment_id = e.id and a.slot_id = new.id);
    if lacking > 0 then
        perform engine.refuse('sheet_incomplete', 'some people have no status yet', jsonb_build_object('lacking', lacking));
    elsif new.ends_at > now() then
        perform engine.refuse('slot_not_over', 'the slot is not over');
    end if;
    return new;
end $$;
comment on function training.close_slot() is 'A sheet closes once, after the slot, when everybody with a seat has a status.';
create trigger training_slot_20_close before update of closed_at on training.slot for each row
    when (old.closed_at is distinct from new.closed_at) execute function training.close_slot();

-- --- evaluations and complaints ---

create table training.evaluation (
    id           uuid primary key default engine.uuid_v7(),
    created_at   timestamptz not null default now(),
    enrolment_id uuid not null constraint evaluation_enrolment_known references training.enrolment,
    moment       text not null constraint evaluation_moment_known check (moment in ('HOT', 'COLD')),
    score        integer not null constraint evaluation_score_range check (score between 1 and 5),
    content      integer constraint evaluation_content_range check (content between 1 and 5),
    teaching     integer constraint evaluation_teaching_range check (teaching between 1 and 5),
    organisation integer constraint evaluation_organisation_range check (organisation between 1 and 5),
    usefulness   integer constraint evaluation_usefulness_range check (usefulness between 1 and 5),
    comment      text constraint evaluation_comment_length check (length(comment) between 1 and 2000),
    constraint evaluation_once unique (enrolment_id, moment)
);
comment on table training.evaluation is
    'Answer of a trainee at the end (HOT) or months later (COLD), 1 to 5. Nobody reads a single answer: only figures of enough of them.';
comment on column training.evaluation.score is 'Satisfaction as a whole; 4 and 5 count as satisfied.';

create function training.guard_evaluation() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if not exists (select from training.enrolment e join training.session s on s.id = e.session_id
        where e.id = new.enrolment_id and training.seat_class(e.state) = 'SEATED' and s.starts_on <= engine.today()) then
        perform engine.refuse('evaluation_too_early', 'only who took part answers, once it has begun');
    end if;
    return new;
end $$;
comment on function training.guard_evaluation() is 'Who had no seat, or whose session has not begun, has nothing to evaluate.';
create trigger training_evaluation_10_guard before insert on training.evaluation
    for each row execute function training.guard_evaluation();

create table training.complaint (
    id          uuid primary key default engine.uuid_v7(),
    version     integer not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    changed_in  xid8 not null default pg_current_xact_id(),
    session_id  uuid not null constraint complaint_session_known references training.session,
    member_id   uuid constraint complaint_member_known references network.member,
    subject     text collate "fr-x-icu" not null constraint complaint_subject_length check (length(subject) between 3 and 200),
    description text constraint complaint_description_length check (length(description) between 1 and 4000),
    received_on date not null default engine.today(),
    state       text not null default 'RECEIVED' constraint complaint_state_known check (state in ('RECEIVED', 'ANSWERED', 'CLOSED')),
    answer      text constraint complaint_answer_length check (length(answer) between 1 and 4000),
    answered_on date,
    constraint complaint_answer_dated check ((state = 'RECEIVED') = (answered_on is null)),
    constraint complaint_dates_order check (received_on <= answered_on)
);
create index complaint_session on training.complaint (session_id);
create index complaint_received on training.complaint (received_on, id);
comment on table training.complaint is 'Complaints about a session and what was answered (indicator 31 of Qualiopi).';
create trigger training_complaint_90_version before update on training.complaint
    for each row execute function engine.keep_version();

-- --- documents and steps ---

create table training.document (
    id           uuid primary key default engine.uuid_v7(),
    version      integer not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    changed_in   xid8 not null default pg_current_xact_id(),
    session_id   uuid not null constraint document_session_known references training.session,
    enrolment_id uuid constraint document_enrolment_known references training.enrolment,
    member_id    uuid constraint document_member_known references network.member,
    kind         text not null constraint document_kind_known check (kind in
        ('QUOTE', 'CONVENTION', 'CONTRACT', 'CONVOCATION', 'RULES', 'ATTENDANCE_SHEET', 'REALISATION_CERTIFICATE',
         'END_ATTESTATION', 'INVOICE', 'EVALUATION_FORM')),
    state        text not null default 'DRAFT' constraint document_state_known check (state in ('DRAFT', 'SENT', 'SIGNED', 'CANCELLED')),
    reference    text constraint document_reference_length check (length(reference) between 1 and 100),
    sent_on      date,
    signed_on    date,
    constraint document_dates_of_state check ((state <> 'SENT' or sent_on is not null) and (state <> 'SIGNED' or signed_on is not null))
);
create index document_session on training.document (session_id, kind);
comment on table training.document is 'Register of documents: that and when they went out or were signed; the files are kept elsewhere.';
create trigger training_document_90_version before update on training.document
    for each row execute function engine.keep_version();

create function training.guard_document() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if new.enrolment_id is not null and not exists (
        select from training.enrolment e where e.id = new.enrolment_id and e.session_id = new.session_id) then
        perform engine.refuse('document_enrolment_known', 'the enrolment belongs to another session');
    elsif new.kind in ('REALISATION_CERTIFICATE', 'END_ATTESTATION') and new.enrolment_id is null then
        perform engine.refuse('certificate_of_person', 'a certificate is that of one person');
    elsif new.kind in ('REALISATION_CERTIFICATE', 'END_ATTESTATION') and not exists (
        select from training.attendance a where a.enrolment_id = new.enrolment_id and a.is_current and a.counted_minutes > 0) then
        perform engine.refuse('certificate_without_attendance', 'no hour of presence is proved');
    end if;
    return new;
end $$;
comment on function training.guard_document() is 'A certificate comes only from proved attendance.';
create trigger training_document_10_guard before insert or update on training.document
    for each row execute function training.guard_document();

create table training.step_rule (
    code      text primary key,
    kind      text not null,
    anchor    text not null constraint step_rule_anchor_known check (anchor in ('START', 'END')),
    days      integer not null,
    unit      text not null constraint step_rule_unit_known check (unit in ('SESSION', 'MEMBER', 'ENROLMENT')),
    only_paid boolean not null
);
comment on table training.step_rule is 'Which document is due when, counted in days from the first or the last day of a session.';
comment on column training.step_rule.unit is 'One for the session, for each structure that sends people, or for each person.';
insert into training.step_rule (code, kind, anchor, days, unit, only_paid) values
    ('QUOTE', 'QUOTE', 'START', -40, 'MEMBER', true),
    ('CONVENTION', 'CONVENTION', 'START', -15, 'MEMBER', true),
    ('CONVOCATION', 'CONVOCATION', 'START', -10, 'ENROLMENT', false),
    ('RULES', 'RULES', 'START', -10, 'SESSION', false),
    ('ATTENDANCE_SHEET', 'ATTENDANCE_SHEET', 'END', 1, 'SESSION', false),
    ('EVALUATION_FORM', 'EVALUATION_FORM', 'END', 1, 'SESSION', false),
    ('REALISATION_CERTIFICATE', 'REALISATION_CERTIFICATE', 'END', 5, 'ENROLMENT', false),
    ('INVOICE', 'INVOICE', 'END', 8, 'MEMBER', true);

create function training.has_steps(s training.session) returns boolean
    language sql stable
    as $$ select s.state = 'CONFIRMED' or s.state = 'CLOSED' and s.ends_on > engine.today() - 366 $$;
comment on function training.has_steps(training.session) is 'Steps are followed from the confirmation until a year after the end.';

create view training.steps with (security_invoker) as
with wanted as (
    select s.id as session_id, r.code, r.kind, null::uuid as member_id, null::uuid as enrolment_id, r.anchor, r.days,
        s.starts_on, s.ends_on
    from training.session s cross join training.step_rule r
    where r.unit = 'SESSION' and training.has_steps(s)
    union all
    select s.id, r.code, r.kind, e.member_id, null, r.anchor, r.days, s.starts_on, s.ends_on
    from training.session s cross join training.step_rule r
    cross join lateral (select x.member_id, sum(x.price_cents) as cents from training.enrolment x
        where x.session_id = s.id and x.member_id is not null and training.seat_class(x.state) = 'SEATED'
        group by x.member_id) e
    where r.unit = 'MEMBER' and training.has_steps(s) and (not r.only_paid or e.cents > 0)
    union all
    select s.id, r.code, r.kind, s.client_member_id, null, r.anchor, r.days, s.starts_on, s.ends_on
    from training.session s cross join training.step_rule r
    where r.unit = 'MEMBER' and training.has_steps(s) and s.flat_price_cents > 0
    union all
    select s.id, r.code, r.kind, e.member_id, e.id, r.anchor, r.days, s.starts_on, s.ends_on
    from training.session s cross join training.step_rule r
    join training.enrolment e on e.session_id = s.id and training.seat_class(e.state) = 'SEATED' and e.state <> 'NO_SHOW'
    where r.unit = 'ENROLMENT' and training.has_steps(s)
)
select md5(concat_ws('/', w.session_id, w.code, w.member_id, w.enrolment_id))::uuid as id, w.session_id, w.kind,
    w.member_id, w.enrolment_id,
    case w.anchor when 'START' then w.starts_on else w.ends_on end + w.days as due_on, d.id as document_id,
    case when d.id is not null then 'DONE'
        when case w.anchor when 'START' then w.starts_on else w.ends_on end + w.days < engine.today() then 'LATE'
        when case w.anchor when 'START' then w.starts_on else w.ends_on end + w.days <= engine.today() + 7 then 'DUE'
        else 'UPCOMING' end as state
from wanted w
left join lateral (
    select x.id from training.document x
    where x.session_id = w.session_id and x.kind = w.kind and x.state in ('SENT', 'SIGNED')
      and (w.member_id is null or w.enrolment_id is not null or x.member_id = w.member_id)
      and (w.enrolment_id is null or x.enrolment_id = w.enrolment_id)
    order by x.id limit 1) d on true
where w.starts_on is not null;
comment on view training.steps is 'Steps of sessions: done, due within seven days, late, or still to come.';

create function training.abandon_or_cancel(enrolment uuid) returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select case when exists (select from training.attendance a where a.enrolment_id = enrolment and a.counted_minutes > 0)
        then 'ABANDONED' else 'CANCELLED' end
    $$;
comment on function training.abandon_or_cancel(uuid) is
    'Who has been there and leaves abandons, and the hours count; who has not cancels, and is in no frame (example 30).';

call engine.set_revision('training_attendance');
commit;
