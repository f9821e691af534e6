-- What follows from where a pathway stands: window, options, suspension, waiting period, milestones, the law beside the
-- platform, and which rules were used. Each function writes one part of the answer of calculatePass.
begin;

create function pass.window_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language sql immutable parallel safe
    as $$
    select case when p.closed_on is not null then jsonb_build_object('opens_on', null, 'closes_on', null, 'open', false)
        else jsonb_build_object(
            'opens_on', pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_BEFORE', -1),
            'closes_on', pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_AFTER'),
            'open', p.as_of between pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_BEFORE', -1)
                and pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_AFTER')) end
    $$;
comment on function pass.window_part(pass.pathway, pass.position, jsonb) is
    'Days on which a prolongation may be asked, both included; null days after a closure, which is final.';

create function pass.obstacle(p pass.pathway, at pass.position, rules jsonb, reason text) returns text
    language plpgsql immutable parallel safe
    as $$
begin
    return case
        when p.closed_on is not null then 'PASS_CLOSED'
        when reason = 'PARTICULAR_DIFFICULTIES' and p.siae_kind not in ('AI', 'ACI') then 'EMPLOYER_KIND'
        when pass.capped_reason(reason) and at.prolonged_days >= pass.number_of(rules, 'PROLONGATION_CAP_' || reason) then 'CAP_REACHED'
        when reason = 'SENIOR' and pass.moved(p.born_from, rules, 'SENIOR_AGE') > greatest(p.as_of, at.ends_on) then 'TOO_YOUNG'
        when reason = 'SENIOR_CDI' and pass.moved(p.born_from, rules, 'SENIOR_CDI_AGE') > greatest(p.as_of, at.ends_on) then 'TOO_YOUNG'
        when reason = 'SENIOR_CDI' and pass.moved(p.starts_on, rules, 'SENIOR_CDI_PATHWAY') > greatest(p.as_of, at.ends_on) then 'PATHWAY_TOO_SHORT'
        when (p.request).starts_on is not null then 'REQUEST_PENDING'
        when at.state = 'SUSPENDED' then 'SUSPENDED'
        when p.as_of < pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_BEFORE', -1) then 'WINDOW_NOT_OPEN'
        when p.as_of > pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_AFTER') then 'WINDOW_CLOSED' end;
end $$;
comment on function pass.obstacle(pass.pathway, pass.position, jsonb, text) is
    'Why a prolongation for a reason cannot be asked on p.as_of, what lasts before what passes; null when it can. Ages count '
    'on the last day of the PASS, and only when the birth is known: the platform takes them on trust.';

create function pass.conditions_of(p pass.pathway, reason text) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return case reason
        when 'RQTH' then '["DISABILITY_RECOGNISED"]'
        when 'SENIOR' then case when p.born_from is distinct from p.born_to or p.born_from is null then '["AGE_50"]' else '[]' end
        when 'SENIOR_CDI' then case when p.born_from is distinct from p.born_to or p.born_from is null
            then '["AGE_57", "OPEN_ENDED_CONTRACT"]' else '["OPEN_ENDED_CONTRACT"]' end
        when 'COMPLETE_TRAINING' then '["TRAINING_RUNNING"]'
        when 'PARTICULAR_DIFFICULTIES' then case when p.siae_kind is null then '["EMPLOYER_AI_OR_ACI"]' else '[]' end
        else '[]' end::jsonb;
end $$;
comment on function pass.conditions_of(pass.pathway, text) is 'What must be true besides, and cannot be known from the dates.';

create function pass.option_part(p pass.pathway, at pass.position, rules jsonb, reason text) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    obstacle constant text := pass.obstacle(p, at, rules, reason);
    cap constant integer := pass.number_of(rules, 'PROLONGATION_CAP_' || reason);
    remaining constant integer := case when cap is not null then greatest(cap - at.prolonged_days, 0) end;
    step constant integer := pass.number_of(rules, case reason when 'SENIOR_CDI' then 'PROLONGATION_STEP_SENIOR_CDI'
        else 'PROLONGATION_STEP' end);
    next_starts_on constant date := case when remaining > 0 or cap is null then at.ends_on end;
begin
    return jsonb_build_object(
        'reason', reason, 'allowed', obstacle is null, 'why_not', obstacle,
        'decided_by', case when reason in ('SENIOR_CDI', 'COMPLETE_TRAINING') then 'EMPLOYER' else 'PRESCRIBER' end,
        'conditions', pass.conditions_of(p, reason),
        'used_days', at.prolonged_days, 'cap_days', cap, 'remaining_days', remaining,
        'next_starts_on', next_starts_on,
        'request_max_ends_on', next_starts_on + least(step, remaining),
        'max_ends_on', next_starts_on + coalesce(remaining, step),
        'max_ends_on_by_law', pass.moved(p.starts_on, rules, 'TOTAL_BY_LAW_' || reason) - 1 + at.paused_days);
end $$;
comment on function pass.option_part(pass.pathway, pass.position, jsonb, text) is
    'One reason: whether it can be asked, what its cap leaves, how far one request and all of them reach, and the law''s day: '
    '60 or 84 months from the start, days paused added. Null days where nothing is left.';

create function pass.options_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return jsonb_build_array(pass.option_part(p, at, rules, 'PARTICULAR_DIFFICULTIES'), pass.option_part(p, at, rules, 'RQTH'),
        pass.option_part(p, at, rules, 'SENIOR'), pass.option_part(p, at, rules, 'COMPLETE_TRAINING'),
        pass.option_part(p, at, rules, 'SENIOR_CDI'));
end $$;
comment on function pass.options_part(pass.pathway, pass.position, jsonb) is 'The five reasons of today.';

create function pass.suspension_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language sql immutable parallel safe
    as $$
    select jsonb_build_object(
        'running', (at.running).starts_on is not null,
        'starts_on', (at.running).starts_on, 'ends_on', (at.running).ends_on, 'reason', (at.running).reason,
        'elapsed_days', p.as_of - (at.running).starts_on + 1,
        'earliest_starts_on', case when at.state = 'VALID' then greatest(
            coalesce(at.latest_finished_ends_on + 1, p.last_hire_on, p.starts_on),
            pass.moved(p.as_of, rules, 'SUSPENSION_BACKDATING', -1), p.starts_on) end,
        'max_ends_on', case when (at.running).starts_on is not null then pass.moved((at.running).starts_on, rules, 'SUSPENSION_MAX') - 1
            when at.state = 'VALID' then pass.moved(p.as_of, rules, 'SUSPENSION_MAX') - 1 end,
        'closable', pass.closable_on(p, at, rules),
        'closable_from', case when (at.running).starts_on is not null and p.closed_on is null
            then (at.running).starts_on + pass.number_of(rules, 'SUSPENSION_CLOSABLE') + 1 end)
    $$;
comment on function pass.suspension_part(pass.pathway, pass.position, jsonb) is
    'The suspension of the day; else from when one could begin and how long one that began on as_of could last.';

create function pass.waiting_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language sql immutable parallel safe
    as $$
    select jsonb_build_object(
        'starts_on', at.ends_on + 1,
        'ends_on', pass.moved(at.ends_on, rules, 'WAITING_PERIOD'),
        'ends_on_by_law', pass.moved(coalesce((at.closing).starts_on, at.ends_on), rules, 'WAITING_PERIOD_BY_LAW'),
        'running', p.as_of > at.ends_on and p.as_of <= pass.moved(at.ends_on, rules, 'WAITING_PERIOD'))
    $$;
comment on function pass.waiting_part(pass.pathway, pass.position, jsonb) is
    'Two years after the end. After a closure the law counts from the first day of the suspension, the platform from the end.';

create function pass.legal_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        with most as (
            select case when bool_or(e.reason in ('SENIOR_CDI', 'COMPLETE_TRAINING')) then null
                    when count(*) = 0 then pass.number_of(rules, 'PATHWAY_LENGTH_BY_LAW')
                    else max(pass.number_of(rules, 'TOTAL_BY_LAW_' || e.reason)) end as months
            from unnest(p.prolongations) e)
        select jsonb_build_object('months', m.months,
            'ends_on', (p.starts_on + make_interval(months => m.months))::date - 1 + at.paused_days)
        from most m);
end $$;
comment on function pass.legal_part(pass.pathway, pass.position, jsonb) is
    'The longest pathway that the law allows for the reasons used so far: 24, 60 or 84 months, days paused added; null '
    'while a training or an open-ended contract runs.';

create function pass.retention_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language sql immutable parallel safe
    as $$
    select jsonb_build_object(
        'platform_notice_on', pass.moved(at.ends_on, rules, 'PLATFORM_INACTIVITY_NOTICE'),
        'platform_erases_on', pass.moved(at.ends_on, rules, 'PLATFORM_INACTIVITY_ERASURE'),
        'erase_after', pass.moved(at.ends_on, rules, 'RETENTION'))
    $$;
comment on function pass.retention_part(pass.pathway, pass.position, jsonb) is
    'When the platform warns and erases if nothing happens, and when the law wants the data gone.';

create function pass.request_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select case when (p.request).starts_on is not null then jsonb_build_object(
            'age_days', p.as_of - p.requested_on,
            'if_granted_ends_on', at.ends_on + ((p.request).ends_on - (p.request).starts_on),
            'reminders_on', (select jsonb_agg(pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_' || n)) from generate_series(1, 3) n)) end);
end $$;
comment on function pass.request_part(pass.pathway, pass.position, jsonb) is
    'The waiting request: its age, the end if it is granted (its days are added to the end of that day), the three reminders.';

-- --- milestones ---

create function pass.milestone_codes() returns text[]
    language sql immutable parallel safe
    as $$
    select array['STARTS', 'WINDOW_OPENS', 'END_IN_210_DAYS', 'END_IN_90_DAYS', 'END_IN_30_DAYS', 'ENDS', 'WINDOW_CLOSES_SOON',
        'WINDOW_CLOSES', 'SUSPENSION_ENDS', 'SUSPENSION_CLOSABLE', 'SUSPENSION_35_MONTHS', 'REQUEST_10_DAYS', 'REQUEST_20_DAYS',
        'REQUEST_30_DAYS', 'WAITING_PERIOD_ENDS', 'ERASED']
    $$;
comment on function pass.milestone_codes() is 'The milestones, in the order of pass.milestone_days.';

create function pass.milestone_days(p pass.pathway, at pass.position, rules jsonb) returns date[]
    language plpgsql immutable parallel safe
    as $$
declare
    last_day constant date := at.ends_on;
    paused_from constant date := (at.running).starts_on;
    paused_to constant date := (at.running).ends_on;
    closable constant date := paused_from + pass.number_of(rules, 'SUSPENSION_CLOSABLE') + 1;
    long_pause constant date := pass.moved(paused_from, rules, 'SUSPENSION_WARNING');
    opens date;
    closes date;
begin
    if p.closed_on is null then
        opens := pass.moved(last_day, rules, 'PROLONGATION_WINDOW_BEFORE', -1);
        closes := pass.moved(last_day, rules, 'PROLONGATION_WINDOW_AFTER');
    end if;
    return array[p.starts_on, opens, pass.moved(last_day, rules, 'MILESTONE_END_FAR', -1),
        pass.moved(last_day, rules, 'MILESTONE_END_NEAR', -1), pass.moved(last_day, rules, 'MILESTONE_END_SOON', -1), last_day,
        pass.moved(closes, rules, 'PROLONGATION_WINDOW_WARNING', -1), closes, paused_to,
        case when p.closed_on is null and closable <= paused_to then closable end,
        case when long_pause <= paused_to then long_pause end,
        pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_1'), pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_2'),
        pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_3'), pass.moved(last_day, rules, 'WAITING_PERIOD'),
        pass.moved(last_day, rules, 'RETENTION')];
end $$;
comment on function pass.milestone_days(pass.pathway, pass.position, jsonb) is
    'The day of each milestone, in the order of pass.milestone_codes(); null for one that does not come. Those of a suspension '
    'only while one runs, those of a request only while one waits.';

create function pass.milestones(p pass.pathway, at pass.position, rules jsonb) returns table (on_date date, code text)
    language sql immutable parallel safe rows 16
    as $$
    select m.on_date, m.code from unnest(pass.milestone_days(p, at, rules), pass.milestone_codes()) m (on_date, code)
    where m.on_date is not null
    $$;
comment on function pass.milestones(pass.pathway, pass.position, jsonb) is
    'Every milestone of a pathway as it is known, past ones included.';

create function pass.milestones_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object('on', m.on_date, 'code', m.code) order by m.on_date, m.code), '[]')
        from pass.milestones(p, at, rules) m where m.on_date >= p.as_of);
end $$;
comment on function pass.milestones_part(pass.pathway, pass.position, jsonb) is 'The milestones of as_of and later, in order.';

-- --- what a practitioner should be told besides ---

create function pass.notice(code text, basis text, pointer text default null, from_day date default null, to_day date default null)
    returns jsonb
    language sql immutable parallel safe
    as $$
    select jsonb_build_object('code', code, 'basis', basis, 'pointer', pointer, 'from', from_day, 'to', to_day)
    $$;
comment on function pass.notice(text, text, text, date, date) is
    'A remark: OBSERVED (read from the platform''s code in August 2026, not promised by it), LAW or PLATFORM.';

create function pass.hire_notices(sent pass.pathway, p pass.pathway) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select coalesce(jsonb_agg(pass.notice('SUSPENSION_STRETCHED', 'OBSERVED', '/hire_on', s.ends_on + 1, sent.hire_on - 1)), '[]')
        from unnest(sent.suspensions) s
        where sent.hire_on is not null and sent.as_of between s.starts_on and s.ends_on and pass.liftable_reason(s.reason)
          and s.ends_on < sent.hire_on - 1);
end $$;
comment on function pass.hire_notices(pass.pathway, pass.pathway) is
    'A hire after the end of the running suspension stretches it to the day before (example E22).';

create function pass.prolongation_notices(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        with ordered as (
            select e.*, '/prolongations/' || e.place - 1 as pointer,
                coalesce(sum(e.ends_on - e.starts_on) over (order by e.starts_on rows between unbounded preceding and 1 preceding), 0)::integer as used
            from unnest(p.prolongations) with ordinality e (starts_on, ends_on, reason, siae_kind, decided_on, place))
        select coalesce(jsonb_agg(n.notice), '[]')
        from ordered o, lateral (
            select pass.notice('STEP_EXCEEDED', 'PLATFORM', o.pointer)
            where pass.capped_reason(o.reason) and o.ends_on - o.starts_on > pass.number_of(rules, 'PROLONGATION_STEP')
            union all
            select pass.notice('GRANT_ADDS_DAYS', 'OBSERVED', o.pointer)
            from unnest(p.suspensions) s
            where s.ends_on > s.starts_on and s.starts_on <= o.starts_on
            having o.starts_on < p.initial_ends_on + o.used + sum(s.ends_on - s.starts_on)::integer
            union all
            select pass.notice('COVERED_AFTER_THE_FACT', 'PLATFORM', o.pointer, o.starts_on + 1, least(o.decided_on - 1, o.ends_on))
            where o.decided_on > o.starts_on + 1) n (notice));
end $$;
comment on function pass.prolongation_notices(pass.pathway, jsonb) is
    'Longer than one request may be (entered by the platform''s staff); granted after a suspension moved the end, so that its '
    'days and not its dates count (example E36); decided after the end, so that days are covered afterwards (E33).';

create function pass.notices_part(sent pass.pathway, p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select pass.hire_notices(sent, p) || pass.prolongation_notices(p, rules)
            || case when at.paused_days > at.suspended_days and p.closed_on is null
                then jsonb_build_array(pass.notice('DAY_LOST_PER_SUSPENSION', 'OBSERVED', '/suspensions')) else '[]' end
            || case when (p.request).starts_on is not null and (p.request).starts_on < at.ends_on
                then jsonb_build_array(pass.notice('GRANT_ADDS_DAYS', 'OBSERVED', '/pending_request')) else '[]' end
            || case when (at.closing).starts_on is not null
                then jsonb_build_array(pass.notice('WAITING_PERIOD_SHORTER_BY_LAW', 'LAW', '/closed_on')) else '[]' end
            || case when at.initial_ends_on = p.starts_on + 729 and p.starts_on < date '2024-02-28'
                    and at.initial_ends_on <> (p.starts_on + interval '2 years')::date - 1
                then jsonb_build_array(pass.notice('TWO_CALENDAR_YEARS_BEFORE_2024', 'PLATFORM', '/starts_on', at.initial_ends_on,
                    (p.starts_on + interval '2 years')::date - 1)) else '[]' end);
end $$;
comment on function pass.notices_part(pass.pathway, pass.pathway, pass.position, jsonb) is 'All remarks; sent is the pathway before a hire.';

-- --- which rules were used ---

create function pass.rules_part(p pass.pathway, at pass.position, rules jsonb, more text[] default '{}') returns jsonb
    language plpgsql stable parallel safe
    as $$
begin
    return (
        select jsonb_agg(rules -> k.key order by k.key)
        from (select distinct unnest(array['PATHWAY_LENGTH_BY_LAW', 'PROLONGATION_STEP', 'PROLONGATION_STEP_SENIOR_CDI',
                'PROLONGATION_CAP_RQTH', 'PROLONGATION_CAP_SENIOR', 'PROLONGATION_CAP_PARTICULAR_DIFFICULTIES',
                'TOTAL_BY_LAW_RQTH', 'TOTAL_BY_LAW_SENIOR', 'TOTAL_BY_LAW_PARTICULAR_DIFFICULTIES',
                'SENIOR_AGE', 'SENIOR_CDI_AGE', 'SENIOR_CDI_PATHWAY',
                'PROLONGATION_WINDOW_BEFORE', 'PROLONGATION_WINDOW_AFTER', 'WAITING_PERIOD', 'WAITING_PERIOD_BY_LAW', 'RETENTION',
                'PLATFORM_INACTIVITY_NOTICE', 'PLATFORM_INACTIVITY_ERASURE', 'MILESTONE_END_FAR', 'MILESTONE_END_NEAR',
                'MILESTONE_END_SOON', 'PROLONGATION_WINDOW_WARNING', 'SUSPENSION_MAX', 'SUSPENSION_BACKDATING', 'SUSPENSION_CLOSABLE']
                || case when (at.running).starts_on is not null then array['SUSPENSION_WARNING'] else '{}' end
                || case when (p.request).starts_on is not null
                    then array['REQUEST_REMINDER_1', 'REQUEST_REMINDER_2', 'REQUEST_REMINDER_3'] else '{}' end
                || more) as key) k
        where rules ? k.key);
end $$;
comment on function pass.rules_part(pass.pathway, pass.position, jsonb, text[]) is
    'The rules that the answer stands on, as in force on its day: key, value, unit, since when, where they come from.';

call engine.set_revision('pass_answers');
commit;
