select 1 / (count(*) = 7)::integer from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'keyed';
