-- Rows for the planner to think about: 8,000 members of 8,000 legal persons with what hangs on them, and a
-- history of 60,000 entries. Written without triggers into a copy of the cluster; what triggers would keep
-- (search, audience, runs, cards) is written here.
set session_replication_role = replica;
set synchronous_commit = off;

create temporary table place on commit preserve rows as
select row_number() over (order by md5(c.code)) - 1 as n, c.code, c.department_code, c.region_code,
    coalesce(network.delegation_of(c.department_code, engine.today()),
        (select d.id from network.delegation d where d.ends_on is null order by d.slug limit 1)) as delegation_id
from reference.commune c join reference.region r on r.code = c.region_code where r.zone <> 'COM' limit 5000;
analyze place;

create temporary table fresh on commit preserve rows as
select i, md5('member' || i)::uuid as id, md5('organisation' || i)::uuid as organisation_id, p.code, p.department_code,
    p.region_code, p.delegation_id, date '1990-01-01' + (i * 7919) % 8000 as joined_on,
    (array['AI', 'ACI', 'EI', 'ETTI', 'EBE', 'GES', 'PROXIM', 'OTHER'])[1 + i % 8] as kind,
    initcap(translate(md5('name' || i), '0123456789', 'ghijklmnop')) as name
from generate_series(1, 8000) i join place p on p.n = i % 5000;

insert into network.organisation (id, legal_name) select organisation_id, name from fresh;
insert into network.economic_group (id, name) select md5('group' || i)::uuid, 'Groupe ' || i from generate_series(1, 6000) i;
insert into network.member (id, organisation_id, name, kind, group_id, commune_code, department_code, region_code,
    public_listing_consent, updated_at, search)
select id, organisation_id, name, kind, case when i % 10 = 0 then md5('group' || 1 + i % 6000)::uuid end, code,
    department_code, region_code, i % 2 = 0, now() - i * interval '1 minute', reference.search_words(name)
from fresh;
insert into network.membership (member_id, starts_on, ends_on, run_starts_on, origin, end_reason)
select id, joined_on, case when i % 9 = 0 then joined_on + 700 end, joined_on, 'JOINED', case when i % 9 = 0 then 'CLOSED' end
from fresh;
insert into network.member_delegation (member_id, delegation_id, starts_on)
select id, delegation_id, joined_on from fresh;
insert into network.audience (member_id, viewer_id, starts_on, ends_on)
select id, delegation_id, joined_on, 'infinity' from fresh;
select network.write_cards(array(select id from fresh));
insert into network.contact (member_id, given_name, family_name)
select id, 'Camille', name from fresh;
insert into network.person (id, given_name, family_name)
select md5('person' || i)::uuid, 'Camille', initcap(translate(md5('person' || i), '0123456789', 'ghijklmnop'))
from generate_series(1, 8000) i;
insert into network.appointment (person_id, nature, body, role, delegation_id, starts_on, updated_at)
select md5('person' || i)::uuid, 'EMPLOYMENT', 'DELEGATION_TEAM', 'PROJECT_OFFICER', p.delegation_id,
    date '1990-01-01' + (i * 7919) % 8000, now() - i * interval '1 minute'
from generate_series(1, 8000) i join place p on p.n = i % 5000;
insert into audit.change (occurred_at, record_type, record_id, member_id, change, version, caller, changes)
select now() - n * interval '1 second', 'MEMBER', f.id, f.id, 'UPDATED', n, 'NATIONAL', '[{"property": "phone"}]'
from generate_series(1, 60000) n join fresh f on f.i = 1 + n % 20;

create function pg_temp.other(id uuid, k integer) returns uuid language sql immutable as $$ select md5(id::text || k)::uuid $$;
create temporary table copies as select k from generate_series(1, 4) k;
insert into training.session select (jsonb_populate_record(s, jsonb_build_object('id', pg_temp.other(s.id, k)))).*
from training.session s, copies;
insert into training.person select (jsonb_populate_record(p, jsonb_build_object('id', pg_temp.other(p.id, k),
    'person_key', null))).*
from training.person p, copies;
insert into training.enrolment select (jsonb_populate_record(e, jsonb_build_object('id', pg_temp.other(e.id, k),
    'session_id', pg_temp.other(e.session_id, k), 'person_id', pg_temp.other(e.person_id, k)))).*
from training.enrolment e, copies;

set session_replication_role = origin;
analyze;
