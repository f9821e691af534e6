begin;
set local client_min_messages = warning;
drop type network.member_row cascade;
call engine.set_revision('territory');
commit;
