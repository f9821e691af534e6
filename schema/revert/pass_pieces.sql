begin;
drop function pass.expiries(date, date, text, date), pass.expiry_peaks(pass.piece_count[], date, date, date, integer),
    pass.peak_weeks_from(date), pass.monday_of(date), pass.expiry_weeks(pass.piece_count[], date, date, integer),
    pass.expiry_shown(pass.expiry_fact[], boolean, integer),
    pass.expiry_facts(pass.piece_count[], date, date, date, text), pass.expiry_parts(date, date, date),
    pass.expiry_pieces(date, date, text), pass.group_of(text, text, text, uuid, text, text);
drop type pass.expiry_fact, pass.piece_count;

create function pass.expiry_parts(first_month date, last_day date, as_of date)
    returns table (month date, member_id uuid, siae_kind text, origin text, declared integer, suspended integer, resumed integer,
        hard_stops integer, age integer, region_code text, department_code text, delegation_id uuid)
    language sql stable
    as $$
    select pass.first_of_month(e.piece), e.member_id, e.siae_kind, e.origin, e.people, 0, e.people,
        case when e.hard_stop then e.people else 0 end, null::integer, null::text, null::text, null::uuid
    from pass.expiry_count e where e.piece between first_month and last_day
    union all
    select pass.first_of_month(v.day), s.member_id, s.siae_kind, s.origin, 0, v.suspended, v.resumed, 0, null, null, null, null
    from pass.suspended_ends(as_of) s
    cross join lateral (values (s.ends_on, 1, -1), (s.resumed_ends_on, 0, 1)) v (day, suspended, resumed)
    where v.day between first_month and last_day
    union all
    select pass.first_of_month(w.ends_on), w.member_id, w.siae_kind, w.origin, 0, 0, 0, 0, w.days, null, null, null
    from pass.waiting_requests(as_of) w where w.ends_on between first_month and last_day
    union all
    select m.month, null, m.siae_kind, m.origin, m.people, 0, m.people, m.hard_stops, null,
        m.region_code, m.department_code, m.delegation_id
    from pass.ended_month m where m.month between first_month and last_day
    $$;
comment on function pass.expiry_parts(date, date, date) is
    'What adds up to the forecast: counted ends, suspended people at their printed and at their resumed end, requests, erased lines. '
    'Parts of erased lines have no structure but their own place.';

create function pass.expiry_facts(first_month date, last_day date, as_of date, grouping_name text)
    returns table (month date, key text, exact boolean, declared bigint, suspended bigint, resumed bigint, hard_stops bigint,
        pending_requests bigint, before_reminder bigint, reminded_once bigint, reminded_twice bigint, reminded_thrice bigint)
    language sql stable
    as $$
    with age as materialized (  -- once, not for every row
        select pass.rule_value('REQUEST_REMINDER_1', as_of) as first, pass.rule_value('REQUEST_REMINDER_2', as_of) as second,
            pass.rule_value('REQUEST_REMINDER_3', as_of) as third
    ), part as (
        select p.*, coalesce(m.exact, false) as exact, coalesce(m.region_code, p.region_code) as region,
            coalesce(m.department_code, p.department_code) as department, coalesce(m.delegation_id, p.delegation_id) as delegation
        from pass.expiry_parts(first_month, last_day, as_of) p left join pass.counted_members() m on m.member_id = p.member_id
        where m.member_id is not null or p.member_id is null
            and (session.caller() = 'NATIONAL' or session.caller() = 'DELEGATION' and p.delegation_id = session.delegation_id())
    )
    select p.month, case grouping_name when 'region' then p.region when 'department' then p.department
            when 'delegation' then p.delegation::text when 'kind' then p.siae_kind when 'origin' then p.origin end,
        p.exact, sum(p.declared), sum(p.suspended), sum(p.resumed), sum(p.hard_stops), count(p.age),
        count(*) filter (where p.age < a.first), count(*) filter (where p.age >= a.first and p.age < a.second),
        count(*) filter (where p.age >= a.second and p.age < a.third), count(*) filter (where p.age >= a.third)
    from part p cross join age a
    group by 1, 2, 3
    $$;
comment on function pass.expiry_facts(date, date, date, text) is
    'Counts by month and group, as they are, apart by whether the caller may read the lines.';

-- --- as they are shown ---

create function pass.expiry_shown(first_month date, last_day date, as_of date, grouping_name text, step integer)
    returns table (month date, key text, declared bigint, suspended bigint, resumed bigint, hard_stops bigint,
        pending_requests bigint, before_reminder bigint, reminded_once bigint, reminded_twice bigint, reminded_thrice bigint)
    language sql stable
    as $$
    with figure as (
        select f.month, f.key, v.name, pass.shown(coalesce(sum(v.people) filter (where f.exact), 0)::bigint,
            coalesce(sum(v.people) filter (where not f.exact), 0)::bigint, step) as people
        from pass.expiry_facts(first_month, last_day, as_of, grouping_name) f
        cross join lateral (values ('DECLARED', f.declared), ('SUSPENDED', f.suspended), ('RESUMED', f.resumed),
            ('HARD_STOPS', f.hard_stops), ('PENDING', f.pending_requests), ('BEFORE', f.before_reminder),
            ('ONCE', f.reminded_once), ('TWICE', f.reminded_twice), ('THRICE', f.reminded_thrice)) v (name, people)
        group by 1, 2, 3
    )
    select g.month, g.key, max(g.people) filter (where g.name = 'DECLARED'), max(g.people) filter (where g.name = 'SUSPENDED'),
        max(g.people) filter (where g.name = 'RESUMED'), max(g.people) filter (where g.name = 'HARD_STOPS'),
        max(g.people) filter (where g.name = 'PENDING'), max(g.people) filter (where g.name = 'BEFORE'),
        max(g.people) filter (where g.name = 'ONCE'), max(g.people) filter (where g.name = 'TWICE'),
        max(g.people) filter (where g.name = 'THRICE')
    from figure g
    group by 1, 2 having max(g.people) > 0
    $$;
comment on function pass.expiry_shown(date, date, date, text, integer) is
    'The forecast as the caller may see it; a row with nothing to show is left out, so that not even its presence is told.';

create function pass.expiry_weeks(first_day date, last_day date, step integer)
    returns table (starts_on date, declared bigint)
    language sql stable
    as $$
    with counted as (
        select e.piece - (extract(isodow from e.piece)::integer - 1) as monday,
            coalesce(sum(e.people) filter (where m.exact), 0) as exact, coalesce(sum(e.people) filter (where not m.exact), 0) as rest
        from pass.expiry_count e join pass.counted_members() m on m.member_id = e.member_id
        where e.piece between first_day and last_day + 6
        group by 1
    )
    select w.day::date, pass.shown(coalesce(c.exact, 0)::bigint, coalesce(c.rest, 0)::bigint, step)
    from generate_series(first_day::timestamp, last_day::timestamp, interval '7 days') w (day)
    left join counted c on c.monday = w.day::date
    $$;
comment on function pass.expiry_weeks(date, date, integer) is
    'Declared ends by ISO week as the caller may see them, from one Monday to another. Lines that were erased are in no week.';

create function pass.expiry_peaks(first_day date, last_day date, as_of date, step integer)
    returns table (median numeric, factor integer, alarm_above numeric, weeks json)
    language plpgsql stable
    as $$
declare
    kept_from constant date := pass.counted_day(pass.shift_by(engine.today(), 'RETENTION', engine.today(), -1)) + 7;
    this_week constant date := as_of - (extract(isodow from as_of)::integer - 1);
    before_this constant date := this_week - 7 * pass.rule_value('PEAK_WEEKS', as_of);
begin
    factor := pass.rule_value('PEAK_FACTOR', as_of);
    if before_this >= kept_from then
        select percentile_cont(0.5) within group (order by coalesce(w.declared, 0)) into median
        from pass.expiry_weeks(before_this, this_week - 7, step) w;
        alarm_above := factor * greatest(median, pass.rule_value('SMALL_COUNT', as_of));
    end if;
    select report.list(string_agg(row_to_json(r)::text, ',' order by r.starts_on)) into weeks
    from (select w.starts_on, w.declared, coalesce(w.declared > alarm_above, false) as peak
        from pass.expiry_weeks(greatest(first_day - (extract(isodow from first_day)::integer - 1), kept_from), last_day, step) w
        where w.declared > 0) r;
    return next;
end $$;
comment on function pass.expiry_peaks(date, date, date, integer) is
    'Weeks with more declared ends than PEAK_FACTOR times the median of the PEAK_WEEKS before as_of (a median below SMALL_COUNT is '
    'taken as SMALL_COUNT). No median, hence no alarm, where erased lines are missing from those weeks.';

create function pass.expiries(from_day date, to_day date, grouping_name text, on_day date)
    returns table (as_of date, "from" date, "to" date, "by" text, step integer, total json, months json, groups json, weekly json)
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    as_of := pass.counted_day(on_day);
    "from" := pass.first_of_month(coalesce(from_day, on_day));
    "to" := pass.first_of_month(coalesce(to_day, ("from" + interval '23 months')::date)) + interval '1 month' - interval '1 day';
    "by" := grouping_name;
    step := pass.count_step();
    if "from" > "to" then
        perform engine.refuse('expiries_dates_order', 'the last day is before the first');
    elsif "to" >= "from" + interval '60 months' then
        perform engine.refuse('expiries_period_length', 'more than 60 months');
    end if;
    with shown as materialized (select s.* from pass.expiry_shown("from", "to", as_of, 'month', step) s)
    select (select report.list(string_agg(row_to_json(m)::text, ',' order by m.month))
        from (select s.month, s.declared, s.suspended, s.resumed, s.hard_stops, s.pending_requests, s.before_reminder,
            s.reminded_once, s.reminded_twice, s.reminded_thrice from shown s) m), row_to_json(t)
    into months, total
    from (select pass.total_shown(sum(s.declared), step) as declared, pass.total_shown(sum(s.suspended), step) as suspended,
            pass.total_shown(sum(s.resumed), step) as resumed, pass.total_shown(sum(s.hard_stops), step) as hard_stops,
            pass.total_shown(sum(s.pending_requests), step) as pending_requests,
            pass.total_shown(sum(s.before_reminder), step) as before_reminder,
            pass.total_shown(sum(s.reminded_once), step) as reminded_once,
            pass.total_shown(sum(s.reminded_twice), step) as reminded_twice,
            pass.total_shown(sum(s.reminded_thrice), step) as reminded_thrice
        from shown s) t;
    with shown as materialized (
        select s.* from pass.expiry_shown("from", "to", as_of, grouping_name, step) s where grouping_name <> 'month'
    ), named as (
        select k.key, pass.grouping_label(grouping_name, k.key) as label from (select distinct s.key from shown s) k
    )
    select report.list(string_agg(row_to_json(g)::text, ',' order by g.month, g.label collate "fr-x-icu", g.key)) into groups
    from (select s.month, s.key, n.label, s.declared, s.suspended, s.resumed, s.hard_stops, s.pending_requests,
            s.before_reminder, s.reminded_once, s.reminded_twice, s.reminded_thrice
        from shown s join named n on n.key is not distinct from s.key) g;
    select row_to_json(p) into weekly from pass.expiry_peaks("from", "to", as_of, step) p;
    return next;
end $$;
comment on function pass.expiries(date, date, text, date) is
    'The forecast in whole months, at most 60: totals, months, month x group, weeks with their alarm. from: month of on_day; to: two years.';

-- The daemon asks for the whole answer; its parts would count without hiding.
revoke execute on function pass.expiry_parts(date, date, date), pass.expiry_facts(date, date, date, text), pass.expiry_shown(date, date, date, text, integer),
    pass.expiry_weeks(date, date, integer), pass.expiry_peaks(date, date, date, integer) from public;
call engine.set_revision('campaign_sheets');
commit;
