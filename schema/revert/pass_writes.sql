begin;
drop trigger suspension_60_touch on pass.suspension;
drop trigger prolongation_60_touch on pass.prolongation;
drop trigger prolongation_request_60_touch on pass.prolongation_request;
drop trigger outcome_60_touch on pass.outcome;
drop function pass.record_outcome(uuid, bigint, jsonb),
    pass.close(uuid, bigint, jsonb),
    pass.deny_request(uuid, bigint, jsonb),
    pass.grant_request(uuid, bigint, jsonb),
    pass.pending_request(uuid, bigint, jsonb),
    pass.request_prolongation(uuid, jsonb),
    pass.remove_prolongation(uuid, bigint),
    pass.prolong(uuid, jsonb),
    pass.sent_prolongation(pass.pass, jsonb),
    pass.check_prolongation(pass.pathway, pass.span, jsonb),
    pass.record_hire(uuid, jsonb),
    pass.delete_suspension(uuid, bigint),
    pass.update_suspension(uuid, bigint, jsonb),
    pass.running_suspension(uuid, bigint),
    pass.suspend(uuid, jsonb),
    pass.update_pass(uuid, bigint, jsonb),
    pass.create_pass(jsonb),
    pass.check_kind(uuid, text),
    pass.check_sent(date, integer),
    pass.touch(),
    pass.check_whole(pass.pass),
    pass.refuse_one(text, text, text, text),
    pass.faults_of(jsonb, text),
    pass.declared(jsonb),
    pass.locked(uuid);
call engine.set_revision('pass_reads');
commit;
