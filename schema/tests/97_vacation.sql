-- Vacation aid in the database: who sees and writes what, whoever writes; the envelope, vouchers, people, the purge.
\ir fixture.inc
select plan(46);

insert into vacation.convention (id, year, name, envelope_cents, opens_on, closes_on, voucher_unit_cents, aids_per_person_year)
values ('c0000000-0000-7000-8000-000000000001', 2027, 'Convention', 100000, '2020-01-01', '2099-12-31', 1000, 1);
\set K '''c0000000-0000-7000-8000-000000000001'''
create function pg_temp.body(member uuid, cents bigint, family text, country text default 'FR') returns jsonb language sql as $$
    select jsonb_build_object('convention_id', 'c0000000-0000-7000-8000-000000000001', 'member_id', member, 'stay_kind', 'INDIVIDUAL', 'country_code', country,
        'departs_on', '2098-08-01', 'returns_on', '2098-08-08', 'place', 'Brest', 'provider_accepts_vouchers', true,
        'beneficiaries', jsonb_build_array(jsonb_build_object('role', 'EMPLOYEE', 'given_name', 'Camille', 'family_name', family, 'birth_date', '1980-01-01', 'family_quotient_cents', 50000)),
        'budget_lines', jsonb_build_array(jsonb_build_object('side', 'COST', 'kind', 'LODGING', 'planned_cents', cents * 2),
            jsonb_build_object('side', 'FUNDING', 'kind', 'ANCV', 'planned_cents', cents), jsonb_build_object('side', 'FUNDING', 'kind', 'CAF', 'planned_cents', cents))) $$;
create function pg_temp.create(caller text, member uuid, cents bigint, family text) returns text language sql as
$$ select tap.attempt(caller, format('select id from vacation.create_project(%L)', pg_temp.body(member, cents, family)), true) $$;
create function pg_temp.act(caller text, project text, action text, body jsonb default '{}') returns text language sql as
$$ select tap.attempt(caller, format('select state from vacation.act(%L, (select version from vacation.project where id = %1$L), %L, %L)', project, action, body), true) $$;
create function pg_temp.move(caller text, project text, kind text, cents bigint) returns text language sql as
$$ select tap.attempt(caller, format('select kind from vacation.move_vouchers(%L, %L)', project, jsonb_build_object('kind', kind, 'amount_cents', cents)), true) $$;

-- who writes
select pg_temp.create('STRUCTURE', :A, 60000, 'Premier') as p1 \gset
select pg_temp.create('NATIONAL', :C, 60000, 'Second') as p2 \gset
select matches(:'p1'::text, '^[0-9a-f-]{36}$', 'a structure prepares its own');
select matches(:'p2'::text, '^[0-9a-f-]{36}$', 'the federation prepares for any');
select is(pg_temp.create('STRUCTURE', :B, 60000, 'Autre'), 'MA001 outside_territory', 'a structure not for another');
select is(pg_temp.create('BRETAGNE', :A, 60000, 'Autre'), 'MA001 not_yours_to_change', 'a delegation prepares none');
select is(pg_temp.create('NATIONAL', :X, 60000, 'Autre'), 'MA001 vacation_project_member_known', 'a removed structure asks for nothing');
select is(tap.attempt('STRUCTURE', 'update vacation.project set state = ''APPROVED'''), '42501', 'nobody writes past the functions: projects');
select is(tap.attempt('NATIONAL', 'insert into vacation.voucher_move (project_id, kind, amount_cents, moved_on) select id, ''RETURNED'', 1, ''2026-01-01'' from vacation.project'), '42501', 'nor vouchers');
select is(tap.attempt('NATIONAL', 'delete from vacation.event'), '42501', 'nor the trace');
select is(tap.attempt('STRUCTURE', 'select vacation.purge_identities(10)'), '42501', 'the purge is no caller''s');
select is(tap.attempt('STRUCTURE', format('select year from vacation.create_convention(%L)', '{"year": 2030, "name": "Essai", "envelope_cents": 1, "opens_on": "2030-01-01", "closes_on": "2030-12-31"}')), 'MA001 not_yours_to_change', 'conventions are for the federation');

-- who sees
select is(tap.attempt('STRUCTURE', 'select count(*) from vacation.project'), '1', 'a structure sees its own');
select is(tap.attempt('BRETAGNE', 'select count(*) from vacation.project'), '1', 'a delegation those of its members');
select is(tap.attempt('PACA', format('select count(*) from vacation.project where id = %L', :'p1')), '0', 'and no other');
select is(tap.attempt('NATIONAL', 'select count(*) from vacation.project'), '2', 'the federation all');
select is(tap.attempt('PARTNER', 'select count(*) from vacation.project'), '0', 'a partner none');
select is(tap.attempt('PARTNER', 'select count(*) from vacation.convention'), '0', 'nor a convention');
select is(tap.attempt('STRUCTURE', 'select family_name from vacation.beneficiaries'), 'Premier', 'the structure reads the name');
select is(tap.attempt('NATIONAL', format('select family_quotient_cents from vacation.beneficiaries where project_id = %L', :'p2')), '50000', 'the reviewer the quotient');
select is(tap.attempt('BRETAGNE', 'select coalesce(family_name, ''none'') from vacation.beneficiaries'), 'none', 'the delegation not');
select is(tap.attempt('BRETAGNE', 'select count(*) from vacation.identity'), '0', 'not even sealed');
select is(tap.attempt('NATIONAL', 'select count(*) from vacation.person_key'), '42501', 'nobody reads the keys of persons');

-- the workflow
select is(pg_temp.act('STRUCTURE', :'p1', 'APPROVE'), 'MA001 vacation_state', 'a draft is not approved');
select is(pg_temp.act('STRUCTURE', :'p1', 'SUBMIT'), 'SUBMITTED', 'submitted');
select is(pg_temp.act('STRUCTURE', :'p1', 'APPROVE'), 'MA001 not_yours_to_change', 'not by the structure itself');
select is(pg_temp.act('BRETAGNE', :'p1', 'CANCEL', '{"reason": "Essai"}'), 'MA001 not_yours_to_change', 'nor cancelled by the delegation');
select is(pg_temp.act('NATIONAL', :'p1', 'REFUSE'), 'MA001 vacation_reason_required', 'no refusal without a reason');
select is(pg_temp.act('NATIONAL', :'p1', 'APPROVE'), 'APPROVED', 'approved');
select is(pg_temp.act('NATIONAL', :'p2', 'SUBMIT'), 'SUBMITTED', 'the second');
select is(pg_temp.act('NATIONAL', :'p2', 'APPROVE'), 'WAITLISTED_BUDGET', 'example 44: it waits for budget');
select is(vacation.left_for(:K, null), 40000::bigint, 'what is left');

-- whoever writes
select is(tap.refusal(format('update vacation.project set state = ''APPROVED'', granted_cents = 60000, decided_at = now() where id = %L', :'p2')), 'vacation_envelope_exceeded', 'the envelope holds for the owner too');
select is(tap.refusal('update vacation.convention set envelope_cents = 59999'), 'vacation_envelope_exceeded', 'nor is it lowered below what is granted');
select is(tap.refusal(format('insert into vacation.quota values (%L, %L, 59999)', :K, 'd0000000-0000-7000-8000-000000000053')), 'vacation_envelope_exceeded', 'nor a quota set below');
select is(tap.refusal(format('insert into vacation.budget_line (project_id, side, kind, planned_cents) values (%L, ''COST'', ''FOOD'', 1)', :'p1')), 'vacation_state', 'a granted budget stands still');
select is(tap.refusal(format('insert into vacation.voucher_move (project_id, kind, amount_cents, moved_on) values (%L, ''DELIVERED'', 1, ''2026-01-01'')', :'p1')), 'vacation_voucher_over_order', 'nothing delivered that was not ordered');
select is(tap.refusal('update vacation.convention set warning_rules = ''{BUDGET_BALANCE}'''), 'vacation_convention_warnings_known', 'a balanced budget is no matter of choice');

-- money comes back
select is(pg_temp.move('NATIONAL', :'p1', 'ORDERED', 60000), 'ORDERED', 'ordered');
select is(pg_temp.move('NATIONAL', :'p1', 'DELIVERED', 20000), 'DELIVERED', 'a part delivered');
select is(pg_temp.act('STRUCTURE', :'p1', 'CANCEL', '{"reason": "Essai"}'), 'CANCELLED', 'cancelled');
select is(vacation.left_for(:K, null), 80000::bigint, 'what was not delivered is back at once');
select is((select proposed_at is not null from vacation.project where id = :'p2'), true, 'example 45: the first in line is proposed');
select is(pg_temp.move('NATIONAL', :'p1', 'RETURNED', 20000), 'RETURNED', 'the rest when it is returned');
select is(vacation.left_for(:K, null), 100000::bigint, 'all is back');

-- the purge
update vacation.project set cancelled_at = now() - interval '366 days' where id = :'p1';
update vacation.project set state = 'CLOSED', granted_cents = 60000, decided_at = now(), closed_at = now() - interval '366 days' where id = :'p2';
select is(vacation.purge_identities(10), 2, 'two are due');
select is((select count(*) from vacation.identity), 0::bigint, 'no identity is left');
select is((select array_agg(project_id::text) from vacation.person_key), array[:'p2'], 'the key of the one who was helped is');
select * from finish();
rollback;
