begin;
drop function network.import_members(jsonb, jsonb, boolean), engine.import_plan(jsonb, regproc, regproc, text, boolean);
create or replace function network.import_slice(items jsonb, creating boolean, out refused jsonb, out changed uuid[])
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
create or replace function network.refusal(row_number integer, line integer, key text, code text, state text, note text default null)
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
drop function network.create_members(jsonb), engine.import_slice(jsonb, regproc), engine.import_note(jsonb, text),
    engine.import_refusal(integer, integer, text, text, text, text),
    engine.keep_import(text, uuid, text, jsonb, jsonb, jsonb);
create function engine.keep_import(id uuid, media_type text, report jsonb, columns jsonb, rejects jsonb) returns void
    language sql volatile
    as $$
    insert into engine.import_run (id, media_type, report, columns, rejects)
    values (id, media_type, report, columns, coalesce(rejects, '[]'))
    $$;
comment on function engine.keep_import(uuid, text, jsonb, jsonb, jsonb) is 'Keeps an import, in the transaction of its effect.';
alter policy own on engine.import_run
    using ((select session.caller()) = 'NATIONAL' or key_id = (select session.key_id()));
-- the runs of other domains would become visible to more than they are for
delete from engine.import_run where operation <> 'importMembers';
alter table engine.import_run drop column operation;
call engine.set_revision('pass_history');
commit;
