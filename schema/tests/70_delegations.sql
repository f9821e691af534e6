-- Delegations, successions, assignments, appointments: worked examples 15, 51, 52.
\ir fixture.inc
select plan(35);
create function pg_temp.counted(as_of date) returns table (name text, members bigint) language sql as
$$ select delegation_name collate "default", count(*) from network.member_at(as_of) where status = 'ACTIVE' and region_code = '84' group by 1 order by 1 $$;

-- example 15: two members of the former map, one after it
select is(tap.attempt('NATIONAL', $$select delegation_name from network.create_member('{"siret": "13003013300016", "name": "Volcan", "kind": "AI", "commune_code": "63113", "joined_on": "2011-05-01"}')$$, true), 'Auvergne-Rhône-Alpes', 'today in the merged one');
select is(tap.attempt('NATIONAL', $$select delegation_name from network.create_member('{"siret": "35600000009075", "name": "Confluence", "kind": "AI", "commune_code": "69123", "joined_on": "2012-01-01"}')$$, true), 'Auvergne-Rhône-Alpes', 'the other too');
select results_eq($$select * from pg_temp.counted('2012-12-31')$$, $$values ('Auvergne', 1::bigint), ('Rhône-Alpes', 1)$$, 'example 15: the old map by body');
select results_eq($$select * from pg_temp.counted('2023-12-31')$$, $$values ('Auvergne-Rhône-Alpes', 2::bigint)$$, 'example 15: the new map, the same total');
select is((select bool_and(not out_of_region) from network.member_at('2012-12-31') where name in ('Volcan', 'Confluence')), true, 'nobody was out of region then');
select is((select count(*)::integer from network.member_delegation d join network.member m on m.id = d.member_id where m.name = 'Volcan'), 2, 'by dated rows');
select is(reference.region_of('63', '2015-12-31') || reference.region_of('63', '2016-01-01'), '8384', 'regions changed on 2016-01-01');
select is((select jsonb_array_length(region_codes) from network.delegation_at('2012-12-31') where slug = 'auvergne'), 1, 'territory of a former body on a former day');
select is(network.covers('d0000000-0000-7000-8000-000000000083', '{84}', '2012-12-31'), true, 'a former part of the region asked for');

-- example 52
select is(tap.attempt('NATIONAL', $$select network.create_delegation('{"slug": "seconde", "name": "Seconde", "legal_form": "ANTENNA", "starts_on": "2020-01-01", "regions": [{"region_code": "84", "starts_on": "2020-01-01"}]}')$$), '23P01 delegation_region_overlap', 'example 52: one delegation of a region on any day');
select is((select region_codes from network.delegation_at(engine.today()) where slug = 'ocean-indien'), '["04", "06"]'::jsonb, 'example 52: Océan Indien holds two regions');
select is(tap.attempt('BRETAGNE', $$select network.create_delegation('{"slug": "xxx", "name": "Xxx", "legal_form": "ANTENNA", "starts_on": "2020-01-01"}')$$), '42501', 'only the federation makes delegations');

-- a merger to come: PACA and Bretagne become one
update network.member set changed_in = '3';   -- as if they came from an earlier transaction
create temporary table before as select id, version from network.member;
select is(tap.attempt('NATIONAL', $$select concat_ws(' ', slug, jsonb_array_length(regions), jsonb_array_length(predecessors)) from network.create_delegation('{"slug": "littoral", "name": "Littoral", "legal_form": "ASSOCIATION",
    "starts_on": "2027-01-01", "regions": [{"region_code": "53", "starts_on": "2027-01-01"}, {"region_code": "93", "starts_on": "2027-01-01"}],
    "predecessors": [{"delegation_id": "d0000000-0000-7000-8000-000000000053", "succeeded_on": "2027-01-01"}, {"delegation_id": "d0000000-0000-7000-8000-000000000093", "succeeded_on": "2027-01-01"}]}')$$, true),
    'littoral 2 2', 'a new body takes two over');
select results_eq($$select delegation_name collate "default", count(*) from network.member_at('2026-12-31') where name like 'Relais %' group by 1 order by 1$$, $$values ('Bretagne', 2::bigint), ('Provence-Alpes-Côte d''Azur', 2)$$, 'nothing changes before');
select results_eq($$select delegation_name collate "default", count(*) from network.member_at('2027-01-01') where name like 'Relais %' group by 1$$, $$values ('Littoral', 4::bigint)$$, 'all have moved on the day');
select is((select reason from network.member_delegation d where member_id = :D and starts_on = '2027-01-01'), 'Suivie par PACA', 'the reason goes along');
select is((select ends_on from network.delegation where slug = 'bretagne'), '2026-12-31'::date, 'the former bodies end');
select is((select bool_and(m.version = b.version + 1) from before b join network.member m using (id) where m.name like 'Relais %'), true, 'members have one new version');
select is((select successors -> 0 ->> 'name' from network.delegation_at(engine.today()) where slug = 'bretagne'), 'Littoral', 'who followed is told');

-- assignments
select is(tap.attempt('NATIONAL', format($$select starts_on || ' ' || ends_on from network.assign_delegation(%L, '{"delegation_id": "d0000000-0000-7000-8000-000000000004", "starts_on": "2015-01-01", "ends_on": "2015-06-30", "reason": "Essai"}')$$, :A), true), '2015-01-01 2015-06-30', 'a bounded assignment');
select results_eq(format('select starts_on, ends_on from network.member_delegation where member_id = %L order by 1', :A),
    $$values ('2010-01-01'::date, '2014-12-31'::date), ('2015-01-01', '2015-06-30'), ('2015-07-01', '2026-12-31'), ('2027-01-01', null)$$, 'cuts the former one in two');
select is(network.is_covered(:A), true, 'no day is left without');
select is(tap.attempt('NATIONAL', format($$select is_primary from network.assign_delegation(%L, '{"delegation_id": "d0000000-0000-7000-8000-000000000004", "starts_on": "2020-01-01", "is_primary": false}')$$, :A), true), 'false', 'a second one beside it');
select is((select delegation_name from network.member_at('2021-01-01') where id = :A), 'Bretagne', 'does not count');

-- a commune of another region
select is(tap.attempt('NATIONAL', format($$select delegation_name from network.update_member(%L, (select version from network.member where id = %1$L), '{"commune_code": "69123"}')$$, :B), true), 'Auvergne-Rhône-Alpes', 'a member that moves follows the region');
select is(tap.attempt('NATIONAL', format($$select network.update_member(%L, (select version from network.member where id = %1$L), '{"commune_code": "2A004"}')$$, :B)), 'MA001 delegation_required', 'not to a region without delegation');
select is(tap.attempt('PACA', format($$select network.update_member(%L, (select version from network.member where id = %1$L), '{"commune_code": "35238"}')$$, :C)), 'MA001 not_yours_to_change', 'a delegation does not move members by their address');

-- example 51
select is(tap.attempt('NATIONAL', $$select given_name from network.create_appointment('{"person_id": "ee000000-0000-7000-8000-000000000001", "nature": "MANDATE", "body": "BUREAU", "role": "TREASURER", "starts_on": "2023-01-01"}')$$, true), 'Une', 'one person, several mandates');
create function pg_temp.holds(as_of date, of_nature text) returns bigint language sql as
$$ select count(*) from network.appointment where starts_on <= as_of and (ends_on is null or as_of <= ends_on) and nature = of_nature $$;
update network.appointment set ends_on = '2026-06-30' where nature = 'EMPLOYMENT' and person_id = 'ee000000-0000-7000-8000-000000000001';
select is(pg_temp.holds('2026-06-30', 'EMPLOYMENT'), 2::bigint, 'example 51: two employees on the last day');
select is(pg_temp.holds('2026-07-01', 'EMPLOYMENT'), 1::bigint, 'one after it');
select is(pg_temp.holds('2026-07-01', 'MANDATE'), 2::bigint, 'example 51: the mandates stay');
select is(tap.attempt('BRETAGNE', $$select body from network.create_appointment('{"given_name": "Nouvelle", "family_name": "Personne", "nature": "EMPLOYMENT", "body": "DELEGATION_TEAM", "role": "PROJECT_OFFICER", "delegation_id": "d0000000-0000-7000-8000-000000000053", "starts_on": "2026-01-01"}')$$), 'DELEGATION_TEAM', 'a delegation enters its team');
select is(tap.attempt('BRETAGNE', $$select network.create_appointment('{"given_name": "Nouvelle", "family_name": "Personne", "nature": "MANDATE", "body": "BOARD", "role": "MEMBER", "starts_on": "2026-01-01"}')$$), 'MA001 outside_territory', 'not the board');
select is((select team from network.delegation_counts('d0000000-0000-7000-8000-000000000053', '2026-06-30')), 1, 'size of a team on a day');
select is((select team from network.delegation_counts('d0000000-0000-7000-8000-000000000053', '2026-07-01')), 0, 'and the day after');
select * from finish();
rollback;
