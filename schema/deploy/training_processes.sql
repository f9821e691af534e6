-- The life of a session and of an enrolment: open, confirm, cancel, postpone, close; enrol, cancel, attend, evaluate.
-- Whoever changes an enrolment takes the session first, so that two of them meet there and never in a circle.
begin;

create function training.hold_session(session uuid) returns training.session
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$ select * from training.session s where s.id = session for no key update $$;
comment on function training.hold_session(uuid) is 'Takes the session until the end of the transaction.';

-- --- sessions ---

create function training.end_enrolments(session uuid, notice text, reason text) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    with ended as (
        update training.enrolment e set state = case when notice = 'EXPIRED' then 'EXPIRED' else 'CANCELLED' end,
            end_reason = reason
        where e.session_id = session
          and (e.state = 'WAITLISTED' or notice <> 'EXPIRED' and training.seat_class(e.state) = 'SEATED')
        returning e.id)
    insert into training.notice (session_id, enrolment_id, kind) select session, id, notice from ended
    $$;
revoke execute on function training.end_enrolments(uuid, text, text) from public;
comment on function training.end_enrolments(uuid, text, text) is
    'Ends the enrolments of a session with a notice for each: all of them, or with EXPIRED those that still wait.';

create function training.settle_enrolments(session uuid) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    update training.enrolment e set state = case when p.counted = 0 then 'NO_SHOW'
        when p.counted_slots = p.slots then 'ATTENDED' else 'PARTIAL' end
    from (
        select x.id, (select count(*) from training.slot t where t.session_id = session) as slots,
            coalesce(sum(a.counted_minutes), 0) as counted, count(*) filter (where a.counted_minutes > 0) as counted_slots
        from training.enrolment x left join training.attendance a on a.enrolment_id = x.id and a.is_current
        where x.session_id = session and x.state = 'CONFIRMED' group by x.id) p
    where e.id = p.id
    $$;
revoke execute on function training.settle_enrolments(uuid) from public;
comment on function training.settle_enrolments(uuid) is 'What came of each confirmed seat: attended, in part, or not at all.';

create function training.refuse_move(s training.session, action text, body jsonb) returns void
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    steps constant jsonb := '{"OPEN": ["DRAFT", "POSTPONED"], "CONFIRM": ["OPEN"], "CLOSE": ["CONFIRMED"],
        "CANCEL": ["DRAFT", "OPEN", "CONFIRMED", "POSTPONED"], "POSTPONE": ["OPEN", "CONFIRMED"]}';
begin
    if not steps -> action ? s.state then
        perform engine.refuse('session_state', 'not from this state', jsonb_build_object('state', s.state));
    elsif action in ('CANCEL', 'POSTPONE') and exists (
        select from training.attendance a join training.slot t on t.id = a.slot_id where t.session_id = s.id) then
        perform engine.refuse('session_state', 'it has taken place in part', '{"state": "RUNNING"}');
    elsif action in ('CANCEL', 'POSTPONE') and body ->> 'reason' is null then
        perform engine.refuse('session_reason_required', 'say why');
    elsif action = 'OPEN' and not exists (select from training.slot t where t.session_id = s.id) then
        perform engine.refuse('session_slots_required', 'a session without a date cannot be opened');
    elsif action = 'OPEN' and s.kind = 'INTER' and not exists (
        select from training.course c where c.id = s.course_id and c.is_published) then
        perform engine.refuse('course_not_published', 'the course lacks public information');
    elsif action = 'CONFIRM' and s.seats_taken < s.min_participants
        and not coalesce((body ->> 'force')::boolean, false) then
        perform engine.refuse('minimum_not_reached', 'fewer people than the minimum',
            jsonb_build_object('seats_taken', s.seats_taken, 'min_participants', s.min_participants));
    elsif action = 'CLOSE' and exists (
        select from training.slot t where t.session_id = s.id and t.closed_at is null) then
        perform engine.refuse('sheets_open', 'every sheet must be closed first');
    elsif action = 'CLOSE' and s.counts_in_bpf and exists (
        select from training.steps x where x.session_id = s.id and x.kind = 'CONVENTION' and x.state <> 'DONE') then
        perform engine.refuse('convention_missing', 'a paid training has a convention with each structure');
    end if;
end $$;
comment on function training.refuse_move(training.session, text, jsonb) is 'Which step of a session is refused, and why.';

create function training.move_session(session uuid, if_match bigint, action text, body jsonb)
    returns setof training.sessions
    language plpgsql volatile
    as $$
declare
    s training.session;
begin
    select * into s from training.session x where x.id = session and x.version = if_match
        and training.organises(x.delegation_id) for no key update;
    if not found then
        return;
    end if;
    perform training.refuse_move(s, action, coalesce(body, '{}'));
    if action = 'CANCEL' then
        perform training.end_enrolments_of(session, 'SESSION_CANCELLED', 'Session annulée');   -- at once: nobody moves up
    elsif action = 'CLOSE' then
        perform training.end_enrolments_of(session, 'EXPIRED', 'Session terminée');
    elsif action = 'POSTPONE' then
        perform training.tell_all(session, 'SESSION_POSTPONED');
    end if;
    update training.session x
    set state = case action when 'OPEN' then 'OPEN' when 'CONFIRM' then 'CONFIRMED' when 'CANCEL' then 'CANCELLED'
            when 'POSTPONE' then 'POSTPONED' else 'CLOSED' end,
        state_reason = coalesce(body ->> 'reason', x.state_reason)
    where x.id = session;
    return query select * from training.sessions x where x.id = session;
end $$;
comment on function training.move_session(uuid, bigint, text, jsonb) is
    'open-, confirm-, cancel-, postpone-, closeTrainingSession. No row when the version is another or the session another''s.';

create function training.end_enrolments_of(session uuid, notice text, reason text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if not exists (select from training.session s where s.id = session and training.organises(s.delegation_id)) then
        perform engine.refuse('outside_territory', 'another office organises the session');
    end if;
    perform training.end_enrolments(session, notice, reason);
    if notice = 'EXPIRED' then
        perform training.settle_enrolments(session);
    end if;
end $$;
comment on function training.end_enrolments_of(uuid, text, text) is
    'For move_session, with the owner''s rights: enrolments of other territories end with the session.';

create function training.tell_all(session uuid, notice text) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    insert into training.notice (session_id, enrolment_id, kind)
    select e.session_id, e.id, notice from training.enrolment e join training.session s on s.id = e.session_id
    where e.session_id = session and training.seat_class(e.state) <> 'GONE' and training.organises(s.delegation_id)
    $$;
comment on function training.tell_all(uuid, text) is 'A notice for everybody with a seat or in the queue.';

-- --- enrolments ---

create function training.queue_position(session uuid, number bigint) returns bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select count(*) from training.enrolment e
    where e.session_id = session and e.state = 'WAITLISTED' and e.queue_no <= number
    $$;
comment on function training.queue_position(uuid, bigint) is 'Place in the queue, 1 being the next; counts people whom the caller may not see.';

create view training.enrolments with (security_invoker) as
select e.id, e.version, e.session_id, c.code as course_code, coalesce(s.title, c.title) as session_title, s.starts_on,
    s.ends_on, e.person_id, i.identity ->> 'given_name' as given_name, i.identity ->> 'family_name' as family_name,
    i.identity ->> 'email' as email, p.purged_on is not null as is_purged, e.member_id, m.name as member_name, e.seats,
    e.state, e.queue_no,
    case when e.state = 'WAITLISTED' then training.queue_position(e.session_id, e.queue_no) end as queue_position,
    e.trainee_type, e.funding_code, e.entrusted_by_nda, e.subcontracted_to_nda, e.price_cents, e.price_rule,
    e.price_basis_on, e.confirmed_at, e.ended_at, e.end_reason,
    (select coalesce(sum(a.counted_minutes), 0) from training.attendance a
     where a.enrolment_id = e.id and a.is_current) as attended_minutes,
    e.fictitious as is_fictitious, e.created_at, e.updated_at, s.delegation_id
from training.enrolment e
join training.session s on s.id = e.session_id
join training.course c on c.id = s.course_id
left join network.member m on m.id = e.member_id
left join training.person p on p.id = e.person_id
left join lateral (select training.opened(p.identity) as identity) i on true;
comment on view training.enrolments is
    'Enrolments as the contract shows them. The name is empty for who may see the enrolment and not the person.';
grant select on training.enrolments to maillage_app;

create function training.enrol(session uuid, body jsonb) returns setof training.enrolments
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
    s training.session;
    sent training.enrolment := jsonb_populate_record(null::training.enrolment, body);
begin
    select * into s from training.session x where x.id = training.visible_session(session);
    if session.caller() = 'STRUCTURE' then
        sent.member_id := coalesce(sent.member_id, session.member_id());
        if s.starts_on <= engine.today() then
            perform engine.refuse('enrolment_window', 'the session has begun: the office that organises it enrols');
        end if;
    end if;
    if sent.member_id is not null and not exists (select from network.member m where m.id = sent.member_id) then
        perform engine.refuse('enrolment_member_known', 'no such structure for this caller');
    elsif not training.sees_enrolment(session, sent.member_id)
        or s.kind in ('INTRA', 'SERVICE') and session.caller() = 'STRUCTURE' and s.client_member_id <> sent.member_id then
        perform engine.refuse('outside_territory', 'neither its structure nor its session');
    end if;
    if sent.person_id is null then
        sent.person_id := training.person_for(coalesce(body -> 'person', '{}'), sent.member_id);
    elsif body ? 'person' or not training.sees_person(sent.person_id) then
        perform engine.refuse('enrolment_person_known', 'one person, known to the caller');
    end if;
    insert into training.enrolment (id, session_id, person_id, member_id, seats, trainee_type, funding_code,
        entrusted_by_nda, subcontracted_to_nda)
    values (added, session, sent.person_id, sent.member_id, coalesce(sent.seats, 1), sent.trainee_type, sent.funding_code,
        nullif(identifier.normal('NDA', sent.entrusted_by_nda), ''), nullif(identifier.normal('NDA', sent.subcontracted_to_nda), ''));
    return query select * from training.enrolments e where e.id = added;
end $$;
comment on function training.enrol(uuid, jsonb) is 'enrolTrainee: confirmed or in the queue, as the seats decide.';

create function training.update_enrolment(enrolment uuid, if_match bigint, body jsonb) returns setof training.enrolments
    language plpgsql volatile
    as $$
begin
    perform training.hold_session(e.session_id) from training.enrolment e where e.id = enrolment;
    update training.enrolment e set (seats, trainee_type, funding_code, entrusted_by_nda, subcontracted_to_nda) = (
        select r.seats, r.trainee_type, r.funding_code, nullif(identifier.normal('NDA', r.entrusted_by_nda), ''),
            nullif(identifier.normal('NDA', r.subcontracted_to_nda), '')
        from jsonb_populate_record(e, body) r)
    where e.id = enrolment and e.version = if_match;
    if found then
        return query select * from training.enrolments e where e.id = enrolment;
    end if;
end $$;
comment on function training.update_enrolment(uuid, bigint, jsonb) is
    'updateEnrolment: codes of the BPF, also after the closing; seats may only become fewer. No row when the version is another.';

create function training.cancel_enrolment(enrolment uuid, if_match bigint, body jsonb) returns setof training.enrolments
    language plpgsql volatile
    as $$
declare
    s training.session;
begin
    select (training.hold_session(e.session_id)).* into s from training.enrolment e where e.id = enrolment;
    if s.state = 'CLOSED' then
        perform engine.refuse('session_frozen', 'the session is closed');
    end if;
    if exists (select from training.enrolment e where e.id = enrolment and e.version = if_match
            and e.state in ('CANCELLED', 'EXPIRED', 'ABANDONED')) then
        perform engine.refuse('enrolment_ended', 'it has ended already');
    end if;
    update training.enrolment e set state = training.abandon_or_cancel(e.id), end_reason = body ->> 'reason'
    where e.id = enrolment and e.version = if_match;
    if found then
        return query select * from training.enrolments e where e.id = enrolment;
    end if;
end $$;
comment on function training.cancel_enrolment(uuid, bigint, jsonb) is
    'cancelEnrolment: frees the seat and promotes in the same transaction; after a proved hour it is an abandonment, and the hours count.';

create function training.freeze_enrolment() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if exists (select from training.session s where s.id = new.session_id and s.state = 'CLOSED') and not training.erasing() then
        perform engine.refuse('session_frozen', 'seats and states of a closed session stay');
    end if;
    return new;
end $$;
comment on function training.freeze_enrolment() is 'Before a change of state or seats: not in a closed session.';
create trigger training_enrolment_10_frozen before update on training.enrolment for each row
    when (old.state <> new.state or old.seats <> new.seats) execute function training.freeze_enrolment();

create function training.certificate(enrolment uuid)
    returns table (enrolment_id uuid, session_id uuid, course_title text, objectives text, given_name text,
        family_name text, starts_on date, ends_on date, planned_minutes integer, attended_minutes bigint, slots json)
    language plpgsql stable
    as $$
declare
    e training.enrolments;
begin
    select * into e from training.enrolments x where x.id = enrolment;
    if e.id is null then
        return;
    elsif e.attended_minutes = 0 then
        perform engine.refuse('certificate_without_attendance', 'no hour of presence is proved');
    end if;
    return query
    select e.id, e.session_id, e.session_title, c.objectives, e.given_name, e.family_name, e.starts_on, e.ends_on, s.minutes,
        e.attended_minutes::bigint, (
            select json_agg(json_build_object('starts_at', to_char(t.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'minutes', a.counted_minutes) order by t.starts_at)
            from training.attendance a join training.slot t on t.id = a.slot_id
            where a.enrolment_id = e.id and a.is_current and a.counted_minutes > 0)
    from training.session s join training.course c on c.id = s.course_id where s.id = e.session_id;
end $$;
comment on function training.certificate(uuid) is 'getEnrolmentCertificate: what the certificate of realisation states, from attendance only.';

-- --- attendance ---

create view training.attendances with (security_invoker) as
select a.id, a.version, t.session_id, a.slot_id, t.on_date, t.half_day, a.enrolment_id, a.status, a.minutes,
    a.counted_minutes, a.evidence, a.signed_at, a.entry_no, a.is_current, a.reason, a.created_at, a.updated_at
from training.attendance a join training.slot t on t.id = a.slot_id;
comment on view training.attendances is 'Attendance as the contract shows it, counter-entries and what they replaced included.';
grant select on training.attendances to maillage_app;

create function training.record_attendance(session uuid, body jsonb) returns setof training.slots
    language plpgsql volatile
    as $$
declare
    sheet training.slot;
begin
    perform training.visible_session(session);
    select * into sheet from training.slot t where t.id = (body ->> 'slot_id')::uuid and t.session_id = session for update;
    if sheet.id is null then
        perform engine.refuse('attendance_slot_known', 'no such slot of this session, or not the caller''s to fill');
    elsif sheet.closed_at is not null then
        perform engine.refuse('sheet_closed', 'the sheet is closed: a counter-entry corrects it');
    end if;
    insert into training.attendance as a (enrolment_id, slot_id, status, minutes, evidence, signed_at, recorded_by)
    select r.enrolment_id, sheet.id, r.status, coalesce(r.minutes, case when r.status = 'PRESENT' then sheet.minutes else 0 end),
        r.evidence, r.signed_at, session.key_id()
    from jsonb_populate_recordset(null::training.attendance, body -> 'entries') r
    where not exists (select from training.attendance x where x.enrolment_id = r.enrolment_id and x.slot_id = sheet.id);
    update training.attendance a set status = r.status,
        minutes = coalesce(r.minutes, case when r.status = 'PRESENT' then sheet.minutes else 0 end), evidence = r.evidence,
        signed_at = r.signed_at, recorded_by = session.key_id()
    from jsonb_populate_recordset(null::training.attendance, body -> 'entries') r
    where a.enrolment_id = r.enrolment_id and a.slot_id = sheet.id and a.is_current;
    return query select * from training.slots t where t.id = sheet.id;
end $$;
comment on function training.record_attendance(uuid, jsonb) is
    'recordAttendance: entries of one open sheet; the same people again change theirs. Without minutes a presence has those of the slot.';

create function training.correct_attendance(attendance uuid, body jsonb) returns setof training.attendances
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
    wrong training.attendance;
begin
    select * into wrong from training.attendance a where a.id = attendance;
    if wrong.id is null then
        raise exception using errcode = 'MA404', message = 'no such entry for this caller';
    elsif exists (select from training.slot t where t.id = wrong.slot_id and t.closed_at is null) then
        perform engine.refuse('sheet_open', 'the sheet is open: record it again');
    elsif not wrong.is_current then
        perform engine.refuse('attendance_superseded', 'a later entry counts: correct that one');
    end if;
    insert into training.attendance (id, enrolment_id, slot_id, status, minutes, evidence, signed_at, reason, recorded_by)
    select added, wrong.enrolment_id, wrong.slot_id, r.status,
        coalesce(r.minutes, case when r.status = 'PRESENT' then t.minutes else 0 end), r.evidence, r.signed_at, r.reason,
        session.key_id()
    from jsonb_populate_record(null::training.attendance, body) r, training.slot t where t.id = wrong.slot_id;
    return query select * from training.attendances a where a.id = added;
end $$;
comment on function training.correct_attendance(uuid, jsonb) is
    'correctAttendance: a counter-entry with its reason and the key that signs it; the first entry stays readable.';

-- --- evaluations ---

create function training.submit_evaluation(session uuid, body jsonb)
    returns table (id uuid, session_id uuid, enrolment_id uuid, moment text, created_at timestamptz)
    language plpgsql volatile
    as $$
#variable_conflict use_column
declare
    sent training.evaluation := jsonb_populate_record(null::training.evaluation, body);
    added uuid := engine.uuid_v7();
begin
    perform training.visible_session(session);
    if not exists (select from training.enrolment e where e.id = sent.enrolment_id and e.session_id = session) then
        perform engine.refuse('evaluation_enrolment_known', 'no such enrolment of this session');
    end if;
    insert into training.evaluation (id, enrolment_id, moment, score, content, teaching, organisation, usefulness, comment)
    values (added, sent.enrolment_id, sent.moment, sent.score, sent.content, sent.teaching, sent.organisation,
        sent.usefulness, sent.comment);
    return query select added, submit_evaluation.session, sent.enrolment_id, sent.moment, now();
end $$;
comment on function training.submit_evaluation(uuid, jsonb) is 'submitEvaluation: that it was given; what was answered is read by nobody.';

create function training.evaluation_summary(session uuid)
    returns table (session_id uuid, moments json)
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if not exists (select from training.session s where s.id = session
        and (training.organises(s.delegation_id) or s.client_member_id = session.member_id())) then
        return;
    end if;
    return query
    with expected as (
        select count(*) as people from training.enrolment e
        where e.session_id = session and training.seat_class(e.state) = 'SEATED' and e.state <> 'NO_SHOW'
    ), given as (
        select v.moment, count(*) as answers, avg(v.score) as score, avg(v.content) as content, avg(v.teaching) as teaching,
            avg(v.organisation) as organisation, avg(v.usefulness) as usefulness,
            count(*) filter (where v.score >= training.setting('satisfied_from', engine.today())) as satisfied,
            array_agg(v.comment order by md5(v.id::text)) filter (where v.comment is not null) as comments
        from training.evaluation v join training.enrolment e on e.id = v.enrolment_id
        where e.session_id = session group by v.moment
    )
    select session, (select json_agg(json_build_object('moment', m.moment, 'answers', coalesce(g.answers, 0),
        'expected', x.people, 'response_rate_percent', round(100.0 * coalesce(g.answers, 0) / nullif(x.people, 0), 1),
        'is_hidden', not shown.yes, 'average', case when shown.yes then round(g.score, 2) end,
        'satisfied_percent', case when shown.yes then round(100.0 * g.satisfied / g.answers, 1) end,
        'content', case when shown.yes then round(g.content, 2) end,
        'teaching', case when shown.yes then round(g.teaching, 2) end,
        'organisation', case when shown.yes then round(g.organisation, 2) end,
        'usefulness', case when shown.yes then round(g.usefulness, 2) end,
        'comments', case when shown.yes then coalesce(g.comments, '{}') else '{}' end) order by m.place)
        from (values (1, 'HOT'), (2, 'COLD')) m (place, moment)
        cross join expected x left join given g on g.moment = m.moment
        cross join lateral (select coalesce(g.answers >= training.setting('hidden_under', engine.today()), false)) shown (yes));
end $$;
comment on function training.evaluation_summary(uuid) is
    'Number of answers and response rate beside every average; averages, shares and comments only from five answers on.';

-- --- complaints, documents ---

create function training.create_complaint(body jsonb) returns setof training.complaint
    language plpgsql volatile
    as $$
declare
    sent training.complaint := jsonb_populate_record(null::training.complaint, body);
begin
    if session.caller() = 'STRUCTURE' then
        sent.member_id := coalesce(sent.member_id, session.member_id());
    end if;
    if not exists (select from training.session s where s.id = sent.session_id
            and (training.organises(s.delegation_id) or sent.member_id = session.member_id())) then
        perform engine.refuse('complaint_session_known', 'no such session for this caller');
    elsif sent.member_id is not null and not exists (select from network.member m where m.id = sent.member_id) then
        perform engine.refuse('complaint_member_known', 'no such structure for this caller');
    end if;
    return query insert into training.complaint (session_id, member_id, subject, description, received_on)
        values (sent.session_id, sent.member_id, sent.subject, sent.description, coalesce(sent.received_on, engine.today()))
        returning *;
end $$;
comment on function training.create_complaint(jsonb) is 'createTrainingComplaint: by the organiser, or by a structure in its own name.';

create function training.update_complaint(complaint uuid, if_match bigint, body jsonb) returns setof training.complaint
    language sql volatile
    as $$
    update training.complaint c set (state, answer, answered_on) = (
        select r.state, r.answer, r.answered_on from jsonb_populate_record(c, body) r)
    where c.id = complaint and c.version = if_match
    returning *
    $$;
comment on function training.update_complaint(uuid, bigint, jsonb) is 'updateTrainingComplaint: no row when the version is another.';

create function training.add_document(session uuid, body jsonb) returns setof training.document
    language plpgsql volatile
    as $$
declare
    sent training.document := jsonb_populate_record(null::training.document, body);
begin
    if not exists (select from training.session s where s.id = training.visible_session(session)
            and training.organises(s.delegation_id)) then
        perform engine.refuse('outside_territory', 'another office organises the session');
    end if;
    return query insert into training.document (session_id, kind, enrolment_id, member_id, state, reference, sent_on, signed_on)
        values (session, sent.kind, sent.enrolment_id, sent.member_id, coalesce(sent.state, 'DRAFT'), sent.reference,
            sent.sent_on, sent.signed_on)
        returning *;
end $$;
comment on function training.add_document(uuid, jsonb) is 'addTrainingDocument: a line of the register.';

create function training.update_document(document uuid, if_match bigint, body jsonb) returns setof training.document
    language sql volatile
    as $$
    update training.document d set (state, reference, sent_on, signed_on) = (
        select r.state, r.reference, r.sent_on, r.signed_on from jsonb_populate_record(d, body) r)
    where d.id = document and d.version = if_match
    returning *
    $$;
comment on function training.update_document(uuid, bigint, jsonb) is 'updateTrainingDocument: no row when the version is another.';

-- --- money ---

create view training.accounts with (security_invoker) as
select md5(a.member_id || '/' || a.year)::uuid as id, a.member_id, a.year, a.contributed_cents, a.committed_cents, a.paid_cents,
    a.balance_cents
from training.group_account a;
comment on view training.accounts is 'Group accounts as the contract shows them.';
grant select on training.accounts, training.steps to maillage_app;

create function training.add_entry(body jsonb) returns setof training.group_account_entry
    language plpgsql volatile
    as $$
declare
    sent training.group_account_entry := jsonb_populate_record(null::training.group_account_entry, body);
begin
    if not exists (select from network.member m where m.id = sent.member_id) then
        perform engine.refuse('group_account_member_known', 'no such structure for this caller');
    elsif sent.kind = 'COMMITMENT' then
        if sent.cost_cents is null or sent.common_law_cents is null then
            perform engine.refuse('group_account_entry_common_law_first', 'cost and common law come first');
        end if;
        sent.amount_cents := coalesce(sent.amount_cents, sent.cost_cents - sent.common_law_cents);
    elsif sent.amount_cents is null then
        perform engine.refuse('amount_required', 'the amount is missing');
    end if;
    return query insert into training.group_account_entry (member_id, year, kind, amount_cents, purpose, session_id, cost_cents,
            common_law_cents, reason)
        values (sent.member_id, sent.year, sent.kind, sent.amount_cents, sent.purpose, sent.session_id, sent.cost_cents,
            sent.common_law_cents, sent.reason)
        returning *;
end $$;
comment on function training.add_entry(jsonb) is 'addGroupAccountEntry: a commitment takes what common law does not pay.';

create function training.create_invoice(body jsonb) returns setof training.invoice
    language plpgsql volatile
    as $$
declare
    sent training.invoice := jsonb_populate_record(null::training.invoice, body);
begin
    if sent.session_id is not null and not exists (
        select from training.session s where s.id = sent.session_id and training.organises(s.delegation_id)) then
        perform engine.refuse('invoice_session_known', 'no such session for this caller');
    elsif sent.session_id is null and session.caller() = 'DELEGATION' then
        perform engine.refuse('outside_territory', 'a delegation invoices its sessions');
    elsif sent.member_id is not null and not exists (select from network.member m where m.id = sent.member_id) then
        perform engine.refuse('invoice_member_known', 'no such structure for this caller');
    end if;
    return query insert into training.invoice (number, session_id, member_id, payer_name, funding_code, amount_cents,
            invoiced_on, credited_id)
        values (sent.number, sent.session_id, sent.member_id, sent.payer_name, sent.funding_code, sent.amount_cents,
            sent.invoiced_on, sent.credited_id)
        returning *;
end $$;
comment on function training.create_invoice(jsonb) is 'createTrainingInvoice: an invoice, or a credit note of one.';

create function training.create_declaration(body jsonb) returns setof training.declaration
    language sql volatile
    as $$
    insert into training.declaration (year, starts_on, ends_on, body_name, siret, nda, address, has_remote_training,
        turnover_cents, charges_cents, trainers_pay_cents, purchased_training_cents)
    select r.year, coalesce(r.starts_on, make_date(r.year, 1, 1)), coalesce(r.ends_on, make_date(r.year, 12, 31)), r.body_name,
        identifier.normal('SIRET', r.siret), identifier.normal('NDA', r.nda), r.address, r.has_remote_training,
        r.turnover_cents, r.charges_cents, r.trainers_pay_cents, r.purchased_training_cents
    from jsonb_populate_record(null::training.declaration, body) r
    returning *
    $$;
comment on function training.create_declaration(jsonb) is 'createBpfDeclaration: the calendar year unless it says another.';

create function training.update_declaration(declaration uuid, if_match bigint, body jsonb) returns setof training.declaration
    language sql volatile
    as $$
    update training.declaration d set (starts_on, ends_on, body_name, address, has_remote_training, turnover_cents,
        charges_cents, trainers_pay_cents, purchased_training_cents) = (
        select r.starts_on, r.ends_on, r.body_name, r.address, r.has_remote_training, r.turnover_cents, r.charges_cents,
            r.trainers_pay_cents, r.purchased_training_cents
        from jsonb_populate_record(d, body) r)
    where d.id = declaration and d.version = if_match
    returning *
    $$;
comment on function training.update_declaration(uuid, bigint, jsonb) is 'updateBpfDeclaration: no row when the version is another.';

call engine.set_revision('training_processes');
commit;
