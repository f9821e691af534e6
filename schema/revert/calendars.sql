begin;
set local client_min_messages = warning;
drop schema calendar cascade;
update access.api_key set scopes = array(select s from unnest(scopes) s where s not like 'calendars:%')
where scopes && array['calendars:read', 'calendars:write'];
delete from access.scope where name like 'calendars:%';
call engine.set_revision('pass_writes');
commit;
