-- One implementation of the rules for the calculator, the tracker and the forecast: a pathway and a day go in, state,
-- dates, options and refusals come out. Nothing is read but pass.rule, nothing is stored (domain page, 3 to 5).
begin;

create type pass.span as (starts_on date, ends_on date, reason text, siae_kind text, decided_on date);
comment on type pass.span is
    'A suspension (both days included) or a prolongation (starts_on: last day before it, ends_on: new last day).';

create type pass.pathway as (
    as_of date, starts_on date, initial_ends_on date, origin text, siae_kind text, born_from date, born_to date,
    suspensions pass.span[], prolongations pass.span[], request pass.span, requested_on date,
    closed_on date, hire_on date, last_hire_on date);
comment on type pass.pathway is
    'What is known of a PASS. suspensions in the order sent, their last day filled in; born_from … born_to: days of birth '
    'that are possible (one day, or a year); request: the one that waits; hire_on: a new hire to come.';

create type pass.position as (
    as_of date, starts_on date, initial_ends_on date, ends_on date, state text, total_days integer,
    remaining_days integer, resumed_today_ends_on date, suspended_days integer, paused_days integer,
    prolonged_days integer, running pass.span, closing pass.span, latest_finished_ends_on date);
comment on type pass.position is
    'Where a pathway stands on a day. suspended_days: what suspensions add to the end (last minus first day of each); '
    'paused_days: days paused, both ends included; running: suspension of the day; closing: the longest, that led to the closure.';

-- --- rules as one value, so that a calculation reads the table once ---

alter table pass.rule add column entry jsonb;
comment on column pass.rule.entry is 'The row as answers cite it; written by trigger, so that a calculation builds none.';

create function pass.keep_entry() returns trigger
    language plpgsql
    as $$
begin
    new.entry := jsonb_build_object('key', new.key, 'value', new.value, 'unit', new.unit, 'valid_from', new.valid_from,
        'legal_reference', new.legal_reference, 'platform_reference', new.platform_reference);
    return new;
end $$;
comment on function pass.keep_entry() is 'Before a write on a rule: how it is cited.';
create trigger rule_50_entry before insert or update on pass.rule for each row execute function pass.keep_entry();
update pass.rule set entry = null;
alter table pass.rule alter column entry set not null;

create function pass.rule_set(day date) returns jsonb
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
comment on function pass.rule_set(date) is 'All rules of a day by key.';

create function pass.moved(day date, rules jsonb, key text, sign integer default 1) returns date
    language sql immutable parallel safe
    as $$ select pass.shift(day, sign * (rules -> key ->> 'value')::integer, rules -> key ->> 'unit') $$;
comment on function pass.moved(date, jsonb, text, integer) is 'A day moved by a rule of the set; sign -1 goes back.';

create function pass.number_of(rules jsonb, key text) returns integer
    language sql immutable parallel safe
    as $$ select (rules -> key ->> 'value')::integer $$;
comment on function pass.number_of(jsonb, text) is 'The value of a rule of the set; null for a rule that does not exist.';

-- --- a hire lifts the running suspension ---

create function pass.lifted(suspensions pass.span[], hire_on date, as_of date) returns pass.span[]
    language plpgsql immutable parallel safe
    as $$
declare
    running integer;
begin
    for i in 1 .. coalesce(cardinality(suspensions), 0) loop
        if as_of between suspensions[i].starts_on and suspensions[i].ends_on
            and (running is null or suspensions[i].starts_on > suspensions[running].starts_on) then
            running := i;
        end if;
    end loop;
    if running is null or hire_on is null or not pass.liftable_reason(suspensions[running].reason) then
        return suspensions;
    elsif suspensions[running].starts_on = hire_on then
        return suspensions[:running - 1] || suspensions[running + 1:];
    end if;
    suspensions[running].ends_on := hire_on - 1;
    return suspensions;
end $$;
comment on function pass.lifted(pass.span[], date, date) is
    'Suspensions after a hire: the one of as_of ends the day before, or goes when it began that day. As on the platform it '
    'is stretched when it would have ended before the hire (behaviour observed in August 2026, example E22).';

-- --- where a pathway stands ---

create function pass.locate(p pass.pathway) returns pass.position
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
comment on function pass.locate(pass.pathway) is
    'State, end and remaining days of a pathway on p.as_of. The end moves by last minus first day of each suspension, one '
    'day less than was paused, as on the platform; remaining days leave out every suspended day still to come.';

create function pass.state_of(starts_on date, ends_on date, suspended boolean, as_of date) returns text
    language sql immutable parallel safe
    as $$
    select case when as_of > ends_on then 'EXPIRED' when suspended then 'SUSPENDED'
        when starts_on <= as_of then 'VALID' else 'FUTURE' end
    $$;
comment on function pass.state_of(date, date, boolean, date) is
    'EXPIRED after the last day, SUSPENDED within a suspension, VALID from the first day on, else FUTURE: in this order.';

create function pass.closable_on(p pass.pathway, at pass.position, rules jsonb) returns boolean
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select p.closed_on is null and at.state in ('VALID', 'SUSPENDED') and exists (
            select from unnest(p.suspensions) s
            where case when p.as_of between s.starts_on and s.ends_on then p.as_of - s.starts_on
                       when s.ends_on < p.as_of and (p.last_hire_on is null or s.ends_on > p.last_hire_on)
                       then s.ends_on - s.starts_on else 0 end > pass.number_of(rules, 'SUSPENSION_CLOSABLE')));
end $$;
comment on function pass.closable_on(pass.pathway, pass.position, jsonb) is
    'True when the pathway may be closed: a suspension runs for more than 365 days, or lasted so long and no hire followed.';

call engine.set_revision('pass_calculation');
commit;
