begin;
delete from engine.job where name = 'purge-pass-imports';
drop function pass.purge_imports(integer);
call engine.set_revision('pass_calendar');
commit;
