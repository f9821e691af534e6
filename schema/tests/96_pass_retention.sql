-- Erasure of PASS: when, what goes with a line, what stays of it.
\ir fixture.inc

create function pg_temp.add_pass(mark text, member uuid, ends_on date, prolonged integer default 0, suspended integer default 0)
    returns uuid language sql as $$
    insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, prolonged_days, suspended_days)
    values (member, 'AI', sha256(convert_to(mark, 'UTF8')), '0000', ends_on - prolonged - suspended - 729,
        ends_on - prolonged - suspended, prolonged, suspended) returning id $$;
create function pg_temp.left_over() returns text language sql as $$
    select string_agg(p.number_last4 || ' ' || encode(p.number_hash, 'hex'), ' ') from pass.pass p $$;

select plan(28);

-- --- the day: E51, a PASS ended on 2024-11-21 goes from 2026-11-21 on ---

select pg_temp.add_pass('e51', :A, '2024-11-21') is not null, pg_temp.add_pass('leap', :A, '2024-02-29') is not null \g /dev/null
select results_eq('select erase_after from pass.pass order by 1 desc', $$values (date '2026-11-21'), ('2026-02-28')$$,
    'E51, and two years after a 29 February');
delete from pass.pass;

select pg_temp.add_pass('yesterday', :A, (engine.today() - interval '24 months')::date - 1) is not null as made,
    pg_temp.add_pass('today', :A, (engine.today() - interval '24 months')::date) is not null,
    pg_temp.add_pass('tomorrow', :A, (engine.today() - interval '24 months')::date + 1) is not null \g /dev/null
-- a 24th month that ends on the last of a shorter one may bring "tomorrow" to the same day
select is(pass.erase_ended(100), (select count(*)::integer from (values (-1), (0), (1)) v (n)
    where pass.shift((engine.today() - interval '24 months')::date + n, 24, 'MONTHS') <= engine.today()), 'due lines, and no other');
select is(pass.erase_ended(100), 0, 'nothing is left to do');
delete from pass.pass;
delete from pass.ended_month;

-- --- all that hangs on a line ---

select pg_temp.add_pass('full', :A, '2023-06-30') as pass \gset
insert into pass.suspension (pass_id, starts_on, ends_on, reason) values (:'pass', '2022-01-01', '2022-01-31', 'CONTRACT_BROKEN');
insert into pass.prolongation_request (id, pass_id, starts_on, ends_on, reason, siae_kind, prescriber_kind, requested_on, state, decided_on)
values ('0c000000-0000-7000-8000-000000000001', :'pass', '2023-07-30', '2023-10-30', 'RQTH', 'AI', 'CAP_EMPLOI', '2023-05-01', 'GRANTED', '2023-05-20');
insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, request_id, declared_on)
values (:'pass', '2023-07-30', '2023-10-30', 'RQTH', 'AI', '0c000000-0000-7000-8000-000000000001', '2023-05-20');
insert into pass.outcome (pass_id, code, contract_type, on_date, worked_minutes) values (:'pass', 'CDI', 'CDI', '2023-10-30', 9000);
delete from audit.change;
insert into audit.change (record_type, record_id, member_id, change, changes)
select 'MEMBER', r, :A, 'CREATED', '[]' from unnest(pass.records_of(array[:'pass'::uuid])) r;
insert into audit.change (record_type, record_id, member_id, change, changes) values ('MEMBER', :A, :A, 'UPDATED', '[]');
insert into audit.access_trace (caller, operation, record_type, records_count, record_ids, member_ids)
values ('STRUCTURE', 'listPasses', 'PASS', 2, array[:'pass', :A]::uuid[], array[:A, :A]::uuid[]);
insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, body)
values (:A, 'with', '', 201, '{"id":"' || :'pass' || '"}'), (:A, 'without', '', 201, '{"id":"' || :A || '"}');
insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, sealed_body)
values (:A, 'sealed with', '', 201, keyed.seal('idempotency', '{"id":"' || :'pass' || '"}')),
    (:A, 'sealed without', '', 201, keyed.seal('idempotency', '{"id":"' || :A || '"}'));
select pg_temp.add_pass('young', :A, engine.today() + 30) as young \gset
select is(cardinality(pass.records_of(array[:'pass'::uuid])), 5, 'a line with four records that refer to it');
select is((select ends_on from pass.pass where id = :'pass'), date '2023-10-30', 'ends with its suspension and prolongation');
select is(pass.erase_ended(100), 1, 'one line is due');
select is((select array_agg(id) from pass.pass), array[:'young'::uuid], 'the other stays');
select is((select count(*) from pass.suspension) + (select count(*) from pass.prolongation_request) + (select count(*) from pass.prolongation)
    + (select count(*) from pass.outcome), 0::bigint, 'all four went with it');
select results_eq(format('select record_id from audit.change where record_id <> %L', :'young'),
    format('values (%L::uuid)', :A), 'no history of them, the history of others stays');
select results_eq('select record_ids, records_count from audit.access_trace',
    format('values (array[''00000000-0000-0000-0000-000000000000'', %L]::uuid[], 2::bigint)', :A), 'who read stays, what was read does not');
select results_eq('select idempotency_key from engine.idempotency order by 1', $$values ('sealed without'), ('without')$$, 'no answer that shows them is repeated');

-- --- what stays, and adds up ---

select results_eq('select month, region_code, department_code, delegation_id, siae_kind, origin, people, hard_stops, prolonged_people,
        prolonged_days, suspended_people, suspended_days from pass.ended_month',
    $$values (date '2023-10-01', '53', '35', 'd0000000-0000-7000-8000-000000000053'::uuid, 'AI', 'DEFAULT', 1, 0, 1, 92::bigint, 1, 30::bigint)$$,
    'its month');
select results_eq('select year, code, category, counted, people from pass.ended_outcome', $$values (2023, 'CDI', 'DURABLE', true, 1)$$, 'its outcome');
select pg_temp.add_pass('b' || n, :C, '2023-10-01'::date + n, 1095, 0) is not null from generate_series(0, 9) n \g /dev/null
select pg_temp.add_pass('c' || n, :C, '2023-10-01'::date + n, 0, 40) is not null from generate_series(0, 3) n \g /dev/null
create function pg_temp.counted() returns text language sql as $$
    select months::text || groups::text from pass.expiries('2023-09-01', '2023-12-01', 'region', '2023-10-05') $$;
set local app.caller = 'NATIONAL';
select pg_temp.counted() as before \gset
select is(pass.erase_ended(6), 6, 'in batches');
select is(pg_temp.counted(), :'before', 'the forecast shows the same in the middle of it');
select is(pass.erase_ended(6) + pass.erase_ended(6) + pass.erase_ended(6), 8, 'to the end');
select is(pg_temp.counted(), :'before', 'and after it');
select results_eq($$select people, hard_stops, prolonged_people, prolonged_days, suspended_people, suspended_days from pass.ended_month
    where region_code = '93'$$, 'values (14, 10, 10, 10950::bigint, 4, 160::bigint)', 'sums of all batches in one row');
select is((select sum(people) from pass.expiry_count), 1::bigint, 'the summary counts the line that is left');
select is(pass.fold_expiry_counts(1000) > 0, true, 'rows of nothing are folded away');
select is((select count(*) from pass.expiry_count), 1::bigint, 'so that no trace of erased lines is in the summary');

-- --- guards ---

select is((select string_agg(c.conrelid::regclass::text, ' ') from pg_constraint c
    where c.contype = 'f' and c.confrelid = 'pass.pass'::regclass and c.confdeltype <> 'c'), null,
    'whatever refers to a PASS goes with it');
select ok(pass.exit_counts('AI', 1, 9000, t) and not pass.exit_counts('ETTI', 900, 8999, t), 'AI and ETTI: 150 hours')
    from pass.exit_threshold t where date '2026-01-01' between first_day and last_day;
select ok(pass.exit_counts('ACI', 81, 60, t) and not pass.exit_counts('EI', 80, 600, t) and not pass.exit_counts('ACI', 300, 59, t),
    'ACI and EI: more than 2.65 months, an hour') from pass.exit_threshold t where date '2026-01-01' between first_day and last_day;
select ok(not pass.exit_counts('EITI', 300, null, t), 'unknown hours do not count')
    from pass.exit_threshold t where date '2026-01-01' between first_day and last_day;
insert into engine.import_run (id, operation, key_id, caller, media_type, report, rejects, created_at)
select gen_random_uuid(), o, :A, 'STRUCTURE', 'text/csv', '{}', '[]', engine.today() - d
from unnest(array['importPasses', 'importMembers']) o, unnest(array[720, 735]) d;
select is(pass.purge_imports(1) + pass.purge_imports(10), 1, 'the report of an import of PASS goes after 24 months');
select results_eq('select operation, count(*) from engine.import_run group by 1 order by 1',
    $$values ('importMembers', 2::bigint), ('importPasses', 1)$$, 'no other one');
select is(tap.attempt('NATIONAL', 'select pass.erase_ended(1)'), '42501', 'no caller erases');

select * from finish();
rollback;
