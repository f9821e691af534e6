begin;
set local client_min_messages = warning;
drop schema network cascade;
call engine.set_revision('identifier');
commit;
