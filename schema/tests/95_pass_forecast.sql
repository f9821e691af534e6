-- Forecast: the summary is the lines at any moment, what a hard stop is, and what each caller sees of small counts.
\ir fixture.inc

create function pg_temp.add_pass(member uuid, kind text, ends_on date, people integer default 1, birth_year integer default 1990,
    prolonged integer default 0) returns void language sql as $$
    insert into pass.pass (member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, birth_year, prolonged_days)
    select member, kind, sha256(convert_to(gen_random_uuid()::text, 'UTF8')), '0000', ends_on - prolonged - 729, ends_on - prolonged,
        birth_year, prolonged
    from generate_series(1, people) $$;
-- Keys whose summary is not the number of lines.
create function pg_temp.gaps() returns bigint language sql as $$
    select count(*) from (select from (
        select p.member_id, p.siae_kind, p.origin, pass.piece(p.ends_on) as piece,
            pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c) as hard_stop, 1 as people
        from pass.pass p join pass.cap c on p.ends_on between c.first_day and c.last_day
        union all select member_id, siae_kind, origin, piece, hard_stop, -people from pass.expiry_count) v
    group by member_id, siae_kind, origin, piece, hard_stop having sum(people) <> 0) gap $$;
create function pg_temp.shown(caller text, query text) returns text language sql as $$
    select tap.attempt(caller, 'select coalesce(string_agg(v, '' '' order by v), ''nothing'') from (' || query || ') q (v)') $$;
create function pg_temp.groups(grouping_name text, figure text, month date default '2026-11-01') returns text language sql as $$
    select format('select coalesce(g ->> ''key'', ''-'') || ''='' || coalesce(g ->> %L, ''?'') from pass.expiries(%L, %L, %L, ''2026-11-25'') e,
        json_array_elements(e.groups) g', figure, month, month, grouping_name) $$;

select plan(41);

-- --- pieces and hard stops ---

select is((select count(distinct pass.piece(d::date)) from generate_series(date '2026-01-01', date '2026-12-31', '1 day') d),
    63::bigint, '53 weeks and 12 months cut a year into 63 pieces');
select is((select count(*) from generate_series(date '2026-01-01', date '2027-12-31', '1 day') d
    where date_trunc('month', pass.piece(d::date)) <> date_trunc('month', d) or date_trunc('week', pass.piece(d::date)) <> date_trunc('week', d)),
    0::bigint, 'a piece lies in one month and one week');
select is(pass.is_hard_stop(v.kind, v.days, v.born::smallint, '2026-11-29', v.closed, c), v.expected, v.label)
from (values ('AI', 1094, 1990, null::date, false, 'AI with a day left under both caps'),
    ('AI', 1095, 1990, null, true, 'AI with both caps used up'),
    ('AI', 1095, 1976, null, false, 'turns 50 in the year of the end: the senior cap has room'),
    ('AI', 1095, 1977, null, true, 'turns 50 the year after'),
    ('AI', 1825, 1960, null, true, 'senior with the senior cap used up'),
    ('AI', 1095, null, null, true, 'year of birth unknown: nothing says senior'),
    ('EI', 1095, 1990, null, true, 'EI: RQTH is the only one of the two'),
    ('AI', 1095, 1990, '2026-11-30', false, 'a closed PASS')) v (kind, days, born, closed, expected, label)
cross join pass.cap c where date '2026-11-29' between c.first_day and c.last_day;

-- --- the summary follows every write ---

select pg_temp.add_pass(:A, 'AI', '2026-11-29', 7), pg_temp.add_pass(:B, 'ACI', '2026-11-30', 4),
    pg_temp.add_pass(:C, 'AI', '2026-11-29', 6), pg_temp.add_pass(:D, 'ACI', '2026-11-29', 3),
    pg_temp.add_pass(:A, 'AI', '2026-11-15', 2, 1990, 1095), pg_temp.add_pass(:D, 'ACI', '2027-02-03', 1) \g /dev/null
select is(pg_temp.gaps(), 0::bigint, 'after inserts');
insert into pass.suspension (pass_id, starts_on, ends_on, reason, declared_on)
select id, '2026-10-01', '2026-12-31', 'CONTRACT_BROKEN', '2026-10-01' from pass.pass where member_id = :A and ends_on = '2026-11-29' limit 1;
select is(pg_temp.gaps(), 0::bigint, 'after a suspension moved an end');
insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, declared_on)
select id, ends_on, ends_on + 365, 'PARTICULAR_DIFFICULTIES', 'AI', '2026-11-20' from pass.pass where member_id = :C limit 1;
select is(pg_temp.gaps(), 0::bigint, 'after a prolongation');
update pass.pass set siae_kind = 'EI', origin = 'ADMIN' where member_id = :D;
select is(pg_temp.gaps(), 0::bigint, 'after another kind and origin');
delete from pass.pass where member_id = :D and ends_on = '2027-02-03';
select is(pg_temp.gaps(), 0::bigint, 'after a deletion');
select ok((select count(*) from pass.expiry_count where people < 0) > 0, 'until then only appended');
select ok(pass.fold_expiry_counts(2) between 1 and 2, 'folding works in batches');
select is(pg_temp.gaps(), 0::bigint, 'between two batches');
select ok(pass.fold_expiry_counts(1000) > 0 and pass.fold_expiry_counts(1000) = 0, 'until nothing is left to fold');
select is(pg_temp.gaps(), 0::bigint, 'after folding');
select is((select min(people) from pass.expiry_count), 1, 'no row of nothing');
update pass.rule set value = 2000 where key = 'PROLONGATION_CAP_RQTH';
select is((select count(*) from pass.expiry_count where hard_stop), 0::bigint, 'another cap counts hard stops again');
update pass.rule set value = 1095 where key = 'PROLONGATION_CAP_RQTH';
select is(pg_temp.gaps(), 0::bigint, 'and back');

-- --- what each caller sees: A 8 in November (2 hard stops, 1 suspended to 2027), B 4, C 5, D 3 ---

select is(pg_temp.shown('NATIONAL', pg_temp.groups('region', 'declared')), '53=10 93=5', 'national: whole steps, Corsica too small to be there');
select is(pg_temp.shown('NATIONAL', pg_temp.groups('kind', 'declared')), 'AI=10', 'national by kind');
select is(pg_temp.shown('NATIONAL', pg_temp.groups('region', 'hard_stops')), '53=? 93=?', 'two hard stops are hidden, and none as well');
select is(pg_temp.shown('STRUCTURE', pg_temp.groups('kind', 'declared')), 'AI=8', 'a structure counts its own exactly');
select is(pg_temp.shown('STRUCTURE', pg_temp.groups('kind', 'hard_stops')), 'AI=2', 'small counts too');
select is(pg_temp.shown('BRETAGNE', pg_temp.groups('kind', 'declared')), 'AI=5', 'a delegation without shared lines: steps');
update pass.sharing set shares_lines = true where member_id = :A;
select is(pg_temp.shown('BRETAGNE', pg_temp.groups('kind', 'declared')), 'AI=8', 'shared lines exactly, the rest in steps');
select is(pg_temp.shown('BRETAGNE', pg_temp.groups('region', 'declared')), '53=8', 'the four that are not shared add nothing to see');
select is(pg_temp.shown('PARTNER', pg_temp.groups('kind', 'declared')), 'nothing', 'a partner counts nothing');
select is(pg_temp.shown('STRUCTURE', 'select total::text from pass.expiries(''2027-06-01'', ''2027-06-01'', ''month'', ''2026-11-25'')')::json ->> 'declared',
    '0', 'nothing is zero where nothing is hidden');

-- --- suspended people (worked example E07: resumed on 2022-11-22 the end is 2023-05-27) ---

insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on)
values ('0b000000-0000-7000-8000-000000000007', :A, 'AI', sha256('e07'), '0007', '2021-03-25', '2023-03-24');
insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind)
select '0b000000-0000-7000-8000-000000000007', d, d + n, 'COMPLETE_TRAINING', 'AI'
from (values (date '2023-03-24', 4), ('2023-03-28', 5), ('2023-04-02', 30)) v (d, n);
insert into pass.suspension (pass_id, starts_on, ends_on, reason) values
    ('0b000000-0000-7000-8000-000000000007', '2021-03-25', '2021-03-30', 'CONTRACT_BROKEN'),
    ('0b000000-0000-7000-8000-000000000007', '2022-11-01', '2022-12-01', 'CONTRACT_BROKEN');
select results_eq($$ select ends_on, resumed_ends_on from pass.suspended_ends('2022-11-22') $$,
    $$ values (date '2023-06-06', date '2023-05-27') $$, 'E07: printed end, and end if resumed');
select is(pg_temp.shown('STRUCTURE', 'select (m ->> ''month'') || '' '' || (m ->> ''declared'') || '' '' || (m ->> ''suspended'') || '' '' || (m ->> ''resumed'')
    from pass.expiries(''2023-05-01'', ''2023-06-01'', ''month'', ''2022-11-22'') e, json_array_elements(e.months) m'),
    '2023-05-01 0 0 1 2023-06-01 1 1 0', 'counted at the printed end, suspended there, resumed in the month before');

-- --- requests and refusals ---

insert into pass.prolongation_request (pass_id, starts_on, ends_on, reason, siae_kind, requested_on)
select id, ends_on, ends_on + 90, 'RQTH', 'AI', date '2026-11-25' - (array[0, 9, 10, 19, 20, 29, 30])[row_number() over ()]
from (select * from pass.pass where member_id = :A and starts_on > '2023-01-01' limit 7) p;
select is(pg_temp.shown('STRUCTURE', 'select concat_ws('' '', total ->> ''pending_requests'', total ->> ''before_reminder'', total ->> ''reminded_once'',
    total ->> ''reminded_twice'', total ->> ''reminded_thrice'') from pass.expiries(''2026-11-01'', ''2027-12-01'', ''month'', ''2026-11-25'')'),
    '7 2 2 2 1', 'waiting requests by age: reminders after 10, 20 and 30 days');
select is(tap.attempt('NATIONAL', 'select as_of from pass.expiries(null, null, ''month'', ''2026-11-25'')'), '2026-11-23', 'counts are of a Monday');
select is(tap.attempt('NATIONAL', 'select as_of from pass.expiries(''2026-02-01'', ''2026-01-31'', ''month'', ''2026-11-25'')'),
    'MA001 expiries_dates_order', 'months the wrong way round');
select is(tap.attempt('NATIONAL', 'select as_of from pass.expiries(''2026-01-01'', ''2031-01-01'', ''month'', ''2026-11-25'')'),
    'MA001 expiries_period_length', 'more than sixty months');
select is(tap.attempt('NATIONAL', 'select count(*) from pass.expiry_pieces(''2026-01-01'', ''2026-12-31'', ''kind'')'),
    '42501', 'nobody asks for the counts behind');
select is(tap.attempt('NATIONAL', 'select count(*) from pass.expiry_count'), '42501', 'nor for the summary');

select * from finish();
rollback;
