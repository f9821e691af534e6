begin;
set local client_min_messages = warning;
drop schema keyed cascade;
call engine.set_revision('scopes');
commit;
