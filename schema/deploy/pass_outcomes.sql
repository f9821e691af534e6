-- Outcomes of pathways as rates with their denominator (domain page, 3.8 and 7.4): tracked lines, lines that were erased, and
-- the years 2008 to 2011 of the annual report, all through the same counts. Who sees which count: pass_forecast.
begin;

create function pass.outcome_facts(of_year integer)
    returns table (source text, exact boolean, region text, department text, delegation text, siae_kind text, origin text, code text,
        category text, counted boolean, people bigint)
    language sql stable
    as $$
    select 'TRACKER', m.exact, m.region_code, m.department_code, m.delegation_id::text, e.siae_kind, e.origin, e.code, e.category,
        e.counted, count(*)
    from pass.exit e join pass.counted_members() m on m.member_id = e.member_id
    where e.on_date between make_date(of_year, 1, 1) and make_date(of_year, 12, 31)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    union all
    select 'TRACKER', false, o.region_code, o.department_code, o.delegation_id::text, o.siae_kind, o.origin, o.code, o.category,
        o.counted, o.people
    from pass.ended_outcome o
    where o.year = of_year
      and (session.caller() = 'NATIONAL' or session.caller() = 'DELEGATION' and o.delegation_id = session.delegation_id())
    union all
    select 'REPORT', true, null, null, null, null, null, case x.reason when 'CDD_OR_TEMP_OVER_6M' then 'CDD_OVER_6_MONTHS'
            when 'BUSINESS' then 'BUSINESS_CREATION' when 'CDD_OR_TEMP_UNDER_6M' then 'CDD_UNDER_6_MONTHS' when 'OTHER' then null
            else x.reason end, r.exit_group, true, x.count
    from report.exits x join report.exit_reason r on r.reason = x.reason
    where x.year = of_year
    $$;
comment on function pass.outcome_facts(integer) is
    'Outcomes of a year as they are. The report counts the whole network and prints no other reason than its own eight; code null: '
    'its line "other". Erased lines belong to the place that was theirs on the day.';

create function pass.rate(part bigint, whole bigint, least_whole integer, digits integer) returns numeric
    language sql immutable parallel safe
    as $$ select case when whole >= least_whole then round(100.0 * part / whole, digits) end $$;
comment on function pass.rate(bigint, bigint, integer, integer) is 'Percentage of a whole; none of a whole under least_whole people.';

create function pass.outcome_shown(of_year integer, grouping_name text, source text, step integer)
    returns table (key text, recorded bigint, removed bigint, not_counted bigint, counted bigint, durable bigint, transition bigint,
        positive bigint, dynamic bigint, other bigint)
    language sql stable
    as $$
    with figure as (
        select case grouping_name when 'region' then f.region when 'department' then f.department when 'delegation' then f.delegation
                when 'kind' then f.siae_kind when 'origin' then f.origin end as key, v.name,
            pass.shown(coalesce(sum(f.people) filter (where f.exact), 0)::bigint,
                coalesce(sum(f.people) filter (where not f.exact), 0)::bigint, step) as people
        from pass.outcome_facts(of_year) f
        cross join lateral (values ('RECORDED', true), ('REMOVED', f.category = 'REMOVED'),
            ('NOT_COUNTED', f.category <> 'REMOVED' and not f.counted), ('COUNTED', f.counted),
            ('DURABLE', f.counted and f.category = 'DURABLE'), ('TRANSITION', f.counted and f.category = 'TRANSITION'),
            ('POSITIVE', f.counted and f.category = 'POSITIVE'), ('DYNAMIC', f.counted and f.category <> 'OTHER'),
            ('OTHER', f.counted and f.category = 'OTHER')) v (name, holds)
        where v.holds and f.source = outcome_shown.source
        group by 1, 2
    )
    select g.key, coalesce(max(g.people) filter (where g.name = 'RECORDED'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'REMOVED'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'NOT_COUNTED'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'COUNTED'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'DURABLE'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'TRANSITION'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'POSITIVE'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'DYNAMIC'), n.nothing),
        coalesce(max(g.people) filter (where g.name = 'OTHER'), n.nothing)
    from figure g cross join (select case when step = 1 then 0 end::bigint as nothing) n
    group by g.key, n.nothing having max(g.people) > 0
    $$;
comment on function pass.outcome_shown(integer, text, text, integer) is
    'Counts of outcomes by group as the caller may see them. counted = durable + transition + positive + other as they are; dynamic is '
    'the first three. Each figure is rounded down for itself where the caller sees steps.';

create function pass.outcome_rows(of_year integer, grouping_name text, source text, step integer)
    returns table (key text, recorded bigint, removed bigint, not_counted bigint, counted bigint, durable bigint, transition bigint,
        positive bigint, dynamic bigint, other bigint, durable_percent numeric, transition_percent numeric, positive_percent numeric,
        dynamic_percent numeric, other_percent numeric)
    language sql stable
    as $$
    select s.*, pass.rate(s.durable, s.counted, f.least_whole, f.digits), pass.rate(s.transition, s.counted, f.least_whole, f.digits),
        pass.rate(s.positive, s.counted, f.least_whole, f.digits), pass.rate(s.dynamic, s.counted, f.least_whole, f.digits),
        pass.rate(s.other, s.counted, f.least_whole, f.digits)
    from pass.outcome_shown(of_year, grouping_name, source, step) s
    cross join (select pass.rule_value('SMALL_COUNT', make_date(of_year, 12, 31)) as least_whole,
        case source when 'REPORT' then 0 else 1 end as digits offset 0) f
    $$;
comment on function pass.outcome_rows(integer, text, text, integer) is
    'Counts and rates by group. Rates come from the counts that are shown, so that they tell no more; to the unit for the report, whose '
    'counts are a reconstruction of printed whole percents; none under SMALL_COUNT counted exits, whoever asks.';

create function pass.outcome_reasons(of_year integer, source text, step integer) returns json
    language sql stable
    as $$
    with reason as (
        select f.code, f.category, pass.shown(coalesce(sum(f.people) filter (where f.exact), 0)::bigint,
            coalesce(sum(f.people) filter (where not f.exact), 0)::bigint, step) as people
        from pass.outcome_facts(of_year) f where f.counted and f.source = outcome_reasons.source
        group by 1, 2
    ), listed as (
        select r.code, r.category, r.people, pass.rate(r.people, t.counted, pass.rule_value('SMALL_COUNT', make_date(of_year, 12, 31)),
            case source when 'REPORT' then 0 else 1 end) as percent
        from reason r cross join pass.outcome_shown(of_year, 'none', source, step) t
        where r.people > 0
    )
    select report.list(string_agg(row_to_json(l)::text, ','
        order by array_position(array['DURABLE', 'TRANSITION', 'POSITIVE', 'OTHER'], l.category), l.people desc, l.code))
    from listed l
    $$;
comment on function pass.outcome_reasons(integer, text, integer) is
    'Counted exits by reason. What is taken out of the count (death, long illness …) is told as one number only.';

create function pass.outcomes(of_year integer, grouping_name text)
    returns table (year integer, "by" text, source text, step integer, total json, reasons json, groups json)
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    cut integer;   -- the report says nothing of what it left out: null there, and never cut
begin
    year := of_year;
    "by" := grouping_name;
    source := case when exists (select from report.exits x where x.year = of_year) then 'REPORT' else 'TRACKER' end;
    step := case source when 'REPORT' then 1 else pass.count_step() end;
    cut := case source when 'REPORT' then 2 else step end;
    reasons := pass.outcome_reasons(of_year, source, cut);
    select row_to_json(t) into total
    from (select pass.total_shown(r.recorded, cut) as recorded, pass.total_shown(r.removed, cut) as removed,
            pass.total_shown(r.not_counted, cut) as not_counted, pass.total_shown(r.counted, cut) as counted,
            pass.total_shown(r.durable, cut) as durable, pass.total_shown(r.transition, cut) as transition,
            pass.total_shown(r.positive, cut) as positive, pass.total_shown(r.dynamic, cut) as dynamic,
            pass.total_shown(r.other, cut) as other,
            r.durable_percent, r.transition_percent, r.positive_percent, r.dynamic_percent, r.other_percent
        from (select 1) one left join pass.outcome_rows(of_year, 'none', source, cut) r on true) t;
    with counted as materialized (
        select r.* from pass.outcome_rows(of_year, grouping_name, source, cut) r where source = 'TRACKER'
    ), named as (
        select k.key, pass.grouping_label(grouping_name, k.key) as label from (select distinct c.key from counted c) k
    )
    select report.list(string_agg(row_to_json(g)::text, ',' order by g.label collate "fr-x-icu", g.key)) into groups
    from (select c.key, n.label, c.recorded, c.removed, c.not_counted, c.counted, c.durable, c.transition, c.positive, c.dynamic,
            c.other, c.durable_percent, c.transition_percent, c.positive_percent, c.dynamic_percent, c.other_percent
        from counted c join named n on n.key is not distinct from c.key) g;
    return next;
end $$;
comment on function pass.outcomes(integer, text) is
    'Outcomes of a year: total, reasons, groups. REPORT for 2008 to 2011, the whole network without groups; TRACKER otherwise.';

revoke execute on function pass.outcome_facts(integer), pass.outcome_shown(integer, text, text, integer),
    pass.outcome_rows(integer, text, text, integer), pass.outcome_reasons(integer, text, integer) from public;

call engine.set_revision('pass_outcomes');
commit;
