-- Imports of more than one domain: what they share, and whose run it is.
begin;

alter table engine.import_run add column operation text not null default 'importMembers';
comment on column engine.import_run.operation is 'operationId of the import.';
comment on column engine.import_run.report is 'The answer of the import, as sent.';
comment on column engine.import_run.rejects is
    'Array of {row, sent, errors}: the refused rows as they came, less what the contract leaves out at the door.';

-- Lines of pathways are nobody’s but the structure’s: the federation reads the runs of the directory only.
alter policy own on engine.import_run using (
    key_id = (select session.key_id())
    or (select session.caller()) = 'NATIONAL' and operation = 'importMembers');

drop function engine.keep_import(uuid, text, jsonb, jsonb, jsonb);
create function engine.keep_import(operation text, id uuid, media_type text, report jsonb, columns jsonb, rejects jsonb)
    returns void
    language sql volatile
    as $$
    insert into engine.import_run (operation, id, media_type, report, columns, rejects)
    values (operation, id, media_type, report, columns, coalesce(rejects, '[]'))
    $$;
comment on function engine.keep_import(text, uuid, text, jsonb, jsonb, jsonb) is
    'Keeps an import, in the transaction of its effect.';

-- --- refused rows ---

create function engine.import_refusal(row_number integer, line integer, key text, code text, state text,
                                      note text default null) returns jsonb
    language sql immutable
    as $$
    select jsonb_build_object('row', row_number, 'line', line, 'key', key,
        'status', case when code in ('outside_territory', 'not_yours_to_change') or state = '42501' then 403
            when state in ('23505', '23P01') then 409 when state = 'MA404' then 404 else 422 end,
        'errors', jsonb_build_array(case when code ~ '^(member|pass)_[a-z_]+_required$'
            then jsonb_build_object('code', 'required',
                'pointer', '/' || substring(code from '^(?:member|pass)_([a-z_]+)_required$'))
            else jsonb_build_object('code', code) end),
        'notes', case when note is null then '[]'::jsonb else jsonb_build_array(note) end)
    $$;
comment on function engine.import_refusal(integer, integer, text, text, text, text) is
    'A refused row of a report; code is the name of the constraint, which the problem catalogue translates; '
    'member_… and pass_…_required name a property that is missing.';

create or replace function network.refusal(row_number integer, line integer, key text, code text, state text,
                                           note text default null) returns jsonb
    language sql immutable
    as $$ select engine.import_refusal(row_number, line, key, code, state, note) $$;

create function engine.import_note(item jsonb, note text) returns jsonb
    language sql immutable
    as $$
    select jsonb_build_object('row', item -> 'row', 'line', item -> 'line', 'key', item -> 'key', 'status', 200,
        'errors', '[]'::jsonb, 'notes', jsonb_build_array(note))
    $$;
comment on function engine.import_note(jsonb, text) is 'A row of a report that is fine and has a remark.';

-- --- sets first, parts on refusal ---

create function engine.import_slice(items jsonb, store regproc, out refused jsonb, out changed uuid[])
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
        execute format('select %s($1)', store) into changed using items;
        set constraints all immediate;
        set constraints all deferred;
        return;
    exception when others then
        get stacked diagnostics state = returned_sqlstate, code = constraint_name;
        if state !~ '^(22|23|MA)' and state <> '42501' or state = 'MA500' then
            raise;
        end if;
        changed := '{}';
    end;
    if size = 1 then
        code := coalesce(nullif(code, ''), case state when '42501' then 'outside_territory' when 'MA404' then 'not-found' end,
                         'validation-failed');
        refused := jsonb_build_array(engine.import_refusal((items #>> '{0,row}')::integer, (items #>> '{0,line}')::integer,
            items #>> '{0,key}', code, state));
        return;
    end if;
    eighths := array(
        select jsonb_agg(i order by place) from jsonb_array_elements(items) with ordinality e (i, place)
        group by (place - 1) * 8 / size order by min(place));
    for part in select s.refused, s.changed from unnest(eighths) e, engine.import_slice(e, store) s loop
        refused := refused || part.refused;
        changed := changed || part.changed;
    end loop;
end $$;
comment on function engine.import_slice(jsonb, regproc) is
    'Gives [{row, line, key, id, data}] to store(items) returns uuid[] (ids changed) at once; when refused, each eighth by '
    'itself, down to the single row (one refused row costs about one more pass). What is refused is taken back.';

create function network.create_members(items jsonb) returns uuid[]
    language plpgsql volatile
    as $$
begin
    perform network.store_members(items);
    return array(select (i ->> 'id')::uuid from jsonb_array_elements(items) i);
end $$;
comment on function network.create_members(jsonb) is 'Stores [{id, data}] as new members; answers their ids.';

create or replace function network.import_slice(items jsonb, creating boolean, out refused jsonb, out changed uuid[])
    language sql volatile
    as $$
    select s.refused, s.changed
    from engine.import_slice(items, case when creating then 'network.create_members' else 'network.patch_members' end::regproc) s
    $$;

-- --- the common shape: rows, the parameters of the operation, whether to try only ---

create function network.import_members(rows jsonb, options jsonb, only_try boolean) returns jsonb
    language sql volatile
    as $$
    select network.import_members(rows, options ->> 'mode', options ->> 'on_conflict',
        coalesce(options ->> 'key', 'siret_kind'), coalesce(options ->> 'on_missing', 'keep'),
        (options ->> 'max_removed')::integer, only_try)
    $$;
comment on function network.import_members(jsonb, jsonb, boolean) is 'importMembers with its parameters as one object.';

create function engine.import_plan(plan jsonb, create_with regproc, merge_with regproc, mode text, only_try boolean)
    returns jsonb
    language plpgsql volatile
    as $$
declare
    refused jsonb;
    noted jsonb;
    merging integer;
    created integer := 0;
    updated integer := 0;
    failed_merges integer := 0;
    part record;
begin
    select coalesce(jsonb_agg(engine.import_refusal((t ->> 'row')::integer, (t ->> 'line')::integer, t ->> 'key',
            t ->> 'refusal', coalesce(t ->> 'state', ''), t ->> 'note')), '[]') into refused
    from jsonb_array_elements(plan) t where t ->> 'refusal' is not null;
    select coalesce(jsonb_agg(engine.import_note(t, t ->> 'note')), '[]') into noted
    from jsonb_array_elements(plan) t where t ->> 'refusal' is null and t ->> 'note' is not null;
    select count(*) into merging from jsonb_array_elements(plan) t where t ->> 'action' = 'MERGE';
    begin
        for part in select a.name, s.refused, s.changed
            from (values ('CREATE', create_with), ('MERGE', merge_with)) a (name, store),
                engine.import_slice(coalesce((select jsonb_agg(t order by (t ->> 'row')::integer)
                    from jsonb_array_elements(plan) t where t ->> 'action' = a.name), '[]'), a.store) s loop
            refused := refused || part.refused;
            if part.name = 'CREATE' then
                created := cardinality(part.changed);
            else
                updated := cardinality(part.changed);
                failed_merges := jsonb_array_length(part.refused);
            end if;
        end loop;
        if only_try or (mode = 'atomic' and jsonb_array_length(refused) > 0) then
            raise exception using errcode = 'MA999', message = 'taken back';
        end if;
    exception when sqlstate 'MA999' then null;   -- figures stay, rows do not
    end;
    return jsonb_build_object(
        'summary', jsonb_build_object('received', jsonb_array_length(plan), 'created', created, 'updated', updated,
            'unchanged', merging - updated - failed_merges,
            'skipped', (select count(*) from jsonb_array_elements(plan) t where t ->> 'action' = 'SKIP'),
            'removed', 0, 'failed', jsonb_array_length(refused)),
        'rows', coalesce((select jsonb_agg(x order by (x ->> 'row')::integer)
            from jsonb_array_elements(refused || noted) x
            where x ->> 'status' <> '200'
               or x -> 'row' not in (select r -> 'row' from jsonb_array_elements(refused) r)), '[]'));
end $$;
comment on function engine.import_plan(jsonb, regproc, regproc, text, boolean) is
    'Carries out [{row, line, key, id, data, action CREATE|MERGE|SKIP or refusal, note}] and answers {summary, rows}. Atomic '
    'with a refused row, and a try, store nothing.';

call engine.set_revision('import_runs');
commit;
