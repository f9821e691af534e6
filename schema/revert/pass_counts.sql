begin;
drop trigger rule_70_recount on pass.rule;
drop trigger pass_70_count_insert on pass.pass;
drop trigger pass_70_count_update on pass.pass;
drop trigger pass_70_count_delete on pass.pass;
drop trigger pass_70_count_truncate on pass.pass;
drop table pass.expiry_count, pass.ended_month;
drop function pass.fold_expiry_counts(integer), pass.recount_expiries(), pass.count_expiries(), pass.piece(date),
    pass.is_hard_stop(text, integer, smallint, date, date, pass.cap);
drop view pass.cap;
drop function pass.capping_rules();
delete from pass.rule where key in ('PEAK_WEEKS', 'PEAK_FACTOR');
alter table pass.rule drop constraint rule_unit_known;
alter table pass.rule add constraint rule_unit_known check (unit in ('DAYS', 'MONTHS', 'YEARS', 'PEOPLE', 'CRITERIA'));
call engine.set_revision('traces');
commit;
