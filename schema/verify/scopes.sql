select 1 / (access.scopes_of('NATIONAL') @> array['keys:manage', 'members:read'])::integer;
select 1 / (not access.scopes_of('PARTNER') @> array['members:write'])::integer;
