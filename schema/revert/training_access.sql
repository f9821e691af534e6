begin;
do $$
declare
    t record;
begin
    for t in select tablename, policyname from pg_policies where schemaname = 'training' loop
        execute format('drop policy if exists %I on training.%I', t.policyname, t.tablename);
    end loop;
    for t in select tablename from pg_tables where schemaname = 'training' loop
        execute format('alter table training.%I no force row level security', t.tablename);
        execute format('alter table training.%I disable row level security', t.tablename);
        execute format('revoke all on training.%I from maillage_app', t.tablename);
    end loop;
end $$;
revoke usage on schema training from maillage_app;
-- keys made since may hold these scopes
update access.api_key set scopes = array(select unnest(scopes) except select unnest(array['trainings:read', 'enrolments:write',
    'trainings:write', 'catalogue:write', 'training_accounts:write', 'bpf:read']));
delete from access.scope where name in ('trainings:read', 'enrolments:write', 'trainings:write', 'catalogue:write',
    'training_accounts:write', 'bpf:read');
drop policy trainings on audit.change;
drop trigger training_declaration_history on training.declaration;
drop trigger training_complaint_history on training.complaint;
drop trigger training_document_history on training.document;
drop trigger training_attendance_history on training.attendance;
drop trigger training_enrolment_history on training.enrolment;
drop trigger training_slot_history on training.slot;
drop trigger training_session_history on training.session;
drop trigger training_session_added on training.session;
drop trigger training_programme_history on training.programme;
drop trigger training_trainer_history on training.trainer;
drop trigger training_course_history on training.course;
drop function training.sees_person(uuid);
drop function training.sees_enrolment(uuid, uuid);
drop function training.organises(uuid);
drop function training.is_office();
call engine.set_revision('training_money');
commit;
