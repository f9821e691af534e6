begin;
drop function pass.closable_on(pass.pathway, pass.position, jsonb),
    pass.state_of(date, date, boolean, date),
    pass.locate(pass.pathway),
    pass.lifted(pass.span[], date, date),
    pass.number_of(jsonb, text),
    pass.moved(date, jsonb, text, integer),
    pass.rule_set(date);
drop trigger rule_50_entry on pass.rule;
drop function pass.keep_entry();
alter table pass.rule drop column entry;
drop type pass.position, pass.pathway, pass.span;
call engine.set_revision('report_gaps');
commit;
