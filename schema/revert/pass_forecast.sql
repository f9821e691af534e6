begin;
delete from access.scope where name = 'passes:count';
drop function pass.expiries(date, date, text, date), pass.grouping_label(text, text), pass.expiry_peaks(date, date, date, integer),
    pass.expiry_weeks(date, date, integer), pass.expiry_shown(date, date, date, text, integer), pass.expiry_facts(date, date, date, text),
    pass.expiry_parts(date, date, date), pass.first_of_month(date), pass.waiting_requests(date), pass.suspended_ends(date),
    pass.counted_day(date), pass.total_shown(numeric, integer), pass.count_step(), pass.shown(bigint, bigint, integer), pass.counted_members();
drop index pass.suspension_by_end, pass.prolongation_request_by_decision;
call engine.set_revision('pass_counts');
commit;
