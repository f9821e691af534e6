begin;
set local client_min_messages = warning;
drop schema engine cascade;
commit;
