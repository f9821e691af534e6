begin;
set local client_min_messages = warning;
drop schema report cascade;
call engine.set_revision('network_writes');
commit;
