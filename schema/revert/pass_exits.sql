begin;
drop view pass.exit;
drop table pass.ended_outcome;
drop function pass.exit_counts(text, integer, integer, pass.exit_threshold);
drop view pass.exit_threshold;
delete from pass.rule where key in ('EXIT_MIN_STAY', 'EXIT_MIN_WORKED', 'EXIT_MIN_WORKED_AI_ETTI');
call engine.set_revision('pass_imports');
commit;
