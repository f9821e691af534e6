begin;
set local client_min_messages = warning;
drop function network.member_guard() cascade;
do $$
declare
    p record;
begin
    for p in select schemaname, tablename, policyname from pg_policies
        where schemaname in ('network', 'audit', 'access', 'engine') loop
        execute format('drop policy %I on %I.%I', p.policyname, p.schemaname, p.tablename);
    end loop;
    for p in select schemaname, tablename from pg_tables where schemaname in ('network', 'audit', 'access')
        union all select 'engine', 'idempotency' loop
        execute format('alter table %I.%I no force row level security', p.schemaname, p.tablename);
        execute format('alter table %I.%I disable row level security', p.schemaname, p.tablename);
    end loop;
end $$;
revoke all on all tables in schema network, audit, access, reference from maillage_app;
revoke update (revoked_at, version, updated_at, changed_in), select (id, version, created_at, updated_at, kind,
    label, scopes, delegation_id, member_id, expires_at, revoked_at) on access.api_key from maillage_app;
grant execute on function network.refresh_audience(uuid[]), network.touch_members(uuid[]) to public;
revoke usage on schema engine, reference, identifier, network, audit, access, session from maillage_app;
call engine.set_revision('access');
commit;
