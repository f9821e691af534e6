-- Roles, privileges, and that nothing is left without a policy or a word of explanation.
\ir fixture.inc
select plan(19);

select is((select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = 'maillage_app'),
    false, 'the daemon''s role has no power of its own');
select is((select rolsuper or rolbypassrls from pg_roles where rolname = 'maillage_owner'), false, 'nor has the owner');
select is((select count(*)::integer from pg_auth_members m join pg_roles r on r.oid = m.member
    where r.rolname in ('maillage_app', 'maillage_owner')), 0, 'neither is a member of another role');
select is_empty($$select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('network', 'audit', 'access', 'engine', 'reference', 'identifier', 'report', 'session', 'keyed', 'training')
      and c.relkind in ('r', 'v') and pg_get_userbyid(c.relowner) <> 'maillage_owner'$$, 'the owner owns every table');
select is_empty($$select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('network', 'audit', 'access', 'keyed', 'training') and c.relkind = 'r'
      and not (c.relrowsecurity and c.relforcerowsecurity)$$, 'row security is forced on every table of the network');
select is_empty($$select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('network', 'audit', 'access', 'engine', 'reference', 'keyed', 'training') and c.relkind = 'r'
      and has_table_privilege('maillage_app', c.oid, 'truncate')$$, 'the daemon can empty no table');
select is_empty($$select n.nspname from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'tap' and has_schema_privilege('maillage_app', n.oid, 'create')$$,
    'the daemon can create nothing');
select is(has_database_privilege('maillage_app', current_database(), 'create'), false, 'not even a schema');
select is(has_database_privilege('maillage_app', current_database(), 'temporary'), false, 'nor a temporary table');
select is_empty($$select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'audit' and c.relkind = 'r' and (has_table_privilege('maillage_app', c.oid, 'insert')
        or has_table_privilege('maillage_app', c.oid, 'update') or has_table_privilege('maillage_app', c.oid, 'delete'))$$,
    'history cannot be written but by triggers');
select is(has_column_privilege('maillage_app', 'access.api_key', 'digest', 'select'), false, 'digests of keys cannot be read');
select is(has_table_privilege('maillage_app', 'engine.idempotency', 'select'), false, 'stored answers only through functions');
select is(has_table_privilege('maillage_app', 'access.api_key', 'insert'), false, 'the daemon makes no keys');

select is_empty($$select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('network', 'audit', 'access', 'engine', 'reference', 'report', 'keyed', 'training') and c.relkind in ('r', 'v')
      and obj_description(c.oid, 'pg_class') is null$$, 'every table says what it is');
select is_empty($$select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('network', 'audit', 'access', 'engine', 'reference', 'identifier', 'session', 'report', 'keyed', 'training')
      and obj_description(p.oid, 'pg_proc') is null$$, 'every function says what it does');
select is_empty($$select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('network', 'audit', 'access', 'engine', 'session', 'report', 'keyed', 'training') and p.prosecdef
      and not coalesce(array_to_string(p.proconfig, ' '), '') ~ 'search_path=.*pg_temp$'$$,
    'functions with the owner''s rights have a search path of their own');
select is_empty($$select conname from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where n.nspname in ('network', 'access', 'audit', 'reference', 'engine', 'keyed', 'training') and conname ~ '_(check|fkey|excl)\d*$'$$,
    'every rule has a name that was given to it');
select is((select proleakproof from pg_proc where oid = 'ts_match_vq(tsvector, tsquery)'::regprocedure), true,
    'searching by words may use its index below the policies');
select is(engine.schema_revision(), (select change from sqitch.changes order by committed_at desc, planned_at desc limit 1),
    'the revision is that of the last migration');
select * from finish();
rollback;
