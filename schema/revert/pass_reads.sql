begin;
drop function pass.visible_pass(uuid),
    pass.rule_book(date),
    pass.belongs_to(uuid, uuid[], date),
    pass.has_request(uuid),
    pass.may_be_closable(uuid),
    pass.sheet_at(uuid, date),
    pass.outcome_part(uuid),
    pass.requests_part(uuid),
    pass.prolongations_part(uuid),
    pass.suspensions_part(uuid),
    pass.pass_at(date),
    pass.window_closes(date, date, date),
    pass.window_opens(date, date, date),
    pass.standing_of(pass.pass, date, jsonb),
    pass.cap_left(pass.position, jsonb, text),
    pass.pathway_of(pass.pass, date);
drop type pass.sheet, pass.row, pass.standing;
delete from access.scope where name in ('passes:read', 'passes:write');
call engine.set_revision('pass_forecast');
commit;
