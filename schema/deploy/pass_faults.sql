-- What the platform refuses in a pathway, all faults at once, each with its place and the rule it breaks (domain page,
-- 3.2 and 3.3). The codes are entries of the problem catalogue.
begin;

create function pass.fault(pointer text, code text, value text default null, allowed text default null) returns jsonb
    language sql immutable parallel safe
    as $$ select jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'value', value, 'allowed', allowed)) $$;
comment on function pass.fault(text, text, text, text) is
    'One refusal: where, which rule, what was sent, what would be right (a date, or two as "from/to").';

create function pass.day_fault(pointer text, day date) returns jsonb
    language sql immutable parallel safe
    as $$
    select case when day not between date '2005-01-01' and date '2100-12-31'
        then pass.fault(pointer, 'pass-date-out-of-range', day::text, '2005-01-01/2100-12-31') end
    $$;
comment on function pass.day_fault(text, date) is 'Fault of a day outside 2005 to 2100: nothing of a PASS lies there; else null.';

create function pass.span_range_faults(spans pass.span[], name text) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    faults jsonb := '[]';
begin
    if (select bool_and(d between date '2005-01-01' and date '2100-12-31')
        from unnest(spans) x, lateral (values (x.starts_on), (x.ends_on), (x.decided_on)) v (d)) is not false then
        return faults;
    end if;
    for i in 1 .. coalesce(cardinality(spans), 0) loop
        faults := faults || coalesce(pass.day_fault(format('/%s/%s/starts_on', name, i - 1), spans[i].starts_on), '[]')
            || coalesce(pass.day_fault(format('/%s/%s/ends_on', name, i - 1), spans[i].ends_on), '[]')
            || coalesce(pass.day_fault(format('/%s/%s/decided_on', name, i - 1), spans[i].decided_on), '[]');
    end loop;
    return faults;
end $$;
comment on function pass.span_range_faults(pass.span[], text) is 'Days of suspensions or prolongations outside 2005 to 2100.';

create function pass.range_faults(p pass.pathway) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return coalesce(pass.day_fault('/as_of', p.as_of), '[]') || coalesce(pass.day_fault('/starts_on', p.starts_on), '[]')
        || coalesce(pass.day_fault('/ends_on', p.initial_ends_on), '[]') || coalesce(pass.day_fault('/closed_on', p.closed_on), '[]')
        || coalesce(pass.day_fault('/hire_on', p.hire_on), '[]') || coalesce(pass.day_fault('/last_hire_on', p.last_hire_on), '[]')
        || coalesce(pass.day_fault('/pending_request/starts_on', (p.request).starts_on), '[]')
        || coalesce(pass.day_fault('/pending_request/ends_on', (p.request).ends_on), '[]')
        || coalesce(pass.day_fault('/pending_request/requested_on', p.requested_on), '[]')
        || pass.span_range_faults(p.suspensions, 'suspensions') || pass.span_range_faults(p.prolongations, 'prolongations');
end $$;
comment on function pass.range_faults(pass.pathway) is 'Days that no calculation may start from: looked at before all others.';

create function pass.frame_faults(p pass.pathway) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select coalesce(jsonb_agg(f.fault), '[]')
        from (select case when p.initial_ends_on <= p.starts_on
                then pass.fault('/ends_on', 'pass-dates-order', p.initial_ends_on::text, '> ' || p.starts_on) end
            union all select case when p.initial_ends_on - p.starts_on > 6000
                then pass.fault('/ends_on', 'pass-too-long', p.initial_ends_on::text, '≤ ' || (p.starts_on + 6000)) end
            union all select case when p.born_from > p.as_of
                then pass.fault('/birth_date', 'birth-date-in-future', p.born_from::text) end
            union all select case when p.born_from < date '1900-01-01'
                then pass.fault('/birth_date', 'birth-date-too-early', p.born_from::text, '≥ 1900-01-01') end
            union all select case when p.last_hire_on > p.as_of
                then pass.fault('/last_hire_on', 'last-hire-in-future', p.last_hire_on::text, '≤ ' || p.as_of) end
            ) f (fault)
        where f.fault is not null);
end $$;
comment on function pass.frame_faults(pass.pathway) is 'Faults of the dates that do not depend on suspensions or prolongations.';

create function pass.suspension_faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    faults jsonb := '[]';
    s record;
    prolongations constant pass.span[] := array(select e from unnest(p.prolongations) e order by e.starts_on);
    next_one integer := 1;
    prolonged integer := 0;
    last_day date;
    longest date;
    before_ends_on date;
    shifted integer := 0;
begin
    for s in
        select x.*, '/suspensions/' || x.place - 1 as at
        from unnest(p.suspensions) with ordinality x (starts_on, ends_on, reason, siae_kind, decided_on, place)
        order by x.starts_on, x.place loop
        if s.ends_on < s.starts_on then
            faults := faults || pass.fault(s.at || '/ends_on', 'suspension-dates-order', s.ends_on::text, '≥ ' || s.starts_on);
            continue;
        end if;
        -- the end of the PASS when this suspension began: with the prolongations and suspensions before it
        while prolongations[next_one].starts_on <= s.starts_on loop
            prolonged := prolonged + greatest(prolongations[next_one].ends_on - prolongations[next_one].starts_on, 0);
            next_one := next_one + 1;
        end loop;
        last_day := p.initial_ends_on + shifted + prolonged;
        last_day := least(last_day, p.closed_on - 1);
        if s.starts_on > p.as_of then
            faults := faults || pass.fault(s.at || '/starts_on', 'suspension-in-future', s.starts_on::text, '≤ ' || p.as_of);
        end if;
        if s.starts_on < p.starts_on or s.starts_on > last_day then
            faults := faults || pass.fault(s.at || '/starts_on', 'suspension-outside-pass', s.starts_on::text,
                p.starts_on || '/' || last_day);
        end if;
        longest := pass.moved(s.starts_on, rules, 'SUSPENSION_MAX') - 1;
        if s.ends_on > longest then
            faults := faults || pass.fault(s.at || '/ends_on', 'suspension-too-long', s.ends_on::text, '≤ ' || longest);
        end if;
        if s.starts_on <= before_ends_on then
            faults := faults || pass.fault(s.at || '/starts_on', 'suspension-overlap', s.starts_on::text, '> ' || before_ends_on);
        end if;
        if s.reason = 'CONTRAT_PASSERELLE' and coalesce(s.siae_kind, p.siae_kind) not in ('EI', 'ACI') then
            faults := faults || pass.fault(s.at || '/reason', 'suspension-employer-kind', s.reason, 'EI, ACI');
        end if;
        before_ends_on := greatest(before_ends_on, s.ends_on);
        shifted := shifted + (s.ends_on - s.starts_on);
    end loop;
    return faults;
end $$;
comment on function pass.suspension_faults(pass.pathway, jsonb) is
    'Suspensions: in order, not begun after as_of, inside the PASS, at most 36 months, without overlap, CONTRAT_PASSERELLE at '
    'EI and ACI only. Of two that overlap the later one is named.';

create function pass.prolongation_faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    faults jsonb := '[]';
    e record;
    suspensions constant pass.span[] := array(select s from unnest(p.suspensions) s order by s.starts_on);
    next_one integer := 1;
    shifted integer := 0;
    used integer := 0;
    earliest date;
    latest date;
    longest date;
begin
    for e in
        select x.*, '/prolongations/' || x.place - 1 as at
        from unnest(p.prolongations) with ordinality x (starts_on, ends_on, reason, siae_kind, decided_on, place)
        order by x.starts_on, x.place loop
        if e.ends_on <= e.starts_on then
            faults := faults || pass.fault(e.at || '/ends_on', 'prolongation-dates-order', e.ends_on::text, '> ' || e.starts_on);
            continue;
        end if;
        -- it starts on the last day of the PASS as it was then; an earlier suspension may have been declared before or after
        earliest := p.initial_ends_on + used;
        while suspensions[next_one].starts_on <= e.starts_on loop
            shifted := shifted + greatest(suspensions[next_one].ends_on - suspensions[next_one].starts_on, 0);
            next_one := next_one + 1;
        end loop;
        latest := earliest + shifted;
        if e.starts_on not between earliest and latest then
            faults := faults || pass.fault(e.at || '/starts_on', 'prolongation-start', e.starts_on::text,
                case when earliest = latest then earliest::text else earliest || '/' || latest end);
        end if;
        if e.reason = 'PARTICULAR_DIFFICULTIES' and coalesce(e.siae_kind, p.siae_kind) not in ('AI', 'ACI') then
            faults := faults || pass.fault(e.at || '/reason', 'prolongation-employer-kind', e.reason, 'AI, ACI');
        end if;
        if pass.capped_reason(e.reason) then
            longest := e.starts_on + greatest(pass.number_of(rules, 'PROLONGATION_CAP_' || e.reason) - used, 0);
            if e.ends_on > longest then
                faults := faults || pass.fault(e.at || case when longest = e.starts_on then '/reason' else '/ends_on' end,
                    'prolongation-cap-reached', case when longest = e.starts_on then e.reason else e.ends_on::text end,
                    case when longest > e.starts_on then '≤ ' || longest end);
            end if;
        else
            longest := pass.moved(e.starts_on, rules, case e.reason when 'SENIOR_CDI' then 'PROLONGATION_STEP_SENIOR_CDI'
                else 'PROLONGATION_STEP' end);
            if e.ends_on > longest then
                faults := faults || pass.fault(e.at || '/ends_on', 'prolongation-too-long', e.ends_on::text, '≤ ' || longest);
            end if;
        end if;
        used := used + (e.ends_on - e.starts_on);
    end loop;
    return faults;
end $$;
comment on function pass.prolongation_faults(pass.pathway, jsonb) is
    'Prolongations: each starts on the last day of the PASS, lasts a day at least, keeps within the cap of its reason (all '
    'reasons added up) or its length where it has no cap; difficulties at AI and ACI only.';

create function pass.closure_faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    at_closure pass.pathway := p;
begin
    if p.closed_on is null then
        return '[]';
    elsif p.closed_on > p.as_of then
        return jsonb_build_array(pass.fault('/closed_on', 'closure-in-future', p.closed_on::text, '≤ ' || p.as_of));
    end if;
    at_closure.as_of := p.closed_on;
    at_closure.closed_on := null;
    -- one that was cut by the closure still ran on its day
    for i in 1 .. coalesce(cardinality(p.suspensions), 0) loop
        if p.suspensions[i].ends_on = p.closed_on - 1 then
            at_closure.suspensions[i].ends_on := p.closed_on;
        end if;
    end loop;
    if p.closed_on <= p.starts_on or not pass.closable_on(at_closure, pass.locate(at_closure), rules) then
        return jsonb_build_array(pass.fault('/closed_on', 'closure-not-possible', p.closed_on::text));
    end if;
    return '[]';
end $$;
comment on function pass.closure_faults(pass.pathway, jsonb) is
    'A closure needs, on its day, a PASS in progress with a suspension of more than 365 days and no hire since.';

create function pass.hire_faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    at constant pass.position := pass.locate(p);
    latest constant date := pass.moved(p.as_of, rules, 'HIRE_AHEAD');
begin
    if p.hire_on is null then
        return '[]';
    elsif p.hire_on < p.as_of then
        return jsonb_build_array(pass.fault('/hire_on', 'hire-in-past', p.hire_on::text, '≥ ' || p.as_of));
    elsif p.hire_on > latest then
        return jsonb_build_array(pass.fault('/hire_on', 'hire-too-far', p.hire_on::text, '≤ ' || latest));
    elsif (at.running).starts_on is not null and not pass.liftable_reason((at.running).reason) then
        return jsonb_build_array(pass.fault('/hire_on', 'hire-blocked-by-suspension', p.hire_on::text, '> ' || (at.running).ends_on));
    elsif at.state <> 'EXPIRED' and p.hire_on > at.ends_on then
        return jsonb_build_array(pass.fault('/hire_on', 'hire-after-end', p.hire_on::text, '≤ ' || at.ends_on));
    elsif p.hire_on < p.starts_on then
        return jsonb_build_array(pass.fault('/hire_on', 'hire-before-start', p.hire_on::text, '≥ ' || p.starts_on));
    end if;
    return '[]';
end $$;
comment on function pass.hire_faults(pass.pathway, jsonb) is
    'A hire: not in the past, at most 6 months ahead, within the PASS, and not under a suspension of the older reasons. '
    'p is the pathway before the hire lifts anything.';

create function pass.request_faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    with_request pass.pathway := p;
    prefix constant text := '/prolongations/' || coalesce(cardinality(p.prolongations), 0);
begin
    if (p.request).starts_on is null then
        return '[]';
    elsif p.requested_on > p.as_of then
        return jsonb_build_array(pass.fault('/pending_request/requested_on', 'request-in-future', p.requested_on::text, '≤ ' || p.as_of));
    elsif p.closed_on is not null then
        return jsonb_build_array(pass.fault('/pending_request', 'pass-closed'));
    elsif not pass.capped_reason((p.request).reason) or (p.request).reason = 'HEALTH_CONTEXT' then
        return jsonb_build_array(pass.fault('/pending_request/reason', 'request-not-needed', (p.request).reason));
    end if;
    with_request.prolongations := p.prolongations || p.request;
    return coalesce((
        select jsonb_agg(jsonb_set(f, '{pointer}', to_jsonb(replace(f ->> 'pointer', prefix, '/pending_request'))))
        from jsonb_array_elements(pass.prolongation_faults(with_request, rules)) f
        where starts_with(f ->> 'pointer', prefix || '/')), '[]');
end $$;
comment on function pass.request_faults(pass.pathway, jsonb) is 'The waiting request, checked as the prolongation it asks for.';

create function pass.faults(p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
declare
    faults jsonb := pass.range_faults(p);
begin
    if faults = '[]' then
        faults := pass.frame_faults(p);
    end if;
    if faults = '[]' then
        faults := pass.suspension_faults(p, rules) || pass.prolongation_faults(p, rules) || pass.request_faults(p, rules);
    end if;
    if faults = '[]' then
        faults := pass.closure_faults(p, rules) || pass.hire_faults(p, rules);
    end if;
    return faults;
end $$;
comment on function pass.faults(pass.pathway, jsonb) is
    'All that the rules refuse in a pathway, as an array of {pointer, code, value, allowed}; those that would only follow from '
    'others are looked for when these are gone.';

create function pass.refuse(faults jsonb) returns void
    language plpgsql volatile parallel safe
    as $$
begin
    if faults <> '[]' then
        -- what an error of the database can carry is bounded: the first twenty, and how many there are
        perform engine.refuse('pass_refused', 'the rules refuse it', jsonb_build_object(
            'errors', jsonb_path_query_array(faults, '$[0 to 19]'), 'found', jsonb_array_length(faults)));
    end if;
end $$;
comment on function pass.refuse(jsonb) is 'Refusal pass_refused with the faults, at most twenty of them; nothing when there are none.';

call engine.set_revision('pass_faults');
commit;
