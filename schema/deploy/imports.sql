-- Bulk import of members (wire conventions, 3.9): sets first, parts on refusal, a savepoint for each refused row;
-- and the runs that can be read again.
begin;

create table engine.import_run (
    id         uuid primary key,
    version    integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    key_id     uuid not null default session.key_id(),
    caller     text not null default session.caller(),
    media_type text not null,
    report     jsonb not null,
    columns    jsonb,
    rejects    jsonb not null
);
create index import_run_key on engine.import_run (key_id, created_at);
comment on table engine.import_run is 'Imports that stored something: report and refused rows, for the key that sent them and the federation.';
comment on column engine.import_run.report is 'The answer of importMembers, as sent.';
comment on column engine.import_run.columns is 'Header of a CSV, in order; null for the other formats.';
comment on column engine.import_run.rejects is 'Array of {row, sent, errors}: the refused rows as they came.';

alter table engine.import_run enable row level security;
alter table engine.import_run force row level security;
create policy owner on engine.import_run to maillage_owner using (true) with check (true);
create policy own on engine.import_run to maillage_app
    using ((select session.caller()) = 'NATIONAL' or key_id = (select session.key_id()))
    with check (key_id = (select session.key_id()));
grant select, insert on engine.import_run to maillage_app;

create function engine.keep_import(id uuid, media_type text, report jsonb, columns jsonb, rejects jsonb) returns void
    language sql volatile
    as $$
    insert into engine.import_run (id, media_type, report, columns, rejects)
    values (id, media_type, report, columns, coalesce(rejects, '[]'))
    $$;
comment on function engine.keep_import(uuid, text, jsonb, jsonb, jsonb) is 'Keeps an import, in the transaction of its effect.';

create function engine.import_rejects(import uuid) returns table (media_type text, columns jsonb, rejects jsonb)
    language sql stable
    as $$ select r.media_type, r.columns, r.rejects from engine.import_run r where r.id = import $$;
comment on function engine.import_rejects(uuid) is 'getImportRejects: the refused rows; no row when the caller may not see the import.';

-- --- rows and the members they mean ---

-- Looks beyond the territory: whether a key is taken is the same answer as that of the unique constraint.
create function network.find_members(by_key text, rows jsonb)
    returns table (row_number integer, key text, member_id uuid, writable boolean)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with sent as materialized (
        select (r ->> 'row')::integer as row_number, (r #>> '{data,id}')::uuid as id,
            nullif(identifier.normal('SIRET', r #>> '{data,siret}'), '') as siret, r #>> '{data,kind}' as kind
        from jsonb_array_elements(rows) r),
    found as (
        select s.row_number, s.id::text as key, m.id as member_id
        from sent s left join network.member m on m.id = s.id and m.deleted_at is null
        where by_key = 'id'
        union all
        select s.row_number, s.siret || ' ' || s.kind, m.id
        from sent s left join network.member m on m.siret = s.siret and m.kind = s.kind and m.deleted_at is null
        where by_key <> 'id')
    select f.row_number, f.key, f.member_id, coalesce(session.caller() = '' or network.may_write(f.member_id), false)
    from found f
    $$;
comment on function network.find_members(text, jsonb) is
    'Member that each row means, by id or by SIRET and kind; null for none; writable = within the territory.';

create function network.refusal(row_number integer, line integer, key text, code text, state text, note text default null)
    returns jsonb
    language sql immutable
    as $$
    select jsonb_build_object('row', row_number, 'line', line, 'key', key,
        'status', case when code in ('outside_territory', 'not_yours_to_change') or state = '42501' then 403
            when state in ('23505', '23P01') then 409 when state = 'MA404' then 404 else 422 end,
        'errors', jsonb_build_array(case code
            when 'member_name_required' then '{"code": "required", "pointer": "/name"}'::jsonb
            when 'member_kind_required' then '{"code": "required", "pointer": "/kind"}'
            else jsonb_build_object('code', code) end),
        'notes', case when note is null then '[]'::jsonb else jsonb_build_array(note) end)
    $$;
comment on function network.refusal(integer, integer, text, text, text, text) is
    'A refused row of the report; code is the name of the constraint, which the problem catalogue translates.';

create function network.import_slice(items jsonb, creating boolean, out refused jsonb, out changed uuid[])
    language plpgsql volatile
    as $$
declare
    size constant integer := jsonb_array_length(items);
    state text;
    code text;
    eighths jsonb[];
    part record;
begin
    refused := '[]';
    changed := '{}';
    if size = 0 then
        return;
    end if;
    begin
        if creating then
            perform network.store_members(items);
            changed := array(select (i ->> 'id')::uuid from jsonb_array_elements(items) i);
        else
            changed := network.patch_members(items);
        end if;
        set constraints all immediate;
        set constraints all deferred;
        return;
    exception when others then
        get stacked diagnostics state = returned_sqlstate, code = constraint_name;
        if state !~ '^(22|23|MA)' and state <> '42501' then
            raise;
        end if;
        changed := '{}';
    end;
    if size = 1 then
        code := coalesce(nullif(code, ''), case state when '42501' then 'outside_territory' when 'MA404' then 'not-found' end,
                         'validation-failed');
        refused := jsonb_build_array(network.refusal((items #>> '{0,row}')::integer, (items #>> '{0,line}')::integer,
            items #>> '{0,key}', code, state));
        return;
    end if;
    eighths := array(
        select jsonb_agg(i order by place) from jsonb_array_elements(items) with ordinality e (i, place)
        group by (place - 1) * 8 / size order by min(place));
    for part in select s.refused, s.changed from unnest(eighths) e, network.import_slice(e, creating) s loop
        refused := refused || part.refused;
        changed := changed || part.changed;
    end loop;
end $$;
comment on function network.import_slice(jsonb, boolean) is
    'Stores or merges [{row, line, key, id, data}] at once; when refused, each eighth by itself, down to the single row '
    '(one refused row costs about one more pass). What is refused is taken back to a savepoint.';

-- Runs with the owner's rights: a tombstone is a row that no policy shows.
create function network.remove_members(members uuid[]) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    removed integer;
begin
    if exists (select from unnest(members) id where session.caller() <> '' and not network.may_write(id)) then
        raise exception using errcode = 'MA404', message = 'a member outside the territory';
    end if;
    delete from network.membership where member_id = any (members) and starts_on >= engine.today();
    update network.membership set ends_on = engine.today() - 1
    where member_id = any (members) and (ends_on is null or ends_on >= engine.today());
    update network.member set deleted_at = now() where id = any (members) and deleted_at is null;
    get diagnostics removed = row_count;
    return removed;
end $$;
comment on function network.remove_members(uuid[]) is 
    'Tombstones: memberships end yesterday, nobody sees the members from now on, figures of past days keep them. '
    'Answers how many.';

create function network.import_plan(rows jsonb, by_key text, on_conflict text) returns jsonb
    language sql volatile
    as $$
    with found as (
        select f.*, r -> 'line' as line, r -> 'data' as data, c.code as commune_found,
            count(*) over (partition by f.key) as same, min(f.row_number) over (partition by f.key) as first,
            max(f.row_number) over (partition by f.key) as last,
            coalesce((r #>> '{data,delegation_id}')::uuid,
                network.delegation_of(c.department_code, engine.today())) as delegation
        from network.find_members(by_key, rows) f
        join jsonb_array_elements(rows) r on (r ->> 'row')::integer = f.row_number
        left join reference.commune c on c.code = r #>> '{data,commune_code}'
    )
    select coalesce(jsonb_agg(jsonb_build_object('row', row_number, 'line', line, 'key', key, 'data', data,
        'id', coalesce(member_id, engine.uuid_v7()), 'first', first, 'last', last,
        'action', case
            when key is not null and same > 1 and on_conflict <> 'merge' then 'import_key_twice'
            when key is not null and same > 1 and row_number < last then 'SUPERSEDED'
            when member_id is not null and on_conflict = 'skip' then 'SKIP'
            when member_id is not null and (on_conflict = 'fail' or not writable) then 'member_siret_kind_key'
            when member_id is not null then 'MERGE'
            when by_key = 'id' and key is not null then 'not-found'
            when data ->> 'commune_code' is null then 'CREATE'
            when commune_found is null then 'member_commune_known'
            when delegation is null then 'delegation_required'
            when session.caller() = 'DELEGATION' and delegation <> session.delegation_id() then 'outside_territory'
            else 'CREATE' end) order by row_number), '[]')
    from found
    $$;
comment on function network.import_plan(jsonb, text, text) is
    'What becomes of each row: CREATE, MERGE, SKIP, SUPERSEDED (by a later row of its key), or the name of a refusal '
    'that is known without trying.';

create function network.import_members(rows jsonb, mode text, on_conflict text, key text, on_missing text,
                                       max_removed integer, dry_run boolean) returns jsonb
    language plpgsql volatile
    as $$
declare
    plan constant jsonb := network.import_plan(rows, key, on_conflict);
    refused jsonb;
    noted jsonb;
    merged jsonb;
    created integer := 0;
    updated integer := 0;
    removed integer := 0;
    part record;
begin
    select coalesce(jsonb_agg(network.refusal((t ->> 'row')::integer, (t ->> 'line')::integer, t ->> 'key',
            t ->> 'action', case t ->> 'action' when 'not-found' then 'MA404' when 'import_key_twice' then '23505'
                when 'member_siret_kind_key' then '23505' else '' end,
            case t ->> 'action' when 'import_key_twice' then
                format('Lignes %s et %s : même clé.', t ->> 'first', t ->> 'last') end)), '[]') into refused
    from jsonb_array_elements(plan) t where t ->> 'action' not in ('CREATE', 'MERGE', 'SKIP', 'SUPERSEDED');
    select coalesce(jsonb_agg(jsonb_build_object('row', t -> 'row', 'line', t -> 'line', 'key', t -> 'key',
            'status', 200, 'errors', '[]'::jsonb, 'notes', jsonb_build_array(
                format('Remplacée par la ligne %s, de même clé.', t ->> 'last')))), '[]') into noted
    from jsonb_array_elements(plan) t where t ->> 'action' = 'SUPERSEDED';
    select coalesce(jsonb_agg(t), '[]') into merged from jsonb_array_elements(plan) t where t ->> 'action' = 'MERGE';

    begin
        for part in select a.name = 'CREATE' as creating, s.refused, s.changed
            from unnest(array['CREATE', 'MERGE']) a (name),
                network.import_slice(coalesce((select jsonb_agg(t order by (t ->> 'row')::integer)
                    from jsonb_array_elements(plan) t where t ->> 'action' = a.name), '[]'), a.name = 'CREATE') s loop
            refused := refused || part.refused;
            if part.creating then
                created := cardinality(part.changed);
            else
                updated := cardinality(part.changed);
            end if;
        end loop;
        if on_missing = 'tombstone' then
            removed := network.sweep(array(select (t ->> 'id')::uuid from jsonb_array_elements(plan) t), max_removed);
        end if;
        if dry_run or (mode = 'atomic' and jsonb_array_length(refused) > 0) then
            raise exception using errcode = 'MA999', message = 'taken back';
        end if;
    exception when sqlstate 'MA999' then null;   -- figures stay, rows do not; …000 would catch every MA
    end;
    if mode = 'atomic' and jsonb_array_length(refused) > 0 and not dry_run then
        created := 0; updated := 0; removed := 0;
    end if;
    return jsonb_build_object(
        'summary', jsonb_build_object('received', jsonb_array_length(rows), 'created', created, 'updated', updated,
            'unchanged', jsonb_array_length(merged) - updated - (
                select count(*) from jsonb_array_elements(refused) x join jsonb_array_elements(merged) t
                    on t -> 'row' = x -> 'row'),
            'skipped', (select count(*) from jsonb_array_elements(plan) t where t ->> 'action' in ('SKIP', 'SUPERSEDED')),
            'removed', removed, 'failed', jsonb_array_length(refused)),
        'rows', coalesce((select jsonb_agg(x order by (x ->> 'row')::integer)
            from jsonb_array_elements(refused || noted) x), '[]'));
end $$;
comment on function network.import_members(jsonb, text, text, text, text, integer, boolean) is
    'importMembers on rows [{row, line, data}] that passed the contract. mode atomic|per_row, on_conflict fail|skip|merge, '
    'key siret_kind|id, on_missing keep|tombstone with max_removed. Answers {summary, rows}; rows lists refused and noted '
    'ones, their errors named by constraint. Atomic with a refused row, and a dry run, store nothing.';

create function network.sweep(kept uuid[], max_removed integer) returns integer
    language plpgsql volatile
    as $$
declare
    missing uuid[];
begin
    missing := array(
        select m.id from network.member_at(engine.today()) m
        where m.status <> 'ENDED' and m.id <> all (kept) and (session.caller() = '' or network.may_write(m.id)));
    if cardinality(missing) > coalesce(max_removed, 0) then
        perform engine.refuse('sweep_too_large', 'more members are missing than may be removed',
            jsonb_build_object('missing', cardinality(missing), 'max_removed', max_removed));
    end if;
    return network.remove_members(missing);
end $$;
comment on function network.sweep(uuid[], integer) is
    'Removes members of the caller''s territory that are not in the list; those that left before stay, they are history.';

call engine.set_revision('imports');
commit;
