-- What changes a PASS: one function for each process. Each locks the PASS first, puts the change into the pathway as it
-- would be, and asks the rules of the day on which it was declared; so two writers meet at the lock, and what the
-- calculator refuses the tracker refuses too. Constraints of the tables stand behind (pass_tables).
begin;

create function pass.locked(pass_id uuid) returns pass.pass
    language plpgsql volatile
    as $$
declare
    found pass.pass;
begin
    select * into found from pass.pass p where p.id = pass_id for update;
    if found.id is null then
        raise exception using errcode = 'MA404', message = 'none that this caller may change';
    end if;
    return found;
end $$;
comment on function pass.locked(uuid) is 'The PASS, kept from other writers until the end of the transaction; MA404 when it is not the caller''s to change.';

create function pass.declared(body jsonb) returns date
    language plpgsql stable
    as $$
declare
    declared_on constant date := coalesce((body ->> 'declared_on')::date, engine.today());
begin
    if declared_on > engine.today() or declared_on < date '2018-12-01' then
        perform pass.refuse(jsonb_build_array(pass.fault('/declared_on', 'declared-out-of-range', declared_on::text,
            '2018-12-01/' || engine.today())));
    end if;
    return declared_on;
end $$;
comment on function pass.declared(jsonb) is 'Day of the declaration: what "today" means for the rules. Today by default, never to come.';

create function pass.faults_of(faults jsonb, entry text) returns jsonb
    language sql immutable
    as $$
    select coalesce(jsonb_agg(jsonb_set(f, '{pointer}', to_jsonb(substr(f ->> 'pointer', length(entry) + 1)))), '[]')
    from jsonb_array_elements(faults) f where starts_with(f ->> 'pointer', entry || '/')
    $$;
comment on function pass.faults_of(jsonb, text) is 'Of the faults of a pathway those of one entry, their places as in a body that holds this entry alone.';

create function pass.refuse_one(pointer text, code text, value text default null, allowed text default null) returns void
    language plpgsql volatile
    as $$ begin perform pass.refuse(jsonb_build_array(pass.fault(pointer, code, value, allowed))); end $$;
comment on function pass.refuse_one(text, text, text, text) is 'Refusal pass_refused with one fault.';

create function pass.check_whole(p pass.pass) returns void
    language plpgsql volatile
    as $$
begin
    perform pass.refuse(pass.faults(pass.pathway_of(p, engine.today()), pass.rule_set(engine.today())));
end $$;
comment on function pass.check_whole(pass.pass) is 'Refuses a PASS whose dates and parts do not go together.';

create function pass.touch() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update pass.pass set changed_in = pg_current_xact_id()
    where id = case when tg_op = 'DELETE' then old.pass_id else new.pass_id end;
    return null;
end $$;
comment on function pass.touch() is 'After a write on what hangs on a PASS: its version rises, so that nobody keeps an old sheet.';
do $$
declare
    t record;
begin
    for t in select unnest(array['suspension', 'prolongation', 'prolongation_request', 'outcome']) as name loop
        execute format('create trigger %1$s_60_touch after insert or update or delete on pass.%1$I '
            'for each row execute function pass.touch()', t.name);
    end loop;
end $$;

-- --- a PASS ---

create function pass.check_sent(observed_on date, birth_year integer) returns void
    language plpgsql volatile
    as $$
begin
    if observed_on > engine.today() then
        perform pass.refuse_one('/observed_on', 'observed-in-future', observed_on::text, '≤ ' || engine.today());
    elsif birth_year > extract(year from engine.today()) then
        perform pass.refuse_one('/birth_year', 'birth-date-in-future', birth_year::text);
    end if;
end $$;
comment on function pass.check_sent(date, integer) is 'Refuses a source read, or a person born, in days to come.';

create function pass.check_kind(member uuid, siae_kind text) returns void
    language plpgsql volatile
    as $$
begin
    if siae_kind is null or not exists (select from network.member m where m.id = member and m.kind = siae_kind)
        and not exists (select from network.activity a where a.member_id = member and a.kind = siae_kind) then
        perform engine.refuse('pass_kind_of_member', 'the structure has no activity of this kind');
    end if;
end $$;
comment on function pass.check_kind(uuid, text) is 'A PASS belongs to an activity that the structure has, or had.';

create function pass.create_pass(body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    member constant uuid := session.member_id();
    today constant date := engine.today();
    rules constant jsonb := pass.rule_set(today);
    number constant text := upper(regexp_replace(body ->> 'number', '[[:space:]]', '', 'g'));
    path pass.pathway := pass.sent_pathway(body, today, rules);
    made pass.pass;
begin
    path.siae_kind := coalesce(path.siae_kind, (select m.kind from network.member m where m.id = member));
    perform pass.check_kind(member, path.siae_kind);
    perform pass.check_sent((body ->> 'observed_on')::date, (body ->> 'birth_year')::integer);
    perform pass.refuse(pass.faults(path, rules));
    insert into pass.pass (member_id, siae_kind, number_hash, number_last4, origin, starts_on, initial_ends_on,
        declared_ends_on, birth_year, last_hire_on, observed_on, ends_on, erase_after)
    values (member, path.siae_kind, keyed.hash('pass_number', number), right(number, 4), coalesce(path.origin, 'DEFAULT'),
        path.starts_on, path.initial_ends_on, (body ->> 'declared_ends_on')::date, (body ->> 'birth_year')::smallint,
        path.last_hire_on, coalesce((body ->> 'observed_on')::date, today), path.initial_ends_on, path.initial_ends_on)
    returning * into made;
    insert into pass.suspension (pass_id, starts_on, ends_on, reason, declared_on)
    select made.id, s.starts_on, s.ends_on, s.reason, coalesce(s.decided_on, s.starts_on) from unnest(path.suspensions) s;
    insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, declared_on)
    select made.id, e.starts_on, e.ends_on, e.reason, coalesce(e.siae_kind, path.siae_kind),
        least(coalesce(e.decided_on, e.starts_on), today)
    from unnest(path.prolongations) e;
    return query select * from pass.sheet_at(made.id, today);
end $$;
comment on function pass.create_pass(jsonb) is
    'New PASS of the calling structure with the suspensions and prolongations it already has. Of the number only the keyed '
    'hash and the last four characters are kept.';

create function pass.update_pass(pass_id uuid, if_match bigint, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    old_pass constant pass.pass := pass.locked(pass_id);
    new_pass pass.pass;
begin
    if old_pass.version <> if_match then
        return;
    end if;
    new_pass := jsonb_populate_record(old_pass, body - 'ends_on');
    if body ? 'ends_on' then
        new_pass.initial_ends_on := (body ->> 'ends_on')::date;
    elsif new_pass.starts_on <> old_pass.starts_on and old_pass.initial_ends_on = pass.default_end(old_pass.starts_on) then
        new_pass.initial_ends_on := pass.default_end(new_pass.starts_on);
    end if;
    if new_pass.siae_kind <> old_pass.siae_kind then
        perform pass.check_kind(old_pass.member_id, new_pass.siae_kind);
    end if;
    perform pass.check_sent(new_pass.observed_on, new_pass.birth_year);
    perform pass.check_whole(new_pass);
    update pass.pass p set siae_kind = new_pass.siae_kind, origin = new_pass.origin, starts_on = new_pass.starts_on,
        initial_ends_on = new_pass.initial_ends_on, declared_ends_on = new_pass.declared_ends_on,
        birth_year = new_pass.birth_year, last_hire_on = new_pass.last_hire_on, observed_on = new_pass.observed_on
    where p.id = old_pass.id;
    return query select * from pass.sheet_at(old_pass.id, engine.today());
end $$;
comment on function pass.update_pass(uuid, bigint, jsonb) is
    'Merge patch; ends_on is the last day as first given. A first day that moves takes the last day along while that is the '
    'usual length, as on the platform.';

-- --- suspensions ---

create function pass.suspend(pass_id uuid, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    declared_on constant date := pass.declared(body);
    rules constant jsonb := pass.rule_set(declared_on);
    path pass.pathway := pass.pathway_of(on_pass, declared_on);
    at constant pass.position := pass.locate(path);
    span constant pass.span := (pass.spans(jsonb_build_array(body), rules))[1];
    entry constant text := '/suspensions/' || cardinality(path.suspensions);
    earliest constant date := (pass.suspension_part(path, at, rules) ->> 'earliest_starts_on')::date;
begin
    path.suspensions := path.suspensions || span;
    perform pass.refuse(pass.faults_of(pass.faults(path, rules), entry));
    if on_pass.closed_on is not null then
        perform pass.refuse_one('/starts_on', 'pass-closed');
    elsif at.state = 'SUSPENDED' then
        perform pass.refuse_one('/starts_on', 'pass-suspended', span.starts_on::text, '> ' || (at.running).ends_on);
    elsif at.state <> 'VALID' then
        perform pass.refuse_one('/starts_on', 'pass-not-valid', span.starts_on::text, at.starts_on || '/' || at.ends_on);
    elsif span.starts_on < earliest then
        perform pass.refuse_one('/starts_on', 'suspension-too-early', span.starts_on::text, '≥ ' || earliest);
    end if;
    insert into pass.suspension (pass_id, starts_on, ends_on, reason, declared_on)
    values (on_pass.id, span.starts_on, span.ends_on, span.reason, declared_on);
    return query select * from pass.sheet_at(on_pass.id, engine.today());
end $$;
comment on function pass.suspend(uuid, jsonb) is
    'Suspends a valid PASS: not from a day to come, not further back than a year, the last hire or the last suspension.';

create function pass.running_suspension(suspension_id uuid, if_match bigint) returns pass.suspension
    language plpgsql volatile
    as $$
declare
    found pass.suspension;
begin
    select * into found from pass.suspension s where s.id = suspension_id;
    perform pass.locked(found.pass_id);
    select * into found from pass.suspension s where s.id = suspension_id for update;
    if found.version <> if_match or found.id is null then
        return null;
    elsif found.ends_on < engine.today() then
        perform engine.refuse('suspension_finished', 'only a suspension that still runs can be changed');
    end if;
    return found;
end $$;
comment on function pass.running_suspension(uuid, bigint) is
    'The suspension, locked with its PASS, when it has this version and still runs; null for another version.';

create function pass.update_suspension(suspension_id uuid, if_match bigint, body jsonb) returns setof pass.suspension
    language plpgsql volatile
    as $$
declare
    old_row constant pass.suspension := pass.running_suspension(suspension_id, if_match);
    new_row pass.suspension;
    path pass.pathway;
    rules constant jsonb := pass.rule_set(engine.today());
    place integer;
begin
    if old_row.id is null then
        return;
    end if;
    new_row := jsonb_populate_record(old_row, body);
    path := pass.pathway_of(pass.locked(old_row.pass_id), engine.today());
    place := (select i from generate_subscripts(path.suspensions, 1) i where path.suspensions[i].starts_on = old_row.starts_on);
    path.suspensions[place].starts_on := new_row.starts_on;
    path.suspensions[place].ends_on := new_row.ends_on;
    path.suspensions[place].reason := new_row.reason;
    perform pass.refuse(pass.faults_of(pass.faults(path, rules), '/suspensions/' || place - 1));
    if new_row.starts_on < old_row.starts_on and new_row.starts_on < pass.moved(old_row.declared_on, rules, 'SUSPENSION_BACKDATING', -1) then
        perform pass.refuse_one('/starts_on', 'suspension-too-early', new_row.starts_on::text,
            '≥ ' || pass.moved(old_row.declared_on, rules, 'SUSPENSION_BACKDATING', -1));
    end if;
    return query update pass.suspension s
        set starts_on = new_row.starts_on, ends_on = new_row.ends_on, reason = new_row.reason
        where s.id = old_row.id returning s.*;
end $$;
comment on function pass.update_suspension(uuid, bigint, jsonb) is 'Changes dates or reason of a suspension that still runs; no row for another version.';

create function pass.delete_suspension(suspension_id uuid, if_match bigint) returns setof pass.suspension
    language plpgsql volatile
    as $$
declare
    old_row constant pass.suspension := pass.running_suspension(suspension_id, if_match);
begin
    if old_row.id is not null then
        return query delete from pass.suspension s where s.id = old_row.id returning s.*;
    end if;
end $$;
comment on function pass.delete_suspension(uuid, bigint) is
    'Takes back a suspension that still runs: the days paused so far are lost, the end moves back (example E25).';

create function pass.record_hire(pass_id uuid, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    declared_on constant date := pass.declared(body);
    hired_on constant date := (body ->> 'hire_on')::date;
    rules constant jsonb := pass.rule_set(declared_on);
    path pass.pathway := pass.pathway_of(on_pass, declared_on);
    at constant pass.position := pass.locate(path);
begin
    path.hire_on := hired_on;
    perform pass.refuse(pass.faults(path, rules));
    if at.state = 'EXPIRED' then
        perform pass.refuse_one('/hire_on', 'pass-not-valid', hired_on::text, '≤ ' || at.ends_on);
    end if;
    if (at.running).starts_on = hired_on then
        delete from pass.suspension s where s.pass_id = on_pass.id and s.starts_on = hired_on;
    elsif (at.running).starts_on is not null then
        update pass.suspension s set ends_on = hired_on - 1
        where s.pass_id = on_pass.id and s.starts_on = (at.running).starts_on;
    end if;
    update pass.pass p set last_hire_on = hired_on where p.id = on_pass.id;
    return query select * from pass.sheet_at(on_pass.id, engine.today());
end $$;
comment on function pass.record_hire(uuid, jsonb) is
    'A new hire lifts the running suspension: it ends the day before, or goes when it began that day (examples E19 to E23).';

-- --- prolongations and requests ---

create function pass.check_prolongation(path pass.pathway, span pass.span, rules jsonb) returns void
    language plpgsql volatile
    as $$
declare
    at constant pass.position := pass.locate(path);
    entry constant text := '/prolongations/' || cardinality(path.prolongations);
    longer pass.pathway := path;
    obstacle text;
begin
    if path.closed_on is not null then
        perform pass.refuse_one('/ends_on', 'pass-closed');
    elsif span.starts_on <> at.ends_on then
        perform pass.refuse_one('/starts_on', 'prolongation-start', span.starts_on::text, at.ends_on::text);
    end if;
    longer.prolongations := path.prolongations || span;
    longer.request := null;
    perform pass.refuse(pass.faults_of(pass.faults(longer, rules), entry));
    obstacle := pass.obstacle(path, at, rules, span.reason);
    if obstacle is not null then
        perform pass.refuse_one('/reason', case obstacle
            when 'REQUEST_PENDING' then 'request-pending' when 'SUSPENDED' then 'pass-suspended'
            when 'WINDOW_NOT_OPEN' then 'window-not-open' when 'WINDOW_CLOSED' then 'window-closed'
            when 'TOO_YOUNG' then 'person-too-young' when 'PATHWAY_TOO_SHORT' then 'pathway-too-short'
            when 'EMPLOYER_KIND' then 'prolongation-employer-kind' else 'prolongation-cap-reached' end, span.reason,
            case when obstacle in ('WINDOW_NOT_OPEN', 'WINDOW_CLOSED') then
                pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_BEFORE', -1) || '/' || pass.moved(at.ends_on, rules, 'PROLONGATION_WINDOW_AFTER')
                when obstacle = 'EMPLOYER_KIND' then 'AI, ACI' end);
    end if;
end $$;
comment on function pass.check_prolongation(pass.pathway, pass.span, jsonb) is
    'Refuses what the rules refuse of one more prolongation on path.as_of: from the end of the PASS, within window and cap, '
    'not while suspended, not beside a waiting request.';

create function pass.sent_prolongation(on_pass pass.pass, body jsonb) returns pass.span
    language sql immutable
    as $$
    select row(coalesce((body ->> 'starts_on')::date, on_pass.ends_on), (body ->> 'ends_on')::date, body ->> 'reason',
        coalesce(body ->> 'siae_kind', on_pass.siae_kind), null)::pass.span
    $$;
comment on function pass.sent_prolongation(pass.pass, jsonb) is 'Body of a prolongation or request; it starts at the end of the PASS by default.';

create function pass.prolong(pass_id uuid, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    declared_on constant date := pass.declared(body);
    span constant pass.span := pass.sent_prolongation(on_pass, body);
    path pass.pathway := pass.pathway_of(on_pass, declared_on);
begin
    path.siae_kind := span.siae_kind;
    perform pass.check_prolongation(path, span, pass.rule_set(declared_on));
    insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, declared_on)
    values (on_pass.id, span.starts_on, span.ends_on, span.reason, span.siae_kind, declared_on);
    return query select * from pass.sheet_at(on_pass.id, engine.today());
end $$;
comment on function pass.prolong(uuid, jsonb) is
    'Records a prolongation: declared by the employer, or decided by a prescriber outside this service.';

create function pass.remove_prolongation(prolongation_id uuid, if_match bigint) returns setof pass.prolongation
    language plpgsql volatile
    as $$
declare
    old_row pass.prolongation;
begin
    select * into old_row from pass.prolongation e where e.id = prolongation_id;
    perform pass.locked(old_row.pass_id);
    select * into old_row from pass.prolongation e where e.id = prolongation_id for update;
    if old_row.id is null or old_row.version <> if_match then
        return;
    elsif exists (select from pass.prolongation e where e.pass_id = old_row.pass_id and e.starts_on > old_row.starts_on) then
        perform engine.refuse('prolongation_not_last', 'a later prolongation stands on it');
    elsif exists (select from pass.prolongation_request r where r.pass_id = old_row.pass_id and r.state = 'PENDING') then
        perform pass.refuse_one('', 'request-pending');
    elsif exists (select from pass.pass p where p.id = old_row.pass_id and p.closed_on is not null) then
        perform pass.refuse_one('', 'pass-closed');
    end if;
    return query delete from pass.prolongation e where e.id = old_row.id returning e.*;
    perform pass.check_whole(p) from pass.pass p where p.id = old_row.pass_id;
end $$;
comment on function pass.remove_prolongation(uuid, bigint) is 'Takes back the last prolongation, entered by mistake; what follows must still stand without it.';

create function pass.request_prolongation(pass_id uuid, body jsonb) returns setof pass.prolongation_request
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    requested_on constant date := pass.declared(jsonb_build_object('declared_on', body -> 'requested_on'));
    rules constant jsonb := pass.rule_set(requested_on);
    span constant pass.span := pass.sent_prolongation(on_pass, body);
    path pass.pathway := pass.pathway_of(on_pass, requested_on);
    longest constant date := pass.moved(span.starts_on, rules, 'PROLONGATION_STEP');
begin
    path.siae_kind := span.siae_kind;
    perform pass.check_prolongation(path, span, rules);
    if span.ends_on > longest then
        perform pass.refuse_one('/ends_on', 'prolongation-too-long', span.ends_on::text, '≤ ' || longest);
    end if;
    return query insert into pass.prolongation_request (pass_id, starts_on, ends_on, reason, siae_kind, prescriber_kind, requested_on)
        values (on_pass.id, span.starts_on, span.ends_on, span.reason, span.siae_kind, body ->> 'prescriber_kind', requested_on)
        returning *;
end $$;
comment on function pass.request_prolongation(uuid, jsonb) is 'A request to a prescriber: at most 365 days, one at a time.';

create function pass.pending_request(request_id uuid, if_match bigint, body jsonb) returns pass.prolongation_request
    language plpgsql volatile
    as $$
declare
    found pass.prolongation_request;
    decided_on constant date := coalesce((body ->> 'decided_on')::date, engine.today());
begin
    select * into found from pass.prolongation_request r where r.id = request_id;
    perform pass.locked(found.pass_id);
    select * into found from pass.prolongation_request r where r.id = request_id for update;
    if found.id is null or found.version <> if_match then
        return null;
    elsif found.state <> 'PENDING' then
        perform engine.refuse('request_already_decided', 'the request has been decided');
    elsif decided_on not between found.requested_on and engine.today() then
        perform pass.refuse_one('/decided_on', 'declared-out-of-range', decided_on::text, found.requested_on || '/' || engine.today());
    end if;
    return found;
end $$;
comment on function pass.pending_request(uuid, bigint, jsonb) is
    'The request, locked with its PASS, when it has this version and waits; null for another version.';

create function pass.grant_request(request_id uuid, if_match bigint, body jsonb) returns setof pass.prolongation_request
    language plpgsql volatile
    as $$
declare
    request constant pass.prolongation_request := pass.pending_request(request_id, if_match, body);
    day constant date := coalesce((body ->> 'decided_on')::date, engine.today());
begin
    if request.id is null then
        return;
    end if;
    insert into pass.prolongation (pass_id, starts_on, ends_on, reason, siae_kind, request_id, declared_on)
    values (request.pass_id, request.starts_on, request.ends_on, request.reason, request.siae_kind, request.id, day);
    return query update pass.prolongation_request r set state = 'GRANTED', decided_on = day
        where r.id = request.id returning r.*;
exception when exclusion_violation then
    perform engine.refuse('request_outdated', 'another prolongation covers these days');
end $$;
comment on function pass.grant_request(uuid, bigint, jsonb) is
    'Grants: the days asked for are added to the end as it is now, even when a suspension moved it since (example E36), and '
    'an expired PASS comes back to life (E38).';

create function pass.deny_request(request_id uuid, if_match bigint, body jsonb) returns setof pass.prolongation_request
    language plpgsql volatile
    as $$
declare
    request constant pass.prolongation_request := pass.pending_request(request_id, if_match, body);
begin
    if request.id is null then
        return;
    end if;
    return query update pass.prolongation_request r set state = 'DENIED',
            decided_on = coalesce((body ->> 'decided_on')::date, engine.today()), denial_reason = body ->> 'denial_reason',
            proposed_actions = case when jsonb_typeof(body -> 'proposed_actions') = 'array' then
                array(select jsonb_array_elements_text(body -> 'proposed_actions')) end
        where r.id = request.id returning r.*;
end $$;
comment on function pass.deny_request(uuid, bigint, jsonb) is 'Denies, with its reason; a reason IAE comes with a proposed action.';

-- --- closure and outcome ---

create function pass.close(pass_id uuid, if_match bigint, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    day constant date := coalesce((body ->> 'closed_on')::date, engine.today());
    path pass.pathway := pass.pathway_of(on_pass, engine.today());
    rules constant jsonb := pass.rule_set(engine.today());
begin
    if on_pass.version <> if_match then
        return;
    elsif on_pass.closed_on is not null then
        perform pass.refuse_one('', 'pass-closed');
    elsif path.requested_on is not null then
        perform pass.refuse_one('/closed_on', 'request-pending');
    end if;
    path.closed_on := day;
    perform pass.refuse(pass.faults(path, rules));
    update pass.pass p set closed_on = day, closed_suspension_starts_on = ((pass.locate(path)).closing).starts_on
    where p.id = on_pass.id;
    delete from pass.suspension s where s.pass_id = on_pass.id and s.starts_on >= day;
    update pass.suspension s set ends_on = day - 1 where s.pass_id = on_pass.id and s.ends_on >= day;
    return query select * from pass.sheet_at(on_pass.id, engine.today());
end $$;
comment on function pass.close(uuid, bigint, jsonb) is
    'Closes a pathway after a suspension of more than 365 days, for good: the PASS ends the day before, the suspension with it.';

create function pass.record_outcome(pass_id uuid, if_match bigint, body jsonb) returns setof pass.sheet
    language plpgsql volatile
    as $$
declare
    on_pass constant pass.pass := pass.locked(pass_id);
    day constant date := (body ->> 'on_date')::date;
begin
    if on_pass.version <> if_match then
        return;
    elsif day not between on_pass.starts_on and engine.today() then
        perform pass.refuse_one('/on_date', 'outcome-out-of-range', day::text, on_pass.starts_on || '/' || engine.today());
    end if;
    insert into pass.outcome (pass_id, code, contract_type, contract_months, on_date, worked_minutes)
    select on_pass.id, r.code, r.contract_type, r.contract_months, r.on_date, r.worked_minutes
    from jsonb_populate_record(null::pass.outcome, body) r
    on conflict on constraint outcome_one_per_pass do update set (code, contract_type, contract_months, on_date, worked_minutes)
        = (excluded.code, excluded.contract_type, excluded.contract_months, excluded.on_date, excluded.worked_minutes);
    return query select * from pass.sheet_at(on_pass.id, engine.today());
end $$;
comment on function pass.record_outcome(uuid, bigint, jsonb) is 'How the pathway ended; a second time corrects the first.';

call engine.set_revision('pass_writes');
commit;
