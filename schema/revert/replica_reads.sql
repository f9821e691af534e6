begin;

drop function engine.require_replayed(bigint, integer, pg_lsn);
drop function engine.log_mark();

call engine.set_revision('list_estimates');
commit;
