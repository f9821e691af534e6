begin;
drop function pass.erase_ended(integer), pass.forget_records(uuid[]), pass.records_of(uuid[]), pass.keep_outcome_counts(uuid[]),
    pass.keep_month_counts(uuid[]);
call engine.set_revision('pass_exits');
commit;
