begin;
set local client_min_messages = warning;
drop schema reference cascade;
call engine.set_revision('engine');
commit;
