begin;

do $$
declare
    f record;
begin
    for f in select pg_get_functiondef(p.oid) as definition, p.prosrc as body from pg_proc p join pg_language l on l.oid = p.prolang
        where p.pronamespace = 'pass'::regnamespace and l.lanname = 'plpgsql' and p.proname = any (array['outcome_part',
            'prolongations_part', 'requests_part', 'suspensions_part', 'retention_part', 'suspension_part', 'waiting_part', 'window_part',
            'rule_value', 'shift_by', 'shared_members']) loop
        execute replace(replace(f.definition, 'LANGUAGE plpgsql', 'LANGUAGE sql'), f.body,
            substring(f.body from E'^\n#variable_conflict use_column\nbegin\n    return \\((.*)\\);\nend $'));
    end loop;
end $$;

call engine.set_revision('satisfaction_floor');
commit;
