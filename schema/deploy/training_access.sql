-- Who may see and write what of the trainings.
--
--   NATIONAL     everything
--   DELEGATION   all sessions; writes those it organises, and enrolments of its members; sees trainees of its sessions
--   STRUCTURE    open sessions and its own ones; its own enrolments and the people it enrolled
--   PARTNER, ANONYMOUS   published courses and sessions that anybody may join; never a person
begin;

insert into access.scope (name, kinds) values
    ('trainings:read', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('enrolments:write', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('trainings:write', '{DELEGATION,NATIONAL}'),
    ('catalogue:write', '{NATIONAL}'),
    ('training_accounts:write', '{NATIONAL}'),
    ('bpf:read', '{NATIONAL}');

grant usage on schema training to maillage_app;
do $$
declare
    t record;
begin
    for t in select tablename from pg_tables where schemaname = 'training' loop
        execute format('alter table training.%I enable row level security', t.tablename);
        execute format('alter table training.%I force row level security', t.tablename);
        execute format('create policy owner on training.%I to maillage_owner using (true) with check (true)', t.tablename);
    end loop;
end $$;
revoke execute on function training.promote(uuid), training.apply_pass(uuid, uuid), training.abandon_or_cancel(uuid) from public;
grant execute on function training.abandon_or_cancel(uuid) to maillage_app;

create function training.is_office() returns boolean
    language sql stable parallel safe
    as $$ select session.caller() in ('NATIONAL', 'DELEGATION') $$;
comment on function training.is_office() is 'The federation or a delegation is calling.';

create function training.organises(delegation uuid) returns boolean
    language sql stable parallel safe
    as $$ select session.caller() = 'NATIONAL' or session.caller() = 'DELEGATION' and delegation = session.delegation_id() $$;
comment on function training.organises(uuid) is 'Whether the caller organises a session of this delegation (null: national).';

-- --- catalogue ---

grant select on training.dated_setting, training.step_rule to maillage_app;
create policy read on training.dated_setting for select to maillage_app using (true);
create policy read on training.step_rule for select to maillage_app using (true);

grant select, insert, update on training.course, training.programme, training.trainer to maillage_app;
create policy read on training.course for select to maillage_app using (
    (select training.is_office())
    or is_published and starts_on <= engine.today() and (ends_on is null or engine.today() <= ends_on)
    -- withdrawn or never published: a structure still reads what its sessions are about
    or (select session.caller()) = 'STRUCTURE' and exists (select from training.session s where s.course_id = course.id));
create policy write on training.course to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');
create policy read on training.programme for select to maillage_app using (true);
create policy write on training.programme to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');
create policy offices on training.trainer to maillage_app
    using ((select training.is_office())) with check ((select training.is_office()));

-- --- sessions ---

grant select on training.session to maillage_app;
grant insert (id, course_id, programme_id, title, kind, client_member_id, delegation_id, place, commune_code, capacity,
    min_participants, waitlist_policy, enrol_open_on, enrol_close_on, price_member_cents, price_other_cents, flat_price_cents,
    price_basis, counts_in_bpf, counts_in_statistics) on training.session to maillage_app;
grant update (programme_id, title, client_member_id, place, commune_code, state, state_reason, capacity, min_participants,
    waitlist_policy, enrol_open_on, enrol_close_on, price_member_cents, price_other_cents, flat_price_cents, price_basis,
    counts_in_bpf, counts_in_statistics, version, updated_at, changed_in) on training.session to maillage_app;
create policy read on training.session for select to maillage_app using (
    (select training.is_office())
    or client_member_id = (select session.member_id())
    or kind in ('INTER', 'WEBINAR') and (state in ('OPEN', 'CONFIRMED') and ends_on >= engine.today()
        or state <> 'DRAFT' and (select session.caller()) = 'STRUCTURE'));
create policy add on training.session for insert to maillage_app with check (training.organises(delegation_id));
create policy change on training.session for update to maillage_app using (training.organises(delegation_id));

grant select, insert, update on training.slot to maillage_app;
grant select, insert, delete on training.slot_trainer to maillage_app;
create policy read on training.slot for select to maillage_app using (
    exists (select from training.session s where s.id = session_id));
create policy add on training.slot for insert to maillage_app with check (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy change on training.slot for update to maillage_app using (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy offices on training.slot_trainer for select to maillage_app using ((select training.is_office()));
create policy add on training.slot_trainer for insert to maillage_app with check (exists (
    select from training.slot t join training.session s on s.id = t.session_id
    where t.id = slot_id and training.organises(s.delegation_id)));
create policy remove on training.slot_trainer for delete to maillage_app using (exists (
    select from training.slot t join training.session s on s.id = t.session_id
    where t.id = slot_id and training.organises(s.delegation_id)));

-- --- enrolments and what hangs on them ---

-- Asks beyond the policies of sessions and members, which would ask each other.
create function training.sees_enrolment(session_of uuid, member uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select session.caller() = 'NATIONAL' or member = session.member_id()
        or session.caller() = 'DELEGATION' and (
            exists (select from training.session s where s.id = session_of and s.delegation_id = session.delegation_id())
            or exists (select from network.audience a where a.member_id = member and a.viewer_id = session.delegation_id()
                and engine.today() between a.starts_on and a.ends_on))
    $$;
comment on function training.sees_enrolment(uuid, uuid) is
    'The federation, the delegation that organises, that of the structure, and the structure itself.';

create function training.sees_person(person uuid) returns boolean
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
comment on function training.sees_person(uuid) is
    'Who needs the name: the federation, who organises a session of theirs, the structure that sends them; trainers: both offices.';

grant select on training.person to maillage_app;
create policy read on training.person for select to maillage_app using (training.sees_person(id));

grant select on training.enrolment to maillage_app;
grant insert (id, session_id, person_id, member_id, seats, trainee_type, funding_code, entrusted_by_nda, subcontracted_to_nda)
    on training.enrolment to maillage_app;
grant update (seats, state, trainee_type, funding_code, entrusted_by_nda, subcontracted_to_nda, end_reason, version,
    updated_at, changed_in) on training.enrolment to maillage_app;
create policy read on training.enrolment for select to maillage_app using (training.sees_enrolment(session_id, member_id));
create policy add on training.enrolment for insert to maillage_app with check (
    state in ('CONFIRMED', 'WAITLISTED') and training.sees_enrolment(session_id, member_id));
create policy change on training.enrolment for update to maillage_app using (training.sees_enrolment(session_id, member_id));

grant select on training.notice, training.document, training.complaint, training.invoice, training.attendance to maillage_app;
create policy read on training.notice for select to maillage_app using (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));

grant insert on training.attendance to maillage_app;
grant update (status, minutes, evidence, signed_at, counted_minutes, recorded_by, version, updated_at, changed_in)
    on training.attendance to maillage_app;
create policy read on training.attendance for select to maillage_app using (
    exists (select from training.enrolment e where e.id = enrolment_id));
create policy add on training.attendance for insert to maillage_app with check (exists (
    select from training.slot t join training.session s on s.id = t.session_id
    where t.id = slot_id and training.organises(s.delegation_id)));
create policy change on training.attendance for update to maillage_app using (exists (
    select from training.slot t join training.session s on s.id = t.session_id
    where t.id = slot_id and training.organises(s.delegation_id)));

-- answers are written, and read by nobody but the functions that count them
grant insert on training.evaluation to maillage_app;
grant select (id, created_at, enrolment_id, moment) on training.evaluation to maillage_app;
create policy read on training.evaluation for select to maillage_app using (
    exists (select from training.enrolment e where e.id = enrolment_id));
create policy add on training.evaluation for insert to maillage_app with check (
    exists (select from training.enrolment e where e.id = enrolment_id));

grant insert, update on training.complaint, training.document to maillage_app;
create policy read on training.complaint for select to maillage_app using (
    member_id = (select session.member_id())
    or exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy add on training.complaint for insert to maillage_app with check (
    member_id = (select session.member_id())
    or exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy change on training.complaint for update to maillage_app using (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy read on training.document for select to maillage_app using (
    member_id = (select session.member_id())
    or exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy add on training.document for insert to maillage_app with check (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy change on training.document for update to maillage_app using (
    exists (select from training.session s where s.id = session_id and training.organises(s.delegation_id)));

-- --- money ---

grant select on training.group_account, training.group_account_entry to maillage_app;
grant insert (id, member_id, year, kind, amount_cents, purpose, session_id, cost_cents, common_law_cents, reason)
    on training.group_account_entry to maillage_app;
do $$
declare
    t text;
begin
    foreach t in array array['group_account', 'group_account_entry'] loop
        execute format($policy$
            create policy read on training.%1$I for select to maillage_app using (
                (select session.caller()) = 'NATIONAL' or member_id = (select session.member_id())
                or (select session.caller()) = 'DELEGATION'
                    and exists (select from network.audience a where a.member_id = %1$I.member_id))$policy$, t);
    end loop;
end $$;
create policy add on training.group_account_entry for insert to maillage_app with check ((select session.caller()) = 'NATIONAL');

grant insert on training.invoice to maillage_app;
create policy read on training.invoice for select to maillage_app using (
    (select session.caller()) = 'NATIONAL' or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION' and exists (
        select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
create policy add on training.invoice for insert to maillage_app with check (
    (select session.caller()) = 'NATIONAL' or (select session.caller()) = 'DELEGATION' and exists (
        select from training.session s where s.id = session_id and training.organises(s.delegation_id)));
grant select, insert, update on training.declaration to maillage_app;
create policy national on training.declaration to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');

-- --- history ---

create trigger training_course_history after insert or update or delete on training.course
    for each row execute function audit.record_change('TRAINING_COURSE');
create trigger training_trainer_history after insert or update or delete on training.trainer
    for each row execute function audit.record_change('TRAINER', 'HIDDEN');
create trigger training_programme_history after insert or update or delete on training.programme
    for each row execute function audit.record_change('TRAINING_PROGRAMME');
create trigger training_session_added after insert or delete on training.session
    for each row execute function audit.record_change('TRAINING_SESSION');
-- seats come and go with enrolments, which have a history of their own
create trigger training_session_history after update on training.session for each row
    when (old.last_queue_no = new.last_queue_no and old.seats_taken = new.seats_taken and old.seats_waiting = new.seats_waiting)
    execute function audit.record_change('TRAINING_SESSION');
create trigger training_slot_history after insert or update or delete on training.slot
    for each row execute function audit.record_change('TRAINING_SLOT');
create trigger training_enrolment_history after insert or update or delete on training.enrolment
    for each row execute function audit.record_change('ENROLMENT');
create trigger training_attendance_history after update or delete on training.attendance
    for each row execute function audit.record_change('ATTENDANCE');
create trigger training_document_history after insert or update or delete on training.document
    for each row execute function audit.record_change('TRAINING_DOCUMENT');
create trigger training_complaint_history after insert or update or delete on training.complaint
    for each row execute function audit.record_change('TRAINING_COMPLAINT', 'HIDDEN');
create trigger training_declaration_history after insert or update or delete on training.declaration
    for each row execute function audit.record_change('BPF_DECLARATION');

create policy trainings on audit.change for select to maillage_app using (
    (select session.caller()) = 'DELEGATION' and record_type in ('TRAINING_SESSION', 'TRAINING_SLOT')
    and exists (select from training.session s where s.delegation_id = (select session.delegation_id())
        and s.id = record_id));

call engine.set_revision('training_access');
commit;
