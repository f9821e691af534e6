-- History: who changed which record, when, from what to what. Written by triggers only; nobody changes it.
begin;

create schema audit;
comment on schema audit is 'History of records, append-only.';

create table audit.change (
    id          uuid primary key default engine.uuid_v7(),
    occurred_at timestamptz not null default now(),
    record_type text not null constraint change_record_type_known check (record_type in
        ('ORGANISATION', 'MEMBER', 'MEMBERSHIP', 'MEMBER_DELEGATION', 'ACTIVITY', 'CONTACT', 'GROUP', 'DELEGATION',
         'APPOINTMENT', 'PERSON')),
    record_id   uuid not null,
    member_id   uuid,
    change      text not null constraint change_change_known check (change in ('CREATED', 'UPDATED', 'DELETED')),
    version     integer,
    caller      text,
    key_id      uuid,
    request_id  text,
    changes     jsonb not null
);
create index change_member on audit.change (member_id, occurred_at desc, id) where member_id is not null;
create index change_record on audit.change (record_id, occurred_at desc, id);
comment on table audit.change is 'One row per write of a record, kept for good; a write that changes nothing leaves none.';
comment on column audit.change.member_id is 'Member whose history it belongs to; null for records of several members.';
comment on column audit.change.version is 'Version obtained; null for a deletion.';
comment on column audit.change.caller is 'Kind of caller; null for migrations and local work of the owner.';
comment on column audit.change.changes is
    'Array of {property, before, after}; of people (contacts, persons) the property alone, never a value.';

create function audit.record_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) else '{}' end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) else '{}' end;
    record jsonb := case when tg_op = 'DELETE' then before else after end;
    hides_values boolean := tg_nargs > 1;
    found_changes jsonb;
begin
    if tg_table_name = 'suspension' then   -- shown as a part of the member
        before := jsonb_build_object('suspended_from', before -> 'starts_on', 'suspended_until', before -> 'ends_on');
        after := jsonb_build_object('suspended_from', after -> 'starts_on', 'suspended_until', after -> 'ends_on');
        record := record || jsonb_build_object('id', record -> 'member_id');
    end if;
    select jsonb_agg(case when hides_values then jsonb_build_object('property', key)
            else jsonb_build_object('property', key, 'before', before -> key, 'after', after -> key) end order by key)
    into found_changes
    from jsonb_object_keys(before || after) key
    where coalesce(before -> key, 'null') <> coalesce(after -> key, 'null')
      and key not in ('id', 'version', 'created_at', 'updated_at', 'changed_in', 'during', 'search', 'is_siae',
                      'run_starts_on');
    if found_changes is null then
        return null;
    end if;
    insert into audit.change (record_type, record_id, member_id, change, version, caller, key_id, request_id, changes)
    values (tg_argv[0], (record ->> 'id')::uuid,
        case tg_argv[0] when 'MEMBER' then (record ->> 'id')::uuid else (record ->> 'member_id')::uuid end,
        case when tg_table_name = 'suspension' then 'UPDATED'
             when tg_op = 'INSERT' then 'CREATED'
             when tg_op = 'DELETE' or before ->> 'deleted_at' is null and after ->> 'deleted_at' is not null
             then 'DELETED' else 'UPDATED' end,
        (after ->> 'version')::integer,
        nullif(current_setting('app.caller', true), ''),
        nullif(current_setting('app.key_id', true), '')::uuid,
        nullif(current_setting('app.request_id', true), ''),
        found_changes);
    return null;
end $$;
comment on function audit.record_change() is
    'After a write: one row of history. Arguments: record type, and HIDDEN where values are personal.';

do $$
declare
    t record;
begin
    for t in select * from (values
        ('organisation', '''ORGANISATION'''), ('member', '''MEMBER'''), ('membership', '''MEMBERSHIP'''),
        ('member_delegation', '''MEMBER_DELEGATION'''), ('activity', '''ACTIVITY'''),
        ('suspension', '''MEMBER'''), ('contact', '''CONTACT'', ''HIDDEN'''),
        ('economic_group', '''GROUP'''), ('delegation', '''DELEGATION'''),
        ('appointment', '''APPOINTMENT'''), ('person', '''PERSON'', ''HIDDEN''')) v (name, arguments) loop
        execute format('create trigger %1$s_history after insert or update or delete on network.%1$I '
            'for each row execute function audit.record_change(%2$s)', t.name, t.arguments);
    end loop;
end $$;

call engine.set_revision('audit');
commit;
