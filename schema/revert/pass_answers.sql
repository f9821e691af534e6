begin;
drop function pass.rules_part(pass.pathway, pass.position, jsonb, text[]),
    pass.notices_part(pass.pathway, pass.pathway, pass.position, jsonb),
    pass.prolongation_notices(pass.pathway, jsonb),
    pass.hire_notices(pass.pathway, pass.pathway),
    pass.notice(text, text, text, date, date),
    pass.milestones_part(pass.pathway, pass.position, jsonb),
    pass.milestones(pass.pathway, pass.position, jsonb),
    pass.milestone_days(pass.pathway, pass.position, jsonb),
    pass.milestone_codes(),
    pass.request_part(pass.pathway, pass.position, jsonb),
    pass.retention_part(pass.pathway, pass.position, jsonb),
    pass.legal_part(pass.pathway, pass.position, jsonb),
    pass.waiting_part(pass.pathway, pass.position, jsonb),
    pass.suspension_part(pass.pathway, pass.position, jsonb),
    pass.options_part(pass.pathway, pass.position, jsonb),
    pass.option_part(pass.pathway, pass.position, jsonb, text),
    pass.conditions_of(pass.pathway, text),
    pass.obstacle(pass.pathway, pass.position, jsonb, text),
    pass.window_part(pass.pathway, pass.position, jsonb);
call engine.set_revision('pass_faults');
commit;
