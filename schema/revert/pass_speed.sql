begin;

drop function pass.closable_after();
drop function pass.closable_from(boolean, date);
drop function pass.window_to(boolean, date);
drop function pass.window_from(boolean, date);
drop function pass.last_end(text[], date);
drop function pass.first_end(text[], date);

create or replace function audit.trace_rows(operation text, record_type text, record_ids uuid[], member_ids uuid[]) returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into audit.access_trace (caller, key_id, delegation_id, member_id, operation, record_type, records_count,
        record_ids, member_ids, request_id)
    values (session.caller(), session.key_id(), session.delegation_id(), session.member_id(), operation, record_type,
        cardinality(record_ids), record_ids, member_ids, nullif(current_setting('app.request_id', true), ''))
    returning records_count
    $$;

create or replace function pass.shared_members() returns uuid[]
    language plpgsql stable security invoker
    as $$
#variable_conflict use_column
begin
    return (
    select case when session.caller() = 'DELEGATION' then coalesce(array_agg(s.member_id), '{}') end
    from pass.sharing s join network.audience a on a.member_id = s.member_id
    where s.shares_lines and a.viewer_id = session.delegation_id()
      and a.starts_on <= engine.today() and a.ends_on >= engine.today()
    );
end $$;
alter function pass.shared_members() reset search_path;

drop function pass.standing_of(pass.pass, pass.span[], date, date, jsonb);
drop function pass.cap_left(pass.position, jsonb, text);

drop function pass.pass_at(date);
drop type pass.row;

create type pass.row as (
    id uuid, version integer, member_id uuid, siae_kind text, number_last4 text, origin text, starts_on date, ends_on date,
    initial_ends_on date, declared_ends_on date, ends_on_differs boolean, state text, total_days integer,
    remaining_days integer, resumed_today_ends_on date, usable boolean, suspended_days integer, prolonged_days integer,
    window_opens_on date, window_closes_on date, window_open boolean, cap_reached boolean, closable boolean, closed_on date,
    suspension_reason text, suspension_starts_on date, suspension_ends_on date, pending_request_since date, caps_left jsonb,
    next_milestone text, next_milestone_on date, outcome text, birth_year smallint, last_hire_on date, region_code text,
    department_code text, source text, observed_on date, erase_after date,
    created_at timestamptz, updated_at timestamptz);
comment on type pass.row is 'A PASS as the contract lists it.';

create or replace function pass.cap_left(at pass.position, rules jsonb, reason text) returns jsonb
    language sql immutable
    as $$
    select jsonb_build_object('reason', reason, 'remaining_days',
        greatest((rules -> ('PROLONGATION_CAP_' || reason) ->> 'value')::integer - at.prolonged_days, 0))
    $$;

create or replace function pass.standing_of(p pass.pass, as_of date, rules jsonb) returns pass.standing
    language plpgsql stable cost 1000
    as $$
declare
    path constant pass.pathway := pass.pathway_of(p, as_of);
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
        cardinality(path.suspensions) > 0 and pass.closable_on(path, at, rules),
        (at.running).reason, (at.running).starts_on, (at.running).ends_on, path.requested_on,
        jsonb_build_array(pass.cap_left(at, rules, 'PARTICULAR_DIFFICULTIES'), pass.cap_left(at, rules, 'RQTH'),
            pass.cap_left(at, rules, 'SENIOR')),
        codes[next], days[next])::pass.standing;
end $$;

create or replace function pass.pass_at(as_of date) returns setof pass.row
    language sql stable
    as $$
    select p.id, p.version, p.member_id, p.siae_kind, p.number_last4, p.origin, p.starts_on, p.ends_on, p.initial_ends_on,
        p.declared_ends_on, p.declared_ends_on <> p.ends_on,
        pass.state_of(p.starts_on, p.ends_on, exists (
            select from pass.suspension s where s.pass_id = p.id and as_of between s.starts_on and s.ends_on), as_of),
        s.total_days, s.remaining_days, s.resumed_today_ends_on, s.usable, p.suspended_days, p.prolonged_days,
        w.opens_on, w.closes_on, p.closed_on is null and as_of between w.opens_on and w.closes_on,
        p.prolonged_days >= (select pass.rule_value('PROLONGATION_CAP_RQTH', as_of)),
        s.closable, p.closed_on, s.suspension_reason, s.suspension_starts_on, s.suspension_ends_on, s.pending_request_since,
        s.caps_left, s.next_milestone, s.next_milestone_on,
        (select o.code from pass.outcome o where o.pass_id = p.id), p.birth_year, p.last_hire_on, p.region_code,
        p.department_code, p.source, p.observed_on, p.erase_after, p.created_at, p.updated_at
    from pass.pass p
    cross join lateral (select case when p.closed_on is null then pass.shift(p.ends_on, -r.before, 'MONTHS') end as opens_on,
            case when p.closed_on is null then pass.shift(p.ends_on, r.after, 'MONTHS') end as closes_on
        from (select (select pass.rule_value('PROLONGATION_WINDOW_BEFORE', as_of)) as before,
                (select pass.rule_value('PROLONGATION_WINDOW_AFTER', as_of)) as after) r) w
    cross join lateral pass.standing_of(p, as_of, (select pass.rule_set(as_of))) s
    $$;

create or replace function pass.sheet_at(pass_id uuid, as_of date) returns setof pass.sheet
    language sql stable rows 1
    as $$
    select r.*, pass.suspensions_part(r.id), pass.prolongations_part(r.id), pass.requests_part(r.id), pass.outcome_part(r.id),
        pass.window_part(x.path, x.at, x.rules), pass.options_part(x.path, x.at, x.rules), pass.suspension_part(x.path, x.at, x.rules),
        pass.waiting_part(x.path, x.at, x.rules), pass.legal_part(x.path, x.at, x.rules), pass.request_part(x.path, x.at, x.rules),
        pass.retention_part(x.path, x.at, x.rules), pass.milestones_part(x.path, x.at, x.rules),
        pass.notices_part(x.path, x.path, x.at, x.rules), pass.rules_part(x.path, x.at, x.rules)
    from pass.pass p
    cross join lateral (select * from pass.pass_at(sheet_at.as_of) y where y.id = p.id) r
    cross join lateral (
        select w.path, pass.locate(w.path) as at, (select pass.rule_set(sheet_at.as_of)) as rules
        from (select pass.pathway_of(p, sheet_at.as_of) as path offset 0) w offset 0) x
    where p.id = sheet_at.pass_id
    $$;

create or replace function pass.may_be_closable(pass_id uuid) returns boolean
    language sql stable
    as $$
    select exists (select from pass.suspension s where s.pass_id = may_be_closable.pass_id
        and s.ends_on - s.starts_on > (select min(r.value) from pass.rule r where r.key = 'SUSPENSION_CLOSABLE'))
    $$;

create or replace function pass.has_request(pass_id uuid) returns boolean
    language sql stable
    as $$
    select exists (select from pass.prolongation_request r where r.pass_id = has_request.pass_id and r.state = 'PENDING')
    $$;

comment on function pass.cap_left(pass.position, jsonb, text) is 'What the cap of a reason leaves, all prolongations added up.';

comment on function pass.standing_of(pass.pass, date, jsonb) is
    'One PASS on a day by the rules of that day. Its cost keeps the planner from running it for more rows than are shown.';

comment on function pass.pass_at(date) is
    'PASS on a day; a plain query that the planner takes apart, so that filters meet indexes and the rules run for rows shown. '
    'cap_reached: nothing is left under the cap of 1095 days. ends_on_differs: the source printed another last day.';

comment on function pass.may_be_closable(uuid) is 'False when no suspension is long enough: then the rules need not run.';

comment on function pass.has_request(uuid) is 'True while a request of prolongation waits.';

create or replace function pass.milestone_days(p pass.pathway, at pass.position, rules jsonb) returns date[]
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
    at.prolonged_days := coalesce((select sum(x.ends_on - x.starts_on) from unnest(p.prolongations) x), 0);
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

drop index pass.suspension_by_pass;
create index suspension_by_pass on pass.suspension (pass_id, starts_on);

create or replace function pass.rule_set(day date) returns jsonb
    language plpgsql stable parallel safe
    as $$
begin
    return (
        select jsonb_object_agg(r.key, r.entry)
        from pass.rule r
        where day >= r.valid_from and (day <= r.valid_to or r.valid_to is null)
           or day < r.valid_from and not exists (
               select from pass.rule o where o.key = r.key and o.valid_from < r.valid_from));
end $$;

drop trigger rule_60_periods on pass.rule;
drop function pass.keep_rule_periods();
drop table pass.rule_period;

create or replace function pass.shift(day date, amount integer, unit text) returns date
    language sql immutable parallel safe
    as $$
    select case unit when 'DAYS' then day + amount
        when 'MONTHS' then (day + make_interval(months => amount))::date
        when 'YEARS' then (day + make_interval(years => amount))::date end
    $$;

call engine.set_revision('pass_plans');
commit;
