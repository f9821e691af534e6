-- Who sees and writes what: every table, every caller, every verb, by direct SQL under the daemon's role, as if
-- each operation forgot its filter.
\ir fixture.inc

-- rows seen by                                          NATIONAL BRETAGNE PACA STRUCTURE PARTNER ANONYMOUS
create temporary table seen (name text, national int, bretagne int, paca int, structure int, partner int, anonymous int);
insert into seen values
    ('network.member',                4, 2, 2, 1, 2, 0),
    ('network.organisation',          4, 1, 2, 1, 2, 0),
    ('network.membership',            5, 2, 2, 1, 2, 0),
    ('network.member_delegation',     5, 2, 2, 1, 2, 0),
    ('network.activity',              1, 1, 0, 1, 1, 0),
    ('network.suspension',            1, 0, 1, 0, 0, 0),
    ('network.contact',               3, 1, 1, 1, 0, 0),
    ('network.economic_group',        1, 1, 1, 1, 1, 0),
    ('network.person',                2, 2, 2, 2, 0, 0),
    ('network.appointment',           3, 3, 3, 3, 0, 0),
    ('network.appointments',          3, 3, 3, 3, 0, 0),
    ('network.delegation',            6, 6, 6, 6, 6, 6),
    ('network.delegation_region',     7, 7, 7, 7, 7, 7),
    ('network.delegation_succession', 0, 0, 0, 0, 0, 0),
    ('network.dated_setting',         1, 1, 1, 1, 1, 1),
    ('network.audience',              0, 2, 2, 0, 2, 0),
    ('access.api_key',                5, 1, 1, 1, 1, 0),
    ('reference.commune',             6, 6, 6, 6, 6, 6);
-- rows changed by an update of everything, and by a delete of everything; -1: no such privilege at all,
-- -2: days of membership would be without a delegation
create temporary table changed (name text, verb text, national int, bretagne int, paca int, structure int, partner int, anonymous int);
insert into changed values
    ('network.member', 'set brand = ''x''',               4, 2, 2, 1, 0, 0),
    ('network.organisation', 'set closed_on = null',      4, 1, 2, 1, 0, 0),
    ('network.membership', 'set note = ''x'' where member_id::text !~ ''ff$''', 4, 2, 2, 0, 0, 0),
    ('network.member_delegation', 'set is_primary = true where member_id::text !~ ''ff$''', 4, 2, 2, 0, 0, 0),
    ('network.activity', 'set siret = null',              1, 1, 0, 0, 0, 0),
    ('network.suspension', 'set reason = ''xyz''',        1, 0, 1, 0, 0, 0),
    ('network.contact', 'set role = ''x''',               3, 1, 1, 0, 0, 0),
    ('network.economic_group', 'set siren = null',        1, 0, 0, 0, 0, 0),
    ('network.person', 'set phone = null',                2, 0, 0, 0, 0, 0),
    ('network.appointment', 'set label = ''x''',          3, 1, 1, 0, 0, 0),
    ('network.delegation', 'set description = ''x''',     6, 0, 0, 0, 0, 0),
    ('network.delegation_region', 'set ends_on = ends_on', 7, 0, 0, 0, 0, 0),
    ('network.dated_setting', 'set source = ''x''',       -1, -1, -1, -1, -1, -1),
    ('network.audience', 'set viewer_id = null',          -1, -1, -1, -1, -1, -1),
    ('access.api_key', 'set revoked_at = now()',          5, 0, 0, 0, 0, 0),
    ('access.api_key', 'set scopes = ''{}''',             -1, -1, -1, -1, -1, -1),
    ('audit.change', 'set changes = ''{}''',              -1, -1, -1, -1, -1, -1),
    ('reference.commune', 'set name = ''x''',             -1, -1, -1, -1, -1, -1),
    ('engine.revision', 'set name = ''x''',               -1, -1, -1, -1, -1, -1),
    ('network.member', 'delete',                          -1, -1, -1, -1, -1, -1),
    ('network.organisation', 'delete',                    -1, -1, -1, -1, -1, -1),
    ('network.membership', 'delete',                      -1, -1, -1, -1, -1, -1),
    ('network.contact', 'delete',                         -1, -1, -1, -1, -1, -1),
    ('network.suspension', 'delete',                      1, 0, 1, 0, 0, 0),
    ('network.member_delegation', 'delete',               -2, -2, -2, 0, 0, 0),
    ('network.person', 'delete',                          -1, -1, -1, -1, -1, -1),
    ('network.appointment', 'delete',                     -1, -1, -1, -1, -1, -1),
    ('network.delegation', 'delete',                      -1, -1, -1, -1, -1, -1),
    ('network.delegation_region', 'delete',               7, 0, 0, 0, 0, 0),
    ('network.audience', 'delete',                        -1, -1, -1, -1, -1, -1),
    ('access.api_key', 'delete',                          -1, -1, -1, -1, -1, -1),
    ('audit.change', 'delete',                            -1, -1, -1, -1, -1, -1);

select plan(((select count(*) from seen) * 6 + (select count(*) from changed) * 6)::integer + 69);

select is(tap.attempt(c.caller, 'select count(*) from ' || name), c.expected::text, c.caller || ' sees of ' || name)
from seen cross join lateral (values ('NATIONAL', national), ('BRETAGNE', bretagne), ('PACA', paca),
    ('STRUCTURE', structure), ('PARTNER', partner), ('ANONYMOUS', anonymous)) c (caller, expected);
select is(tap.attempt(c.caller, case when verb = 'delete' then 'delete from ' || name else 'update ' || name || ' ' || verb end),
    case c.expected when -1 then '42501' when -2 then 'MA001 delegation_required' else c.expected || ' rows' end, c.caller || ' ' || verb || ' of ' || name)
from changed cross join lateral (values ('NATIONAL', national), ('BRETAGNE', bretagne), ('PACA', paca),
    ('STRUCTURE', structure), ('PARTNER', partner), ('ANONYMOUS', anonymous)) c (caller, expected);

-- inserting into another's territory
select is(tap.attempt(caller, format('insert into network.membership (member_id, starts_on, ends_on) values (%L, ''2001-01-01'', ''2001-12-31'')', :C)), expected, caller || ' adds a period to C')
from (values ('NATIONAL', 'delegation_required'), ('PACA', 'delegation_required'), ('BRETAGNE', 'member_siret_required'),
    ('STRUCTURE', 'member_siret_required'), ('PARTNER', '42501'), ('ANONYMOUS', 'member_siret_required')) v (caller, wanted),
    lateral (select case when wanted = '42501' then wanted else 'MA001 ' || wanted end as expected) e;
select is(tap.attempt(caller, format('insert into network.contact (member_id, given_name, family_name) values (%L, ''x'', ''y'')', :C)), expected, caller || ' adds a contact to C')
from (values ('NATIONAL', '1 rows'), ('PACA', '1 rows'), ('BRETAGNE', '42501'), ('STRUCTURE', '42501'), ('PARTNER', '42501'), ('ANONYMOUS', '42501')) v (caller, expected);
select is(tap.attempt(caller, format('insert into network.member_delegation (member_id, delegation_id, is_primary, starts_on) select %L, id, false, ''2024-01-01'' from network.delegation where slug = ''bretagne''', :C)), expected, caller || ' assigns C to Bretagne')
from (values ('NATIONAL', '1 rows'), ('PACA', '1 rows'), ('BRETAGNE', '42501'), ('STRUCTURE', '42501'), ('PARTNER', '42501'), ('ANONYMOUS', '42501')) v (caller, expected);
select is(tap.attempt(caller, $$insert into network.delegation (slug, name, starts_on) values ('x', 'xyz', '2026-01-01')$$), expected, caller || ' makes a delegation')
from (values ('NATIONAL', '1 rows'), ('PACA', '42501'), ('STRUCTURE', '42501'), ('PARTNER', '42501'), ('ANONYMOUS', '42501')) v (caller, expected);
select is(tap.attempt(caller, $$insert into audit.change (record_type, record_id, change, changes) values ('MEMBER', gen_random_uuid(), 'UPDATED', '[]')$$), '42501', caller || ' writes history')
from (values ('NATIONAL'), ('PACA')) v (caller);
select is(tap.attempt('NATIONAL', 'truncate ' || name), '42501', 'nobody empties ' || name) from (values ('network.member'), ('audit.change')) v (name);

-- functions with the owner's rights ask who calls
select is(tap.attempt('BRETAGNE', format('select network.assign_delegation(%L, ''{}'')', :C)), 'MA404', 'assigning a member of others');
select is(tap.attempt('STRUCTURE', format('select network.assign_delegation(%L, ''{}'')', :A)), 'MA404', 'a structure assigns nothing, not even itself');
select is(tap.attempt('BRETAGNE', format('select network.remove_members(array[%L]::uuid[])', :C)), 'MA404', 'removing a member of others');
select is(tap.attempt('PARTNER', format('select network.remove_members(array[%L]::uuid[])', :A)), 'MA404', 'a partner removes nothing');
select is(tap.attempt('STRUCTURE', format('select network.remove_members(array[%L]::uuid[])', :A)), 'MA404', 'nor does a structure');
select is(tap.attempt('PARTNER', $$select network.organisations_for('[]')$$), 'MA001 not_yours_to_change', 'legal persons are for the offices');
select is(tap.attempt('BRETAGNE', format('select network.touch_members(array[%L]::uuid[])', :C)), '42501', 'triggers'' functions are not for callers');
select is(tap.attempt('BRETAGNE', format('select network.refresh_audience(array[%L]::uuid[])', :C)), '42501', 'nor is the audience');
select is(tap.attempt('BRETAGNE', format('select count(*) from network.visible_member(%L)', :C)), 'MA404', 'what cannot be seen is not there');
select is(tap.attempt('BRETAGNE', format('select count(*) from network.visible_member(%L)', :X)), 'MA404', 'nor what was removed');

-- history
select is(tap.attempt('BRETAGNE', format('select count(*) > 0 from audit.change where member_id = %L', :A)), 'true', 'history of an own member');
select is(tap.attempt('BRETAGNE', format('select count(*) from audit.change where member_id = %L', :C)), '0', 'not of others''');
select is(tap.attempt('PARTNER', 'select count(*) from audit.change'), '0', 'partners see no history');
select is(tap.attempt(caller, 'select count(*) from audit.change where record_type = ''GROUP'''), expected, caller || ' sees of the history of groups')
from (values ('NATIONAL', '1'), ('BRETAGNE', '1'), ('STRUCTURE', '0'), ('ANONYMOUS', '0')) v (caller, expected);
select is(tap.attempt('PARTNER', format('select count(*) from network.known_group(%L)', '9a000000-0000-7000-8000-000000000001')), '1', 'a key knows a group');
select is(tap.attempt('ANONYMOUS', format('select count(*) from network.known_group(%L)', '9a000000-0000-7000-8000-000000000001')), 'MA404', 'without one there is none');
select is(tap.attempt('NATIONAL', format('select count(*) from network.known_group(%L)', :A)), 'MA404', 'nor under the id of something else');

-- what is included in an answer, as its caller sees it
select is(tap.attempt('BRETAGNE', format('select network.included_memberships(%L)', :C)), '{"data": [], "has_more": false}', 'periods of others are not included');
select is(tap.attempt('PACA', format('select jsonb_array_length(network.included_memberships(%L) -> ''data'')', :C)), '1', 'one''s own are');
insert into network.membership (member_id, starts_on, ends_on)
select :D, make_date(y, 2, 1), make_date(y, 12, 1) from generate_series(2010, 2019) y;
select is(tap.attempt('PACA', format('select jsonb_array_length(i -> ''data'') || '' from '' || (i -> ''data'' -> 0 ->> ''starts_on'') || '', more: '' || (i ->> ''has_more'') from network.included_memberships(%L) i', :D)),
    '10 from 2020-01-01, more: true', 'ten of eleven, the last one first');
delete from network.membership where member_id = :D and starts_on = '2010-02-01';
select is(tap.attempt('PACA', format('select network.included_memberships(%L) ->> ''has_more''', :D)), 'false', 'ten are all');
select is(tap.attempt('ANONYMOUS', 'select network.included_delegation(''d0000000-0000-7000-8000-000000000053'')'),
    '{"id": "d0000000-0000-7000-8000-000000000053", "name": "Bretagne", "slug": "bretagne"}', 'the directory is public');

-- access follows the dated rows
select is(tap.attempt('BRETAGNE', format($$select count(*) from network.assign_delegation(%L, '{"delegation_id": "d0000000-0000-7000-8000-000000000093", "starts_on": "%s", "reason": "voisine"}')$$, :A, engine.today()), true), '1', 'Bretagne gives A to PACA from today');
select is(tap.attempt('BRETAGNE', 'select count(*) from network.member'), '1', 'and no longer sees it');
select is(tap.attempt('PACA', 'select count(*) from network.member'), '3', 'PACA does');
select is(tap.attempt('STRUCTURE', 'select count(*) from network.member'), '1', 'the structure itself still does');
select is(tap.attempt('PACA', format($$select count(*) from network.assign_delegation(%L, '{"delegation_id": "d0000000-0000-7000-8000-000000000053", "starts_on": "%s", "reason": "voisine"}')$$, :C, engine.today() + 1), true), '1', 'PACA gives C to Bretagne from tomorrow');
select is(tap.attempt('BRETAGNE', 'select count(*) from network.member'), '1', 'Bretagne does not see it yet');
update network.audience set starts_on = starts_on - 1, ends_on = case when ends_on < 'infinity' then ends_on - 1 else ends_on end where member_id = :C;
select is(tap.attempt('BRETAGNE', 'select count(*) from network.member'), '2', 'but on the day it does, with nothing having run');
select is(tap.attempt('PARTNER', 'select count(*) from network.member'), '2', 'partners see the listed ones');
select is(tap.attempt('NATIONAL', format('update network.member set public_listing_consent = false where id = %L', :A), true), '1 rows', 'A withdraws its consent');
select is(tap.attempt('PARTNER', 'select count(*) from network.member'), '1', 'at once');
select is(tap.attempt('NATIONAL', format('update network.membership set ends_on = %L where member_id = %L', engine.today() - 1, :C), true), '1 rows', 'C was a member until yesterday');
select is(tap.attempt('PARTNER', 'select count(*) from network.member'), '0', 'partners see active members only');

-- what a structure may not change of itself
select is(tap.attempt('STRUCTURE', format('update network.member set %s where id = %L', change, :A)), expected, 'a structure: ' || change)
from (values ('phone = ''+33299000000''', '1 rows'), ('public_listing_consent = true', '1 rows'), ('kind = ''EI''', 'MA001 not_yours_to_change'),
    ('siret = null', 'MA001 member_siret_required'), ('commune_code = ''13055''', 'MA001 not_yours_to_change')) v (change, expected);
select * from finish();
rollback;
