-- Import of PASS: who may, what a row becomes, what is kept of it, and that a refused file leaves nothing.
\ir fixture.inc
select plan(18);

create function pg_temp.rows(data jsonb) returns text language sql as $$
    select quote_literal((select jsonb_agg(jsonb_build_object('row', place, 'line', place + 1, 'data', d))
        from jsonb_array_elements(data) with ordinality e (d, place)))
$$;
create function pg_temp.import(caller text, data jsonb, options jsonb default '{}', keep boolean default true,
                               only_try boolean default false) returns jsonb language sql as $$
    select tap.attempt(caller, format('select pass.import_passes(%s, %L, %L)', pg_temp.rows(data),
        '{"mode": "per_row", "on_conflict": "merge"}'::jsonb || options, only_try), keep)::jsonb
$$;
create function pg_temp.row(number text, more jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('number', number, 'starts_on', '2025-02-01', 'ends_on', '2027-01-31') || more
$$;
create function pg_temp.counts(report jsonb) returns text language sql as $$
    select string_agg(key || ' ' || value, ', ' order by key) from jsonb_each_text(report -> 'summary') where value <> '0'
$$;

select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000001')), '{}', true, true)),
    'created 1, received 1', 'a try counts');
select is((select count(*) from pass.pass), 0::bigint, '… and stores nothing');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000001', '{"birth_year": 1980}')))),
    'created 1, received 1', 'a row becomes a PASS');
select results_eq('select member_id, number_last4, origin, ends_on::text, declared_ends_on::text, birth_year::integer, source from pass.pass',
    format('values (%L::uuid, %L, %L, %L, %L, 1980, %L)', :A, '0001', 'DEFAULT', '2027-01-31', '2027-01-31', 'MANUAL'),
    'what is kept of it');
select is((select number_hash from pass.pass), keyed.hash('pass_number', 'XXXXX0000001'), 'the number as a keyed hash');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000001', '{"birth_year": 1980}')))),
    'received 1, unchanged 1', 'again: unchanged');
select is((select version from pass.pass), 1, '… its version too');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000001')))),
    'received 1, unchanged 1', 'what a row does not say stays');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(
        pg_temp.row('XXXXX0000002'), pg_temp.row('XXXXX0000002', '{"ends_on": "2027-02-28"}'), pg_temp.row('XXXXX0000003')))),
    'created 1, failed 2, received 3', 'one number with two ends is refused');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(
        pg_temp.row('XXXXX0000004', '{"hired_on": "2025-02-01"}'), pg_temp.row('XXXXX0000004', '{"hired_on": "2026-05-10"}')))),
    'created 1, received 2, skipped 1', 'one number with two hires is one PASS');
select is((select last_hire_on from pass.pass where number_last4 = '0004'), date '2026-05-10', '… with the latest hire');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(
        pg_temp.row('XXXXX0000005'), pg_temp.row('XXXXX0000006', '{"siae_kind": "ETTI"}')), '{"mode": "atomic"}')),
    'created 1, failed 1, received 2', 'an atomic file with a refused row');
select is((select count(*) from pass.pass where number_last4 in ('0005', '0006')), 0::bigint, '… leaves nothing');
select is(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000007', '{"ends_on": "2025-02-01"}')))
    #>> '{rows,0,errors,0,code}', 'pass_import_dates', 'a last day on the first');
select is(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000007', '{"siret": "40483304800022"}')))
    #>> '{rows,0,errors,0,code}', 'pass_import_other_structure', 'a row of another structure');
select is(pg_temp.import('STRUCTURE', jsonb_build_array(pg_temp.row('XXXXX0000007') - 'number'))
    #>> '{rows,0,errors,0,pointer}', '/number', 'a row without its number');
select is(pg_temp.counts(pg_temp.import('STRUCTURE', jsonb_build_array(
        pg_temp.row('XXXXX0000008', '{"application_state": "OTHER"}'), '{"application_state": "ACCEPTED"}'::jsonb))),
    'received 2, skipped 2', 'no hire, no PASS: left aside');
select is((select array_agg(pass.origin_of(n, d, k) order by place) from (values (1, '999992135866', date '2024-01-01', 'ACI'),
        (2, '012345678901', '2020-01-01', 'AI'), (3, '999992135866', '2021-12-01', 'AI')) v (place, n, d, k)),
    array['DEFAULT', 'PE_APPROVAL', 'AI_STOCK'], 'what number and first day say of the origin');

select * from finish();
rollback;
