-- What the annual reports print: lines of members by kind (dated), workforce and exits, and every printed figure
-- with the formula that computes it again. Facts of the reports are rows of this migration, not demonstration data.
begin;

create schema report;
comment on schema report is 'Statistics over the network and the printed figures beside them (domain page, 1 and 2.1).';

-- --- lines of members ---

create table report.member_kind (
    kind     text primary key,
    label    text not null,
    position integer not null constraint member_kind_position_key unique
);
comment on table report.member_kind is 'Kinds of members with their French label, in the order of the contract.';
insert into report.member_kind (kind, label, position) values
    ('AI', 'Association intermédiaire', 1),
    ('ACI', 'Atelier et chantier d’insertion', 2),
    ('EI', 'Entreprise d’insertion', 3),
    ('ETTI', 'Entreprise de travail temporaire d’insertion', 4),
    ('EITI', 'Entreprise d’insertion par le travail indépendant', 5),
    ('ETT_ESS', 'Entreprise de travail temporaire de l’économie sociale et solidaire', 6),
    ('EBE', 'Entreprise à but d’emploi', 7),
    ('GES', 'Groupe économique solidaire', 8),
    ('PROXIM', 'Proxim’Services', 9),
    ('OSP', 'Organisme de services à la personne', 10),
    ('OF', 'Organisme de formation', 11),
    ('OTHER', 'Autre structure', 12);

create table report.line (
    key      text primary key,
    label    text not null,
    position integer not null constraint line_position_key unique
);
comment on table report.line is 'Lines that the reports print (report_group of the contract).';
insert into report.line (key, label, position) values
    ('AI', 'Associations intermédiaires', 1),
    ('ACI', 'Ateliers et chantiers d’insertion', 2),
    ('EI', 'Entreprises d’insertion', 3),
    ('ETTI', 'Entreprises de travail temporaire d’insertion', 4),
    ('ETTI_AND_ETT_ESS', 'ETTI et ETT de l’économie sociale et solidaire', 5),
    ('GES', 'Groupes économiques solidaires', 6),
    ('PROXIM_SERVICES', 'Proxim’Services', 7),
    ('PROXIM_SERVICES_AND_OTHER_OSP', 'Proxim’Services et autres organismes de services à la personne', 8),
    ('OTHER', 'Autres structures', 9);

create table report.line_kind (
    kind      text not null constraint line_kind_kind_known references report.member_kind,
    line      text not null constraint line_kind_line_known references report.line,
    starts_on date not null,
    ends_on   date,
    source    text not null,
    during    daterange generated always as (daterange(starts_on, ends_on, '[]')) stored,
    constraint line_kind_dates_order check (starts_on <= ends_on),
    constraint line_kind_one_line exclude using gist (kind with =, during with &&)
);
comment on table report.line_kind is
    'Which line holds a kind, dated: the report of 2012 and that of 2023 cut the network differently. No report in '
    'between is known; the lines of 2012 are kept until 2022-12-31.';
insert into report.line_kind (kind, line, starts_on, ends_on, source)
select kind, line, starts_on, ends_on, source
from (values
    ('Rapport d’activité 2012', date '1985-01-01', date '2022-12-31', array[
        'AI', 'AI', 'ACI', 'ACI', 'EI', 'EI', 'ETTI', 'ETTI', 'EITI', 'OTHER', 'ETT_ESS', 'OTHER', 'EBE', 'OTHER',
        'GES', 'GES', 'PROXIM', 'PROXIM_SERVICES_AND_OTHER_OSP', 'OSP', 'PROXIM_SERVICES_AND_OTHER_OSP',
        'OF', 'OTHER', 'OTHER', 'OTHER']),
    ('Rapport d’activité 2023', date '2023-01-01', null, array[
        'AI', 'AI', 'ACI', 'ACI', 'EI', 'EI', 'ETTI', 'ETTI_AND_ETT_ESS', 'EITI', 'OTHER',
        'ETT_ESS', 'ETTI_AND_ETT_ESS', 'EBE', 'OTHER', 'GES', 'GES', 'PROXIM', 'PROXIM_SERVICES', 'OSP', 'OTHER',
        'OF', 'OTHER', 'OTHER', 'OTHER'])
    ) as edition (source, starts_on, ends_on, pairs),
    generate_series(1, 23, 2) as place,
    lateral (values (pairs[place], pairs[place + 1])) as pair (kind, line);

create table report.kind_doubt (
    member_id uuid not null constraint kind_doubt_member references network.member,
    starts_on date not null,
    ends_on   date,
    reason    text not null constraint kind_doubt_reason_length check (length(reason) between 3 and 500),
    during    daterange generated always as (daterange(starts_on, ends_on, '[]')) stored,
    constraint kind_doubt_dates_order check (starts_on <= ends_on),
    constraint kind_doubt_overlap exclude using gist (member_id with =, during with &&)
);
comment on table report.kind_doubt is
    'Members whose kind is known only as a line of a report that holds several kinds (ETTI and ETT-ESS in 2023): '
    'formulas that need the kind are refused while one of them is active.';

-- --- workforce and exits ---

create table report.workforce (
    year     integer not null,
    branch   text not null constraint workforce_branch_known check (branch in ('IAE', 'PROXIM')),
    measure  text not null constraint workforce_measure_known check (measure in ('PEOPLE', 'FTE')),
    category text not null constraint workforce_category_known
        check (category in ('IN_PATHWAY', 'PERMANENT', 'HOME_WORKERS', 'MANAGERS')),
    value    integer constraint workforce_value_range check (value >= 0),
    constraint workforce_key primary key (year, branch, measure, category),
    constraint workforce_category_of_branch
        check ((branch = 'IAE') = (category in ('IN_PATHWAY', 'PERMANENT')))
);
comment on table report.workforce is
    'Parts of the workforce as printed; totals are always computed. Null = the report prints ND (not available).';
insert into report.workforce (year, branch, measure, category, value) values
    (2009, 'IAE', 'PEOPLE', 'IN_PATHWAY', 77411), (2009, 'IAE', 'PEOPLE', 'PERMANENT', 2972),
    (2010, 'IAE', 'PEOPLE', 'IN_PATHWAY', 70978), (2010, 'IAE', 'PEOPLE', 'PERMANENT', 3456),
    (2011, 'IAE', 'PEOPLE', 'IN_PATHWAY', 79666), (2011, 'IAE', 'PEOPLE', 'PERMANENT', 3270),
    (2009, 'IAE', 'FTE', 'IN_PATHWAY', 9643), (2009, 'IAE', 'FTE', 'PERMANENT', 2277),
    (2010, 'IAE', 'FTE', 'IN_PATHWAY', 9641), (2010, 'IAE', 'FTE', 'PERMANENT', 2634),
    (2011, 'IAE', 'FTE', 'IN_PATHWAY', 11028), (2011, 'IAE', 'FTE', 'PERMANENT', 2265),
    (2009, 'PROXIM', 'PEOPLE', 'HOME_WORKERS', 8069), (2009, 'PROXIM', 'PEOPLE', 'MANAGERS', 331),
    (2010, 'PROXIM', 'PEOPLE', 'HOME_WORKERS', 8288), (2010, 'PROXIM', 'PEOPLE', 'MANAGERS', null),
    (2011, 'PROXIM', 'PEOPLE', 'HOME_WORKERS', 9996), (2011, 'PROXIM', 'PEOPLE', 'MANAGERS', null),
    (2009, 'PROXIM', 'FTE', 'HOME_WORKERS', 2624), (2009, 'PROXIM', 'FTE', 'MANAGERS', 275),
    (2010, 'PROXIM', 'FTE', 'HOME_WORKERS', 3354), (2010, 'PROXIM', 'FTE', 'MANAGERS', 358),
    (2011, 'PROXIM', 'FTE', 'HOME_WORKERS', 3170), (2011, 'PROXIM', 'FTE', 'MANAGERS', 338);

create table report.exit_reason (
    reason     text primary key,
    exit_group text not null constraint exit_reason_group_known
        check (exit_group in ('DURABLE', 'TRANSITION', 'POSITIVE', 'OTHER')),
    position   integer not null constraint exit_reason_position_key unique
);
comment on table report.exit_reason is 'Reasons of exit and the family they count in; all but OTHER are dynamic exits.';
insert into report.exit_reason (reason, exit_group, position) values
    ('CDI', 'DURABLE', 1), ('CDD_OR_TEMP_OVER_6M', 'DURABLE', 2), ('BUSINESS', 'DURABLE', 3),
    ('CDD_OR_TEMP_UNDER_6M', 'TRANSITION', 4), ('AIDED_CONTRACT', 'TRANSITION', 5),
    ('TRAINING', 'POSITIVE', 6), ('OTHER_SIAE', 'POSITIVE', 7), ('OTHER', 'OTHER', 8);

create table report.exits (
    year   integer not null,
    reason text not null constraint exits_reason_known references report.exit_reason,
    count  integer constraint exits_count_range check (count >= 0),
    constraint exits_key primary key (year, reason)
);
comment on table report.exits is
    'Exits by reason as counts, never as percentages. The report prints rounded percentages only: these counts of '
    '1,000 exits a year are a reconstruction that rounds to every one of them, 2011 included (28, 20, 13 and 60).';
insert into report.exits (year, reason, count)
select year, reason, counts[position]
from report.exit_reason, (values
    (2008, array[150, 130, 10, 130, 60, 80, 30, 410]),
    (2009, array[140, 100, 10, 110, 60, 70, 50, 460]),
    (2010, array[150, 110, 20, 130, 50, 90, 50, 400]),
    (2011, array[148, 109, 19, 147, 48, 78, 48, 403])) as printed (year, counts);

-- --- printed figures ---

create table report.source (
    code  text primary key,
    title text not null
);
comment on table report.source is 'Texts published by the federation from which figures were read.';
insert into report.source (code, title) values
    ('S0', 'Compte rendu de la journée régionale Provence-Alpes-Côte d’Azur, janvier 2023'),
    ('S1', 'Rapport d’activité 2023'),
    ('S2', 'Communiqué de 2022 sur la rencontre avec le cabinet du ministère'),
    ('S3', 'Rapport d’activité 2012'),
    ('S4', 'Texte de présentation de janvier 2022'),
    ('SX', 'Textes de la fédération, chiffre rond');

create table report.formula (
    id          text primary key,
    description text not null
);
comment on table report.formula is 'Formulas of report.compute with their French description.';
insert into report.formula (id, description) values
    ('MEMBERS', 'Adhérents dont une période d’adhésion couvre la date'),
    ('MEMBERS_OF_LINE', 'Adhérents à la date, dans la ligne du rapport'),
    ('MEMBERS_OF_KIND', 'Adhérents à la date, du type donné'),
    ('MEMBERS_GROWTH', 'Évolution du nombre d’adhérents entre deux dates'),
    ('JOINED', 'Premières adhésions de l’année ; un retour n’en est pas une'),
    ('SIAE_SHARE_STRICT', '(AI + EI + ACI) / adhérents à la date, en %'),
    ('SIAE_SHARE_WITH_TEMP_WORK', '(AI + EI + ACI + ligne du travail temporaire) / adhérents à la date, en %'),
    ('SIAE_SHARE_OF_JOINED', '(AI + EI + ACI) / premières adhésions de l’année, en %'),
    ('DELEGATIONS', 'Délégations en activité à la date'),
    ('REGIONS_WITHOUT_DELEGATION', 'Régions de France (DROM compris) sans délégation à la date'),
    ('APPOINTMENTS', 'Mandats ou emplois en cours à la date, selon l’instance, la délégation, le pôle ou le collège'),
    ('TEAM_ROLE', 'Personnes d’une équipe de délégation à la date, selon la fonction'),
    ('WORKFORCE', 'Somme des parties ; inconnue dès qu’une partie est inconnue'),
    ('EXIT_SHARE', 'Sorties du motif ou de la famille / sorties de l’année, en %, arrondi à l’unité'),
    ('SUM_OF_PRINTED', 'Somme d’autres chiffres imprimés par la même source'),
    ('RATIO_OF_PRINTED', 'Quotient d’autres chiffres imprimés par la même source'),
    ('PRINTED_ELSEWHERE', 'Même grandeur imprimée à un autre endroit');

create table report.published_figure (
    id              uuid primary key default engine.uuid_v7(),
    source          text not null constraint published_figure_source_known references report.source,
    place           text,
    year            integer not null,
    as_of           date,
    key             text not null constraint published_figure_key_form check (key ~ '^[a-z][a-z0-9_.-]*$'),
    label           text collate "fr-x-icu" not null,
    printed_text    text not null,
    printed_value   numeric,
    unit            text not null constraint published_figure_unit_known check (unit in
        ('MEMBERS', 'PEOPLE', 'FTE', 'PERCENT', 'PARTICIPANTS', 'SESSIONS', 'DAYS', 'PROJECTS', 'BODIES', 'SEATS',
         'MEETINGS', 'EUROS', 'HOURS', 'OTHER')),
    formula         text constraint published_figure_formula_known references report.formula,
    arguments       jsonb not null default '{}',
    not_computed_as text,
    note            text,
    constraint published_figure_key unique nulls not distinct (source, place, year, key),
    constraint published_figure_computed_or_why check ((formula is null) <> (not_computed_as is null))
);
create index published_figure_year on report.published_figure (year, key, id);
comment on table report.published_figure is
    'Every figure printed by the sources, as printed; report.compute gives the value of today beside it. A figure '
    'stands with its formula, or with the reason why nothing here computes it.';
comment on column report.published_figure.place is 'Where in the source, when the same figure is printed twice.';
comment on column report.published_figure.printed_value is 'Null when the source prints ND.';
comment on column report.published_figure.arguments is 'Arguments of the formula (date, kind, body …).';

do $$
declare
    name text;
begin
    foreach name in array array['member_kind', 'line', 'line_kind', 'kind_doubt', 'workforce', 'exit_reason', 'exits',
        'source', 'formula', 'published_figure'] loop
        execute format('alter table report.%I enable row level security', name);
        execute format('alter table report.%I force row level security', name);
        execute format('create policy owner_all on report.%I to maillage_owner using (true) with check (true)', name);
    end loop;
end $$;

call engine.set_revision('report_tables');
commit;
