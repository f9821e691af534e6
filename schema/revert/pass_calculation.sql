begin;
drop function pass.closable_on(pass.pathway, pass.position, jsonb),
    pass.state_of(date, date, boolean, date),
    pass.locate(pass.pathway),
    pass.lifted(pass.span[], date, date),
    pass.number_of(jsonb, text),
    pass.moved(date, jsonb, text, integer),
    pass.rule_set(date);
drop type pass.position, pass.pathway, pass.span;
call engine.set_revision('report_gaps');
commit;
