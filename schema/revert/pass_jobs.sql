begin;
delete from engine.job where name in ('erase-passes', 'fold-pass-counts');
call engine.set_revision('pass_outcomes');
commit;
