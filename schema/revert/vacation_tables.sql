begin;
set local client_min_messages = warning;
drop schema vacation cascade;
call engine.set_revision('pass_retention');
commit;
