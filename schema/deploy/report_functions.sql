-- Statistics. The functions run as the owner (security definer) because anybody may ask: they count companies, not
-- people, and give no row away. Every count takes its date; nothing reads "now" but the default of that date.
begin;

create function report.list(items text) returns json
    language sql immutable parallel safe
    as $$ select ('[' || coalesce(items, '') || ']')::json $$;
comment on function report.list(text) is
    'A JSON array of rows joined by commas: json_agg would put line ends and blanks into the answer.';

create function report.line_of(kind text, on_date date) returns text
    language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
    as $$
    select k.line from report.line_kind k
    where k.kind = line_of.kind and k.starts_on <= on_date and (k.ends_on is null or on_date <= k.ends_on)
    $$;
comment on function report.line_of(text, date) is 'Line of the report that holds a kind on that day (report_group).';

create function report.active_members(on_date date)
    returns table (member_id uuid, kind text, line text, region_code text, department_code text, delegation_id uuid)
    language sql stable parallel safe
    as $$
    select m.id, m.kind, k.line, m.region_code, m.department_code, d.delegation_id
    from network.membership p
    join network.member m on m.id = p.member_id
    left join report.line_kind k
        on k.kind = m.kind and k.starts_on <= on_date and (k.ends_on is null or on_date <= k.ends_on)
    left join network.member_delegation d
        on d.member_id = m.id and d.is_primary and d.starts_on <= on_date
        and (d.ends_on is null or on_date <= d.ends_on)
    where p.starts_on <= on_date and (p.ends_on is null or on_date <= p.ends_on)
    $$;
comment on function report.active_members(date) is
    'Members with a period over that day (status ACTIVE), with the line of the report and the delegation of that day. '
    'Each comes once: periods, lines of a kind and primary delegations of one member never overlap.';

create function report.group_label(grouping_name text, key text) returns text
    language sql stable
    as $$
    select coalesce(case grouping_name
        when 'kind' then (select k.label from report.member_kind k where k.kind = key)
        when 'report_group' then (select l.label from report.line l where l.key = group_label.key)
        when 'region' then (select r.name from reference.region r where r.code = key)
        when 'department' then (select d.name from reference.department d where d.code = key)
        when 'delegation' then (select d.name from network.delegation d where d.id::text = key) end,
        'Non renseigné')
    $$;
comment on function report.group_label(text, text) is 'French label of a group.';

create function report.group_position(grouping_name text, key text) returns integer
    language sql stable
    as $$
    select case grouping_name
        when 'kind' then (select k.position from report.member_kind k where k.kind = key)
        when 'report_group' then (select l.position from report.line l where l.key = group_position.key) end
    $$;
comment on function report.group_position(text, text) is
    'Place of a kind or a line in its list; null for places, which are ranked by their count.';

create function report.member_statistics(on_date date, grouping_name text)
    returns table (as_of date, "by" text, total bigint, groups json)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with counted as (
        select case grouping_name when 'kind' then a.kind when 'report_group' then a.line
                when 'region' then a.region_code when 'department' then a.department_code
                when 'delegation' then a.delegation_id::text end as key, count(*) as count
        from report.active_members(on_date) a group by 1
    ), labelled as (
        select c.key, report.group_label(grouping_name, c.key) as label, c.count,
            report.group_position(grouping_name, c.key) as place
        from counted c
    )
    select on_date, grouping_name, coalesce(sum(l.count), 0)::bigint,
        report.list(string_agg(row_to_json(r)::text, ','
            order by l.place, l.count desc, l.label collate "fr-x-icu"))
    from labelled l cross join lateral (select l.key, l.label, l.count) r
    $$;
comment on function report.member_statistics(date, text) is
    'Members active on a day by kind, line of the report, region, department or delegation.';

create function report.moves(from_date date, to_date date)
    returns table (member_id uuid, on_date date, move text)
    language sql stable
    as $$
    select p.member_id, p.starts_on, case when before.ends_on is null then 'JOINED' else 'REJOINED' end
    from network.membership p
    join network.member m on m.id = p.member_id
    left join lateral (
        select max(b.ends_on) as ends_on from network.membership b
        where b.member_id = p.member_id and b.starts_on < p.starts_on) before on true
    where p.starts_on between from_date and to_date
      and (before.ends_on is null or before.ends_on + 1 < p.starts_on)
    union all
    select p.member_id, p.ends_on, 'LEFT'
    from network.membership p
    join network.member m on m.id = p.member_id
    where p.ends_on between from_date - 1 and to_date - 1
      and not exists (select from network.membership n
                      where n.member_id = p.member_id and n.starts_on = p.ends_on + 1)
    $$;
comment on function report.moves(date, date) is
    'First memberships, returns after a gap, and departures whose first day outside lies in from … to, so that '
    'members(to) = members(from - 1) + joined + rejoined - left. A renewal without a gap is no move.';

create function report.member_moves(from_date date, to_date date, grouping_name text)
    returns table ("from" date, "to" date, "by" text, joined bigint, rejoined bigint, "left" bigint, net bigint,
        groups json)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if from_date > to_date then
        perform engine.refuse('moves_dates_order', 'the last day is before the first');
    end if;
    return query
    with moved as (
        select v.move, case grouping_name when 'kind' then m.kind when 'report_group' then k.line
                when 'region' then m.region_code when 'department' then m.department_code
                when 'delegation' then d.delegation_id::text end as key
        from report.moves(from_date, to_date) v
        join network.member m on m.id = v.member_id
        left join report.line_kind k
            on k.kind = m.kind and k.starts_on <= to_date and (k.ends_on is null or to_date <= k.ends_on)
        left join network.member_delegation d
            on d.member_id = m.id and d.is_primary and d.starts_on <= v.on_date
            and (d.ends_on is null or v.on_date <= d.ends_on)
    ), counted as (
        select m.key, report.group_label(grouping_name, m.key) as label,
            report.group_position(grouping_name, m.key) as place,
            count(*) filter (where m.move = 'JOINED') as joined,
            count(*) filter (where m.move = 'REJOINED') as rejoined,
            count(*) filter (where m.move = 'LEFT') as gone
        from moved m group by m.key
    )
    select from_date, to_date, grouping_name, coalesce(sum(c.joined), 0)::bigint,
        coalesce(sum(c.rejoined), 0)::bigint, coalesce(sum(c.gone), 0)::bigint,
        coalesce(sum(c.joined + c.rejoined - c.gone), 0)::bigint,
        report.list(string_agg(row_to_json(r)::text, ','
            order by c.place, c.joined desc, c.label collate "fr-x-icu"))
    from counted c cross join lateral (
        select c.key, c.label, c.joined, c.rejoined, c.gone as "left", c.joined + c.rejoined - c.gone as net) r;
end $$;
comment on function report.member_moves(date, date, text) is
    'Moves between two days by group; a line of the report is that of the last day, a delegation that of the move.';

create function report.siae_share(on_date date, formula_id text)
    returns table (as_of date, formula text, formula_text text, numerator bigint, denominator bigint,
        share_percent numeric, note text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    kinds constant text[] := case formula_id
        when 'STRICT' then array['AI', 'EI', 'ACI']
        when 'WITH_TEMP_WORK' then array['AI', 'EI', 'ACI', 'ETTI', 'ETT_ESS']
        when 'LEGAL' then array['AI', 'ACI', 'EI', 'ETTI', 'EITI'] end;
    doubtful bigint;
begin
    if formula_id = 'LEGAL' then
        select count(*) into doubtful
        from report.active_members(on_date) a join report.kind_doubt d on d.member_id = a.member_id
        where d.starts_on <= on_date and (d.ends_on is null or on_date <= d.ends_on);
        if doubtful > 0 then
            perform engine.refuse('figure_not_separable', 'ETTI and ETT-ESS are not told apart on that day',
                jsonb_build_object('formula', formula_id, 'as_of', on_date, 'unverified_members', doubtful));
        end if;
    end if;
    return query
    select on_date, formula_id, array_to_string(kinds, ' + '), c.counted, c.everybody,
        round(100.0 * c.counted / nullif(c.everybody, 0), 1),
        case formula_id
            when 'STRICT' then 'La ligne du travail temporaire n’est pas comptée.'
            when 'WITH_TEMP_WORK' then 'Toute la ligne du travail temporaire est comptée, ETT-ESS comprises.' end
    from (select count(*) filter (where a.kind = any (kinds)) as counted, count(*) as everybody
          from report.active_members(on_date) a) c;
end $$;
comment on function report.siae_share(date, text) is
    'Share of SIAE among the members by a named formula; LEGAL is refused while kinds of that day are in doubt.';

create function report.coverage_gaps(on_date date)
    returns table (region_code text, region_name text, members_count bigint, attached_to json)
    language sql stable
    as $$
    with uncovered as (
        select r.code, r.name from reference.region r
        where r.zone <> 'COM'
          and (r.starts_on is null or r.starts_on <= on_date) and (r.ends_on is null or on_date <= r.ends_on)
          and not exists (select from network.delegation_region d
                          where d.region_code = r.code and d.starts_on <= on_date
                            and (d.ends_on is null or on_date <= d.ends_on))
          -- Before 2016 a region of today is replaced by the former ones that held its departments.
          and exists (select from reference.department d where reference.region_of(d.code, on_date) = r.code)
    ), attached as (
        select reference.region_of(a.department_code, on_date) as code, a.delegation_id, sum(a.count) as count
        from (select department_code, delegation_id, count(*) as count
              from report.active_members(on_date) group by 1, 2) a
        group by 1, 2
    )
    select u.code, u.name, coalesce(sum(a.count), 0)::bigint,
        report.list(string_agg(row_to_json(r)::text, ',' order by a.count desc, d.name)
            filter (where d.id is not null))
    from uncovered u
    left join attached a on a.code = u.code
    left join network.delegation d on d.id = a.delegation_id
    cross join lateral (select d.id as delegation_id, d.name, a.count as members_count) r
    group by u.code, u.name
    $$;
comment on function report.coverage_gaps(date) is
    'Regions of that day without a delegation, the members they have, and the delegations that look after them.';

create function report.coverage_gap_list(on_date date) returns table (as_of date, regions json)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select on_date, report.list(string_agg(row_to_json(g)::text, ',' order by g.members_count desc, g.region_name))
    from report.coverage_gaps(on_date) g
    $$;
comment on function report.coverage_gap_list(date) is 'The regions without a delegation as one row.';

-- --- workforce and exits ---

create function report.workforce_total(of_year integer, of_branch text, of_measure text) returns bigint
    language sql stable
    as $$
    select case when count(*) = count(w.value) and count(*) > 0 then sum(w.value) end
    from report.workforce w
    where w.year = of_year and (of_branch = 'ALL' or w.branch = of_branch) and w.measure = of_measure
    $$;
comment on function report.workforce_total(integer, text, text) is 'Sum of the parts; null as soon as one is null.';

create function report.exit_share(of_year integer, of_group text, of_reason text) returns integer
    language sql stable
    as $$
    select case when count(*) = count(e.count) then round(100.0 * sum(e.count) filter (where
            (of_reason is null or e.reason = of_reason)
            and (of_group is null or r.exit_group = of_group or (of_group = 'DYNAMIC' and r.exit_group <> 'OTHER')))
        / nullif(sum(e.count), 0))::integer end
    from report.exits e join report.exit_reason r using (reason)
    where e.year = of_year
    $$;
comment on function report.exit_share(integer, text, text) is
    'Percentage of the exits of a year, rounded once, from counts; DYNAMIC is everything but OTHER.';

create function report.workforce_parts(of_year integer, of_branch text, of_measure text) returns json
    language sql stable
    as $$
    select report.list(string_agg(row_to_json(r)::text, ','
        order by r.category in ('PERMANENT', 'MANAGERS'), r.category))
    from (select w.category, w.value from report.workforce w
          where w.year = of_year and w.branch = of_branch and w.measure = of_measure) r
    $$;
comment on function report.workforce_parts(integer, text, text) is 'Parts of the workforce; none for ALL.';

create function report.workforce_rows(of_year integer) returns json
    language sql stable
    as $$
    select report.list(string_agg(row_to_json(r)::text, ',' order by y.year, b.place, m.place))
    from (select distinct w.year from report.workforce w where of_year is null or w.year = of_year) y,
        (values ('IAE', 1), ('PROXIM', 2), ('ALL', 3)) as b (branch, place),
        (values ('PEOPLE', 1), ('FTE', 2)) as m (measure, place),
        lateral (
            select y.year, b.branch, m.measure, report.workforce_total(y.year, b.branch, m.measure) as total,
                report.workforce_parts(y.year, b.branch, m.measure) as parts) r
    $$;
comment on function report.workforce_rows(integer) is 'Workforce of a year, or of all, with computed totals.';

create function report.exit_parts(of_year integer, of_group text) returns json
    language sql stable
    as $$
    select report.list(string_agg(row_to_json(p)::text, ',' order by r.position))
    from report.exit_reason r join report.exits e on e.reason = r.reason and e.year = of_year
    cross join lateral (select e.reason, e.count, report.exit_share(of_year, null, e.reason) as percent) p
    where r.exit_group = of_group
    $$;
comment on function report.exit_parts(integer, text) is 'Reasons of a family of exits in a year.';

create function report.exit_groups(of_year integer) returns json
    language sql stable
    as $$
    select report.list(string_agg(row_to_json(p)::text, ',' order by g.place))
    from (
        select r.exit_group, min(r.position) as place,
            case when count(*) = count(e.count) then sum(e.count) end as count
        from report.exits e join report.exit_reason r using (reason)
        where e.year = of_year group by r.exit_group) g
    cross join lateral (
        select g.exit_group as "group", g.count, report.exit_share(of_year, g.exit_group, null) as percent,
            report.exit_parts(of_year, g.exit_group) as parts) p
    $$;
comment on function report.exit_groups(integer) is 'Families of exits of a year with their reasons.';

create function report.exit_rows(of_year integer) returns json
    language sql stable
    as $$
    select report.list(string_agg(row_to_json(r)::text, ',' order by t.year))
    from (
        select e.year, case when count(*) = count(e.count) then sum(e.count) end as total,
            case when count(*) = count(e.count) then sum(e.count) filter (where r.exit_group <> 'OTHER') end
                as dynamic,
            report.exit_share(e.year, 'DYNAMIC', null) as percent,
            report.exit_share(e.year, 'DURABLE', null) + report.exit_share(e.year, 'TRANSITION', null)
                + report.exit_share(e.year, 'POSITIVE', null) as percent_of_parts
        from report.exits e join report.exit_reason r using (reason)
        where of_year is null or e.year = of_year group by e.year) t
    cross join lateral (
        select t.year, t.total, report.exit_groups(t.year) as groups, t.dynamic as dynamic_count,
            t.percent as dynamic_percent, case when t.percent <> t.percent_of_parts then format(
                'La somme des parts arrondies est %s ; le total arrondi, calculé sur les nombres, est %s.',
                t.percent_of_parts, t.percent) end as rounding_note) r
    $$;
comment on function report.exit_rows(integer) is
    'Exits of a year, or of all; a note says when rounded parts do not add up to the rounded total.';

create function report.workforce_statistics(of_year integer)
    returns table (year integer, workforce json, exits json)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select of_year, report.workforce_rows(of_year), report.exit_rows(of_year) $$;
comment on function report.workforce_statistics(integer) is 'Workforce and exits, of one year or of all known ones.';

call engine.set_revision('report_functions');
commit;
