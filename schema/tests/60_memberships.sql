-- Memberships and status on any day: worked examples 3, 5, 8, 9, 10, 11, grace, suspension.
\ir fixture.inc
select plan(48);
create function pg_temp.status(member uuid, as_of date) returns text language sql as
$$ select status from network.member_at(as_of) where id = member $$;
create function pg_temp.created(caller text, body jsonb) returns text language sql as
$$ select tap.attempt(caller, format('select concat_ws('' '', siret, siren, status, delegation_name, out_of_region, joined_on) from network.create_member(%L)', body), true) $$;

-- example 2 and 3
select is(pg_temp.created('BRETAGNE', '{"siret": "130 030 133 00016", "name": "Cap", "kind": "AI", "commune_code": "35238", "joined_on": "2024-01-01"}'),
    '13003013300016 130030133 ACTIVE Bretagne f 2024-01-01', 'example 2: blanks are left out, the SIREN follows');
select is(pg_temp.created('BRETAGNE', '{"siret": "13003013300016", "name": "Cap", "kind": "ACI", "commune_code": "35238"}'),
    '13003013300016 130030133 APPLICANT Bretagne f', 'example 3: another kind on the same SIRET');
select is(pg_temp.created('BRETAGNE', '{"siret": "13003013300016", "name": "Cap bis", "kind": "AI", "commune_code": "35238"}'),
    '23505 member_siret_kind_key', 'example 3: not the same kind twice');
select is((select count(*)::integer from network.organisation where siren = '130030133'), 1, 'one legal person for both');
-- example 5
select is(pg_temp.created('NATIONAL', '{"siret": "35600000009075", "name": "Isula", "kind": "ACI", "commune_code": "2A004", "postal_code": "20000", "joined_on": "2024-01-01"}'),
    'MA001 delegation_required', 'example 5: Corse has no delegation');
select is(pg_temp.created('NATIONAL', '{"siret": "35600000009075", "name": "Isula", "kind": "ACI", "commune_code": "2A004", "joined_on": "2024-01-01", "delegation_id": "d0000000-0000-7000-8000-000000000093"}'),
    'MA001 delegation_reason_required', 'example 5: a choice needs a reason');
select is(pg_temp.created('NATIONAL', '{"siret": "35600000009075", "name": "Isula", "kind": "ACI", "commune_code": "2A004", "joined_on": "2024-01-01", "delegation_id": "d0000000-0000-7000-8000-000000000093", "delegation_reason": "Voisine"}'),
    '35600000009075 356000000 ACTIVE Provence-Alpes-Côte d''Azur t 2024-01-01', 'example 5: counted in PACA, flagged out of region');
select is((select department_code || ' ' || region_code from network.member where name = 'Isula'), '2A 94', 'department and region from the commune');
select is((select count(*)::integer from network.member_delegation d join network.member m on m.id = d.member_id where m.name = 'Isula' and is_primary), 1, 'counted once');
select is(pg_temp.created('BRETAGNE', '{"siret": "20003452800014", "name": "Loin", "kind": "AI", "commune_code": "13055"}'), 'MA001 outside_territory', 'a delegation creates within its territory');
select is(pg_temp.created('BRETAGNE', '{"name": "Sans lieu", "kind": "AI"}'), 'APPLICANT Bretagne f', 'an applicant may lack SIRET and commune');
select is(pg_temp.created('BRETAGNE', '{"name": "Sans SIRET", "kind": "AI", "commune_code": "35238", "joined_on": "2024-01-01"}'), 'MA001 member_siret_required', 'a member may not');
select is(pg_temp.created('BRETAGNE', '{"siret": "40483304800022", "name": "Sans lieu", "kind": "EI", "joined_on": "2024-01-01"}'), 'MA001 member_commune_required', 'nor its commune');
select is(tap.attempt('STRUCTURE', $$select network.create_member('{"name": "Autre", "kind": "AI"}')$$), 'MA001 not_yours_to_change', 'a structure creates none');
select is(tap.attempt('PARTNER', $$select network.create_member('{"name": "Autre", "kind": "AI"}')$$), 'MA001 not_yours_to_change', 'nor a partner');

-- example 8
delete from network.membership where member_id = :A;
select is(tap.attempt('BRETAGNE', format($$select origin from network.add_membership(%L, '{"starts_on": "2021-01-01", "ends_on": "2022-12-31", "end_reason": "UNPAID"}')$$, :A), true), 'JOINED', 'the first period');
select is(tap.attempt('BRETAGNE', format($$select origin from network.add_membership(%L, '{"starts_on": "2024-01-01", "origin": "RENEWED"}')$$, :A)), 'MA001 membership_origin_contradicts', 'example 8: after a gap it is no renewal');
select is(tap.attempt('BRETAGNE', format($$select origin from network.add_membership(%L, '{"starts_on": "2024-01-01"}')$$, :A), true), 'REJOINED', 'example 8: but a return');
select is(pg_temp.status(:A, '2023-06-30'), 'ENDED', 'example 8: not a member in between');
select results_eq(format('select joined_on, first_joined_on, left_on from network.member_at(''2024-06-30'') where id = %L', :A),
    $$values ('2024-01-01'::date, '2021-01-01'::date, null::date)$$, 'example 8: continuous since 2024, first in 2021');
select results_eq(format('select joined_on, left_on from network.member_at(''2023-06-30'') where id = %L', :A), $$values ('2021-01-01'::date, '2022-12-31'::date)$$, 'and as of 2023');
select is((select origin from network.membership where member_id = :A and starts_on = '2021-01-01'), 'JOINED', 'the first stays the first');
-- example 9
select is(tap.attempt('BRETAGNE', format($$select network.add_membership(%L, '{"starts_on": "2022-12-31", "ends_on": "2023-03-31"}')$$, :A)), '23P01 membership_period_overlap', 'example 9: the last day counts');
select is(tap.attempt('BRETAGNE', format($$select origin from network.add_membership(%L, '{"starts_on": "2023-01-01", "ends_on": "2023-12-31"}')$$, :A), true), 'RENEWED', 'the day after does not overlap');
select is((select origin || ' ' || run_starts_on from network.membership where member_id = :A and starts_on = '2024-01-01'), 'RENEWED 2021-01-01', 'closing the gap turns the return into a renewal of one run');
select is(tap.attempt('BRETAGNE', format($$select origin from network.add_membership(%L, '{"starts_on": "2015-01-01", "ends_on": "2015-12-31", "origin": "MERGED"}')$$, :A), true), 'MERGED', 'a merger is taken as given');
select is((select origin from network.membership where member_id = :A and starts_on = '2021-01-01'), 'REJOINED', 'what was first is a return now');
-- examples 10 and 11
delete from network.membership where member_id = :B;
insert into network.membership (member_id, starts_on, ends_on) values (:B, '2027-01-01', '2027-12-31');
select is(pg_temp.status(:B, '2026-11-22'), 'APPLICANT', 'example 10: not active before its first day');
select is(pg_temp.status(:B, '2026-12-31'), 'APPLICANT', 'nor the day before');
select is(pg_temp.status(:B, '2027-01-01'), 'ACTIVE', 'example 10: active on it, with nothing having run');
select is(pg_temp.status(:B, '2027-12-31'), 'ACTIVE', 'example 11: active on the last day');
select is(pg_temp.status(:B, '2028-01-01'), 'GRACE', 'example 11: not on the day after');
select is(pg_temp.status(:B, date '2027-12-31' + 90), 'GRACE', 'the last day of grace');
select is(pg_temp.status(:B, date '2027-12-31' + 91), 'ENDED', 'and the day after');
update network.membership set end_reason = 'RESIGNED' where member_id = :B;
select is(pg_temp.status(:B, '2028-01-01'), 'ENDED', 'who resigns has no grace');
update network.membership set end_reason = null where member_id = :B;
update network.dated_setting set ends_on = '2027-12-31';
insert into network.dated_setting (name, value, starts_on) values ('grace_days', 10, '2028-01-01');
select is(pg_temp.status(:B, '2028-01-10'), 'GRACE', 'grace is that of the day asked for');
select is(pg_temp.status(:B, '2028-01-11'), 'ENDED', 'also its end');
select is((select left_on from network.member_at('2027-06-30') where id = :B), null, 'no last day while it runs');
-- suspension is a flag, not a status
select is((select status || ' ' || suspended from network.member_at('2024-06-30') where id = :C), 'ACTIVE true', 'suspended and active');
select is((select suspended from network.member_at('2023-12-31') where id = :C), false, 'not before');
-- a period that begins earlier than any assignment
select is(tap.attempt('PACA', format('update network.membership set starts_on = ''2005-03-01'' where member_id = %L', :C), true), '1 rows', 'a first day is corrected');
select is((select delegation_name from network.member_at('2005-03-01') where id = :C), 'Provence-Alpes-Côte d''Azur', 'the days before the first assignment go to the region''s delegation');
-- parts
select is((select is_siae from network.member where id = :A), true, 'an AI is a SIAE');
select is((select search @@ reference.search_query('REL rennes') from network.member where id = :A), true, 'found by the beginning of words, in any case');
select is((select search @@ reference.search_query('73282932 0000') from network.member where id = :A), true, 'and by the beginning of the SIRET, blanks left out');
select is((select search @@ reference.search_query('marseille') from network.member where id = :A), false, 'not by another commune');
select is((select warnings from network.member_at(engine.today()) where id = :A), '[]'::jsonb, 'nothing to look at');
select set_config('app.caller', '', true) \g /dev/null
update network.organisation set legal_category = '9210' where siren = '732829320';
select is((select warnings from network.member_at(engine.today()) where id = :A), '["LEGAL_CATEGORY_UNUSUAL", "RNA_MISSING"]'::jsonb, 'warnings are no errors');
select * from finish();
rollback;
