select 1 / (count(*) = 2)::integer from pg_proc where proname in ('trace_rows', 'trace_export');
select * from audit.access_trace where false;
