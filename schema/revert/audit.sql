begin;
set local client_min_messages = warning;
drop schema audit cascade;
call engine.set_revision('network_rules');
commit;
