-- What lists cost less for: the same checks, the same rows, the same names, for each caller.
\ir fixture.inc
select plan(23);

grant usage on schema tap to maillage_app;

-- --- checks of rows at hand are those of vacation.checks ---
insert into vacation.convention (id, year, name, envelope_cents, opens_on, closes_on, voucher_unit_cents, aids_per_person_year,
    quotient_ceiling_cents, max_share_percent, min_nights, warning_rules)
values ('c0000000-0000-7000-8000-000000000009', 2027, 'Convention', 1000000, '2020-01-01', '2099-12-31', 1000, 1, 60000, 60, 3, '{QUOTIENT}');
create function pg_temp.create(caller text, member uuid, quotient integer) returns text language sql as $$
    select tap.attempt(caller, format('select id from vacation.create_project(%L)', jsonb_build_object(
        'convention_id', 'c0000000-0000-7000-8000-000000000009', 'member_id', member, 'stay_kind', 'INDIVIDUAL',
        'departs_on', '2098-08-01', 'returns_on', '2098-08-08', 'place', 'Brest',
        'beneficiaries', jsonb_build_array(jsonb_build_object('role', 'EMPLOYEE', 'given_name', 'Camille', 'family_name', 'Essai',
            'birth_date', '1980-01-01', 'family_quotient_cents', quotient)),
        'budget_lines', jsonb_build_array(jsonb_build_object('side', 'COST', 'kind', 'LODGING', 'planned_cents', 50000),
            jsonb_build_object('side', 'FUNDING', 'kind', 'ANCV', 'planned_cents', 40500)))), true) $$;
select matches(pg_temp.create('STRUCTURE', :A, 50000), '^[0-9a-f-]{36}$', 'a project under most rules');
select matches(pg_temp.create('NATIONAL', :C, 70000), '^[0-9a-f-]{36}$', 'one that breaks some');
select is(tap.attempt(c, 'select bool_and(v.checks = vacation.checks_json(v.id)) from vacation.projects v'), 'true', c || ' is told the same')
from unnest('{NATIONAL,BRETAGNE,STRUCTURE}'::text[]) c;
select is(tap.attempt(c, $$select coalesce(string_agg(k ->> 'value', ' ' order by k ->> 'value'), 'none') from vacation.projects v, jsonb_array_elements(v.checks) k
    where k ->> 'rule' = 'QUOTIENT'$$), told, c || ': quotients for those who judge them')
from (values ('NATIONAL', '50000 70000'), ('BRETAGNE', 'none'), ('STRUCTURE', '50000')) v (c, told);
select is(tap.attempt('NATIONAL', $$select count(distinct k ->> 'severity') from vacation.projects v, jsonb_array_elements(v.checks) k$$), '2',
    'severities come from the convention');

-- --- what hangs on a project follows it ---
select is(tap.attempt(c, 'select count(*) from vacation.budget_line'), told, c || ' sees the lines of its projects')
from (values ('NATIONAL', '4'), ('BRETAGNE', '2'), ('STRUCTURE', '2'), ('PACA', '2'), ('PARTNER', '0')) v (c, told);

-- --- enrolments: the conditions of the policy are training.sees_enrolment, row by row ---
insert into training.course (id, code, title, starts_on) values ('c0000000-0000-7000-8000-000000000008', 'TAP-9', 'Action', '2020-01-01');
insert into training.session (id, course_id, kind, state, delegation_id)
select ('5e000000-0000-7000-8000-00000000009' || n)::uuid, 'c0000000-0000-7000-8000-000000000008', 'INTER', 'OPEN', d
from (values (1, null::uuid), (2, (select id from network.delegation where slug = 'bretagne'))) v (n, d);
insert into training.person (id) select ('9e000000-0000-7000-8000-00000000009' || n)::uuid from generate_series(1, 8) n;
insert into training.enrolment (session_id, person_id, member_id)
select s.id, ('9e000000-0000-7000-8000-00000000009' || row_number() over (order by s.id, m))::uuid, m
from training.session s cross join (values (:A::uuid), (:B::uuid), (:C::uuid), (null)) v (m)
where s.course_id = 'c0000000-0000-7000-8000-000000000008';
create function tap.seen() returns uuid[] language sql stable security definer as $$
    select array_agg(e.id order by e.id) filter (where training.sees_enrolment(e.session_id, e.member_id)) from training.enrolment e $$;
select is(tap.attempt(c, $$select (select array_agg(e.id order by e.id) from training.enrolment e) is not distinct from tap.seen()$$), 'true',
    c || ' sees what the question answers')
from unnest('{NATIONAL,BRETAGNE,PACA,STRUCTURE,PARTNER,ANONYMOUS}'::text[]) c;
select is(tap.attempt('BRETAGNE', 'select count(*) from training.enrolment'), '6', 'its session, and its members elsewhere');
select is(tap.attempt('STRUCTURE', 'select count(*) from training.enrolment'), '2', 'a structure its people');

select is(tap.attempt('STRUCTURE', 'select count(*) from training.person'), '2', 'and their names');

select * from finish();
rollback;
