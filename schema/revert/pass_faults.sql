begin;
drop function pass.refuse(jsonb), pass.faults(pass.pathway, jsonb),
    pass.request_faults(pass.pathway, jsonb),
    pass.hire_faults(pass.pathway, jsonb),
    pass.closure_faults(pass.pathway, jsonb),
    pass.prolongation_faults(pass.pathway, jsonb),
    pass.suspension_faults(pass.pathway, jsonb),
    pass.frame_faults(pass.pathway),
    pass.range_faults(pass.pathway),
    pass.span_range_faults(pass.span[], text),
    pass.day_fault(text, date),
    pass.fault(text, text, text, text);
call engine.set_revision('pass_calculation');
commit;
