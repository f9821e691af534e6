-- Figures of vacation aid by year, region, delegation, structure; the funder's lines; the printed figures of 2023 from rows.
begin;

create function vacation.counted(of_year integer) returns table (project_id uuid, member_id uuid, delegation_id uuid,
    region_code text,
        is_examined boolean, is_approved boolean, is_refused boolean, is_waiting boolean, people integer,
            single_adults integer, family_people integer,
        staff integer, households integer, nights integer, costs bigint, requested bigint, granted bigint,
            returned bigint,
        has_report boolean, departed integer)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select p.id, p.member_id, p.delegation_id, p.region_code, p.submitted_at is not null,
        p.state in ('APPROVED', 'VOUCHERS_ORDERED', 'DELIVERED', 'STAY_DONE', 'CLOSED'), p.state = 'REFUSED',
        p.state = 'WAITLISTED_BUDGET', f.people, f.single_adults, f.family_people, f.staff, f.households, f.nights,
            f.planned_costs::bigint,
        f.requested::bigint, (f.committed + f.returned)::bigint, f.returned::bigint, p.reported_at is not null,
            p.departed_people
    from vacation.project p join vacation.convention c on c.id = p.convention_id
        join vacation.facts f on f.project_id = p.id
    where c.year = of_year
    $$;
comment on function vacation.counted(integer) is
    'One row per project of a year. Examined: submitted, whatever came of it. Approved: holds a grant today; its '
    'people are those counted as helped.';
revoke execute on function vacation.counted(integer) from public;

create type vacation.figures as (
    projects_count bigint, examined bigint, approved bigint, refused bigint, waiting bigint, people bigint,
        people_by_category jsonb, households bigint,
    structures bigint, nights bigint, requested_cents bigint, granted_cents bigint, returned_cents bigint,
    average_aid_per_person_cents bigint, aid_share_percent numeric, departure_rate_percent numeric);
comment on type vacation.figures is 'The figures of a year or of a group of projects.';

create function vacation.figures_of(projects uuid[], of_year integer) returns vacation.figures
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select (count(*), count(*) filter (where is_examined), count(*) filter (where is_approved),
        count(*) filter (where is_refused),
        count(*) filter (where is_waiting), coalesce(sum(people) filter (where is_approved), 0),
        jsonb_build_object('SINGLE_ADULT', coalesce(sum(single_adults) filter (where is_approved), 0),
            'FAMILY', coalesce(sum(family_people) filter (where is_approved), 0),
            'ACCOMPANYING_STAFF', coalesce(sum(staff) filter (where is_approved), 0)),
        coalesce(sum(households) filter (where is_approved), 0), count(distinct member_id) filter (where is_approved),
        coalesce(sum(nights) filter (where is_approved), 0), coalesce(sum(requested) filter (where is_examined), 0),
        coalesce(sum(granted), 0), coalesce(sum(returned), 0),
        round(sum(granted) filter (where is_approved)::numeric / nullif(sum(people) filter (where is_approved), 0)),
        round(sum(granted) filter (where is_approved) * 100.0 / nullif(sum(costs) filter (where is_approved), 0), 1),
        round(sum(departed) filter (where is_approved and has_report) * 100.0
            / nullif(sum(people) filter (where is_approved and has_report), 0), 1))::vacation.figures
    from vacation.counted(of_year) where projects is null or project_id = any (projects)
    $$;
comment on function vacation.figures_of(uuid[], integer) is
    'Figures of these projects, or of all. Nights count once a stay; the departure rate compares people who left '
    'with people inscribed where the report is in.';
revoke execute on function vacation.figures_of(uuid[], integer) from public;

create function vacation.groups(of_year integer, grouping_name text) returns jsonb
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with keyed_rows as (
        select case grouping_name when 'region' then c.region_code when 'delegation' then c.delegation_id::text
                when 'member' then c.member_id::text end as key, c.project_id
        from vacation.counted(of_year) c
        where grouping_name <> 'member' or session.caller() = 'NATIONAL'
            or session.caller() = 'STRUCTURE' and c.member_id = session.member_id()
            or session.caller() = 'DELEGATION' and exists (select from network.audience a
                where a.member_id = c.member_id
                and a.viewer_id = session.delegation_id() and engine.today() between a.starts_on and a.ends_on)
    ), sums as (
        select k.key, vacation.figures_of(array_agg(k.project_id), of_year) as f from keyed_rows k group by k.key
    ), ranked as (
        select s.key, s.f, grouping_name <> 'member' and session.caller() <> 'NATIONAL'
            and (s.f).people between 1 and 4 as is_small,
            count(*) filter (where grouping_name <> 'member' and session.caller() <> 'NATIONAL'
                and (s.f).people between 1 and 4) over () as small_groups,
            row_number() over (order by (s.f).people in (1, 2, 3, 4), (s.f).people = 0, (s.f).people, s.key) as place
        from sums s
    ), shown as (
        -- a single hidden group could be found by subtraction: the next smallest goes with it
        select r.*, r.is_small or r.small_groups = 1 and r.place = 1 and (r.f).people > 0 as is_hidden from ranked r
    )
    select coalesce(jsonb_agg(jsonb_build_object('key', s.key,
            'label', coalesce(case grouping_name when 'region' then g.name when 'delegation' then d.name
                when 'member' then m.name end, 'Non précisé'),
            'is_hidden', s.is_hidden)
        || case when s.is_hidden
            then jsonb_build_object('examined', (s.f).examined, 'approved', null, 'refused', null, 'people', null,
                'people_by_category', null,
                'households', null, 'structures', null, 'nights', null, 'granted_cents', null, 'returned_cents', null,
                'average_aid_per_person_cents', null, 'aid_share_percent', null, 'departure_rate_percent', null)
            else to_jsonb(s.f) - '{projects_count,waiting,requested_cents}'::text[] end
        order by (s.f).people desc, coalesce(g.name, d.name, m.name) collate "fr-x-icu"), '[]')
    from shown s
    left join reference.region g on grouping_name = 'region' and g.code = s.key
    left join network.delegation d on grouping_name = 'delegation' and d.id::text = s.key
    left join network.member m on grouping_name = 'member' and m.id::text = s.key
    $$;
comment on function vacation.groups(integer, text) is
    'Figures by region, delegation or structure. Groups of fewer than five people helped are hidden from all but '
    'the federation; by structure, each caller sees its own.';

create function vacation.statistics(of_year integer, grouping_name text default null)
    returns table (year integer, "by" text, examined bigint, approved bigint, refused bigint, waiting bigint,
        people bigint,
        people_by_category jsonb, households bigint, structures bigint, nights bigint, envelope_cents bigint,
            requested_cents bigint,
        granted_cents bigint, returned_cents bigint, left_cents bigint, average_aid_per_person_cents bigint,
            aid_share_percent numeric,
        target_people integer, target_reached_percent numeric, departure_rate_percent numeric, groups jsonb)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select of_year, grouping_name, f.examined, f.approved, f.refused, f.waiting, case when s.shown then f.people end,
        case when s.shown then f.people_by_category end, case when s.shown then f.households end, f.structures,
        case when s.shown then f.nights end, c.envelope, f.requested_cents, f.granted_cents, f.returned_cents,
        c.envelope - f.granted_cents + f.returned_cents, case when s.shown then f.average_aid_per_person_cents end,
        f.aid_share_percent, c.target, case when s.shown then round(f.people * 100.0 / nullif(c.target, 0), 1) end,
        case when s.shown then f.departure_rate_percent end,
        case when grouping_name is null then '[]' else vacation.groups(of_year, grouping_name) end
    from vacation.figures_of(null, of_year) f
    cross join lateral (select session.caller() = 'NATIONAL' or f.people not between 1 and 4) s (shown)
    cross join (select coalesce(sum(x.envelope_cents), 0)::bigint as envelope, sum(x.target_people)::integer as target
                from vacation.convention x where x.year = of_year) c
    $$;
comment on function vacation.statistics(integer, text) is
    'vacationAidStatistics: the year as a whole, and by region, delegation or member when asked. Fewer than five '
    'people are told to the federation only.';

-- --- what the funder asks for: one line a project, nobody's name ---

create view vacation.funder_lines with (security_invoker) as
select p.id, p.convention_id, p.reference, p.funder_ref, m.siret, m.name as member_name, d.name as delegation_name,
    p.region_code, p.stay_kind,
    vacation.state_today(p.state, p.returns_on) as state, p.departs_on, p.returns_on, f.nights, p.place,
        p.country_code, f.people,
    f.single_adults, f.family_people, f.staff as accompanying_staff, f.households,
        f.planned_costs::bigint as planned_costs_cents,
    f.requested::bigint as requested_cents, p.granted_cents,
        round(p.granted_cents * 100.0 / nullif(f.planned_costs, 0), 1) as aid_share_percent,
    f.ordered::bigint as ordered_cents, f.delivered::bigint as delivered_cents, f.returned::bigint as returned_cents,
    p.departed_people, p.actual_nights, f.actual_costs::bigint as actual_costs_cents,
    round(coalesce(nullif(f.delivered, 0), p.granted_cents) * 100.0 / nullif(f.actual_costs, 0),
        1) as actual_share_percent
from vacation.project p
join vacation.facts f on f.project_id = p.id
left join network.member m on m.id = p.member_id
left join network.delegation d on d.id = p.delegation_id
where p.submitted_at is not null;
comment on view vacation.funder_lines is
    'Submitted projects as the funder asks for them: no name, no birth date, no quotient.';
grant select on vacation.funder_lines to maillage_app;

-- --- printed figures ---

create function vacation.published(figure report.published_figure) returns numeric
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select case figure.arguments ->> 'of' when 'examined' then f.examined when 'structures' then f.structures
        when 'people' then f.people
        else (f.people_by_category ->> (figure.arguments ->> 'of'))::bigint end
    from vacation.figures_of(null, figure.year) f
    -- a year without a convention is unknown, not zero
    where exists (select from vacation.convention c where c.year = figure.year)
    $$;
comment on function vacation.published(report.published_figure) is
    'A printed figure of vacation aid computed from the projects of its year; null without a convention.';

insert into report.formula (id, description, function_name) values
    ('VACATION_AID', 'Projets vacances déposés, structures ou personnes des projets accordés de l’année',
        'vacation.published');
update report.published_figure f set formula = 'VACATION_AID', arguments = jsonb_build_object('of', v.part),
    not_computed_as = null
from (values ('vacation.projects', 'examined'), ('vacation.single_adults', 'SINGLE_ADULT'),
    ('vacation.people_in_families', 'FAMILY'),
    ('vacation.accompanying_staff', 'ACCOMPANYING_STAFF'), ('vacation.structures', 'structures')) v (key, part)
where f.key = v.key and f.year = 2023;

-- --- scopes ---

insert into access.scope (name, kinds) values
    ('vacations:read', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('vacations:write', '{STRUCTURE,NATIONAL}'),
    ('vacations:review', '{NATIONAL}');

call engine.set_revision('vacation_statistics');
commit;
