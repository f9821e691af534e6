-- Who may see and write what: row-level security of every table, for the daemon's role. The owner's own policy
-- lets migrations and triggers work (tables are forced, so that nobody slips by as owner).
--
--   NATIONAL     everything
--   DELEGATION   members whose primary delegation is its own today, and what hangs on them
--   STRUCTURE    its own member
--   PARTNER      members that are active today and agreed to be listed
--   ANONYMOUS    the delegations' directory and the reference only
--
-- network.audience answers the second and fourth; its own policy picks the caller's rows, so that all others can
-- ask it without a loop. Settings are read in sub-selects: once for a statement, not for every row.
begin;

grant usage on schema engine, reference, identifier, network, audit, access, session to maillage_app;
grant select on all tables in schema reference to maillage_app;
-- Other functions run with the caller's rights, or ask who calls: these two write for triggers only.
revoke execute on function network.refresh_audience(uuid[]), network.touch_members(uuid[]) from public;

do $$
declare
    t record;
begin
    for t in select schemaname, tablename from pg_tables where schemaname in ('network', 'audit', 'access')
        union all select 'engine', 'idempotency' loop
        execute format('alter table %I.%I enable row level security', t.schemaname, t.tablename);
        execute format('alter table %I.%I force row level security', t.schemaname, t.tablename);
        execute format('create policy owner on %I.%I to maillage_owner using (true) with check (true)',
            t.schemaname, t.tablename);
    end loop;
end $$;

-- --- public directory, settings ---

grant select on network.delegation, network.delegation_region, network.delegation_succession, network.dated_setting
    to maillage_app;
create policy read on network.delegation for select to maillage_app using (true);
create policy read on network.delegation_region for select to maillage_app using (true);
create policy read on network.delegation_succession for select to maillage_app using (true);
create policy read on network.dated_setting for select to maillage_app using (true);

grant insert, update on network.delegation to maillage_app;
grant insert, update, delete on network.delegation_region, network.delegation_succession to maillage_app;
create policy national on network.delegation to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');
create policy national on network.delegation_region to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');
create policy national on network.delegation_succession to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');

grant select, insert, update on network.economic_group to maillage_app;
create policy read on network.economic_group for select to maillage_app
    using ((select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE', 'PARTNER'));
create policy national on network.economic_group to maillage_app
    using ((select session.caller()) = 'NATIONAL') with check ((select session.caller()) = 'NATIONAL');

-- --- members and what hangs on them ---

grant select on network.audience to maillage_app;
-- One comparison, so that an index answers it; a member has two or three rows here, and functions written into the
-- policy cost less to set up than sub-selects, once for each table that asks.
create policy read on network.audience for select to maillage_app using (
    viewer_id = session.viewer_id() and starts_on <= engine.today() and ends_on >= engine.today());

grant select, insert, update on network.member to maillage_app;
create policy read on network.member for select to maillage_app using (
    deleted_at is null
    and ((select session.caller()) = 'NATIONAL'
        or id = (select session.member_id())
        or exists (select from network.audience a where a.member_id = member.id)));
create policy create_new on network.member for insert to maillage_app with check (
    deleted_at is null and (select session.caller()) in ('NATIONAL', 'DELEGATION'));
create policy change on network.member for update to maillage_app using (
    deleted_at is null
    and (select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE')
    and ((select session.caller()) = 'NATIONAL'
        or id = (select session.member_id())
        or exists (select from network.audience a where a.member_id = member.id)));

do $$
declare
    t record;
begin
    -- reading: partners see periods and delegations (the status needs them), nothing else; writing: the two offices
    for t in select * from (values
        ('membership', true), ('member_delegation', true), ('activity', true),
        ('suspension', false), ('contact', false)) v (name, partners) loop
        execute format('grant select, insert, update on network.%I to maillage_app', t.name);
        execute format($policy$
            create policy read on network.%1$I for select to maillage_app using (
                ((select session.caller()) = 'NATIONAL'
                    or member_id = (select session.member_id())
                    or exists (select from network.audience a where a.member_id = %1$I.member_id))%2$s)$policy$,
            t.name, case when t.partners then '' else ' and (select session.caller()) <> ''PARTNER''' end);
        -- apart from reading: a policy for all verbs would be asked again by every select
        execute format($policy$
            create policy add on network.%1$I for insert to maillage_app
                with check ((select session.caller()) = 'NATIONAL' or (select session.caller()) = 'DELEGATION'
                    and exists (select from network.audience a where a.member_id = %1$I.member_id))$policy$, t.name);
        execute format($policy$
            create policy change on network.%1$I for update to maillage_app
                using ((select session.caller()) = 'NATIONAL' or (select session.caller()) = 'DELEGATION'
                    and exists (select from network.audience a where a.member_id = %1$I.member_id))$policy$, t.name);
    end loop;
    -- what a process may take back: a suspension of today, an assignment that another one replaces
    for t in select unnest(array['suspension', 'member_delegation']) as name loop
        execute format('grant delete on network.%I to maillage_app', t.name);
        execute format($policy$
            create policy remove on network.%1$I for delete to maillage_app
                using ((select session.caller()) = 'NATIONAL' or (select session.caller()) = 'DELEGATION'
                    and exists (select from network.audience a where a.member_id = %1$I.member_id))$policy$, t.name);
    end loop;
end $$;

grant select, insert, update on network.organisation to maillage_app;
create policy read on network.organisation for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or exists (select from network.member m where m.organisation_id = organisation.id));
create policy create_new on network.organisation for insert to maillage_app with check (
    (select session.caller()) in ('NATIONAL', 'DELEGATION'));
create policy change on network.organisation for update to maillage_app using (
    (select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE')
    and ((select session.caller()) = 'NATIONAL'
        or exists (select from network.member m where m.organisation_id = organisation.id)));

-- --- people ---

grant select, insert, update on network.person, network.appointment to maillage_app;
create policy read on network.person for select to maillage_app using (
    (select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE'));
create policy create_new on network.person for insert to maillage_app with check (
    (select session.caller()) in ('NATIONAL', 'DELEGATION'));
create policy change on network.person for update to maillage_app using ((select session.caller()) = 'NATIONAL');
create policy read on network.appointment for select to maillage_app using (
    (select session.caller()) in ('NATIONAL', 'DELEGATION', 'STRUCTURE'));
create policy write on network.appointment to maillage_app
    using ((select session.caller()) = 'NATIONAL' or delegation_id = (select session.delegation_id()))
    with check ((select session.caller()) = 'NATIONAL' or delegation_id = (select session.delegation_id()));

-- --- history and keys ---

grant select on audit.change to maillage_app;
create policy read on audit.change for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = change.member_id)
    or (select session.caller()) = 'DELEGATION' and record_type in ('DELEGATION', 'APPOINTMENT', 'GROUP')
    or (select session.caller()) in ('DELEGATION', 'STRUCTURE') and record_type = 'ORGANISATION'
        and exists (select from network.member m where m.organisation_id = change.record_id));

grant select (id, version, created_at, updated_at, kind, label, scopes, delegation_id, member_id, expires_at,
    revoked_at), update (revoked_at, version, updated_at, changed_in) on access.api_key to maillage_app;
create policy read on access.api_key for select to maillage_app using (
    (select session.caller()) = 'NATIONAL' or id = (select session.key_id()));
create policy revoke on access.api_key for update to maillage_app using ((select session.caller()) = 'NATIONAL');
grant select on access.key_use to maillage_app;
create policy read on access.key_use for select to maillage_app using (
    (select session.caller()) = 'NATIONAL' or key_id = (select session.key_id()));

-- --- what a structure may not change of itself ---

create function network.member_guard() returns trigger
    language plpgsql
    as $$
begin
    if session.caller() in ('DELEGATION', 'STRUCTURE') and new.region_code is distinct from old.region_code
        and old.region_code is not null then
        perform engine.refuse('not_yours_to_change', 'a move to another region is for the federation to record',
            '{"property": "commune_code"}');
    end if;
    if session.caller() = 'STRUCTURE'
        and (new.organisation_id, new.siret, new.siret_at_agreement, new.kind, new.group_id) is distinct from
            (old.organisation_id, old.siret, old.siret_at_agreement, old.kind, old.group_id) then
        perform engine.refuse('not_yours_to_change', 'the offices keep SIRET, kind and group');
    end if;
    return new;
end $$;
comment on function network.member_guard() is
    'A structure keeps its own presentation and coordinates; SIRET, kind, group and region are for the offices.';
create trigger member_20_guard before update on network.member
    for each row execute function network.member_guard();

call engine.set_revision('territory');
commit;
