-- Scopes as rows: each domain brings its own, and says which kinds of caller may hold them at most.
begin;

create table access.scope (
    name  text primary key constraint scope_name_form check (name ~ '^[a-z_]+(\.[a-z_]+)?:[a-z_]+$'),
    kinds text[] not null constraint scope_kinds_known
        check (cardinality(kinds) > 0 and kinds <@ array['PARTNER', 'STRUCTURE', 'DELEGATION', 'NATIONAL'])
);
comment on table access.scope is 'Every scope that exists, as the contract names them, and who may hold it at most.';
comment on column access.scope.kinds is 'Kinds of caller; a key or an account of another kind never holds the scope.';
alter table access.scope enable row level security;
alter table access.scope force row level security;
create policy owner on access.scope to maillage_owner using (true) with check (true);
create policy read on access.scope for select to maillage_app using (true);
grant select on access.scope to maillage_app;

insert into access.scope (name, kinds) values
    ('members:read', '{PARTNER,STRUCTURE,DELEGATION,NATIONAL}'),
    ('delegations:read', '{PARTNER,STRUCTURE,DELEGATION,NATIONAL}'),
    ('statistics:read', '{PARTNER,STRUCTURE,DELEGATION,NATIONAL}'),
    ('members:write', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('appointments:read', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('memberships:write', '{DELEGATION,NATIONAL}'),
    ('imports:write', '{DELEGATION,NATIONAL}'),
    ('appointments:write', '{DELEGATION,NATIONAL}'),
    ('delegations:write', '{NATIONAL}'),
    ('groups:write', '{NATIONAL}'),
    ('keys:manage', '{NATIONAL}');

-- A check may not look into another table: a dump would be loaded in the wrong order. A trigger may.
alter table access.api_key drop constraint api_key_scopes_allowed;

create or replace function access.scopes_of(kind text) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(s.name order by s.name collate "C"), '{}')
    from access.scope s where s.kinds @> array[scopes_of.kind]
    $$;

create function access.keep_scopes() returns trigger
    language plpgsql
    as $$
begin
    if not new.scopes <@ access.scopes_of(new.kind) then
        raise exception using errcode = 'check_violation', constraint = 'api_key_scopes_allowed',
            message = 'a scope that this kind of key may not hold';
    end if;
    return new;
end $$;
comment on function access.keep_scopes() is 'Before a write: no more scopes than the kind may hold.';
create trigger api_key_20_scopes before insert or update of kind, scopes on access.api_key
    for each row execute function access.keep_scopes();

call engine.set_revision('scopes');
commit;
