-- PASS: rules as dated data, what the tables refuse by themselves, who sees and writes which line.
\ir fixture.inc
select plan(40);

-- --- rules ---
select is(tap.refusal($$insert into pass.rule (key, value, unit, valid_from, title) values ('SUSPENSION_MAX', 24, 'MONTHS', '2025-01-01', 'Essai')$$),
    'rule_overlap', 'one row of a rule on any day');
select is(pass.rule_value('SUSPENSION_MAX', '2022-01-01'), 12, 'the row of the day');
select is(pass.rule_value('SUSPENSION_MAX', '2010-01-01'), 6, 'before the first row: the first row');
select is(pass.shift('2024-02-29', 2, 'YEARS'), '2026-02-28'::date, 'a leap day moved by years');
select is(pass.shift('2026-08-31', 6, 'MONTHS'), '2027-02-28'::date, 'the last day of a shorter month');
select is((select count(*)::integer from pass.rules_on('2026-11-21')), (select count(distinct key)::integer from pass.rule), 'each rule once');
select is_empty($$
    select d::date from generate_series('2005-01-01'::date, '2030-01-01', '1 week') d
    where pass.rule_set(d::date) is distinct from (
        select jsonb_object_agg(r.key, r.entry) from pass.rules_on(d::date) r where r.valid_to is null or d <= r.valid_to)$$,
    'the set of a day is the rules of the day');
update pass.rule set value = 13 where key = 'SUSPENSION_MAX' and valid_from <= '2026-11-27' and valid_to is null;
select is(pass.rule_set('2026-11-27') #>> '{SUSPENSION_MAX,value}', '13', 'a rule that changes is in the sets of its days at once');
select is(pass.first_end('{VALID,FUTURE}', '2026-11-27'), '2026-11-27'::date, 'what has not expired ends today at the earliest');
select is(pass.last_end('{EXPIRED}', '2026-11-27'), '2026-11-26'::date, 'what has expired ended yesterday at the latest');
select is(row(pass.first_end('{EXPIRED,VALID}', '2026-11-27'), pass.last_end('{EXPIRED,VALID}', '2026-11-27'))::text, '(-infinity,infinity)',
    'both together have no bound');
select is(pass.outcome_category('ETT_ESS', 'CDD', 3), 'TRANSITION', 'ETT_ESS follows the contract');
select is(pass.outcome_category('EBE', 'CDD', 6), 'DURABLE', 'six months are durable');

-- --- rows ---
insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, ends_on, erase_after)
select ('ba000000-0000-7000-8000-00000000000' || n)::uuid, m, 'AI', keyed.hash('pass_number', n), '000' || n,
    '2025-01-01', '2026-12-31', '2000-01-01', '2000-01-01'
from (values ('1', :A::uuid), ('2', :B::uuid), ('3', :C::uuid)) v (n, m);
\set P '''ba000000-0000-7000-8000-000000000001'''
select is((select (ends_on, erase_after, region_code)::text from pass.pass where id = :P), '(2026-12-31,2028-12-31,53)', 'end, erasure and place are kept by trigger, whatever was written');
insert into pass.suspension (id, pass_id, starts_on, ends_on, reason) values ('5a000000-0000-7000-8000-000000000001', :P, '2025-07-01', '2025-07-31', 'CONTRACT_BROKEN');
select is((select ends_on from pass.pass where id = :P), '2027-01-30'::date, 'a suspension moves the end by last minus first day');
update pass.suspension set ends_on = '2025-07-11' where pass_id = :P;
select is((select ends_on from pass.pass where id = :P), '2027-01-10'::date, 'and by the difference when it changes');
insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind) values (:P, '2027-01-10', '2028-01-10', 'RQTH', 'AI');
select is((select (ends_on, prolonged_days)::text from pass.pass where id = :P), '(2028-01-10,365)', 'a prolongation adds its days');
select is(tap.refusal(format($$insert into pass.suspension (pass_id, starts_on, ends_on, reason) values (%L, '2025-07-11', '2025-08-01', 'SICKNESS')$$, :P)),
    'pass_suspension_overlap', 'suspensions share no day');
select is(tap.refusal(format($$insert into pass.suspension (pass_id, starts_on, ends_on, reason) values (%L, '2025-07-12', '2025-08-01', 'SICKNESS')$$, :P)),
    'accepted', 'but may touch');
select is(tap.refusal(format($$insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind) values (%L, '2028-01-09', '2028-02-10', 'RQTH', 'AI')$$, :P)),
    'prolongation_overlap', 'prolongations share no day');
select is(tap.refusal(format($$insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind) values (%L, '2028-01-10', '2028-02-10', 'PARTICULAR_DIFFICULTIES', 'EI')$$, :P)),
    'prolongation_employer_kind', 'difficulties are for AI and ACI');
select is(tap.refusal(format($$insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, ends_on, erase_after)
    values (%L, 'AI', keyed.hash('pass_number', '1'), '0001', '2025-01-01', '2026-12-31', '2026-12-31', '2028-12-31')$$, :A)), 'pass_number_key', 'a number once in a structure');
select is(tap.refusal(format($$insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, ends_on, erase_after)
    values (%L, 'AI', keyed.hash('pass_number', '1'), '0001', '2025-01-01', '2026-12-31', '2026-12-31', '2028-12-31')$$, :D)), 'accepted', 'and in another one too');
insert into pass.prolongation_request (pass_id, starts_on, ends_on, reason, siae_kind) values (:P, '2028-01-10', '2028-06-10', 'RQTH', 'AI');
select is(tap.refusal(format($$insert into pass.prolongation_request (pass_id, starts_on, ends_on, reason, siae_kind) values (%L, '2028-01-10', '2028-06-10', 'RQTH', 'AI')$$, :P)),
    'prolongation_request_one_pending', 'one request waits');
select is(tap.refusal(format($$update pass.prolongation_request set state = 'DENIED', decided_on = engine.today(), denial_reason = 'IAE' where pass_id = %L$$, :P)),
    'prolongation_request_actions_needed', 'a denial for IAE has an action');
select is(tap.refusal(format($$insert into pass.outcome (pass_id, code, on_date) values (%L, 'EBE', '2026-01-01')$$, :P)), 'outcome_contract_needed', 'an EBE has its contract');

-- --- who sees what ---
\set LINES '$$select string_agg(number_last4, '','' order by number_last4) from pass.pass$$'
select is(tap.attempt('STRUCTURE', :LINES), '0001', 'the structure sees its line');
select is(tap.attempt('BRETAGNE', :LINES), '1 rows', 'the delegation none that is not shared');
select is(tap.attempt('STRUCTURE', format($$update pass.sharing set shares_lines = true where member_id = %L$$, :B)), '0 rows', 'a structure shares its own lines only');
select is(tap.attempt('STRUCTURE', format($$update pass.sharing set shares_lines = true where member_id = %L$$, :A), true), '1 rows', 'and may do so');
select is(tap.attempt('BRETAGNE', :LINES), '0001', 'then the delegation sees them');
select is(tap.attempt('PACA', :LINES), '1 rows', 'another delegation does not');
select is(tap.attempt('NATIONAL', :LINES), '1 rows', 'nor the federation');
select is(tap.attempt('PARTNER', :LINES), '1 rows', 'nor a partner');
select is(tap.attempt('ANONYMOUS', :LINES), '1 rows', 'nor anybody without a key');
select is(tap.attempt('BRETAGNE', $$select count(*)::text from pass.suspension$$), '1', 'what hangs on a line goes with it');
select is(tap.attempt('PACA', $$select count(*)::text from pass.suspension$$), '0', 'for others too');
select is(tap.attempt('BRETAGNE', format($$update pass.pass set birth_year = 1970 where id = %L$$, :P)), '0 rows', 'the delegation changes none');
select is(tap.attempt('BRETAGNE', format($$select pass.suspend(%L, '{"starts_on": "2026-01-01", "reason": "CONTRACT_BROKEN"}')$$, :P)), 'MA404', 'by no process either');
select is(tap.attempt('STRUCTURE', $$delete from pass.suspension where pass_id = 'ba000000-0000-7000-8000-000000000003'$$), '0 rows', 'nor a structure those of another');
select * from finish();
rollback;
