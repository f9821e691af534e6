select occurred_at, id from audit.change_first where false;
select occurred_at, id from audit.access_trace_first where false;
select 'audit.make_months(integer)'::regprocedure, 'audit.purge_silent_readers(integer)'::regprocedure;
