-- Parts of a PASS sheet keep their plans: a function in SQL that is not taken apart is planned anew by each statement, and the
-- sheet has a dozen of them. Their bodies stay as they are, word for word, as the value that a function in PL/pgSQL returns;
-- a column goes before a parameter of the same name, as it did.
begin;

do $$
declare
    f record;
begin
    for f in select pg_get_functiondef(p.oid) as definition, p.prosrc as body from pg_proc p join pg_language l on l.oid = p.prolang
        where p.pronamespace = 'pass'::regnamespace and l.lanname = 'sql' and p.proname = any (array['outcome_part', 'prolongations_part',
            'requests_part', 'suspensions_part', 'retention_part', 'suspension_part', 'waiting_part', 'window_part', 'rule_value',
            'shift_by', 'shared_members']) loop
        execute replace(replace(f.definition, 'LANGUAGE sql', 'LANGUAGE plpgsql'), f.body,
            E'\n#variable_conflict use_column\nbegin\n    return (' || f.body || E');\nend ');
    end loop;
end $$;

call engine.set_revision('pass_plans');
commit;
