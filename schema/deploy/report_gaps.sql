-- A formula may be a function of its own, so that each part of the service brings its own figures; and two
-- contradictions of the sources (domain page, 1.7) as rows with a gap.
begin;

alter table report.formula add column function_name text
    constraint formula_function_name_form check (function_name ~ '^[a-z_]+\.[a-z_]+$');
comment on column report.formula.function_name is
    'Function (report.published_figure) returns numeric that computes it; null for those that report.compute_basic knows.';

alter function report.compute(report.published_figure) rename to compute_basic;
comment on function report.compute_basic(report.published_figure) is
    'Value by the formulas that need no function of their own; null when a part is unknown.';

create function report.compute(figure report.published_figure) returns numeric
    language plpgsql stable
    as $$
declare
    own_function constant text := (select f.function_name from report.formula f where f.id = figure.formula);
    value numeric;
begin
    if own_function is null then
        return report.compute_basic(figure);
    end if;
    execute format('select %s($1)', own_function) into value using figure;
    return value;
end $$;
comment on function report.compute(report.published_figure) is
    'Value of a figure computed now from the rows; null when a part is unknown.';

create function report.band_after(figure report.published_figure) returns numeric
    language sql stable
    as $$
    select f.printed_value + 1 from report.published_figure f
    where f.source = figure.source and f.year = figure.year and f.key = figure.arguments ->> 'after'
    $$;
comment on function report.band_after(report.published_figure) is
    'First value after a printed band: its upper bound plus one, so that an overlap shows as a gap.';

create function report.regions_at_least(figure report.published_figure) returns numeric
    language sql stable
    as $$
    select count(*) from (
        select m.region_code from report.moves(make_date(figure.year, 1, 1), make_date(figure.year, 12, 31)) v
        join network.member m on m.id = v.member_id
        where v.move = 'JOINED'
        group by m.region_code having count(*) >= (figure.arguments ->> 'at_least')::integer) r
    $$;
comment on function report.regions_at_least(report.published_figure) is
    'Regions with at least so many first memberships in the year: how long a complete ranking would be.';

insert into report.formula (id, description, function_name) values
    ('BAND_AFTER', 'Borne supérieure imprimée de la tranche précédente, plus un', 'report.band_after'),
    ('REGIONS_AT_LEAST', 'Régions comptant au moins autant de nouveaux adhérents que la dernière du classement',
     'report.regions_at_least');

insert into report.published_figure (source, year, as_of, key, label, printed_text, printed_value, unit, formula,
    arguments, not_computed_as, note)
select 'S3', 2012, '2012-12-31', 'members.map_band.' || band || '.' || bound,
    format('Carte des adhérents par région, tranche %s, borne %s', band,
        case bound when 'lower' then 'inférieure' else 'supérieure' end),
    printed, value, 'MEMBERS', case when after is not null then 'BAND_AFTER' end,
    case when after is null then '{}' else jsonb_build_object('after', 'members.map_band.' || after || '.upper') end,
    case when after is null then 'Borne choisie par l’auteur de la carte.' end, note
from (values
    (1, 'lower', '1 à 12', 1, null::integer, null),
    (1, 'upper', '1 à 12', 12, null, null),
    (2, 'lower', '13 à 25', 13, 1, null),
    (2, 'upper', '13 à 25', 25, null, null),
    (3, 'lower', '16 à 38', 16, 2, 'Les tranches imprimées se chevauchent ; 26 à 38 est sans doute voulu.'),
    (3, 'upper', '16 à 38', 38, null, null),
    (4, 'lower', '39 et plus', 39, 3, null)) as printed (band, bound, printed, value, after, note);

insert into report.published_figure (source, year, key, label, printed_text, printed_value, unit, formula, arguments, note)
values ('S1', 2023, 'joined.ranking.length', 'Régions les plus dynamiques 2023 : régions classées', '4 régions', 4, 'OTHER',
    'REGIONS_AT_LEAST', '{"at_least": 3}', 'Cinq régions ont eu au moins trois nouveaux ; Auvergne-Rhône-Alpes (4) manque.');

call engine.set_revision('report_gaps');
commit;
