-- Marks of writes: every table leaves one, each transaction once, and the stamp tells them apart.
\ir fixture.inc
select plan(9);

select is_empty($$select c.oid::regclass from pg_class c where c.relkind in ('r', 'p') and not c.relispartition
    and not engine.is_unmarked(c.oid)
    and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'mark_write')$$,
    'every table leaves a mark, or says why not: call engine.mark_writes() in the migration that made it');
select is((select count(*) from engine.write_mark where written_in = pg_current_xact_id()), 1::bigint, 'one mark for all that the fixture wrote');
select is(tap.attempt('ANONYMOUS', 'select engine.stamp() is not null'), 'true', 'everybody may ask for the stamp');
select is(tap.attempt('NATIONAL', 'select count(*) from engine.write_mark'), '42501', 'nobody reads the marks');
delete from engine.write_mark;
select is(engine.stamp(), null, 'nothing was written, nothing is said');
update network.member set brand = 'Enseigne' where id = :A;
select matches(engine.stamp(), '^' || pg_current_xact_id()::text || ' [0-9.]+$', 'the newest transaction and its instant');
insert into engine.write_mark (written_in, written_at) values ('1', now() - interval '2 hours'), ('2', now());
select is(engine.purge_write_marks(100), 1, 'old marks go');
update engine.write_mark set written_at = now() - interval '2 hours';
select is(engine.purge_write_marks(100), 1, 'the next one goes when its hour is over');
select is((select array_agg(written_in) from engine.write_mark), array[pg_current_xact_id()], 'the newest stays, however old');

select * from finish();
rollback;
