-- The calendar of PASS: whose lines, which milestones, what raises the sequence.
\ir fixture.inc

create temporary table feed (caller text, member_id uuid, delegation_id uuid);
insert into feed values ('STRUCTURE', :A, null), ('BRETAGNE', null, 'd0000000-0000-7000-8000-000000000053'),
    ('PACA', null, 'd0000000-0000-7000-8000-000000000093');
create function pg_temp.events(of_caller text, what text) returns text language sql as $$
    select tap.attempt(of_caller, format('select coalesce(string_agg(distinct %s, '' '' order by %1$s), ''none'') from calendar.events_passes(
        row(''0f000000-0000-7000-8000-000000000001'', 1, now(), now(), ''1'', ''X'', ''X'', %L, %L, ''x'', null, null)::calendar.link) e', what, f.delegation_id, f.member_id))
    from feed f where f.caller = of_caller $$;
create function pg_temp.add_pass(id uuid, member uuid, ends_on date) returns void language sql as $$
    insert into pass.pass (id, member_id, siae_kind, number_hash, number_last4, starts_on, initial_ends_on, birth_year)
    values (id, member, 'AI', sha256(convert_to(id::text, 'UTF8')), '0000', ends_on - 729, ends_on, 1931) $$;

select plan(12);

select pg_temp.add_pass('0e000000-0000-7000-8000-00000000000a', :A, engine.today() + 100),
    pg_temp.add_pass('0e000000-0000-7000-8000-00000000000b', :B, engine.today() + 100),
    pg_temp.add_pass('0e000000-0000-7000-8000-00000000000c', :C, engine.today() + 100) \g /dev/null

select is(pg_temp.events('STRUCTURE', 'left(e.uid, 36)'), '0e000000-0000-7000-8000-00000000000a', 'a structure follows its own lines');
select is(pg_temp.events('BRETAGNE', 'left(e.uid, 36)'), 'none', 'a delegation none that is not shared');
update pass.sharing set shares_lines = true where member_id in (:B, :C);
select is(pg_temp.events('BRETAGNE', 'left(e.uid, 36)'), '0e000000-0000-7000-8000-00000000000b', 'a shared one of its territory');
select is(pg_temp.events('PACA', 'left(e.uid, 36)'), '0e000000-0000-7000-8000-00000000000c', 'not one of another');
select is(pg_temp.events('STRUCTURE', 'substr(e.uid, 38)'), 'end_in_30_days end_in_90_days ends window_closes window_closes_soon',
    'milestones from a month back to two years ahead');
select is(pg_temp.events('STRUCTURE', '(e.starts_on - engine.today() || ''/'' || e.ends_on - e.starts_on)') ~ '100/0', true, 'each of one day');
select pg_temp.events('STRUCTURE', 'e.sequence::text') as before \gset
insert into pass.prolongation_request (pass_id, starts_on, ends_on, reason, siae_kind, requested_on)
values ('0e000000-0000-7000-8000-00000000000a', engine.today() + 100, engine.today() + 200, 'RQTH', 'AI', engine.today() - 5);
update pass.pass set changed_in = '3' where member_id = :A;
select is(pg_temp.events('STRUCTURE', 'substr(e.uid, 38)') ~ 'request_10_days request_20_days request_30_days', true, 'a request brings its three');
select ok(pg_temp.events('STRUCTURE', 'e.sequence::text')::integer >= :before, 'the sequence never falls');
insert into pass.rule (key, value, unit, valid_from, title) values ('CALENDAR_TEST', 1, 'DAYS', engine.today(), 'Règle d’essai');
select is(pg_temp.events('STRUCTURE', 'e.sequence::text')::integer > :before, true, 'a rule in force from today raises it');
select is((select count(*) from unnest(pass.milestone_codes()) c where calendar.pass_milestone_title(c) is null), 1::bigint,
    'every milestone but the first day has its words');
select is(pg_temp.events('STRUCTURE', 'e.summary || e.description') ~ 'Relais|1931|0000 ', false, 'no name, no year, no number');
select is((select array_agg(distinct callers::text order by callers::text) from calendar.kind where function_name = 'events_passes'),
    '{"{DELEGATION}","{STRUCTURE}"}'::text[], 'for structures and delegations only');

select * from finish();
rollback;
