begin;
drop function pass.outcomes(integer, text), pass.outcome_reasons(integer, text, integer), pass.outcome_rows(integer, text, text, integer),
    pass.outcome_shown(integer, text, text, integer), pass.rate(bigint, bigint, integer, integer), pass.outcome_facts(integer);
call engine.set_revision('plan_indexes');
commit;
