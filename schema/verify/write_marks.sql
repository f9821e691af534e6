select written_in, written_at from engine.write_mark where false;
select 'engine.stamp()'::regprocedure, 'engine.mark_writes()'::regprocedure;
