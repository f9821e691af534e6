-- Groups with few answers are hidden; two of them with one answer each could still be had together from the total.
begin;

create or replace function training.statistics(wanted integer, grouping_name text)
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
        -- what all small groups answered could be had from the total by subtraction: where that is few, the next group goes with them
        select p.*, p.small or p.place = 1 and (select coalesce(sum(x.answers), 0) from part x where x.small)
            between 1 and training.setting('hidden_under', engine.today()) - 1 as hidden
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

call engine.set_revision('satisfaction_floor');
commit;
