-- Bulk import of members: modes, conflicts, keys, refusals, sweep.
\ir fixture.inc
create function pg_temp.import(caller text, members jsonb, mode text default 'atomic', on_conflict text default 'fail', by_key text default 'siret_kind',
    on_missing text default 'keep', max_removed integer default null, dry_run boolean default false) returns jsonb language plpgsql as $$
declare answer text;
begin
    answer := tap.attempt(caller, format('select network.import_members(%L, %L, %L, %L, %L, %L, %L)',
        (select jsonb_agg(jsonb_build_object('row', n, 'line', n + 1, 'data', m)) from jsonb_array_elements(members) with ordinality e (m, n)),
        mode, on_conflict, by_key, on_missing, max_removed, dry_run), true);
    return case when answer ~ '^\{' then answer::jsonb else to_jsonb(answer) end;
end $$;
create function pg_temp.figures(report jsonb) returns text language sql as
$$ select string_agg(key || ' ' || value, ', ' order by key) from jsonb_each_text(report -> 'summary') where value <> '0' $$;
create function pg_temp.refused(report jsonb) returns text language sql as
$$ select string_agg(concat_ws(' ', r ->> 'row', r ->> 'line', r ->> 'status', r #>> '{errors,0,code}'), ', ' order by (r ->> 'row')::integer)
   from jsonb_array_elements(report -> 'rows') r where (r ->> 'status')::integer >= 400 $$;
create function pg_temp.stored() returns bigint language sql as $$ select count(*) from network.member where name like 'Import%' $$;
create temporary table file as select '[
    {"siret": "130 030 133 00016", "kind": "AI", "name": "Import un", "commune_code": "35238", "joined_on": "2024-01-01"},
    {"siret": "13003013300016", "kind": "ACI", "name": "Import deux", "commune_code": "35238"},
    {"siret": "35600000009075", "kind": "AI", "name": "Import trois", "commune_code": "35238"}]'::jsonb as members;
create temporary table faulty as select members || '[
    {"siret": "35600000009075", "kind": "EI", "name": "Import quatre", "commune_code": "99999"},
    {"siret": "35600000009075", "kind": "ETTI", "name": "x", "commune_code": "35238"},
    {"siret": "35600000009075", "kind": "OF", "name": "Import cinq", "commune_code": "2A004"},
    {"siret": "35600000009075", "kind": "OSP", "name": "Import six", "commune_code": "13055"}]' as members from file;
select plan(34);

-- atomic
select is(pg_temp.refused(pg_temp.import('BRETAGNE', members)), '4 5 422 member_commune_known, 5 6 422 member_name_length, 6 7 422 delegation_required, 7 8 403 outside_territory',
    'atomic: every refused row is named') from faulty;
select is(pg_temp.stored(), 0::bigint, 'and nothing is stored');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members, dry_run => true)), 'created 3, received 3', 'a dry run says what would be') from file;
select is(pg_temp.stored(), 0::bigint, 'and stores nothing');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members, 'per_row', dry_run => true)), 'created 3, failed 4, received 7', 'with refused rows as well') from faulty;
select is((select count(*)::integer from audit.change where record_type = 'MEMBER' and request_id = 'pgtap'), 0, 'not even history');
-- per row
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members, 'per_row')), 'created 3, failed 4, received 7', 'row by row') from faulty;
select is(pg_temp.stored(), 3::bigint, 'the good ones are stored');
select is((select status || ' ' || delegation_name || ' ' || joined_on from network.member_at(engine.today()) where name = 'Import un'), 'ACTIVE Bretagne 2024-01-01', 'with delegation and membership');
-- conflicts
select is(pg_temp.refused(pg_temp.import('BRETAGNE', members)), '1 2 409 member_siret_kind_key, 2 3 409 member_siret_kind_key, 3 4 409 member_siret_kind_key', 'fail: taken') from file;
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members, on_conflict => 'skip')), 'received 3, skipped 3', 'skip: left alone') from file;
update network.member set changed_in = '3' where name like 'Import%';
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members, on_conflict => 'merge')), 'received 3, unchanged 3', 'merge: unchanged') from file;
select is((select max(version) from network.member where name like 'Import%'), 1, 'versions stay');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', '[{"siret": "13003013300016", "kind": "AI", "brand": "Enseigne"}]', on_conflict => 'merge')), 'received 1, updated 1', 'merge: what is absent stays');
select is((select name || ' ' || brand || ' ' || version from network.member where kind = 'AI' and siret = '13003013300016'), 'Import un Enseigne 2', 'one version more');
select is(pg_temp.refused(pg_temp.import('PACA', '[{"siret": "13003013300016", "kind": "AI", "brand": "x"}]', on_conflict => 'merge')), '1 2 409 member_siret_kind_key', 'a key taken elsewhere is taken, no more is said');
select is(pg_temp.refused(pg_temp.import('BRETAGNE', '[{"siret": "13003013300016", "kind": "AI", "email": "x"}]', on_conflict => 'merge')), '1 2 422 member_email_form', 'a refused merge');
-- keys
select is(pg_temp.refused(pg_temp.import('BRETAGNE', '[{"siret": "13003013300016", "kind": "EI", "name": "Import a"}, {"name": "Import b", "kind": "EI", "siret": "130 030 133 00016"}]')), '1 2 409 import_key_twice, 2 3 409 import_key_twice', 'two rows of one key: both are named');
select is(pg_temp.import('BRETAGNE', '[{"siret": "13003013300016", "kind": "AI", "brand": "A"}, {"siret": "13003013300016", "kind": "AI", "brand": "B"}]', on_conflict => 'merge') #>> '{rows,0,notes,0}', 'Remplacée par la ligne 2, de même clé.', 'merge: the last one counts, and that is said');
select is((select brand from network.member where kind = 'AI' and siret = '13003013300016'), 'B', 'it does');
update network.member set changed_in = '3' where id = :A;
select is(pg_temp.figures(pg_temp.import('BRETAGNE', jsonb_build_array(jsonb_build_object('id', :A, 'brand', 'Par id')), on_conflict => 'merge', by_key => 'id')), 'received 1, updated 1', 'by id');
select is(pg_temp.refused(pg_temp.import('BRETAGNE', jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'name', 'Import x', 'kind', 'AI')), by_key => 'id')), '1 2 404 not-found', 'an unknown id');
select is(pg_temp.refused(pg_temp.import('BRETAGNE', jsonb_build_array(jsonb_build_object('id', :C, 'brand', 'x')), on_conflict => 'merge', by_key => 'id')) ~ '^1 2 4', true, 'or that of another territory');
select is(pg_temp.import('BRETAGNE', '[{"kind": "AI"}]') #> '{rows,0,errors}', '[{"code": "required", "pointer": "/name"}]'::jsonb, 'a new member needs a name');
-- who may
select is(pg_temp.refused(pg_temp.import('STRUCTURE', '[{"siret": "13003013300016", "kind": "GES", "name": "Import y", "commune_code": "35238"}]')), '1 2 403 not_yours_to_change', 'a structure imports nothing');
-- sweep
select is(pg_temp.import('BRETAGNE', '[{"siret": "73282932000074", "kind": "AI"}]', on_conflict => 'merge', on_missing => 'tombstone', max_removed => 3)::text, '"MA001 sweep_too_large"', 'a sweep beyond its bound');
select is((select count(*)::integer from network.member where deleted_at is null), 7, 'removes nothing');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', '[{"siret": "73282932000074", "kind": "AI"}]', on_conflict => 'merge', on_missing => 'tombstone', max_removed => 4, dry_run => true)), 'received 1, removed 4, unchanged 1', 'tried');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', '[{"siret": "73282932000074", "kind": "AI"}]', on_conflict => 'merge', on_missing => 'tombstone', max_removed => 4)), 'received 1, removed 4, unchanged 1', 'and done');
select is(tap.attempt('BRETAGNE', 'select count(*) from network.member'), '1', 'what was not in the file is gone');
select is(tap.attempt('PACA', 'select count(*) from network.member'), '2', 'in the own territory only');
select is((select count(*)::integer from network.membership p join network.member m on m.id = p.member_id where m.name in ('Relais B', 'Import un') and p.ends_on = engine.today() - 1), 2, 'memberships end, so that past figures stay');
select is(pg_temp.figures(pg_temp.import('BRETAGNE', members)), 'created 3, received 3', 'the key of a removed member is free') from file;
select is(tap.attempt('NATIONAL', format('select count(*) from engine.import_rejects(%L)', gen_random_uuid())), '0', 'an unknown import');
select * from finish();
rollback;
