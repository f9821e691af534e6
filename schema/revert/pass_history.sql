begin;
drop policy pass_lines on audit.change;
drop trigger pass_history on pass.pass;
delete from audit.change where record_type = 'PASS';
alter table audit.change drop constraint change_record_type_form;
alter table audit.change add constraint change_record_type_known check (record_type in
    ('ORGANISATION', 'MEMBER', 'MEMBERSHIP', 'MEMBER_DELEGATION', 'ACTIVITY', 'CONTACT', 'GROUP', 'DELEGATION',
     'APPOINTMENT', 'PERSON'));
call engine.set_revision('calendars');
commit;
