begin;
set local client_min_messages = warning;
do $$
declare
    t record;
begin
    for t in select tablename, policyname from pg_policies where schemaname = 'vacation' loop
        execute format('drop policy %I on vacation.%I', t.policyname, t.tablename);
    end loop;
    for t in select tablename from pg_tables where schemaname = 'vacation' loop
        execute format('alter table vacation.%I no force row level security', t.tablename);
        execute format('alter table vacation.%I disable row level security', t.tablename);
    end loop;
end $$;
revoke all on all tables in schema vacation from maillage_app;
revoke usage on schema vacation from maillage_app;
drop trigger project_spending on vacation.project;
drop trigger convention_spending on vacation.convention;
drop trigger quota_spending on vacation.quota;
drop trigger voucher_spending on vacation.voucher_move;
drop trigger voucher_10_order on vacation.voucher_move;
drop trigger beneficiary_10_contents on vacation.beneficiary;
drop trigger budget_line_10_contents on vacation.budget_line;
drop function vacation.may_see;
drop function vacation.keep_contents;
drop function vacation.keep_vouchers;
drop function vacation.spending;
drop function vacation.keep_envelope;
call engine.set_revision('vacation_checks');
commit;
