select 1 / (count(*) = 0)::integer from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('network', 'audit', 'access') and c.relkind = 'r'
    and not (c.relrowsecurity and c.relforcerowsecurity);
