begin;
drop function pass.liftable_reason(text), pass.capped_reason(text), pass.default_end(date),
    pass.shift_by(date, text, date, integer), pass.shift(date, integer, text), pass.rule_value(text, date),
    pass.rules_on(date);
drop table pass.rule;
drop schema pass;
call engine.set_revision('imports');
commit;
