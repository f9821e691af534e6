-- Where the log stands. What a standby answers needs one: tests/fault/test_replica.py.
\ir fixture.inc
select plan(6);

select is(tap.attempt('ANONYMOUS', 'select system_id from engine.log_mark()'),
    (select system_identifier::text from pg_control_system()), 'the mark names the cluster');
select is(tap.attempt('ANONYMOUS', 'select timeline from engine.log_mark()'),
    (select timeline_id::text from pg_control_checkpoint()), 'and its timeline');
select ok((select written_to from engine.log_mark()) <= pg_current_wal_insert_lsn(), 'and what is written of its log');
select ok((select written_to from engine.log_mark()) > (select redo_lsn from pg_control_checkpoint()), 'up to now');
select is(tap.attempt('ANONYMOUS', $$select engine.require_replayed(system_id, timeline, written_to) from engine.log_mark()$$),
    'MA503', 'the primary is no standby of itself');
select is((select array_agg(p.proname::text order by p.proname) from pg_proc p, aclexplode(p.proacl) a
    where p.oid in ('engine.log_mark()'::regprocedure, 'engine.require_replayed(bigint,integer,pg_lsn)'::regprocedure)
        and a.grantee = 0), null, 'only the daemon may ask');

select * from finish();
rollback;
