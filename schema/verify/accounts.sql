select 1 / (count(*) = 3)::integer from pg_tables where schemaname = 'access' and tablename in ('account', 'session', 'sign_in_attempt');
select 1 / (caller = 'ANONYMOUS')::integer from session.open(null, null, 'verify', 0, false);
