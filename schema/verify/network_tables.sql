select 1 / (count(*) = 13)::integer from pg_tables
where schemaname = 'network' and tablename in ('organisation', 'economic_group', 'delegation', 'delegation_region',
    'delegation_succession', 'member', 'activity', 'membership', 'member_delegation', 'suspension', 'contact',
    'person', 'appointment');
