begin;
set local client_min_messages = warning;
drop schema identifier cascade;
call engine.set_revision('reference');
commit;
