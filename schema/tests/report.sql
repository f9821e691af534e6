-- Statistics: dated lines, moves, refusals, unknown parts, rights. Needs the schema only; brings its own rows.
begin;
select plan(25);

-- Two delegations, before and after 2016-01-01, and four members: an AI that left and came back, an ACI that
-- joined once, an ETTI whose kind is in doubt since 2013, an AI that renewed without a gap.
insert into reference.region (code, name, year) values ('84', 'Auvergne-Rhône-Alpes', 2026), ('94', 'Corse', 2026)
    on conflict do nothing;
insert into reference.department (code, name, region_code) values ('63', 'Puy-de-Dôme', '84'), ('2A', 'Corse-du-Sud', '94')
    on conflict do nothing;
insert into reference.commune (code, name, department_code, region_code)
    values ('63113', 'Clermont-Ferrand', '63', '84'), ('2A004', 'Ajaccio', '2A', '94') on conflict do nothing;
delete from network.membership;  -- whatever was loaded: the counts below are of these rows alone
insert into network.delegation (id, slug, name, starts_on, ends_on) values
    ('00000000-0000-4000-8000-000000000001', 'tap-auvergne', 'Auvergne (essai)', '1990-01-01', '2015-12-31'),
    ('00000000-0000-4000-8000-000000000002', 'tap-ara', 'Auvergne-Rhône-Alpes (essai)', '2016-01-01', null);
insert into network.organisation (id, legal_name)
    values ('00000000-0000-4000-8000-000000000003', 'Essai');
insert into network.member (id, organisation_id, siret, name, kind, commune_code) values
    ('00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000003', '97900000700018', 'Essai AI', 'AI', '63113'),
    ('00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000003', '97900000700018', 'Essai ACI', 'ACI', '63113'),
    ('00000000-0000-4000-8000-000000000013', '00000000-0000-4000-8000-000000000003', '97900000700018', 'Essai ETTI', 'ETTI', '63113'),
    ('00000000-0000-4000-8000-000000000014', '00000000-0000-4000-8000-000000000003', '97900000700026', 'Essai AI 2', 'AI', '2A004');
insert into network.member_delegation (member_id, delegation_id, starts_on, ends_on, reason)
select m.id, d.id, greatest(d.starts_on, '2010-01-01'), d.ends_on, 'Essai'
from network.member m, network.delegation d where m.name like 'Essai %' and d.slug like 'tap-%';
insert into network.membership (member_id, starts_on, ends_on) values
    ('00000000-0000-4000-8000-000000000011', '2021-01-01', '2022-12-31'),
    ('00000000-0000-4000-8000-000000000012', '2023-05-23', null),
    ('00000000-0000-4000-8000-000000000013', '2012-01-01', null),
    ('00000000-0000-4000-8000-000000000014', '2012-06-01', '2022-12-31');
insert into network.membership (member_id, starts_on) values
    ('00000000-0000-4000-8000-000000000011', '2024-01-01'), ('00000000-0000-4000-8000-000000000014', '2023-01-01');
insert into report.kind_doubt (member_id, starts_on, reason)
    values ('00000000-0000-4000-8000-000000000013', '2013-01-01', 'Ligne commune');

create function pg_temp.counted(on_date date, grouping_name text, out counts text) language sql as $$
    select string_agg(g ->> 'label' || ' ' || (g ->> 'count'), ', ')
    from report.member_statistics(on_date, grouping_name) s, json_array_elements(s.groups) g $$;

-- Lines of the reports
select is(report.line_of('ETTI', '2012-12-31'), 'ETTI', 'temp work of 2012 is ETTI alone');
select is(report.line_of('ETTI', '2023-12-31'), 'ETTI_AND_ETT_ESS', 'temp work of 2023 holds ETT-ESS too');
select is(report.line_of('OSP', '2012-12-31'), 'PROXIM_SERVICES_AND_OTHER_OSP', 'OSP stood beside Proxim''Services');
select is(report.line_of('OSP', '2023-12-31'), 'OTHER', 'OSP is among the others now');
select results_eq(
    $$select count(*)::integer from report.member_kind k where report.line_of(k.kind, '2020-02-29') is null$$,
    array[0], 'every kind has a line on any day');
select results_eq(
    $$select count(*)::integer from report.member_kind k, report.line l, unnest('{2012-12-31,2023-12-31}'::date[]) d
      where (k.kind = any (report.kinds_of(array[l.key], d))) is distinct from (report.line_of(k.kind, d) is not distinct from l.key)$$,
    array[0], 'the kinds of a line are those whose line it is');
select throws_ok($$insert into report.line_kind (kind, line, starts_on, source) values ('AI', 'OTHER', '2023-06-01', 'x')$$,
    '23P01', null, 'a kind has one line on a day');

-- Members at a date
select is(pg_temp.counted('2012-12-31', 'report_group'),
    'Associations intermédiaires 1, Entreprises de travail temporaire d’insertion 1', 'lines of 2012');
select is(pg_temp.counted('2012-12-31', 'delegation'), 'Auvergne (essai) 2', 'bodies are those of the day');
select is(pg_temp.counted('2016-01-01', 'delegation'), 'Auvergne-Rhône-Alpes (essai) 2', 'the merger moves by dated rows');
select is(pg_temp.counted('2022-12-31', 'kind'),
    'Association intermédiaire 2, Entreprise de travail temporaire d’insertion 1', 'the last day is inside');
select is(pg_temp.counted('2023-01-01', 'region'), 'Auvergne-Rhône-Alpes 1, Corse 1', 'the day after is outside');
select is((select total from report.member_statistics('1980-01-01', 'kind')), 0::bigint, 'nobody is 0, not null');

-- Moves
select results_eq($$select joined, rejoined, "left", net from report.member_moves('2024-01-01', '2024-12-31', 'kind')$$,
    $$values (0::bigint, 1::bigint, 0::bigint, 1::bigint)$$, 'a member that comes back is no new joiner');
select results_eq($$select joined, rejoined, "left", net from report.member_moves('2023-01-01', '2023-12-31', 'kind')$$,
    $$values (1::bigint, 0::bigint, 1::bigint, 0::bigint)$$, 'a renewal without a gap is no move; who left did so in 2023');
select throws_ok($$select * from report.member_moves('2024-01-01', '2023-12-31', 'kind')$$, 'MA001', null,
    'a period does not end before it starts');

-- Shares
select results_eq($$select numerator, denominator, share_percent from report.siae_share('2023-12-31', 'STRICT')$$,
    $$values (2::bigint, 3::bigint, 66.7::numeric)$$, 'the strict share leaves temp work out');
select throws_ok($$select * from report.siae_share('2023-12-31', 'LEGAL')$$, 'MA001', null,
    'the legal share is refused while a kind is in doubt');
select results_eq($$select share_percent from report.siae_share('2012-12-31', 'LEGAL')$$, $$values (100.0::numeric)$$,
    'and answers before the doubt');
select is((select share_percent from report.siae_share('1980-01-01', 'STRICT')), null, 'a share of nobody is unknown');

-- Unknown parts and rounding
select is(report.workforce_total(2010, 'PROXIM', 'PEOPLE'), null, 'a sum with an unknown part is unknown');
select is(report.workforce_total(2010, 'ALL', 'FTE'), 15987::bigint, 'FTE of 2010 are all known');
select is(report.exit_share(2011, 'DYNAMIC', null), 60, 'the total is rounded once, from counts');

-- Rights: the daemon reads nothing but through the functions
select is((select count(*)::integer from pg_class c where c.relnamespace = 'report'::regnamespace and c.relkind in ('r', 'v')
        and has_table_privilege('maillage_app', c.oid, 'select, insert, update, delete')), 0,
    'no table of the schema is open to the daemon');
select is((select count(*)::integer from pg_class c where c.relnamespace = 'report'::regnamespace and c.relkind = 'r'
        and not (c.relrowsecurity and c.relforcerowsecurity)), 0, 'row-level security is forced on every table');

select * from finish();
rollback;
