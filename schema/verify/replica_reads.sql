select 'engine.log_mark()'::regprocedure, 'engine.require_replayed(bigint, integer, pg_lsn)'::regprocedure;
