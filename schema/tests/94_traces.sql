-- Who read which data: what is noted, and who may see it.
\ir fixture.inc
select plan(21);

create function pg_temp.rows(caller text) returns text language sql as
$$ select tap.attempt(caller, 'select count(*) from audit.access_trace') $$;

select is(tap.attempt('BRETAGNE', $$select audit.trace_rows('listPasses', 'PASS',
    '{11111111-0000-7000-8000-000000000001,11111111-0000-7000-8000-000000000002}',
    '{a0000000-0000-7000-8000-00000000000a,a0000000-0000-7000-8000-00000000000b}')$$, true), '2', 'two records shown');
select is(count(*), 1::bigint, 'one row') from audit.access_trace;
select is(caller, 'DELEGATION', 'of this kind of caller') from audit.access_trace;
select is(key_id, (select id from access.api_key where label = 'BRETAGNE'), 'with its key') from audit.access_trace;
select is(delegation_id, 'd0000000-0000-7000-8000-000000000053', 'its delegation') from audit.access_trace;
select is(request_id, 'pgtap', 'the request') from audit.access_trace;
select is(occurred_at, now(), 'and the time') from audit.access_trace;
select is(pg_temp.rows('NATIONAL'), '1', 'the federation sees it');
select is(pg_temp.rows('BRETAGNE'), '1', 'the reader too');
select is(pg_temp.rows('STRUCTURE'), '1', 'and the member whose record was shown');
select is(pg_temp.rows('PACA'), '0', 'another delegation does not');
select is(pg_temp.rows('PARTNER'), '0', 'nor a partner');
select is(pg_temp.rows('ANONYMOUS'), '0', 'nor anybody else');

select is(tap.attempt('BRETAGNE', $$select audit.trace_export('listPasses', 'PASS', 'kind=AI', 7,
    '{a0000000-0000-7000-8000-00000000000b}')$$, true), '7', 'an export of another member''s records');
select is(pg_temp.rows('STRUCTURE'), '1', 'does not concern this member');
select is(tap.attempt('BRETAGNE', $$select audit.trace_export('listPasses', 'PASS', repeat('x', 9000), 1, null)$$),
    '1', 'a long question is cut');
select is(tap.attempt('BRETAGNE', $$select audit.trace_export('listPasses', 'PASS', '', 0, null)$$),
    '1 rows', 'an export of nothing leaves no trace');
select is(tap.attempt('ANONYMOUS', $$select audit.trace_rows('listPasses', 'PASS', '{11111111-0000-7000-8000-000000000001}', null)$$),
    '23514 access_trace_caller_known', 'without a key nothing of the kind is shown');
select is(tap.attempt('NATIONAL', $$insert into audit.access_trace (caller, operation, record_type, records_count, query)
    values ('NATIONAL', 'listPasses', 'PASS', 1, '')$$), '42501', 'nobody writes a trace by hand');
select is(tap.attempt('NATIONAL', 'delete from audit.access_trace'), '42501', 'nor removes one');
select is(tap.attempt('NATIONAL', 'update audit.access_trace set caller = ''PARTNER'''), '42501', 'nor changes one');
select * from finish();
rollback;
