-- PASS as the contract shows them, on any day: what is kept, and what the rules make of it.
begin;

insert into access.scope (name, kinds) values
    ('passes:read', '{STRUCTURE,DELEGATION}'),
    ('passes:write', '{STRUCTURE}');

-- Runs with the owner's rights: whoever may see a PASS may see what hangs on it, and asking the policy of each child
-- row again would cost more than the rules themselves.
create function pass.pathway_of(p pass.pass, as_of date) returns pass.pathway
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    request pass.prolongation_request;
begin
    select * into request from pass.prolongation_request r where r.pass_id = p.id and r.state = 'PENDING';
    return row(as_of, p.starts_on, p.initial_ends_on, p.origin, p.siae_kind,
        make_date(p.birth_year, 1, 1), make_date(p.birth_year, 12, 31),
        array(select row(s.starts_on, s.ends_on, s.reason, null, s.declared_on)::pass.span
            from pass.suspension s where s.pass_id = p.id order by s.starts_on),
        array(select row(e.starts_on, e.ends_on, e.reason, e.siae_kind, e.declared_on)::pass.span
            from pass.prolongation e where e.pass_id = p.id order by e.starts_on),
        case when request.id is not null then
            row(request.starts_on, request.ends_on, request.reason, request.siae_kind, null)::pass.span end,
        request.requested_on, p.closed_on, null, p.last_hire_on)::pass.pathway;
end $$;
comment on function pass.pathway_of(pass.pass, date) is 'A kept PASS as the rules take it. Facts as known today, looked at on as_of.';

create type pass.standing as (
    total_days integer, remaining_days integer, resumed_today_ends_on date, usable boolean, closable boolean,
    suspension_reason text, suspension_starts_on date, suspension_ends_on date, pending_request_since date,
    caps_left jsonb, next_milestone text, next_milestone_on date);
comment on type pass.standing is 'What a row of the list shows of the rules.';

create function pass.cap_left(at pass.position, rules jsonb, reason text) returns jsonb
    language sql immutable
    as $$
    select jsonb_build_object('reason', reason, 'remaining_days',
        greatest((rules -> ('PROLONGATION_CAP_' || reason) ->> 'value')::integer - at.prolonged_days, 0))
    $$;
comment on function pass.cap_left(pass.position, jsonb, text) is 'What the cap of a reason leaves, all prolongations added up.';

create function pass.standing_of(p pass.pass, as_of date, rules jsonb) returns pass.standing
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
comment on function pass.standing_of(pass.pass, date, jsonb) is
    'One PASS on a day by the rules of that day. Its cost keeps the planner from running it for more rows than are shown.';

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

create function pass.window_opens(ends_on date, closed_on date, as_of date) returns date
    language sql stable
    as $$ select case when closed_on is null then pass.shift_by(ends_on, 'PROLONGATION_WINDOW_BEFORE', as_of, -1) end $$;
comment on function pass.window_opens(date, date, date) is 'First day of the window of a prolongation; null after a closure.';

create function pass.window_closes(ends_on date, closed_on date, as_of date) returns date
    language sql stable
    as $$ select case when closed_on is null then pass.shift_by(ends_on, 'PROLONGATION_WINDOW_AFTER', as_of) end $$;
comment on function pass.window_closes(date, date, date) is 'Last day of the window of a prolongation; null after a closure.';

create function pass.pass_at(as_of date) returns setof pass.row
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
comment on function pass.pass_at(date) is
    'PASS on a day; a plain query that the planner takes apart, so that filters meet indexes and the rules run for rows shown. '
    'cap_reached: nothing is left under the cap of 1095 days. ends_on_differs: the source printed another last day.';

-- --- one PASS with all that the rules say of it ---

create type pass.sheet as (
    id uuid, version integer, member_id uuid, siae_kind text, number_last4 text, origin text, starts_on date, ends_on date,
    initial_ends_on date, declared_ends_on date, ends_on_differs boolean, state text, total_days integer,
    remaining_days integer, resumed_today_ends_on date, usable boolean, suspended_days integer, prolonged_days integer,
    window_opens_on date, window_closes_on date, window_open boolean, cap_reached boolean, closable boolean, closed_on date,
    suspension_reason text, suspension_starts_on date, suspension_ends_on date, pending_request_since date, caps_left jsonb,
    next_milestone text, next_milestone_on date, outcome text, birth_year smallint, last_hire_on date, region_code text,
    department_code text, source text, observed_on date, erase_after date,
    created_at timestamptz, updated_at timestamptz,
    suspensions jsonb, prolongations jsonb, prolongation_requests jsonb, outcome_detail jsonb, prolongation_window jsonb,
    prolongation_options jsonb, suspension jsonb, waiting_period jsonb, legal_limit jsonb, pending_request jsonb,
    retention jsonb, milestones jsonb, notices jsonb, rules jsonb);
comment on type pass.sheet is 'A PASS as the contract reads it: the row of the list, its parts, and what the rules say.';

create function pass.suspensions_part(p uuid) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'version', s.version, 'starts_on', s.starts_on,
        'ends_on', s.ends_on, 'reason', s.reason, 'declared_on', s.declared_on) order by s.starts_on), '[]')
    from pass.suspension s where s.pass_id = p
    $$;
comment on function pass.suspensions_part(uuid) is 'Suspensions of a PASS, in order.';

create function pass.prolongations_part(p uuid) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'version', s.version, 'starts_on', s.starts_on,
        'ends_on', s.ends_on, 'reason', s.reason, 'siae_kind', s.siae_kind, 'request_id', s.request_id,
        'declared_on', s.declared_on) order by s.starts_on), '[]')
    from pass.prolongation s where s.pass_id = p
    $$;
comment on function pass.prolongations_part(uuid) is 'Prolongations of a PASS, in order.';

create function pass.requests_part(p uuid) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'version', s.version, 'state', s.state,
        'starts_on', s.starts_on, 'ends_on', s.ends_on, 'reason', s.reason, 'requested_on', s.requested_on,
        'decided_on', s.decided_on) order by s.requested_on, s.id), '[]')
    from pass.prolongation_request s where s.pass_id = p
    $$;
comment on function pass.requests_part(uuid) is 'Requests of a PASS, decided ones included, in order.';

create function pass.outcome_part(p uuid) returns jsonb
    language sql stable
    as $$
    select jsonb_build_object('code', o.code, 'category', pass.outcome_category(o.code, o.contract_type, o.contract_months),
        'on_date', o.on_date, 'contract_type', o.contract_type, 'contract_months', o.contract_months,
        'worked_minutes', o.worked_minutes)
    from pass.outcome o where o.pass_id = p
    $$;
comment on function pass.outcome_part(uuid) is 'The outcome of a PASS with its category; null while there is none.';

create function pass.sheet_at(pass_id uuid, as_of date) returns setof pass.sheet
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
comment on function pass.sheet_at(uuid, date) is 'One PASS on a day; no row when the caller cannot see it.';

-- --- what lists are filtered by ---

create function pass.may_be_closable(pass_id uuid) returns boolean
    language sql stable
    as $$
    select exists (select from pass.suspension s where s.pass_id = may_be_closable.pass_id
        and s.ends_on - s.starts_on > (select min(r.value) from pass.rule r where r.key = 'SUSPENSION_CLOSABLE'))
    $$;
comment on function pass.may_be_closable(uuid) is 'False when no suspension is long enough: then the rules need not run.';

create function pass.has_request(pass_id uuid) returns boolean
    language sql stable
    as $$
    select exists (select from pass.prolongation_request r where r.pass_id = has_request.pass_id and r.state = 'PENDING')
    $$;
comment on function pass.has_request(uuid) is 'True while a request of prolongation waits.';

create function pass.belongs_to(member uuid, delegations uuid[], as_of date) returns boolean
    language sql stable
    as $$
    select exists (select from network.member_delegation d where d.member_id = member and d.is_primary
        and d.delegation_id = any (delegations) and d.starts_on <= as_of and (d.ends_on is null or as_of <= d.ends_on))
    $$;
comment on function pass.belongs_to(uuid, uuid[], date) is 'True when one of the delegations is the member''s primary one on the day.';

create function pass.rule_book(as_of date) returns jsonb
    language sql stable
    as $$
    select coalesce(jsonb_agg(jsonb_build_object('key', r.key, 'title', r.title, 'value', r.value, 'unit', r.unit,
        'valid_from', r.valid_from, 'valid_to', r.valid_to, 'legal_reference', r.legal_reference,
        'platform_reference', r.platform_reference) order by r.key, r.valid_from), '[]')
    from (select * from pass.rule where as_of is null union all select * from pass.rules_on(as_of) where as_of is not null) r
    $$;
comment on function pass.rule_book(date) is 'Every row of the rules, or those in force on a day.';

-- --- what must be seen for its parts to be listed ---

create function pass.visible_pass(pass_id uuid) returns uuid
    language plpgsql stable
    as $$
begin
    if not exists (select from pass.pass x where x.id = pass_id) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    return pass_id;
end $$;
comment on function pass.visible_pass(uuid) is 'The PASS itself, or MA404 when the caller cannot see it.';

call engine.set_revision('pass_reads');
commit;
