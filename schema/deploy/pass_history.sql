-- The history of PASS: which properties changed, when, by whom. Values are left out, and whoever may not see the line sees
-- no history of it either; both go with the line (retention).
begin;

-- The contract's RecordType is the list; here the form is enough, so that a new domain changes one place.
alter table audit.change drop constraint if exists change_record_type_known;
alter table audit.change add constraint change_record_type_form check (record_type ~ '^[A-Z_]{1,60}$');

create trigger pass_history after insert or update or delete on pass.pass
    for each row execute function audit.record_change('PASS', 'HIDDEN');

create policy pass_lines on audit.change as restrictive for select to maillage_app using (
    record_type <> 'PASS' or exists (select from pass.pass p where p.id = change.record_id));

call engine.set_revision('pass_history');
commit;
