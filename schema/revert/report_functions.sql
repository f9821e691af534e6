begin;
set local client_min_messages = warning;
do $$
declare
    routine regprocedure;
begin
    for routine in select oid::regprocedure from pg_proc where pronamespace = 'report'::regnamespace loop
        execute format('drop function if exists %s cascade', routine);
    end loop;
end $$;
call engine.set_revision('report_tables');
commit;
