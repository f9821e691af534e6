begin;
delete from engine.job where name = 'purge-write-marks';
do $$
declare
    t record;
begin
    for t in select tgname, tgrelid::regclass as source from pg_trigger where tgfoid = 'engine.mark_write()'::regprocedure loop
        execute format('drop trigger %I on %s', t.tgname, t.source);
    end loop;
end $$;
drop procedure engine.mark_writes();
drop function engine.purge_write_marks(integer), engine.is_unmarked(regclass), engine.stamp(), engine.mark_write();
drop table engine.write_mark;
call engine.set_revision('member_cards');
commit;
