-- Outcomes: which exits count, what the rates are of, what is hidden, and that erasure changes no figure.
\ir fixture.inc

create function pg_temp.leave(member uuid, kind text, code text, people integer, minutes integer default 60000, stay integer default 300,
    contract text default null, on_date date default '2024-03-01') returns void language sql as $$
    with line as (
        insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on)
        select member, kind, sha256(convert_to(gen_random_uuid()::text, 'UTF8')), '0000', on_date - stay + 1, on_date - stay + 730
        from generate_series(1, people) returning id)
    insert into pass.outcome (pass_id, code, contract_type, on_date, worked_minutes)
    select id, leave.code, contract, on_date, minutes from line $$;
create function pg_temp.total(caller text, year integer, figure text) returns text language sql as $$
    select tap.attempt(caller, format('select coalesce(total ->> %L, ''hidden'') from pass.outcomes(%s, ''kind'')', figure, year)) $$;

select plan(26);

select pg_temp.leave(:A, 'AI', 'CDI', 12), pg_temp.leave(:A, 'AI', 'CDD_UNDER_6_MONTHS', 7), pg_temp.leave(:A, 'AI', 'TRAINING', 6),
    pg_temp.leave(:A, 'AI', 'UNEMPLOYED', 14), pg_temp.leave(:A, 'AI', 'EBE', 1, 60000, 300, 'CDI'), pg_temp.leave(:A, 'AI', 'LONG_ILLNESS', 3),
    pg_temp.leave(:A, 'AI', 'CDI', 2, 8999), pg_temp.leave(:A, 'AI', 'CDI', 1, null),
    pg_temp.leave(:B, 'ACI', 'CDI', 5, 60, 81), pg_temp.leave(:B, 'ACI', 'UNEMPLOYED', 4, 60, 80),
    pg_temp.leave(:C, 'AI', 'CDI', 4), pg_temp.leave(:C, 'AI', 'CDI', 9, 60000, 300, null, '2023-12-31') \g /dev/null

-- A: 46 recorded, 3 removed, 3 not counted, 40 counted: 13 durable, 7 transition, 6 positive, 14 other
select is(pg_temp.total('STRUCTURE', 2024, f), expected, 'structure: ' || f)
from (values ('recorded', '46'), ('removed', '3'), ('not_counted', '3'), ('counted', '40'), ('durable', '13'), ('transition', '7'),
    ('positive', '6'), ('dynamic', '26'), ('other', '14'), ('durable_percent', '32.5'), ('dynamic_percent', '65.0')) v (f, expected);
-- all: 59 recorded, 49 counted, 22 durable, 7 not counted
select is(pg_temp.total('NATIONAL', 2024, f), expected, 'national, in steps: ' || f)
from (values ('recorded', '55'), ('removed', 'hidden'), ('not_counted', '5'), ('counted', '45'), ('durable', '20'),
    ('durable_percent', '44.4')) v (f, expected);
select is(pg_temp.total('NATIONAL', 2023, 'counted'), '5', 'the year of the exit decides');
select is(tap.attempt('NATIONAL', 'select string_agg((g ->> ''key'') || ''='' || (g ->> ''counted''), '' '') from pass.outcomes(2024, ''region'') o,
    json_array_elements(o.groups) g'), '53=45', 'a region with four exits is not there');
select is(tap.attempt('NATIONAL', 'select string_agg(concat_ws('':'', r ->> ''code'', r ->> ''people''), '' '') from pass.outcomes(2024, ''region'') o,
    json_array_elements(o.reasons) r'), 'CDI:20 CDD_UNDER_6_MONTHS:5 TRAINING:5 UNEMPLOYED:10', 'reasons: illness is told by none, a single EBE neither');
select is(tap.attempt('STRUCTURE', 'select total ->> ''durable_percent'' from pass.outcomes(2022, ''kind'')'), '1 rows', 'no rate of nothing');

-- the report
select is(pg_temp.total('NATIONAL', year, f), expected, year || ' ' || f) from (values (2011, 'dynamic_percent', '60'), (2011, 'removed', 'hidden'))
    v (year, f, expected);

-- erasure
set local app.caller = 'NATIONAL';
select row_to_json(o)::text as before from pass.outcomes(2024, 'region') o \gset
update pass.pass set starts_on = starts_on - 1000, initial_ends_on = initial_ends_on - 1000;   -- which makes every stay long enough
select row_to_json(o)::text as before from pass.outcomes(2024, 'region') o \gset
select ok(pass.erase_ended(1000) > 60, 'all lines are due');
select is((select row_to_json(o)::text from pass.outcomes(2024, 'region') o), :'before', 'figures of erased lines are the same');
select is(tap.attempt('NATIONAL', 'select * from pass.outcome_facts(2024)'), '42501', 'nobody asks for the counts behind');

select * from finish();
rollback;
