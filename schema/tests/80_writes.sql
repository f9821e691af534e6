-- Versions, saving, history: worked example 17 and what an ETag may rely on.
\ir fixture.inc
select plan(38);
create function pg_temp.patch(caller text, member uuid, version integer, body jsonb) returns text language sql as
$$ select tap.attempt(caller, format('select version from network.update_member(%L, %s, %L)', member, version, body), true) $$;
-- as if the transaction were a new one: a transaction raises a version once
create function pg_temp.later() returns void language sql as $$
    update network.member set changed_in = '3'; update network.organisation set changed_in = '3'; $$;
create function pg_temp.version(member uuid) returns integer language sql as $$ select m.version from network.member m where m.id = member $$;

select is(pg_temp.version(:A), 1, 'a new member has version 1, whatever came with it');
select pg_temp.later() \g /dev/null
select is(pg_temp.patch('BRETAGNE', :A, 1, '{"phone": "+33299000000"}'), '2', 'example 17: the first editor saves');
select pg_temp.later() \g /dev/null
select is(pg_temp.patch('BRETAGNE', :A, 1, '{"phone": "+33299000001"}'), '0 rows', 'example 17: the second finds another version');
select is((select phone from network.member where id = :A), '+33299000000', 'and changes nothing');
select is(pg_temp.patch('BRETAGNE', :A, 2, '{"phone": "+33299000000", "name": "Relais A"}'), '2', 'saving what is there keeps the version');
select is((select count(*)::integer from audit.change where record_id = :A and change = 'UPDATED'), 1, 'and leaves no history');
select is(pg_temp.patch('BRETAGNE', :A, 2, '{"phone": null, "brand": "Enseigne", "idcc": "3016", "legal_name": "Association A bis"}'), '3', 'several parts, one version');
select is((select concat_ws(' ', brand, phone, idcc, legal_name) from network.member_at(engine.today()) where id = :A), 'Enseigne 3016 Association A bis', 'null empties');
select is(pg_temp.version(:B), 2, 'B shows the same legal person: its version rose too');
select is(pg_temp.patch('PACA', :A, 3, '{"brand": "x"}'), '0 rows', 'a member of others is not there');
select is(pg_temp.patch('PARTNER', :A, 3, '{"brand": "x"}'), '0 rows', 'a partner writes nothing');
select is(pg_temp.patch('STRUCTURE', :A, 3, '{"brand": "x"}'), '3', 'the structure saves (in the same transaction: the version stays)');
select is(pg_temp.patch('STRUCTURE', :A, 3, '{"kind": "EI"}'), 'MA001 not_yours_to_change', 'but not its kind');
select is(pg_temp.patch('STRUCTURE', :A, 3, '{"suspended": true}'), 'MA001 not_yours_to_change', 'nor a suspension');
select is(pg_temp.patch('BRETAGNE', :B, 2, '{"siret": "73282932000079"}'), '23514 member_siret_valid', 'a wrong SIRET');
select is(pg_temp.patch('BRETAGNE', :B, 2, '{"siret": "13003013300016"}'), '2', 'a SIRET of another SIREN');
select is((select siren from network.member_at(engine.today()) where id = :B), '130030133', 'brings another legal person');
select is((select legal_name from network.member_at(engine.today()) where id = :B), 'Association A bis', 'with what was known of it');
select is((select siren from network.organisation where id = '0a000000-0000-7000-8000-000000000001'), '732829320', 'and leaves the former one alone');

-- suspension
select pg_temp.later() \g /dev/null
select is(pg_temp.patch('BRETAGNE', :A, 3, '{"suspended": true}'), '4', 'suspending is a change of the member');
select is((select suspended from network.member_at(engine.today()) where id = :A), true, 'from today');
select is(pg_temp.patch('BRETAGNE', :A, 4, '{"suspended": true}'), '4', 'again is none');
select is(pg_temp.patch('BRETAGNE', :A, 4, '{"suspended": false}'), '4', 'taking it back the same day');
select is((select count(*)::integer from network.suspension where member_id = :A), 0, 'leaves nothing');
select is(tap.attempt('PACA', format('select suspended from network.update_member(%L, 1, ''{"suspended": false}'')', :C), true), 'false', 'an older one ends');
select is((select ends_on from network.suspension where member_id = :C), engine.today() - 1, 'yesterday');

-- what hangs on a member
select pg_temp.later() \g /dev/null
select is(tap.attempt('BRETAGNE', format('update network.membership set ends_on = ''2030-12-31'' where member_id = %L', :A), true), '1 rows', 'a period changes');
select is(pg_temp.version(:A), 5, 'the member shows it: its version rises');
select is(tap.attempt('BRETAGNE', format('insert into network.contact (member_id, given_name, family_name, is_main) values (%L, ''Un'', ''Autre'', true)', :A), true), '1 rows', 'a new main contact');
select is((select family_name from network.contact where member_id = :A and is_main), 'Autre', 'takes the place of the one before');

select is(tap.attempt('PACA', format('select nda from network.update_member(%L, %s, ''{"nda": "93131234567"}'')', :C, pg_temp.version(:C)), true), '93131234567', 'a declaration number');
select is(tap.attempt('PACA', format('select nda || previous_nda from network.update_member(%L, %s, ''{"nda": "11131234567"}'')', :C, pg_temp.version(:C)), true), '1113123456793131234567', 'a new one keeps the former');

-- history
select results_eq(format($$select change, caller, request_id, version, changes from audit.change where record_id = %L and change = 'UPDATED' order by id limit 1$$, :A),
    $$values ('UPDATED', 'DELEGATION', 'pgtap', 2, '[{"after": "+33299000000", "before": null, "property": "phone"}]'::jsonb)$$, 'who changed what, from what to what');
select is((select count(*)::integer from audit.change where record_type = 'CONTACT' and changes::text ~ '"(before|after)"'), 0, 'values of people are not kept');
select is((select bool_and(changes @> '[{"property": "family_name"}]') from audit.change where record_type = 'CONTACT' and change = 'CREATED'), true, 'their names of properties are');
select is((select changes from audit.change where record_type = 'MEMBER' and changes::text ~ 'suspended' and member_id = :C order by id desc limit 1) -> 0 ->> 'property', 'suspended_until', 'a suspension is history of the member');
select is((select k.label from audit.change c join access.api_key k on k.id = c.key_id where c.record_id = :A and change = 'UPDATED' order by c.id limit 1), 'BRETAGNE', 'the key is known');
select isnt((select count(*)::integer from audit.change where record_id = '0a000000-0000-7000-8000-000000000001'), 0, 'and that of the legal person');
select * from finish();
rollback;
