begin;
drop function pass.calculate(jsonb),
    pass.rules_for(jsonb, date),
    pass.usable(pass.position),
    pass.other_faults(jsonb, pass.pathway, jsonb),
    pass.hire_part(pass.pathway, pass.position, jsonb),
    pass.diagnosis_part(jsonb, text, date, jsonb),
    pass.sent_pathway(jsonb, date, jsonb),
    pass.spans(jsonb, jsonb);
drop type pass.calculation;
delete from pass.rule where key like 'CRITERIA\_%';
alter table pass.rule drop constraint rule_unit_known;
alter table pass.rule add constraint rule_unit_known check (unit in ('DAYS', 'MONTHS', 'YEARS', 'PEOPLE'));
call engine.set_revision('pass_answers');
commit;
