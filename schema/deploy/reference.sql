-- Official geography of a stated year, loaded by schema/reference, and the regions as they were before 2016.
begin;

create schema reference;
comment on schema reference is 'Official codes (INSEE): regions, departments, communes. Read by everyone, written by the loader.';

create table reference.edition (
    one       boolean primary key default true constraint edition_one_row check (one),
    year      integer not null constraint edition_year_range check (year between 2016 and 2100),
    source    text not null,
    loaded_at timestamptz not null default now()
);
comment on table reference.edition is 'One row: the year whose official geography is loaded, and where it comes from.';

create table reference.region (
    code       text primary key constraint region_code_form check (code ~ '^(\d{2}|9[78]\d)$'),
    name       text collate "fr-x-icu" not null,
    zone       text not null default 'METRO' constraint region_zone_known check (zone in ('METRO', 'DROM', 'COM')),
    starts_on  date,
    ends_on    date,
    year       integer not null,
    constraint region_dates_order check (ends_on is null or starts_on is null or starts_on <= ends_on)
);
comment on table reference.region is
    'Regions by INSEE code: those of the stated year (ends_on null) and those merged on 2016-01-01 (law 2015-29).';
comment on column reference.region.zone is 'METRO mainland and Corse, DROM 01-04 and 06, COM collectivities (97x, 98x).';
comment on column reference.region.ends_on is 'Last day of a region that no longer exists; null = of the stated year.';
comment on column reference.region.year is 'Year of the official list the row comes from.';

create table reference.department (
    code        text primary key constraint department_code_form check (code ~ '^(\d{2}|2[AB]|9[78]\d)$'),
    name        text collate "fr-x-icu" not null,
    region_code text not null constraint department_region_known references reference.region
);
create index department_region on reference.department (region_code);
comment on table reference.department is 'Departments of the stated year; 97x and 98x stand for themselves.';

create table reference.commune (
    code            text primary key
        constraint commune_code_form check (code ~ '^(\d{2}|2[AB])\d{3}$'),
    name            text collate "fr-x-icu" not null,
    department_code text not null constraint commune_department_known references reference.department,
    region_code     text not null constraint commune_region_known references reference.region,
    postal_codes    text[] not null default '{}',
    kind            text not null default 'COMMUNE'
        constraint commune_kind_known check (kind in ('COMMUNE', 'ARRONDISSEMENT')),
    search          tsvector not null default ''::tsvector
);
create index commune_department on reference.commune (department_code, name);
create index commune_name on reference.commune (name, code);
create index commune_search on reference.commune using gin (search);
comment on table reference.commune is
    'Communes of the stated year and municipal districts of Paris, Lyon, Marseille; a region is never guessed from a postal code.';
comment on column reference.commune.search is 'Words of the name and postal codes without accents; kept by trigger.';

create text search configuration reference.words (copy = pg_catalog.simple);
alter text search configuration reference.words
    alter mapping for asciiword, asciihword, hword_asciipart, word, hword, hword_part
    with unaccent, simple;
comment on text search configuration reference.words is 'Words as they are, without accents: names are not stemmed.';

create function reference.search_words(texts text) returns tsvector
    language sql stable parallel safe
    as $$ select to_tsvector('reference.words', translate(normalize(coalesce(texts, '')), '-/.''’', '     ')) $$;
comment on function reference.search_words(text) is 'Words for searching: lower case, no accents, split at hyphens and apostrophes.';

create function reference.search_query(q text) returns tsquery
    language sql stable parallel safe
    as $$
    select coalesce((
        select string_agg(quote_literal(lexeme) || ':*', ' & ')
        from unnest(reference.search_words(
            regexp_replace(left(q, 200), '(?<=\d)[\s.]+(?=\d)', '', 'g')))), '')::tsquery
    $$;
comment on function reference.search_query(text) is
    'Every word of q as the beginning of a word, digits joined over blanks; an empty query finds nothing.';

create function reference.commune_words() returns trigger
    language plpgsql
    as $$
begin
    new.search := reference.search_words(new.name || ' ' || array_to_string(new.postal_codes, ' '));
    return new;
end $$;
comment on function reference.commune_words() is 'Keeps commune.search.';
create trigger commune_words before insert or update on reference.commune
    for each row execute function reference.commune_words();

-- Before 2016-01-01: law 2015-29 of 2015-01-16 merged 16 of the 22 mainland regions into 7.
create table reference.former_region_department (
    department_code text primary key constraint former_department_form check (department_code ~ '^(\d{2}|2[AB])$'),
    region_code     text not null constraint former_region_known references reference.region
);
comment on table reference.former_region_department is
    'Region of a mainland department until 2015-12-31, where it was another one than today.';

insert into reference.region (code, name, zone, ends_on, year) values
    ('21', 'Champagne-Ardenne', 'METRO', '2015-12-31', 2015),
    ('22', 'Picardie', 'METRO', '2015-12-31', 2015),
    ('23', 'Haute-Normandie', 'METRO', '2015-12-31', 2015),
    ('25', 'Basse-Normandie', 'METRO', '2015-12-31', 2015),
    ('26', 'Bourgogne', 'METRO', '2015-12-31', 2015),
    ('31', 'Nord-Pas-de-Calais', 'METRO', '2015-12-31', 2015),
    ('41', 'Lorraine', 'METRO', '2015-12-31', 2015),
    ('42', 'Alsace', 'METRO', '2015-12-31', 2015),
    ('43', 'Franche-Comté', 'METRO', '2015-12-31', 2015),
    ('54', 'Poitou-Charentes', 'METRO', '2015-12-31', 2015),
    ('72', 'Aquitaine', 'METRO', '2015-12-31', 2015),
    ('73', 'Midi-Pyrénées', 'METRO', '2015-12-31', 2015),
    ('74', 'Limousin', 'METRO', '2015-12-31', 2015),
    ('82', 'Rhône-Alpes', 'METRO', '2015-12-31', 2015),
    ('83', 'Auvergne', 'METRO', '2015-12-31', 2015),
    ('91', 'Languedoc-Roussillon', 'METRO', '2015-12-31', 2015);

insert into reference.former_region_department (department_code, region_code)
select department, region
from (values
    ('21', '08 10 51 52'), ('22', '02 60 80'), ('23', '27 76'), ('25', '14 50 61'), ('26', '21 58 71 89'),
    ('31', '59 62'), ('41', '54 55 57 88'), ('42', '67 68'), ('43', '25 39 70 90'), ('54', '16 17 79 86'),
    ('72', '24 33 40 47 64'), ('73', '09 12 31 32 46 65 81 82'), ('74', '19 23 87'),
    ('82', '01 07 26 38 42 69 73 74'), ('83', '03 15 43 63'), ('91', '11 30 34 48 66')) as r (region, departments),
    string_to_table(r.departments, ' ') as department;

create function reference.region_of(department text, on_date date) returns text
    language plpgsql stable parallel safe
    as $$
begin
    return coalesce(
        (select f.region_code from reference.former_region_department f
         where f.department_code = department and on_date < date '2016-01-01'),
        (select d.region_code from reference.department d where d.code = department));
end $$;
comment on function reference.region_of(text, date) is
    'Region that held the department on that day: the former one before 2016-01-01, else that of the stated year.';

call engine.set_revision('reference');
commit;
