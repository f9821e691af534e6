-- Yearly statistics of trainings, and the printed figures computed from them. Anybody may ask: the functions run with
-- the owner's rights, count, and hide what is too small.
begin;

create function training.counted_sessions(year integer) returns setof training.session
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select * from training.session s
    where s.counts_in_statistics and s.state in ('CONFIRMED', 'CLOSED')
      and s.starts_on between make_date(counted_sessions.year, 1, 1) and least(make_date(counted_sessions.year, 12, 31), engine.today())
    $$;
revoke execute on function training.counted_sessions(integer) from public;
comment on function training.counted_sessions(integer) is
    'Sessions of a year: begun in it, neither cancelled nor planned, events that no total counts left out.';

create function training.shown_people(people bigint) returns bigint
    language sql stable
    as $$ select case when people between 1 and training.setting('hidden_under', engine.today()) - 1 then null else people end $$;
comment on function training.shown_people(bigint) is 'Null for a number of people so small that it could point at somebody.';

create function training.group_label(grouping_name text, key text) returns text
    language sql stable
    as $$
    select case grouping_name
        when 'kind' then case key when 'INTER' then 'Interentreprises' when 'INTRA' then 'Intra-entreprise'
            when 'SERVICE' then 'Prestation' else 'Webinaire' end
        when 'delegation' then coalesce((select d.name from network.delegation d where d.id::text = key), 'Fédération')
        when 'month' then key
        else (select c.title from training.course c where c.id::text = key) end
    $$;
comment on function training.group_label(text, text) is 'French label of a group.';

create function training.statistic_groups(year integer, grouping_name text)
    returns table (key text, sessions bigint, people bigint, enrolments bigint, answers bigint, satisfied bigint, score numeric,
        trainee_minutes bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with counted as materialized (
        select s.id, case grouping_name when 'kind' then s.kind when 'delegation' then coalesce(s.delegation_id::text, 'NATIONAL')
            when 'month' then to_char(s.starts_on, 'YYYY-MM') when 'course' then s.course_id::text else '' end as key
        from training.counted_sessions(statistic_groups.year) s
    ), present as materialized (
        select c.key, e.id, e.person_id from counted c join training.enrolment e on e.session_id = c.id
        where e.state in ('CONFIRMED', 'ATTENDED', 'PARTIAL', 'ABANDONED')
    ), answered as (
        select p.key, count(*) as answers, avg(v.score) as score,
            count(*) filter (where v.score >= training.setting('satisfied_from', engine.today())) as satisfied
        from present p join training.evaluation v on v.enrolment_id = p.id and v.moment = 'HOT' group by p.key
    ), hours as (
        select c.key, sum(a.counted_minutes)::bigint as minutes
        from counted c join training.slot t on t.session_id = c.id
        join training.attendance a on a.slot_id = t.id and a.is_current group by c.key
    ), people as (
        select p.key, count(*) as enrolments, count(distinct p.person_id) as people from present p group by p.key
    )
    select g.key, g.sessions, coalesce(p.people, 0), coalesce(p.enrolments, 0), coalesce(n.answers, 0), coalesce(n.satisfied, 0),
        n.score, coalesce(h.minutes, 0)
    from (select c.key, count(*) as sessions from counted c group by c.key) g
    left join people p on p.key = g.key left join answered n on n.key = g.key left join hours h on h.key = g.key
    $$;
revoke execute on function training.statistic_groups(integer, text) from public;
comment on function training.statistic_groups(integer, text) is
    'Raw counts by group. People are persons, enrolments are places taken: one person may have several.';

create function training.satisfaction(answers bigint, expected bigint, satisfied bigint, score numeric, hidden boolean) returns json
    language sql stable
    as $$
    select json_build_object('share_percent', case when not h.yes then round(100.0 * satisfied / answers, 1) end,
        'average', case when not h.yes then round(score, 2) end, 'answers', answers,
        'response_rate_percent', round(100.0 * answers / nullif(expected, 0), 1), 'is_hidden', h.yes)
    from (select hidden or answers < training.setting('hidden_under', engine.today())) h (yes)
    $$;
comment on function training.satisfaction(bigint, bigint, bigint, numeric, boolean) is
    'Share of satisfied answers, never without their number and the response rate; nothing under five answers.';

create function training.statistics(wanted integer, grouping_name text)
    returns table (year integer, "by" text, sessions bigint, by_kind json, people bigint, enrolments bigint, trainers json,
        days bigint, trainee_minutes bigint, trainer_minutes bigint, fill_rate_percent numeric, courses bigint,
        new_courses bigint, new_courses_over_two_years bigint, satisfaction json, groups json, events json)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    with total as materialized (select * from training.statistic_groups(wanted, 'all')
    ), part as materialized (
        select p.*, p.answers < training.setting('hidden_under', engine.today()) as small,
            row_number() over (order by p.answers < training.setting('hidden_under', engine.today()), p.answers, p.key) as place
        from training.statistic_groups(wanted, grouping_name) p
    ), part_hidden as (
        -- one small group alone could be had from the total by subtraction: the next one goes with it
        select p.*, p.small or p.place = 1 and (select count(*) from part x where x.small and x.answers > 0) = 1 as hidden
        from part p
    ), counted as materialized (select * from training.counted_sessions(wanted)
    ), slots as (
        select t.id, t.session_id, t.on_date, t.minutes from counted c join training.slot t on t.session_id = c.id
    ), teaching as (
        select count(distinct r.id) filter (where r.kind = 'INTERNAL') as internal,
            count(distinct r.id) filter (where r.kind = 'EXTERNAL') as external
        from slots t join training.slot_trainer x on x.slot_id = t.id join training.trainer r on r.id = x.trainer_id
    )
    select wanted, grouping_name, coalesce((select t.sessions from total t), 0),
        (select json_build_object('INTER', count(*) filter (where c.kind = 'INTER'), 'INTRA', count(*) filter (where c.kind = 'INTRA'),
            'SERVICE', count(*) filter (where c.kind = 'SERVICE'), 'WEBINAR', count(*) filter (where c.kind = 'WEBINAR')) from counted c),
        training.shown_people(coalesce((select t.people from total t), 0)),
        training.shown_people(coalesce((select t.enrolments from total t), 0)),
        (select json_build_object('internal', g.internal, 'external', g.external, 'total', g.internal + g.external) from teaching g),
        (select count(distinct (t.session_id, t.on_date)) from slots t),
        coalesce((select t.trainee_minutes from total t), 0), (select coalesce(sum(t.minutes), 0) from slots t),
        (select round(100.0 * sum(c.seats_taken) / nullif(sum(c.capacity), 0), 1) from counted c where c.capacity > 0),
        (select count(*) from training.course c where c.starts_on <= make_date(wanted, 12, 31)
            and (c.ends_on is null or c.ends_on >= make_date(wanted, 1, 1))),
        (select count(*) from training.course c where c.starts_on between make_date(wanted, 1, 1) and make_date(wanted, 12, 31)),
        (select count(*) from training.course c where c.starts_on between make_date(wanted - 1, 1, 1) and make_date(wanted, 12, 31)),
        coalesce((select training.satisfaction(t.answers, t.enrolments, t.satisfied, t.score, false) from total t),
            training.satisfaction(0, 0, 0, null, false)),
        (select coalesce(json_agg(json_build_object('key', p.key, 'label', training.group_label(grouping_name, p.key),
            'sessions', p.sessions, 'people', training.shown_people(p.people), 'enrolments', training.shown_people(p.enrolments),
            'trainee_minutes', p.trainee_minutes, 'satisfaction', training.satisfaction(p.answers, p.enrolments, p.satisfied, p.score, p.hidden))
            order by p.sessions desc, p.key), '[]') from part_hidden p),
        (select coalesce(json_agg(json_build_object('programme_id', g.id, 'title', g.title, 'starts_on', g.starts_on, 'ends_on', g.ends_on,
            'sessions', f.sessions, 'participants', training.shown_people(f.participants), 'experts', f.experts,
            'programme_minutes', f.programme_minutes, 'attended_minutes', f.attended_minutes) order by g.starts_on), '[]')
         from training.programme g cross join lateral training.programme_figures(g.id) f
         where g.starts_on between make_date(wanted, 1, 1) and make_date(wanted, 12, 31))
    $$;
comment on function training.statistics(integer, text) is
    'trainingStatistics: sessions of a year, people and enrolments apart, hours, fill rate, satisfaction with its number of answers.';

create function training.revenue(wanted integer)
    returns table (year integer, total_cents bigint, invoices bigint, lines json)
    language sql stable
    as $$
    with line as (
        select i.funding_code, sum(i.amount_cents)::bigint as cents, count(*) as invoices from training.invoice i
        where i.invoiced_on between make_date(wanted, 1, 1) and make_date(wanted, 12, 31) group by i.funding_code)
    select wanted, coalesce(sum(l.cents), 0)::bigint, coalesce(sum(l.invoices), 0)::bigint,
        coalesce(json_agg(json_build_object('funding_code', l.funding_code, 'amount_cents', l.cents, 'invoices', l.invoices)
            order by l.funding_code), '[]')
    from line l
    $$;
comment on function training.revenue(integer) is 'trainingRevenue: invoices of the year that the caller sees, by line of frame C; without a line: null.';

create function training.figure(figure report.published_figure) returns numeric
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    name constant text := figure.arguments ->> 'name';
    s record;
    week record;
begin
    if figure.arguments ? 'programme' then
        select f.*, p.pass_other_cents, (select max(x.price_other_cents) from training.session x where x.programme_id = p.id) as talk_cents
        into week from training.programme p cross join lateral training.programme_figures(p.id) f
        where p.code = figure.arguments ->> 'programme';
        return case name when 'experts' then week.experts when 'participants' then week.participants
            when 'programme_hours' then week.programme_minutes / 60.0 when 'viewing_hours' then week.attended_minutes / 60.0
            when 'price_one_talk' then week.talk_cents / 100.0 when 'price_week' then week.pass_other_cents / 100.0 end;
    end if;
    select * into s from training.statistics(figure.year, 'kind');
    return case name when 'people' then s.people when 'sessions' then s.sessions when 'days' then s.days
        when 'courses' then s.courses when 'new_courses' then s.new_courses
        when 'new_courses_over_two_years' then s.new_courses_over_two_years
        when 'satisfaction' then (s.satisfaction ->> 'share_percent')::numeric
        when 'trainers_external' then (s.trainers ->> 'external')::numeric
        when 'trainers_internal' then (s.trainers ->> 'internal')::numeric
        else (s.by_kind ->> name)::numeric end;
end $$;
revoke execute on function training.figure(report.published_figure) from public;
comment on function training.figure(report.published_figure) is 'Printed figures of trainings, computed from sessions, people and attendance.';

insert into report.formula (id, description, function_name) values
    ('TRAININGS', 'Compté d’après les sessions, les stagiaires et les émargements', 'training.figure');
update report.published_figure f set formula = 'TRAININGS', not_computed_as = null,
    arguments = case when f.key like 'training.week.%'
        then jsonb_build_object('programme', 'SEMAINE-2023', 'name', split_part(f.key, '.', 3))
        else jsonb_build_object('name', case split_part(f.key, '.', 2) when 'intra' then 'INTRA' when 'inter' then 'INTER'
            when 'services' then 'SERVICE' else split_part(f.key, '.', 2) end) end
where f.key like 'training.%' and f.formula is null;

call engine.set_revision('training_reports');
commit;
