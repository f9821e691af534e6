-- Work that is due: what a step does, and the two first jobs.
\ir fixture.inc
select plan(18);

select is(array(select engine.jobs_due()) @> '{purge-idempotency,purge-access-traces}', true, 'what never ran is due');
insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, created_at)
select gen_random_uuid(), 'k' || i, 'd', 200, now() - interval '73 hours' from generate_series(1, 7) i;
insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, created_at)
values (gen_random_uuid(), 'young', 'd', 200, now() - interval '71 hours');
insert into audit.access_trace (occurred_at, caller, operation, record_type, records_count, query)
select now() - age, 'NATIONAL', 'listX', 'X', 1, '' from unnest('{3 years 1 day,2 years 364 days}'::interval[]) age;

select is(tap.attempt('ANONYMOUS', $$select engine.job_begin('purge-idempotency')$$, true), 'true', 'taken');
select is(tap.attempt('ANONYMOUS', $$select engine.job_step('purge-idempotency', 5)$$, true), '5', 'a batch');
select is(tap.attempt('ANONYMOUS', $$select engine.job_step('purge-idempotency', 5)$$, true), '2', 'the rest');
select is(tap.attempt('ANONYMOUS', $$select engine.job_step('purge-idempotency', 5)$$, true), '0', 'done');
select is(idempotency_key, 'young', 'what counts still is kept') from engine.idempotency;
select is(tap.attempt('ANONYMOUS', $$select engine.job_end('purge-idempotency', 7, true)$$, true), 'true', 'given back');
select is(last_count, 7::bigint, 'with its count') from engine.job where name = 'purge-idempotency';
select is(array(select engine.jobs_due()) @> '{purge-idempotency}', false, 'not due again today');
update engine.job set last_run_at = now() - interval '22 hours' where name = 'purge-idempotency';
select is(array(select engine.jobs_due()) @> '{purge-idempotency}', true, 'but tomorrow, somewhat early');

select is(tap.attempt('ANONYMOUS', $$select engine.job_step('purge-access-traces', 100)$$, true), '1', 'traces of three years');
select is(count(*), 1::bigint, 'younger ones stay') from audit.access_trace;
select is(tap.attempt('ANONYMOUS', $$select engine.job_begin('nothing')$$), 'MA404', 'no such job');
select is(tap.attempt('NATIONAL', 'select engine.purge_idempotency(1)'), '42501', 'the daemon calls no job past its lock');
select is(tap.attempt('NATIONAL', 'select audit.purge_access_traces(1)'), '42501', 'none of them');
select is(tap.attempt('NATIONAL', 'select * from engine.job'), '42501', 'and changes none');
select is(tap.refusal('insert into engine.job (name, function_name, description) values (''x y'', ''a.b'', ''long enough'')'), 'job_name_form', 'a name');
select is(tap.refusal('insert into engine.job (name, function_name, description) values (''some-job'', ''a; drop'', ''long enough'')'), 'job_function_form', 'a function');
select * from finish();
rollback;
