begin;
drop trigger api_key_20_scopes on access.api_key;
drop function access.keep_scopes();
create or replace function access.scopes_of(kind text) returns text[]
    language sql immutable parallel safe
    as $$
    select array['members:read', 'delegations:read', 'statistics:read']
        || case when kind = any ('{STRUCTURE,DELEGATION,NATIONAL}') then
            array['members:write', 'appointments:read'] else '{}' end
        || case when kind = any ('{DELEGATION,NATIONAL}') then
            array['memberships:write', 'imports:write', 'appointments:write'] else '{}' end
        || case when kind = 'NATIONAL' then
            array['delegations:write', 'groups:write', 'keys:manage'] else '{}' end
    $$;
-- keys lose what came after; the check is valid for what remains
update access.api_key k set scopes = array(select s from unnest(k.scopes) s where s = any (access.scopes_of(k.kind)));
alter table access.api_key add constraint api_key_scopes_allowed check (scopes <@ access.scopes_of(kind));
drop table access.scope;
call engine.set_revision('legal_persons');
commit;
