-- The printed figures, one row each, and report.compute that computes them again from rows.
begin;

create function report.count_members(arguments jsonb) returns numeric
    language sql stable
    as $$
    select count(*) from report.active_members((arguments ->> 'as_of')::date) a
    where (arguments ->> 'kind' is null or a.kind = arguments ->> 'kind')
      and (arguments ->> 'line' is null or a.line = arguments ->> 'line')
    $$;
comment on function report.count_members(jsonb) is 'Members active on as_of, of a kind or a line of the report.';

create function report.count_joined(arguments jsonb) returns numeric
    language sql stable
    as $$
    select count(*)
    from report.moves(make_date((arguments ->> 'year')::integer, 1, 1),
                      make_date((arguments ->> 'year')::integer, 12, 31)) v
    join network.member m on m.id = v.member_id
    where v.move = 'JOINED'
      and (not arguments ? 'kinds' or arguments -> 'kinds' ? m.kind)
      and (not arguments ? 'regions' or arguments -> 'regions' ? m.region_code)
    $$;
comment on function report.count_joined(jsonb) is 'First memberships of a year, of some kinds or regions.';

create function report.count_people(arguments jsonb) returns numeric
    language sql stable
    as $$
    select count(distinct a.person_id)
    from network.appointment a left join network.delegation d on d.id = a.delegation_id
    where a.body = arguments ->> 'body'
      and a.starts_on <= (arguments ->> 'as_of')::date
      and (a.ends_on is null or (arguments ->> 'as_of')::date <= a.ends_on)
      and (not arguments ? 'nature' or a.nature = arguments ->> 'nature')
      and (not arguments ? 'college' or a.college = arguments ->> 'college')
      and (not arguments ? 'unit' or a.unit = arguments ->> 'unit')
      and (not arguments ? 'delegation' or d.slug = arguments ->> 'delegation')
    $$;
comment on function report.count_people(jsonb) is 'People with a mandate or post in a body on as_of.';

create function report.sum_printed(figure report.published_figure, keys jsonb) returns numeric
    language sql stable
    as $$
    select case when count(*) = count(f.printed_value) and count(*) = jsonb_array_length(keys)
           then sum(f.printed_value) end
    from report.published_figure f
    where f.source = figure.source and f.year = figure.year and keys ? f.key and f.place is null
    $$;
comment on function report.sum_printed(report.published_figure, jsonb) is
    'Sum of other figures of the same source and year; null when one of them is missing or printed ND.';

create function report.compute(figure report.published_figure) returns numeric
    language plpgsql stable
    as $$
declare
    a constant jsonb := figure.arguments;
    on_date constant date := (figure.arguments ->> 'as_of')::date;
begin
    if figure.formula is null then
        return null;
    end if;
    case figure.formula
        when 'MEMBERS', 'MEMBERS_OF_LINE', 'MEMBERS_OF_KIND' then return report.count_members(a);
        when 'MEMBERS_GROWTH' then
            return report.count_members(a) - report.count_members(jsonb_build_object('as_of', a ->> 'since'));
        when 'MEMBERS_GROWTH_RATE' then
            return round(100 * (report.count_members(a)
                / nullif(report.count_members(jsonb_build_object('as_of', a ->> 'since')), 0) - 1), 1);
        when 'JOINED' then return report.count_joined(a);
        when 'SIAE_SHARE_STRICT' then return (report.siae_share(on_date, 'STRICT')).share_percent;
        when 'SIAE_SHARE_WITH_TEMP_WORK' then return (report.siae_share(on_date, 'WITH_TEMP_WORK')).share_percent;
        when 'SIAE_SHARE_OF_JOINED' then
            return round(100 * report.count_joined(a || '{"kinds": ["AI", "EI", "ACI"]}')
                / nullif(report.count_joined(a), 0), 1);
        when 'DELEGATIONS' then
            return (select count(*) from network.delegation d
                    where d.starts_on <= on_date and (d.ends_on is null or on_date <= d.ends_on));
        when 'REGIONS_WITHOUT_DELEGATION' then return (select count(*) from report.coverage_gaps(on_date));
        when 'APPOINTMENTS' then return report.count_people(a);
        when 'WORKFORCE' then return report.workforce_total(figure.year, a ->> 'branch', a ->> 'measure');
        when 'WORKFORCE_PART' then
            return (select w.value from report.workforce w
                    where w.year = figure.year and w.branch = a ->> 'branch' and w.measure = a ->> 'measure'
                      and w.category = a ->> 'category');
        when 'EXIT_SHARE' then return report.exit_share(figure.year, a ->> 'group', a ->> 'reason');
        when 'SUM_OF_PRINTED' then return report.sum_printed(figure, a -> 'keys');
        when 'RATIO_OF_PRINTED' then
            return round((a ->> 'times')::numeric * report.sum_printed(figure, a -> 'keys')
                / nullif(coalesce((a ->> 'over_value')::numeric, report.sum_printed(figure, a -> 'over')), 0),
                (a ->> 'digits')::integer);
        when 'PRINTED_ELSEWHERE' then
            return (select f.printed_value from report.published_figure f
                    where f.key = figure.key and f.year = figure.year and f.id <> figure.id);
    end case;
end $$;
comment on function report.compute(report.published_figure) is
    'Value of a figure computed now from the rows; null when a part is unknown.';

create function report.published_figures()
    returns table (id uuid, source text, source_code text, place text, year integer, as_of date, key text, label text,
        unit text, printed_text text, printed_value numeric, formula_id text, formula text, computed_value numeric,
        gap numeric, not_computed_as text, note text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select f.id, s.title, f.source, f.place, f.year, f.as_of, f.key, f.label, f.unit, f.printed_text,
        f.printed_value, f.formula, m.description, trim_scale(c.value), trim_scale(c.value - f.printed_value),
        f.not_computed_as, f.note
    from report.published_figure f
    join report.source s on s.code = f.source
    left join report.formula m on m.id = f.formula
    cross join lateral report.compute(f) as c (value)
    $$;
comment on function report.published_figures() is
    'Printed figures beside the values computed now; gap = computed - printed, so that contradictions show.';

insert into report.formula (id, description) values
    ('MEMBERS_GROWTH_RATE', 'Évolution du nombre d’adhérents entre deux dates, en %'),
    ('WORKFORCE_PART', 'Partie de l’effectif telle que relevée');

-- Columns in this order in every list below:
-- source, year, as_of, key, label, printed text, printed value, unit, formula, arguments, reason, note
create temporary table figure_in (
    place serial, source text, year integer, as_of date, key text, label text, printed_text text,
    printed_value numeric, unit text, formula text, arguments jsonb, not_computed_as text, note text) on commit drop;

-- --- members ---

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments, note)
values
    ('S3', 2012, '2012-12-31', 'members.total', 'Adhérents au 31 décembre 2012', '503', 503, 'MEMBERS',
     'MEMBERS', '{"as_of": "2012-12-31"}', null),
    ('S4', 2022, '2022-01-31', 'members.total', 'Adhérents en janvier 2022', '589', 589, 'MEMBERS',
     'MEMBERS', '{"as_of": "2022-01-31"}', 'La source dit le mois, non le jour.'),
    ('S4', 2022, '2022-01-31', 'members.total_rounded', 'Adhérents en janvier 2022, chiffre rond', 'près de 600', 600,
     'MEMBERS', 'MEMBERS', '{"as_of": "2022-01-31"}', 'La même source imprime 589.'),
    ('SX', 2023, '2023-12-31', 'members.total_rounded', 'Adhérents, chiffre rond repris ailleurs', '590', 590,
     'MEMBERS', 'MEMBERS', '{"as_of": "2023-12-31"}', 'Arrondi de 586 ou de 589 ; la page n’est pas relevée.'),
    ('S1', 2023, '2023-12-31', 'members.total', 'Adhérents en décembre 2023', '586', 586, 'MEMBERS',
     'MEMBERS', '{"as_of": "2023-12-31"}', null),
    ('S1', 2023, '2023-12-31', 'members.kind.ebe', 'Entreprises à but d’emploi (dans « autres »)', '11', 11, 'MEMBERS',
     'MEMBERS_OF_KIND', '{"as_of": "2023-12-31", "kind": "EBE"}', null),
    ('S1', 2023, '2023-12-31', 'members.siae_share', 'Part de SIAE, lue comme part des adhérents', '78 %', 78,
     'PERCENT', 'SIAE_SHARE_STRICT', '{"as_of": "2023-12-31"}',
     'Deux lectures de « 78 % » : AI + EI + ACI parmi les adhérents (78,5 %) ou parmi les nouveaux de 2023 (78,3 %).'),
    ('S1', 2023, '2023-12-31', 'members.siae_share_with_temp_work',
     'Part de SIAE, toute la ligne du travail temporaire comprise', '78 %', 78, 'PERCENT',
     'SIAE_SHARE_WITH_TEMP_WORK', '{"as_of": "2023-12-31"}', 'Lecture écartée : elle donnerait 87,4 %.'),
    ('S1', 2023, '2023-12-31', 'members.siae_share_of_joined', 'Part de SIAE, lue comme part des nouveaux de 2023',
     '78 %', 78, 'PERCENT', 'SIAE_SHARE_OF_JOINED', '{"year": 2023}', 'Autre lecture de « 78 % ».'),
    ('S1', 2023, null, 'joined.total', 'Nouveaux adhérents en 2023', '23', 23, 'MEMBERS',
     'JOINED', '{"year": 2023}', null);

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, not_computed_as, note)
values
    ('S1', 2022, '2022-12-31', 'members.siae_share', 'Part de SIAE en 2022', '82 %', 82, 'PERCENT',
     'La répartition de 2022 par type n’est imprimée nulle part.', 'Formule inconnue, comme pour les 78 % de 2023.');

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments)
select source, year, make_date(year, 12, 31), 'members.line.' || lower(line), l.label || ' au 31 décembre ' || year,
    value::text, value, 'MEMBERS', 'MEMBERS_OF_LINE',
    jsonb_build_object('as_of', make_date(year, 12, 31), 'line', line)
from (values
    ('S3', 2012, 'AI', 299), ('S3', 2012, 'GES', 18), ('S3', 2012, 'EI', 18), ('S3', 2012, 'OTHER', 16),
    ('S3', 2012, 'ETTI', 43), ('S3', 2012, 'ACI', 70), ('S3', 2012, 'PROXIM_SERVICES_AND_OTHER_OSP', 39),
    ('S1', 2023, 'AI', 269), ('S1', 2023, 'ETTI_AND_ETT_ESS', 52), ('S1', 2023, 'EI', 43), ('S1', 2023, 'ACI', 148),
    ('S1', 2023, 'PROXIM_SERVICES', 10), ('S1', 2023, 'OTHER', 39), ('S1', 2023, 'GES', 25)
    ) as printed (source, year, line, value)
join report.line l on l.key = printed.line;

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments)
select 'S1', 2023, null, 'joined.kind.' || lower(kind), 'Nouveaux adhérents 2023 : ' || k.label, value::text, value,
    'MEMBERS', 'JOINED', jsonb_build_object('year', 2023, 'kinds', array[kind])
from (values ('AI', 6), ('ACI', 10), ('EBE', 3), ('EI', 2), ('GES', 1), ('OTHER', 1)) as printed (kind, value)
join report.member_kind k using (kind);

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments, note)
select 'S1', 2023, null, 'joined.region.' || slug, 'Nouveaux adhérents 2023 : ' || name, value::text, value, 'MEMBERS',
    'JOINED', jsonb_build_object('year', 2023, 'regions', string_to_array(codes, ' ')), note
from (values
    ('ile-de-france', 'Île-de-France', '11', 5, null), ('occitanie', 'Occitanie', '76', 3, null),
    ('hauts-de-france', 'Hauts-de-France', '32', 1, null), ('nouvelle-aquitaine', 'Nouvelle-Aquitaine', '75', 5, null),
    ('auvergne-rhone-alpes', 'Auvergne-Rhône-Alpes', '84', 4,
     'Troisième par le nombre, mais absente du classement des régions les plus dynamiques imprimé par la source.'),
    ('corse', 'Corse', '94', 1, 'Aucune délégation ne couvre la Corse.'), ('guyane', 'Guyane', '03', 3, null),
    ('ocean-indien', 'Océan Indien', '04 06', 1, 'La source ne dit pas s’il s’agit de La Réunion ou de Mayotte.')
    ) as printed (slug, name, codes, value, note);

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments, note)
select 'S1', 2023, null, 'joined.ranking.' || slug, 'Régions les plus dynamiques 2023 : ' || name, value::text, value,
    'MEMBERS', 'JOINED', jsonb_build_object('year', 2023, 'regions', array[code]),
    'Le classement imprimé omet Auvergne-Rhône-Alpes (4).'
from (values ('ile-de-france', 'Île-de-France', '11', 5), ('nouvelle-aquitaine', 'Nouvelle-Aquitaine', '75', 5),
    ('guyane', 'Guyane', '03', 3), ('occitanie', 'Occitanie', '76', 3)) as printed (slug, name, code, value);

-- --- delegations, teams, boards ---

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments, note)
values
    ('S1', 2024, '2024-05-31', 'delegations.total', 'Délégations régionales', '14', 14, 'BODIES', 'DELEGATIONS',
     '{"as_of": "2024-05-31"}', null),
    ('S3', 2012, '2012-12-31', 'delegations.total', 'Instances régionales', '18', 18, 'BODIES', 'DELEGATIONS',
     '{"as_of": "2012-12-31"}',
     'Treize sont nommées dans le texte et trois autres étiquetées sur la carte ; deux sont supposées ici.'),
    ('S1', 2024, '2024-05-31', 'delegations.representatives', 'Représentants des délégations', '27', 27, 'SEATS',
     'APPOINTMENTS', '{"as_of": "2024-05-31", "body": "DELEGATION_REPRESENTATIVES"}', null),
    ('S1', 2024, '2024-05-31', 'delegations.team', 'Personnes des équipes régionales', '27', 27, 'PEOPLE',
     'APPOINTMENTS', '{"as_of": "2024-05-31", "body": "DELEGATION_TEAM"}',
     'L’une d’elles est une présidence élue, non une salariée.'),
    ('S1', 2024, '2024-05-31', 'delegations.team_elected', 'Élus parmi les personnes des équipes régionales', '1', 1,
     'PEOPLE', 'APPOINTMENTS', '{"as_of": "2024-05-31", "body": "DELEGATION_TEAM", "nature": "MANDATE"}', null),
    ('S1', 2024, '2024-05-31', 'national_team.total', 'Équipe nationale', '22', 22, 'PEOPLE', 'APPOINTMENTS',
     '{"as_of": "2024-05-31", "body": "NATIONAL_TEAM"}', null),
    ('S1', 2024, '2024-05-31', 'governance.bureau', 'Bureau', '7', 7, 'SEATS', 'APPOINTMENTS',
     '{"as_of": "2024-05-31", "body": "BUREAU"}', null),
    ('S1', 2024, '2024-05-31', 'governance.orientation_committee', 'Comité d’orientation', '2', 2, 'SEATS',
     'APPOINTMENTS', '{"as_of": "2024-05-31", "body": "ORIENTATION_COMMITTEE"}', null),
    ('S1', 2024, '2024-05-31', 'governance.employee_college', 'Collège des salariés', '3', 3, 'SEATS',
     'APPOINTMENTS', '{"as_of": "2024-05-31", "body": "EMPLOYEE_COLLEGE"}', null),
    ('S3', 2012, '2012-12-31', 'governance.board', 'Conseil d’administration', '23', 23, 'SEATS', 'APPOINTMENTS',
     '{"as_of": "2012-12-31", "body": "BOARD"}', null),
    ('S3', 2012, '2012-12-31', 'governance.board.regions', 'Conseil d’administration, collège des régions', '12', 12,
     'SEATS', 'APPOINTMENTS', '{"as_of": "2012-12-31", "body": "BOARD", "college": "REGIONS"}', null),
    ('S3', 2012, '2012-12-31', 'governance.board.members', 'Conseil d’administration, collège des adhérents', '11',
     11, 'SEATS', 'APPOINTMENTS', '{"as_of": "2012-12-31", "body": "BOARD", "college": "MEMBERS"}', null),
    ('S3', 2012, '2012-12-31', 'governance.bureau', 'Bureau', '7', 7, 'SEATS', 'APPOINTMENTS',
     '{"as_of": "2012-12-31", "body": "BUREAU"}', null),
    ('S3', 2012, '2012-12-31', 'governance.bureau.regions', 'Bureau, collège des régions', '5', 5, 'SEATS',
     'APPOINTMENTS', '{"as_of": "2012-12-31", "body": "BUREAU", "college": "REGIONS"}', null),
    ('S3', 2012, '2012-12-31', 'governance.bureau.members', 'Bureau, collège des adhérents', '2', 2, 'SEATS',
     'APPOINTMENTS', '{"as_of": "2012-12-31", "body": "BUREAU", "college": "MEMBERS"}', null);

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments)
select 'S1', 2024, '2024-05-31', 'national_team.' || lower(unit), 'Équipe nationale : ' || name, value::text, value,
    'PEOPLE', 'APPOINTMENTS', jsonb_build_object('as_of', '2024-05-31', 'body', 'NATIONAL_TEAM', 'unit', unit)
from (values ('TRANSITION_MANAGEMENT', 'direction de transition', 1),
    ('ADMINISTRATION_FINANCE', 'administration et finances', 4),
    ('RESOURCES_INNOVATION_DEVELOPMENT', 'ressources, innovation et développement', 6),
    ('TRAINING_SERVICES', 'formation et services', 7),
    ('NETWORK_EXTERNAL_RELATIONS', 'réseau et relations extérieures', 4)) as printed (unit, name, value);

insert into figure_in (source, year, as_of, key, label, printed_text, printed_value, unit, formula, arguments, note)
select 'S1', 2024, '2024-05-31', b.key || '.' || slug, b.label || ' : ' || name, value::text, value, b.unit,
    'APPOINTMENTS', jsonb_build_object('as_of', '2024-05-31', 'body', b.body, 'delegation', slug),
    case when value = 0 then 'Aucune équipe imprimée pour cette délégation.' end
from (values
    ('auvergne-rhone-alpes', 'Auvergne-Rhône-Alpes', 2, 2), ('bourgogne-franche-comte', 'Bourgogne-Franche-Comté', 2, 2),
    ('bretagne', 'Bretagne', 2, 2), ('centre-val-de-loire', 'Centre-Val de Loire', 2, 0),
    ('hauts-de-france', 'Hauts-de-France', 2, 1), ('ile-de-france', 'Île-de-France', 2, 3),
    ('normandie', 'Normandie', 2, 3), ('nouvelle-aquitaine', 'Nouvelle-Aquitaine', 2, 1),
    ('occitanie', 'Occitanie', 2, 5), ('pays-de-la-loire', 'Pays de la Loire', 1, 2),
    ('provence-alpes-cote-d-azur', 'Provence-Alpes-Côte d’Azur', 2, 2), ('guadeloupe', 'Guadeloupe', 2, 1),
    ('guyane', 'Guyane', 2, 1), ('ocean-indien', 'Océan Indien', 2, 2)
    ) as printed (slug, name, representatives, team),
    lateral (values
        ('delegations.representatives', 'Représentants', 'DELEGATION_REPRESENTATIVES', 'SEATS', representatives),
        ('delegations.team', 'Équipe régionale', 'DELEGATION_TEAM', 'PEOPLE', team)
    ) as b (key, label, body, unit, value);

-- --- workforce and exits ---

insert into figure_in (source, year, key, label, printed_text, printed_value, unit, formula, arguments, note)
select 'S3', year, lower(concat_ws('.', 'workforce', branch, measure, coalesce(category, 'TOTAL'))),
    concat(case branch when 'IAE' then 'IAE' when 'PROXIM' then 'Proxim’Services' else 'Ensemble' end,
        case measure when 'PEOPLE' then ', personnes' else ', équivalents temps plein' end,
        case category when 'IN_PATHWAY' then ', en parcours' when 'PERMANENT' then ', permanents'
            when 'HOME_WORKERS' then ', intervenants à domicile' when 'MANAGERS' then ', encadrement' end, ' ', year),
    coalesce(value::text, 'ND'), value, measure,
    case when category is null then 'WORKFORCE' else 'WORKFORCE_PART' end,
    jsonb_strip_nulls(jsonb_build_object('branch', branch, 'measure', measure, 'category', category)),
    case when value is null then 'ND : non disponible, jamais 0.' end
from (values
    ('IAE', 'PEOPLE', null, array[80383, 74434, 82936]), ('IAE', 'PEOPLE', 'IN_PATHWAY', array[77411, 70978, 79666]),
    ('IAE', 'PEOPLE', 'PERMANENT', array[2972, 3456, 3270]), ('IAE', 'FTE', null, array[11920, 12275, 13293]),
    ('IAE', 'FTE', 'IN_PATHWAY', array[9643, 9641, 11028]), ('IAE', 'FTE', 'PERMANENT', array[2277, 2634, 2265]),
    ('PROXIM', 'PEOPLE', null, array[8400, null, null]),
    ('PROXIM', 'PEOPLE', 'HOME_WORKERS', array[8069, 8288, 9996]),
    ('PROXIM', 'PEOPLE', 'MANAGERS', array[331, null, null]), ('PROXIM', 'FTE', null, array[2899, 3712, 3508]),
    ('PROXIM', 'FTE', 'HOME_WORKERS', array[2624, 3354, 3170]), ('PROXIM', 'FTE', 'MANAGERS', array[275, 358, 338]),
    ('ALL', 'PEOPLE', null, array[88783, null, null]), ('ALL', 'FTE', null, array[14819, 15987, 16801])
    ) as printed (branch, measure, category, "values"),
    unnest("values") with ordinality as cell (value, place), lateral (values (2008 + place::integer)) as y (year);

insert into figure_in (source, year, key, label, printed_text, printed_value, unit, formula, arguments, note)
select 'S3', year, 'exits.' || lower(coalesce(reason, family)), label || ' ' || year, value || ' %', value, 'PERCENT',
    'EXIT_SHARE', jsonb_strip_nulls(jsonb_build_object('group', family, 'reason', reason)),
    case when year = 2011 and family = 'DYNAMIC'
        then 'La somme des parties imprimées (28 + 20 + 13) est 61 : seul le total calculé sur les nombres fait 60.' end
from (values
    ('DURABLE', null, 'Sorties durables', array[29, 25, 28, 28]),
    (null, 'CDI', 'Sorties en CDI', array[15, 14, 15, 15]),
    (null, 'CDD_OR_TEMP_OVER_6M', 'Sorties en CDD ou intérim de plus de 6 mois', array[13, 10, 11, 11]),
    (null, 'BUSINESS', 'Créations ou reprises d’entreprise', array[1, 1, 2, 2]),
    ('TRANSITION', null, 'Sorties de transition', array[19, 17, 18, 20]),
    (null, 'CDD_OR_TEMP_UNDER_6M', 'Sorties en CDD ou intérim de moins de 6 mois', array[13, 11, 13, 15]),
    (null, 'AIDED_CONTRACT', 'Sorties en contrat aidé hors SIAE', array[6, 6, 5, 5]),
    ('POSITIVE', null, 'Sorties positives', array[11, 12, 14, 13]),
    (null, 'TRAINING', 'Sorties en formation', array[8, 7, 9, 8]),
    (null, 'OTHER_SIAE', 'Sorties vers une autre SIAE', array[3, 5, 5, 5]),
    ('DYNAMIC', null, 'Sorties dynamiques', array[59, 54, 60, 60]),
    ('OTHER', null, 'Autres sorties', array[41, 46, 40, 40])
    ) as printed (family, reason, label, "values"),
    unnest("values") with ordinality as cell (value, place), lateral (values (2007 + place::integer)) as y (year);

insert into figure_in (source, year, key, label, printed_text, printed_value, unit, formula, arguments, note)
values ('S3', 2011, 'exits.dynamic_of_parts', 'Sorties dynamiques 2011, par somme des parts imprimées', '60 %', 60,
    'PERCENT', 'SUM_OF_PRINTED', '{"keys": ["exits.durable", "exits.transition", "exits.positive"]}',
    'Les parts arrondies ne s’additionnent pas : 61 contre 60 imprimé.');

-- --- figures whose rows belong to other parts of the service ---

insert into figure_in (source, year, key, label, printed_text, printed_value, unit, not_computed_as, note)
select v.source, v.year, v.key, v.label, coalesce(v.text, replace(v.value::text, '.', ',')), v.value, v.unit,
    case split_part(v.key, '.', 1)
        when 'training' then 'Les formations ne sont pas encore enregistrées ici.'
        when 'vacation' then 'Les aides aux vacances ne sont pas encore enregistrées ici.'
        when 'pass' then 'La campagne PASS IAE n’est pas encore enregistrée ici.'
        else 'Aucune fiche de cette activité n’est enregistrée ici.' end, v.note
from (values
    ('S1', 2023, 'training.people', 'Personnes formées', null, 1289, 'PEOPLE', null),
    ('S1', 2023, 'training.intra', 'Formations intra', null, 42, 'SESSIONS', null),
    ('S1', 2023, 'training.inter', 'Formations inter', null, 129, 'SESSIONS', null),
    ('S1', 2023, 'training.services', 'Prestations', null, 19, 'SESSIONS', null),
    ('S1', 2023, 'training.satisfaction', 'Satisfaction des participants', '93 %', 93, 'PERCENT',
     'Ni formule ni nombre de réponses imprimés.'),
    ('S1', 2023, 'training.trainers_external', 'Formateurs externes', null, 37, 'PEOPLE', null),
    ('S1', 2023, 'training.trainers_internal', 'Formateurs internes', null, 2, 'PEOPLE', null),
    ('S3', 2012, 'training.courses', 'Actions au catalogue', null, 60, 'OTHER', null),
    ('S3', 2012, 'training.sessions', 'Sessions', null, 158, 'SESSIONS', null),
    ('S3', 2012, 'training.days', 'Jours de formation', null, 458, 'DAYS', null),
    ('S3', 2012, 'training.people', 'Stagiaires, salariés ou bénévoles', null, 925, 'PEOPLE', null),
    ('S3', 2012, 'training.new_courses', 'Nouvelles actions', null, 13, 'OTHER', null),
    ('S3', 2012, 'training.new_courses_over_two_years', 'Nouvelles actions sur deux ans', null, 25, 'OTHER', null),
    ('S1', 2023, 'training.week.experts', 'Semaine de visionnage : experts', null, 15, 'PEOPLE', null),
    ('S1', 2023, 'training.week.programme_hours', 'Semaine de visionnage : heures au programme', '19 h 30', 19.5,
     'HOURS', null),
    ('S1', 2023, 'training.week.participants', 'Semaine de visionnage : participants', null, 200, 'PARTICIPANTS', null),
    ('S1', 2023, 'training.week.viewing_hours', 'Semaine de visionnage : heures vues', '607 h 30', 607.5, 'HOURS', null),
    ('S1', 2023, 'training.week.price_one_talk', 'Prix d’une conférence, non-adhérent', '20 €', 20, 'EUROS', null),
    ('S1', 2023, 'training.week.price_week', 'Prix de la semaine, non-adhérent', '50 €', 50, 'EUROS', null),
    ('S1', 2023, 'vacation.projects', 'Projets vacances examinés', null, 79, 'PROJECTS', null),
    ('S1', 2023, 'vacation.single_adults', 'Adultes seuls', null, 25, 'PEOPLE', null),
    ('S1', 2023, 'vacation.people_in_families', '« Familles »', '132 familles', 132, 'PEOPLE',
     'Imprimé « 132 familles » : le total de 159 n’est juste que si ce sont des personnes en famille.'),
    ('S1', 2023, 'vacation.accompanying_staff', 'Accompagnateurs', null, 2, 'PEOPLE', null),
    ('S1', 2023, 'vacation.structures', 'Structures adhérentes', null, 14, 'MEMBERS', null),
    ('S1', 2023, 'pass.people_concerned', 'PASS IAE à contrôler début 2023', 'environ 45 000', 45000, 'PEOPLE', null),
    ('S1', 2023, 'pass.regional_workshops', 'Ateliers régionaux', 'une dizaine', 10, 'MEETINGS', null),
    ('S1', 2023, 'pass.webinars', 'Webinaires nationaux', null, 2, 'MEETINGS', null),
    ('S1', 2023, 'legal.requests', 'Demandes juridiques', null, 1000, 'OTHER', null),
    ('S1', 2023, 'legal.average_delay', 'Délai moyen de réponse', '10 jours', 10, 'DAYS', null),
    ('S1', 2023, 'legal.events', 'Évènements juridiques', null, 11, 'MEETINGS', null),
    ('S1', 2023, 'legal.articles', 'Articles juridiques', null, 19, 'OTHER', null),
    ('S1', 2023, 'legal.notes', 'Notes juridiques', null, 7, 'OTHER', null),
    ('S1', 2023, 'legal.working_group_meetings', 'Réunions du groupe de travail juridique', null, 4, 'MEETINGS', null),
    ('S1', 2023, 'legal.reports', 'Rapports juridiques', null, 3, 'OTHER', null),
    ('S3', 2012, 'legal.questions', 'Questions juridiques', null, 1969, 'OTHER', null),
    ('S3', 2012, 'legal.news', 'Actualités et fiches', null, 234, 'OTHER', null),
    ('S3', 2012, 'legal.collective_sessions', 'Séances collectives', null, 32, 'MEETINGS', null),
    ('S3', 2012, 'legal.member_meetings', 'Réunions d’adhérents', null, 30, 'MEETINGS', null),
    ('S3', 2012, 'legal.member_meetings_aci', 'Réunions sur la convention des ACI', null, 13, 'MEETINGS', null),
    ('S3', 2012, 'legal.member_meetings_ai', 'Réunions sur les AI', null, 8, 'MEETINGS', null),
    ('S1', 2023, 'quality.guides', 'Guides tiers de la démarche CAP', null, 28, 'PEOPLE', null),
    ('S1', 2023, 'quality.themes', 'Thèmes de la démarche CAP', null, 4, 'OTHER', null),
    ('S3', 2012, 'quality.cedre_certified', 'Certifiées CEDRE au 31 décembre', null, 102, 'BODIES', null),
    ('S3', 2012, 'quality.cedre_new', 'Nouvelles certifiées CEDRE', null, 13, 'BODIES', null),
    ('S3', 2012, 'quality.cedre_entering', 'Entrées dans la démarche CEDRE', null, 6, 'BODIES', null),
    ('S3', 2012, 'quality.cedre_renewed', 'Certifications CEDRE renouvelées', null, 5, 'BODIES', null),
    ('S3', 2012, 'quality.cedre_renewing', 'Certifications CEDRE en renouvellement', null, 40, 'BODIES', null),
    ('S3', 2012, 'quality.cedre_follow_up', 'Audits de suivi CEDRE', null, 17, 'OTHER', null),
    ('S3', 2012, 'quality.iso_regional_bodies', 'Instances régionales CEDRE/ISO', null, 5, 'BODIES', null),
    ('S3', 2012, 'quality.iso_companies', 'Entreprises CEDRE/ISO', null, 25, 'BODIES', null),
    ('S3', 2012, 'quality.iso_companies_grouped', 'Entreprises CEDRE/ISO en groupe', null, 16, 'BODIES', null),
    ('S3', 2012, 'quality.iso_groups', 'Groupes CEDRE/ISO', null, 5, 'BODIES', null),
    ('S1', 2023, 'cdi_inclusion.ai', 'AI accompagnées vers le CDI inclusion', null, 13, 'MEMBERS', null),
    ('S1', 2023, 'cdi_inclusion.days', 'Jours d’accompagnement', null, 5, 'DAYS', null),
    ('S1', 2023, 'cdi_inclusion.webinars', 'Webinaires depuis 2021', 'une vingtaine', 20, 'MEETINGS', null),
    ('S1', 2023, 'ptce.clusters', 'Pôles territoriaux de coopération économique', null, 203, 'BODIES', null),
    ('S1', 2023, 'ptce.regional_cells', 'Cellules régionales', null, 14, 'BODIES', null),
    ('S1', 2023, 'ptce.actors', 'Acteurs des cellules régionales', null, 95, 'BODIES', null),
    ('S1', 2023, 'ptce.national_actors', 'Acteurs nationaux', null, 9, 'BODIES', null),
    ('S1', 2023, 'ptce.delegations', 'Délégations engagées', null, 9, 'BODIES', null),
    ('S1', 2023, 'ptce.projects', 'Projets soutenus par an', null, 15, 'PROJECTS', null),
    ('S1', 2023, 'ptce.amount', 'Montant par projet sur deux ans', '100 000 €', 100000, 'EUROS', null),
    ('S1', 2023, 'ptce.national_day', 'Participants à la journée nationale', 'plus de 200', 200, 'PARTICIPANTS', null),
    ('S1', 2023, 'fg2i.etti', 'Fonds de garantie : ETTI', null, 29, 'BODIES', null),
    ('S1', 2023, 'fg2i.ett_ess', 'Fonds de garantie : ETT-ESS', null, 7, 'BODIES', null),
    ('S1', 2023, 'fg2i.turnover_2022', 'Chiffre d’affaires 2022', '34 M€', 34000000, 'EUROS', null),
    ('S1', 2023, 'fg2i.subscription', 'Souscriptions', '539 712 €', 539712, 'EUROS', null),
    ('S1', 2023, 'fg2i.fund_caution', 'Cautions du fonds', '4 047 839 €', 4047839, 'EUROS', null),
    ('S1', 2023, 'fg2i.other_caution', 'Autres cautions', '696 228,41 €', 696228.41, 'EUROS', null),
    ('S1', 2023, 'fg2i.calls', 'Appels de la garantie depuis 1995', 'aucun', 0, 'OTHER', null),
    ('S1', 2023, 'fg2i.ess_capital_share', 'Part minimale du capital détenue par l’ESS (ETT-ESS)', '75 %', 75, 'PERCENT', null),
    ('S3', 2012, 'finance.resources', 'Ressources nationales', '2 877 k€', 2877000, 'EUROS', null),
    ('S3', 2012, 'finance.share_subsidies', 'Part des subventions', '29 %', 29, 'PERCENT', null),
    ('S3', 2012, 'finance.share_sales', 'Part des ventes', '23 %', 23, 'PERCENT', null),
    ('S3', 2012, 'finance.share_other', 'Part des reprises et autres', '2 %', 2, 'PERCENT', null),
    ('S3', 2012, 'finance.share_dues', 'Part des cotisations', '46 %', 46, 'PERCENT', null),
    ('S3', 2012, 'finance.paid_to_regions', 'Reversé aux instances régionales', '594 k€', 594000, 'EUROS', null),
    ('S3', 2012, 'finance.mutual_fund', 'Dont fonds de mutualisation', '97 k€', 97000, 'EUROS', null),
    ('S4', 2022, 'finance.esf_share', 'Part du FSE dans l’équipe de tête de réseau', '20 %', 20, 'PERCENT', null),
    ('S3', 2012, 'governance.board_meetings', 'Réunions du conseil d’administration', null, 6, 'MEETINGS', null),
    ('S3', 2012, 'governance.bureau_meetings', 'Réunions du bureau', null, 10, 'MEETINGS', null),
    ('S1', 2023, 'strategy.axes', 'Axes stratégiques', null, 3, 'OTHER', null),
    ('S1', 2023, 'strategy.objectives_axis_1', 'Objectifs du premier axe', null, 5, 'OTHER', null),
    ('S1', 2023, 'strategy.objectives_axis_2', 'Objectifs du deuxième axe', null, 3, 'OTHER', null),
    ('S1', 2023, 'strategy.objectives_axis_3', 'Objectifs du troisième axe', null, 4, 'OTHER', null),
    ('S1', 2023, 'strategy.reform_objectives', 'Objectifs de la réforme', null, 4, 'OTHER', null),
    ('S1', 2023, 'strategy.reform_intentions', 'Intentions de la réforme', null, 21, 'OTHER', null),
    ('S1', 2023, 'strategy.principles', 'Principes fédéraux', null, 4, 'OTHER', null),
    ('S1', 2023, 'advocacy.networks', 'Réseaux du collectif IAE', null, 9, 'BODIES', null),
    ('S1', 2023, 'advocacy.seats', 'Sièges obtenus pour les réseaux de l’IAE', null, 3, 'SEATS', null),
    ('S1', 2023, 'advocacy.own_seats', 'Dont pour la fédération', null, 1, 'SEATS', null),
    ('S3', 2012, 'advocacy.elected_officials', 'Élus rencontrés', 'plus de 50', 50, 'PEOPLE', null),
    ('S0', 2023, 'regional_day.members', 'Adhérents présents à la journée régionale', 'une trentaine', 30, 'MEMBERS', null),
    ('S0', 2023, 'regional_day.round_tables', 'Tables rondes', null, 3, 'MEETINGS', null),
    ('S1', 2023, 'procurement.target', 'Marchés avec clause sociale visés en 2025', '30 %', 30, 'PERCENT', null),
    ('S1', 2023, 'procurement.observed', 'Marchés avec clause sociale constatés en 2022', '12,4 %', 12.4, 'PERCENT', null),
    ('S1', 2023, 'procurement.webinars', 'Webinaires sur la commande publique', null, 2, 'MEETINGS', null),
    ('S1', 2023, 'procurement.guide_pages', 'Pages du guide', null, 25, 'OTHER', null)
    ) as v (source, year, key, label, text, value, unit, note);

-- --- figures that follow from other printed ones ---

insert into figure_in (source, year, key, label, printed_text, printed_value, unit, formula, arguments, note)
values
    ('S1', 2023, 'training.total', 'Formations', '190', 190, 'SESSIONS', 'SUM_OF_PRINTED',
     '{"keys": ["training.intra", "training.inter", "training.services"]}', null),
    ('S1', 2023, 'training.trainers', 'Formateurs', '39', 39, 'PEOPLE', 'SUM_OF_PRINTED',
     '{"keys": ["training.trainers_external", "training.trainers_internal"]}', null),
    ('S1', 2023, 'vacation.people', 'Personnes parties en vacances', '159', 159, 'PEOPLE', 'SUM_OF_PRINTED',
     '{"keys": ["vacation.single_adults", "vacation.people_in_families", "vacation.accompanying_staff"]}', null),
    ('S1', 2023, 'vacation.people_rounded', 'Personnes parties en vacances, chiffre rond', 'près de 160', 160, 'PEOPLE',
     'SUM_OF_PRINTED',
     '{"keys": ["vacation.single_adults", "vacation.people_in_families", "vacation.accompanying_staff"]}',
     'La même source imprime 159.'),
    ('S1', 2023, 'fg2i.companies', 'Entreprises du fonds de garantie', '36', 36, 'BODIES', 'SUM_OF_PRINTED',
     '{"keys": ["fg2i.etti", "fg2i.ett_ess"]}', null),
    ('S1', 2023, 'fg2i.guarantee', 'Garantie', '5 M€', 5000000, 'EUROS', 'SUM_OF_PRINTED',
     '{"keys": ["fg2i.subscription", "fg2i.fund_caution", "fg2i.other_caution"]}',
     'Arrondi : les trois montants font 5 283 779,41 €.'),
    ('S1', 2023, 'fg2i.share_fund_caution', 'Part des cautions du fonds', '75 %', 75, 'PERCENT', 'RATIO_OF_PRINTED',
     '{"keys": ["fg2i.fund_caution"], "over_value": 5397120, "times": 100, "digits": 1}',
     'Rapportées à 5 397 120 €, dont les souscriptions sont 10 %.'),
    ('S1', 2023, 'fg2i.share_other_caution', 'Part des autres cautions', '12 %', 12, 'PERCENT', 'RATIO_OF_PRINTED',
     '{"keys": ["fg2i.other_caution"], "over_value": 5397120, "times": 100, "digits": 1}',
     'Imprimé 12 % ; le calcul donne 12,9 %.'),
    ('S3', 2012, 'finance.shares', 'Somme des parts de ressources', '100 %', 100, 'PERCENT', 'SUM_OF_PRINTED',
     '{"keys": ["finance.share_subsidies", "finance.share_sales", "finance.share_other", "finance.share_dues"]}', null),
    ('S1', 2023, 'strategy.objectives', 'Objectifs stratégiques', '12', 12, 'OTHER', 'SUM_OF_PRINTED',
     '{"keys": ["strategy.objectives_axis_1", "strategy.objectives_axis_2", "strategy.objectives_axis_3"]}', null);

insert into report.published_figure (source, year, as_of, key, label, printed_text, printed_value, unit, formula,
    arguments, not_computed_as, note)
select source, year, as_of, key, label, printed_text, printed_value, unit, formula, coalesce(arguments, '{}'),
    not_computed_as, note
from figure_in order by place;

insert into report.published_figure (source, place, year, key, label, printed_text, printed_value, unit, formula, note)
values
    ('S1', 'texte', 2023, 'pass.webinar_participants', 'Participants aux webinaires PASS IAE', '374', 374,
     'PARTICIPANTS', 'PRINTED_ELSEWHERE', 'Les chiffres clés du même rapport impriment 384.'),
    ('S1', 'chiffres clés', 2023, 'pass.webinar_participants', 'Participants aux webinaires PASS IAE', '384', 384,
     'PARTICIPANTS', 'PRINTED_ELSEWHERE', 'Le texte du même rapport imprime 374.');

revoke execute on all functions in schema report from public;
grant usage on schema report to maillage_app;
grant execute on function report.line_of(text, date), report.member_statistics(date, text),
    report.member_moves(date, date, text), report.siae_share(date, text), report.coverage_gap_list(date),
    report.workforce_statistics(integer), report.published_figures() to maillage_app;

call engine.set_revision('report_figures');
commit;
