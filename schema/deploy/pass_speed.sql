-- Lists and sheets of PASS at the price of what they show. The rules stay where they are, and so do the answers; what was paid
-- for nothing goes: rules gathered anew by every statement, SQL that is planned for every row, the standing of rows
-- that are only counted or sorted, and filters that no index knew.
begin;

-- Each parameter is named once, so that the planner can take the function apart whatever it is called with.
create or replace function pass.shift(day date, amount integer, unit text) returns date
    language sql immutable parallel safe
    as $$
    select (day + amount * case unit when 'DAYS' then interval '1 day' when 'MONTHS' then interval '1 month'
        when 'YEARS' then interval '1 year' end)::date
    $$;

-- --- the rules of a day, gathered when a rule changes ---

create table pass.rule_period (
    valid_from date primary key,
    rules jsonb not null
);
comment on table pass.rule_period is
    'Derived from pass.rule: the set of rules from a day on, until the next row. The first row is of all days before.';
grant select on pass.rule_period to maillage_app;

create function pass.keep_rule_periods() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    lock table pass.rule_period in share row exclusive mode; -- one at a time: the second must see what the first wrote
    delete from pass.rule_period;
    insert into pass.rule_period (valid_from, rules)
    select d.day, g.rules
    from (select '-infinity'::date as day union select valid_from from pass.rule
          union select valid_to + 1 from pass.rule where valid_to is not null) d
    cross join lateral (
        select jsonb_object_agg(r.key, r.entry) as rules
        from pass.rule r
        where d.day >= r.valid_from and (d.day <= r.valid_to or r.valid_to is null)
           or d.day < r.valid_from and not exists (
               select from pass.rule o where o.key = r.key and o.valid_from < r.valid_from)) g
    where g.rules is not null;
    return null;
end $$;
comment on function pass.keep_rule_periods() is
    'Trigger: a rule is in the sets of its days; before the first row of a key, that row holds.';

create trigger rule_60_periods after insert or update or delete or truncate on pass.rule
    for each statement execute function pass.keep_rule_periods();

create or replace function pass.rule_set(day date) returns jsonb
    language plpgsql stable parallel safe
    as $$
begin
    return ( -- #> '{}' is the set itself, read once: without it each look at a rule would read the stored value again
        select p.rules #> '{}' from pass.rule_period p where p.valid_from <= day order by p.valid_from desc limit 1);
end $$;

-- --- who sees which lines ---

-- Runs as the owner: the viewer is the caller's own, so that the policies of both tables would only say the same again.
create or replace function pass.shared_members() returns uuid[]
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    today constant date := engine.today();
begin
    if session.caller() <> 'DELEGATION' then
        return null;
    end if;
    return array(
        select s.member_id from network.audience a join pass.sharing s on s.member_id = a.member_id
        where s.shares_lines and a.viewer_id = session.delegation_id() and a.starts_on <= today and a.ends_on >= today);
end $$;

-- --- the rules, asked for each row ---

drop index pass.suspension_by_pass;
create index suspension_by_pass on pass.suspension (pass_id, starts_on) include (ends_on, reason, declared_on);

create or replace function pass.locate(p pass.pathway) returns pass.position
    language plpgsql immutable parallel safe
    as $$
declare
    at pass.position;
    s pass.span;
    first_day date;
    left_of_suspensions integer := 0;
begin
    at.as_of := p.as_of;
    at.starts_on := p.starts_on;
    at.initial_ends_on := p.initial_ends_on;
    at.suspended_days := 0;
    at.paused_days := 0;
    at.prolonged_days := 0;
    foreach s in array coalesce(p.prolongations, '{}') loop
        at.prolonged_days := at.prolonged_days + (s.ends_on - s.starts_on);
    end loop;
    foreach s in array coalesce(p.suspensions, '{}') loop
        at.suspended_days := at.suspended_days + (s.ends_on - s.starts_on);
    end loop;
    at.ends_on := p.initial_ends_on + at.suspended_days + at.prolonged_days;
    if p.closed_on is not null then
        at.ends_on := least(at.ends_on, p.closed_on - 1);
    end if;
    foreach s in array coalesce(p.suspensions, '{}') loop
        if p.closed_on is not null and s.starts_on < p.closed_on
            and ((at.closing).starts_on is null or s.ends_on - s.starts_on > (at.closing).ends_on - (at.closing).starts_on) then
            at.closing := s;
        end if;
        s.ends_on := least(s.ends_on, at.ends_on);
        if p.as_of between s.starts_on and s.ends_on then
            at.running := s;
        end if;
        if s.ends_on < p.as_of then
            at.latest_finished_ends_on := greatest(at.latest_finished_ends_on, s.ends_on);
        end if;
        at.paused_days := at.paused_days + greatest(s.ends_on - s.starts_on + 1, 0);
        left_of_suspensions := left_of_suspensions + greatest(s.ends_on - greatest(s.starts_on, p.as_of) + 1, 0);
    end loop;
    first_day := greatest(p.as_of, p.starts_on);
    at.total_days := at.ends_on - p.starts_on + 1 - at.paused_days;
    at.remaining_days := greatest(at.ends_on - first_day + 1 - left_of_suspensions, 0);
    at.resumed_today_ends_on := least(first_day + at.remaining_days - 1, at.ends_on);
    at.state := pass.state_of(p.starts_on, at.ends_on, (at.running).starts_on is not null, p.as_of);
    return at;
end $$;

create or replace function pass.milestone_days(p pass.pathway, at pass.position, rules jsonb) returns date[]
    language plpgsql immutable parallel safe
    as $$
declare
    last_day constant date := at.ends_on;
    paused_from constant date := (at.running).starts_on;
    paused_to constant date := (at.running).ends_on;
    opens date;
    closes date;
    warned date;
    closable date;
    long_pause date;
    reminders date[];
begin
    if p.closed_on is null then
        opens := pass.moved(last_day, rules, 'PROLONGATION_WINDOW_BEFORE', -1);
        closes := pass.moved(last_day, rules, 'PROLONGATION_WINDOW_AFTER');
        warned := pass.moved(closes, rules, 'PROLONGATION_WINDOW_WARNING', -1);
    end if;
    if paused_from is not null then
        closable := paused_from + pass.number_of(rules, 'SUSPENSION_CLOSABLE') + 1;
        long_pause := pass.moved(paused_from, rules, 'SUSPENSION_WARNING');
    end if;
    if p.requested_on is not null then
        reminders := array[pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_1'),
            pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_2'), pass.moved(p.requested_on, rules, 'REQUEST_REMINDER_3')];
    end if;
    return array[p.starts_on, opens, pass.moved(last_day, rules, 'MILESTONE_END_FAR', -1),
        pass.moved(last_day, rules, 'MILESTONE_END_NEAR', -1), pass.moved(last_day, rules, 'MILESTONE_END_SOON', -1), last_day,
        warned, closes, paused_to,
        case when p.closed_on is null and closable <= paused_to then closable end,
        case when long_pause <= paused_to then long_pause end,
        reminders[1], reminders[2], reminders[3], pass.moved(last_day, rules, 'WAITING_PERIOD'),
        pass.moved(last_day, rules, 'RETENTION')];
end $$;

drop function pass.standing_of(pass.pass, date, jsonb);
drop function pass.cap_left(pass.position, jsonb, text);

create function pass.cap_left(at pass.position, rules jsonb, reason text) returns integer
    language sql immutable parallel safe
    as $$ select greatest(pass.number_of(rules, 'PROLONGATION_CAP_' || reason) - at.prolonged_days, 0) $$;
comment on function pass.cap_left(pass.position, jsonb, text) is
    'Days that the cap of a reason leaves, all prolongations added up.';

create function pass.standing_of(p pass.pass, suspensions pass.span[], requested_on date, as_of date, rules jsonb)
    returns pass.standing
    language plpgsql stable cost 1000
    as $$
declare
    path constant pass.pathway := row(as_of, p.starts_on, p.initial_ends_on, p.origin, p.siae_kind, null, null, suspensions,
        array[row(p.initial_ends_on, p.initial_ends_on + p.prolonged_days, null, null, null)::pass.span], null, requested_on,
        p.closed_on, null, p.last_hire_on);
    at constant pass.position := pass.locate(path);
    days constant date[] := pass.milestone_days(path, at, rules);
    codes constant text[] := pass.milestone_codes();
    next integer;
begin
    for i in 1 .. cardinality(days) loop
        if days[i] >= as_of and (next is null or (days[i], codes[i]) < (days[next], codes[next])) then
            next := i;
        end if;
    end loop;
    return row(at.total_days, at.remaining_days, at.resumed_today_ends_on, pass.usable(at),
        cardinality(suspensions) > 0 and pass.closable_on(path, at, rules),
        (at.running).reason, (at.running).starts_on, (at.running).ends_on, requested_on,
        jsonb_build_array(
            jsonb_build_object('reason', 'PARTICULAR_DIFFICULTIES', 'remaining_days', pass.cap_left(at, rules, 'PARTICULAR_DIFFICULTIES')),
            jsonb_build_object('reason', 'RQTH', 'remaining_days', pass.cap_left(at, rules, 'RQTH')),
            jsonb_build_object('reason', 'SENIOR', 'remaining_days', pass.cap_left(at, rules, 'SENIOR'))),
        codes[next], days[next])::pass.standing;
end $$;
comment on function pass.standing_of(pass.pass, pass.span[], date, date, jsonb) is
    'One PASS on a day by the rules of that day, with its suspensions in order and the day of the request that waits; '
    'all its prolongations count as one. Its cost keeps the planner from running it for more rows than are shown.';

-- --- the list ---

drop function pass.pass_at(date);
drop type pass.row;

create type pass.row as (
    id uuid, version integer, member_id uuid, siae_kind text, number_last4 text, origin text, starts_on date, ends_on date,
    initial_ends_on date, declared_ends_on date, ends_on_differs boolean, state text, suspended_days integer,
    prolonged_days integer, window_opens_on date, window_closes_on date, window_open boolean, cap_reached boolean, closed_on date,
    outcome text, birth_year smallint, last_hire_on date, region_code text, department_code text, source text, observed_on date,
    erase_after date, created_at timestamptz, updated_at timestamptz, standing pass.standing);
comment on type pass.row is 'A PASS as the contract lists it; standing: what the rules say of it.';

-- Whether a suspension runs is asked only of a PASS that has not ended, by a count that no plan turns into a table of all
-- suspensions. The standing is one value: where nobody names it, as in a count or in the trace of an export, it is not worked out,
-- and a page sorts and cuts its rows first.
create function pass.pass_at(as_of date) returns setof pass.row
    language sql stable
    as $$
    select p.id, p.version, p.member_id, p.siae_kind, p.number_last4, p.origin, p.starts_on, p.ends_on, p.initial_ends_on,
        p.declared_ends_on, p.declared_ends_on <> p.ends_on,
        pass.state_of(p.starts_on, p.ends_on, (
            select count(*) > 0 from pass.suspension s where s.pass_id = p.id and as_of between s.starts_on and s.ends_on), as_of),
        p.suspended_days, p.prolonged_days, w.opens_on, w.closes_on, p.closed_on is null and as_of between w.opens_on and w.closes_on,
        p.prolonged_days >= (select pass.rule_value('PROLONGATION_CAP_RQTH', as_of)), p.closed_on,
        (select o.code from pass.outcome o where o.pass_id = p.id), p.birth_year, p.last_hire_on, p.region_code,
        p.department_code, p.source, p.observed_on, p.erase_after, p.created_at, p.updated_at,
        pass.standing_of(p,
            array(select row(s.starts_on, s.ends_on, s.reason, null, s.declared_on)::pass.span
                from pass.suspension s where s.pass_id = p.id order by s.starts_on),
            (select r.requested_on from pass.prolongation_request r where r.pass_id = p.id and r.state = 'PENDING'),
            as_of, (select pass.rule_set(as_of)))
    from pass.pass p
    cross join lateral (select case when p.closed_on is null then pass.shift(p.ends_on, -r.before, 'MONTHS') end as opens_on,
            case when p.closed_on is null then pass.shift(p.ends_on, r.after, 'MONTHS') end as closes_on
        from (select (select pass.rule_value('PROLONGATION_WINDOW_BEFORE', as_of)) as before,
                (select pass.rule_value('PROLONGATION_WINDOW_AFTER', as_of)) as after) r) w
    $$;
comment on function pass.pass_at(date) is
    'PASS on a day; a plain query that the planner takes apart, so that filters meet indexes and the rules run for rows shown. '
    'cap_reached: nothing is left under the cap of 1095 days. ends_on_differs: the source printed another last day.';

create or replace function pass.sheet_at(pass_id uuid, as_of date) returns setof pass.sheet
    language sql stable rows 1
    as $$
    select r.id, r.version, r.member_id, r.siae_kind, r.number_last4, r.origin, r.starts_on, r.ends_on, r.initial_ends_on,
        r.declared_ends_on, r.ends_on_differs, r.state, (r.standing).total_days, (r.standing).remaining_days,
        (r.standing).resumed_today_ends_on, (r.standing).usable, r.suspended_days, r.prolonged_days, r.window_opens_on,
        r.window_closes_on, r.window_open, r.cap_reached, (r.standing).closable, r.closed_on, (r.standing).suspension_reason,
        (r.standing).suspension_starts_on, (r.standing).suspension_ends_on, (r.standing).pending_request_since,
        (r.standing).caps_left, (r.standing).next_milestone, (r.standing).next_milestone_on, r.outcome, r.birth_year,
        r.last_hire_on, r.region_code, r.department_code, r.source, r.observed_on, r.erase_after, r.created_at, r.updated_at,
        pass.suspensions_part(r.id), pass.prolongations_part(r.id), pass.requests_part(r.id), pass.outcome_part(r.id),
        pass.window_part(x.path, x.at, x.rules), pass.options_part(x.path, x.at, x.rules), pass.suspension_part(x.path, x.at, x.rules),
        pass.waiting_part(x.path, x.at, x.rules), pass.legal_part(x.path, x.at, x.rules), pass.request_part(x.path, x.at, x.rules),
        pass.retention_part(x.path, x.at, x.rules), pass.milestones_part(x.path, x.at, x.rules),
        pass.notices_part(x.path, x.path, x.at, x.rules), pass.rules_part(x.path, x.at, x.rules)
    from pass.pass p
    cross join lateral (select * from pass.pass_at(sheet_at.as_of) y where y.id = p.id offset 0) r
    cross join lateral (
        select w.path, pass.locate(w.path) as at, (select pass.rule_set(sheet_at.as_of)) as rules
        from (select pass.pathway_of(p, sheet_at.as_of) as path offset 0) w offset 0) x
    where p.id = sheet_at.pass_id
    $$;

-- --- what lists are filtered by: bounds of the last day, which the index of that day knows ---

drop function pass.may_be_closable(uuid);
drop function pass.has_request(uuid);

-- They are asked once for a statement. as_of null means today: a coalesce in the condition itself would keep it from the index,
-- for the planner does not know that nothing leaks through it past row-level security.
create function pass.first_end(states text[], as_of date) returns date
    language plpgsql stable parallel safe
    as $$
begin
    return case when 'EXPIRED' = any (states) then '-infinity' else coalesce(as_of, engine.today()) end;
end $$;
comment on function pass.first_end(text[], date) is 'The earliest last day of a PASS that is in one of these states on a day.';

create function pass.last_end(states text[], as_of date) returns date
    language plpgsql stable parallel safe
    as $$
begin
    return case when states <@ array['EXPIRED'] then coalesce(as_of, engine.today()) - 1 else 'infinity' end;
end $$;
comment on function pass.last_end(text[], date) is 'The latest last day of a PASS that is in one of these states on a day.';

-- Three days of slack: the same day of a shorter month is its last one, there and back.
create function pass.window_from(open boolean, as_of date) returns date
    language plpgsql stable parallel safe
    as $$
declare
    day constant date := coalesce(as_of, engine.today());
begin
    return case when open then pass.shift_by(day, 'PROLONGATION_WINDOW_AFTER', day, -1) - 3 else '-infinity' end;
end $$;
comment on function pass.window_from(boolean, date) is 'No PASS that ends earlier has an open window on a day; open false: no bound.';

create function pass.window_to(open boolean, as_of date) returns date
    language plpgsql stable parallel safe
    as $$
declare
    day constant date := coalesce(as_of, engine.today());
begin
    return case when open then pass.shift_by(day, 'PROLONGATION_WINDOW_BEFORE', day) + 3 else 'infinity' end;
end $$;
comment on function pass.window_to(boolean, date) is 'No PASS that ends later has an open window on a day; open false: no bound.';

create function pass.closable_from(closable boolean, as_of date) returns date
    language plpgsql stable parallel safe
    as $$
begin
    return case when closable then coalesce(as_of, engine.today()) else '-infinity' end;
end $$;
comment on function pass.closable_from(boolean, date) is 'No PASS that ends earlier is closable on a day; closable false: no bound.';

create function pass.closable_after() returns integer
    language plpgsql stable parallel safe
    as $$
begin
    return (select min(r.value) from pass.rule r where r.key = 'SUSPENSION_CLOSABLE');
end $$;
comment on function pass.closable_after() is 'Days that a suspension lasts at least before its PASS may be closed, in any version of the rule.';

-- --- who read what ---

create or replace function audit.trace_rows(operation text, record_type text, record_ids uuid[], member_ids uuid[]) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into audit.access_trace (caller, key_id, delegation_id, member_id, operation, record_type, records_count,
        record_ids, member_ids, request_id)
    values (session.caller(), session.key_id(), session.delegation_id(), session.member_id(), trace_rows.operation,
        trace_rows.record_type, cardinality(trace_rows.record_ids), trace_rows.record_ids, trace_rows.member_ids,
        nullif(current_setting('app.request_id', true), ''));
    return cardinality(trace_rows.record_ids);
end $$;

call engine.mark_writes();
update pass.rule set key = key where false; -- fires keep_rule_periods
call engine.set_revision('pass_speed');
commit;
