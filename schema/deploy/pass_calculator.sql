-- calculatePass: the body as a pathway, its refusals or its answer. No table but pass.rule is read, nothing is written.
begin;

alter table pass.rule drop constraint rule_unit_known;
alter table pass.rule add constraint rule_unit_known
    check (unit in ('DAYS', 'MONTHS', 'YEARS', 'PEOPLE', 'CRITERIA'));
insert into pass.rule (key, value, unit, valid_from, title, platform_reference) values
    ('CRITERIA_LEVEL_1', 1, 'CRITERIA', '2018-12-01', 'Critères de niveau 1 qui suffisent à l’employeur', 'eligibility/enums.py'),
    ('CRITERIA_LEVEL_2_AI', 2, 'CRITERIA', '2018-12-01', 'Critères de niveau 2 qui suffisent à une AI', 'eligibility/enums.py'),
    ('CRITERIA_LEVEL_2_ETTI', 2, 'CRITERIA', '2018-12-01', 'Critères de niveau 2 qui suffisent à une ETTI', 'eligibility/enums.py'),
    ('CRITERIA_LEVEL_2_ACI', 3, 'CRITERIA', '2018-12-01', 'Critères de niveau 2 qui suffisent à un ACI', 'eligibility/enums.py'),
    ('CRITERIA_LEVEL_2_EI', 3, 'CRITERIA', '2018-12-01', 'Critères de niveau 2 qui suffisent à une EI', 'eligibility/enums.py'),
    ('CRITERIA_LEVEL_2_EITI', 3, 'CRITERIA', '2018-12-01', 'Critères de niveau 2 qui suffisent à une EITI', 'eligibility/enums.py');

create function pass.spans(items jsonb, rules jsonb) returns pass.span[]
    language plpgsql immutable parallel safe
    as $$
begin
    return array(
        select row(s.starts_on, coalesce(s.ends_on, pass.moved(s.starts_on, rules, 'SUSPENSION_MAX') - 1), s.reason,
            s.siae_kind, s.decided_on)::pass.span
        from jsonb_populate_recordset(null::pass.span, coalesce(items, '[]')) s);
end $$;
comment on function pass.spans(jsonb, jsonb) is
    'Suspensions or prolongations as sent, in their order. A suspension without an end lasts as long as it may, as on the platform.';

create function pass.sent_pathway(sent jsonb, today date, rules jsonb) returns pass.pathway
    language plpgsql stable parallel safe
    as $$
declare
    starts_on constant date := sent ->> 'starts_on';
    born_on constant date := sent ->> 'birth_date';
    request constant jsonb := sent -> 'pending_request';
begin
    return row(today, starts_on, coalesce((sent ->> 'ends_on')::date, pass.default_end(starts_on)), sent ->> 'origin',
        sent ->> 'siae_kind', born_on, born_on, pass.spans(sent -> 'suspensions', rules), pass.spans(sent -> 'prolongations', rules),
        case when request is not null then row((request ->> 'starts_on')::date, (request ->> 'ends_on')::date,
            request ->> 'reason', sent ->> 'siae_kind', null)::pass.span end,
        (request ->> 'requested_on')::date, (sent ->> 'closed_on')::date, (sent ->> 'hire_on')::date,
        (sent ->> 'last_hire_on')::date)::pass.pathway;
end $$;
comment on function pass.sent_pathway(jsonb, date, jsonb) is
    'Body of calculatePass. ends_on is the last day as first given, before suspensions and prolongations; without it the '
    'length of today.';

-- --- what does not depend on the pathway: the diagnosis, a hire to come, a hire taken back ---

create function pass.diagnosis_part(sent jsonb, siae_kind text, as_of date, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select case when d.made_on is not null then jsonb_build_object(
            'expires_on', e.expires_on, 'last_valid_on', e.expires_on - 1,
            'valid', as_of >= d.made_on and as_of < e.expires_on,
            'sufficient', case when d.author = 'PRESCRIBER' then true
                when coalesce(d.level_1, 0) >= pass.number_of(rules, 'CRITERIA_LEVEL_1') then true
                when siae_kind is null then null
                else coalesce(d.level_2, 0) >= pass.number_of(rules, 'CRITERIA_LEVEL_2_' || siae_kind) end,
            'level_2_needed', case when d.author = 'EMPLOYER' then pass.number_of(rules, 'CRITERIA_LEVEL_2_' || siae_kind) end) end
        from jsonb_to_record(sent) d (made_on date, author text, level_1 integer, level_2 integer)
        cross join lateral (select pass.moved(d.made_on, rules, 'DIAGNOSIS_' || d.author) as expires_on) e);
end $$;
comment on function pass.diagnosis_part(jsonb, text, date, jsonb) is
    'A diagnosis: expires_on is its first invalid day. An employer''s needs criteria, a prescriber''s none; sufficient is null '
    'while the kind of employer is not known.';

create function pass.hire_part(p pass.pathway, at pass.position, rules jsonb) returns jsonb
    language sql immutable parallel safe
    as $$
    select jsonb_build_object('earliest_on', greatest(p.as_of, case when at.state <> 'EXPIRED' then p.starts_on end),
        'latest_on', least(pass.moved(p.as_of, rules, 'HIRE_AHEAD'), case when at.state <> 'EXPIRED' then at.ends_on end),
        'latest_on_employer_diagnosis', pass.moved(p.as_of, rules, 'HIRE_AHEAD_EMPLOYER_DIAGNOSIS'))
    $$;
comment on function pass.hire_part(pass.pathway, pass.position, jsonb) is
    'Between which days a hire may be dated on as_of: 6 months ahead, not beyond a PASS that is not over; 92 days ahead where '
    'a new PASS would stand on the employer''s diagnosis alone.';

create function pass.other_faults(sent jsonb, p pass.pathway, rules jsonb) returns jsonb
    language plpgsql immutable parallel safe
    as $$
begin
    return (
        select coalesce(jsonb_agg(f.fault), '[]')
        from (select pass.day_fault('/diagnosis/made_on', (sent #>> '{diagnosis,made_on}')::date)
            union all select case when (sent #>> '{diagnosis,made_on}')::date > p.as_of
                then pass.fault('/diagnosis/made_on', 'diagnosis-in-future', sent #>> '{diagnosis,made_on}', '≤ ' || p.as_of) end
            union all select case when sent ? 'cancelled_hire' and p.origin = 'AI_STOCK'
                then pass.fault('/cancelled_hire', 'hire-cancel-ai-stock') end
            union all select case when (sent #>> '{cancelled_hire,record_sent}')::boolean
                then pass.fault('/cancelled_hire/record_sent', 'hire-cancel-record-sent') end) f (fault)
        where f.fault is not null);
end $$;
comment on function pass.other_faults(jsonb, pass.pathway, jsonb) is
    'A diagnosis of a day to come; a hire that cannot be taken back: its record went to the ASP, or it comes from the AI stock.';

create type pass.calculation as (
    as_of date, state text, starts_on date, ends_on date, initial_ends_on date, total_days integer, remaining_days integer,
    resumed_today_ends_on date, usable boolean, suspended_days integer, paused_days integer, prolonged_days integer,
    prolongation_window jsonb, prolongation_options jsonb, suspension jsonb, waiting_period jsonb, legal_limit jsonb,
    pending_request jsonb, hire jsonb, diagnosis jsonb, cancellation jsonb, retention jsonb, milestones jsonb,
    notices jsonb, rules jsonb);
comment on type pass.calculation is 'Answer of calculatePass.';

create function pass.usable(at pass.position) returns boolean
    language sql immutable parallel safe
    as $$
    select at.state = 'VALID' or at.state = 'SUSPENDED' and pass.liftable_reason((at.running).reason)
    $$;
comment on function pass.usable(pass.position) is
    'True when a SIAE may hire under this PASS on the day: it is valid, or suspended for a reason that a hire lifts.';

create function pass.rules_for(sent jsonb, as_of date) returns jsonb
    language plpgsql stable parallel safe
    as $$
declare
    rules constant jsonb := pass.rule_set(as_of);
    length_of_today jsonb;
begin
    -- a PASS without its last day gets the length of today, whatever the day of calculation: what the platform would print
    if not sent ? 'ends_on' and as_of <> engine.today() then
        select r.entry into length_of_today from pass.rule r
        where r.key = 'PASS_LENGTH' and r.during @> engine.today();
        if length_of_today <> rules -> 'PASS_LENGTH' then
            return jsonb_set(rules, '{PASS_LENGTH}', length_of_today);
        end if;
    end if;
    return rules;
end $$;
comment on function pass.rules_for(jsonb, date) is 'The rules of the day of calculation; the length of a PASS where it is computed is that of today.';

create function pass.calculate(sent jsonb) returns pass.calculation
    language plpgsql volatile parallel safe
    as $$
declare
    today constant date := coalesce((sent ->> 'as_of')::date, engine.today());
    rules constant jsonb := pass.rules_for(sent, today);
    sent_path constant pass.pathway := pass.sent_pathway(sent, today, rules);
    faults constant jsonb := pass.faults(sent_path, rules) || pass.other_faults(sent, sent_path, rules);
    p pass.pathway := sent_path;
    at pass.position;
begin
    if faults <> '[]' then
        perform pass.refuse(faults);
    end if;
    p.suspensions := pass.lifted(p.suspensions, p.hire_on, p.as_of);
    at := pass.locate(p);
    return row(p.as_of, at.state, p.starts_on, at.ends_on, p.initial_ends_on, at.total_days, at.remaining_days,
        at.resumed_today_ends_on, pass.usable(at), at.suspended_days, at.paused_days, at.prolonged_days,
        pass.window_part(p, at, rules), pass.options_part(p, at, rules), pass.suspension_part(p, at, rules),
        pass.waiting_part(p, at, rules), pass.legal_part(p, at, rules), pass.request_part(p, at, rules),
        pass.hire_part(p, at, rules), pass.diagnosis_part(sent -> 'diagnosis', p.siae_kind, p.as_of, rules),
        case when sent ? 'cancelled_hire' then jsonb_build_object('pass',
            case when (sent #>> '{cancelled_hire,accepted_hires}')::integer > 1 then 'KEPT' else 'CANCELLED' end) end,
        pass.retention_part(p, at, rules), pass.milestones_part(p, at, rules),
        pass.notices_part(sent_path, p, at, rules),
        pass.rules_part(p, at, rules, case when sent ? 'diagnosis' then
            array['DIAGNOSIS_' || (sent #>> '{diagnosis,author}'), 'CRITERIA_LEVEL_1', 'CRITERIA_LEVEL_2_' || p.siae_kind]
            else '{}' end || case when sent ? 'ends_on' then '{}' else array['PASS_LENGTH'] end
            || array['HIRE_AHEAD', 'HIRE_AHEAD_EMPLOYER_DIAGNOSIS']))::pass.calculation;
end $$;
comment on function pass.calculate(jsonb) is
    'The calculator. Refusal pass_refused with all faults in errors; else where the pathway stands on as_of (today by default), '
    'after the hire if one is given.';

call engine.set_revision('pass_calculator');
commit;
