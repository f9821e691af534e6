select 1 / (count(*) = 5)::integer from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'network' and p.proname in ('create_member', 'update_member', 'add_membership', 'assign_delegation',
    'create_delegation');
