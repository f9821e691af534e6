begin;
drop index training.enrolment_created;
call engine.set_revision('pass_import_retention');
commit;
