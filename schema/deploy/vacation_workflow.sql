-- From the submission to the closing. Every action locks the convention, then the project: decisions on one envelope
-- come one after the other, each sees what those before it granted. The rows of vacation.transition say what is possible.
begin;

create function vacation.take(project uuid) returns vacation.project
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project;
begin
    perform from vacation.convention c where c.id = (select x.convention_id from vacation.project x
        where x.id = project) for no key update;
    select * into p from vacation.project x where x.id = project for no key update;
    return case when vacation.may_see(p) then p end;
end $$;
comment on function vacation.take(uuid) is
    'The project as it is now, locked with its convention; null when the caller cannot see it.';

create function vacation.set_state(p vacation.project, action text, to_state text, reason text default null,
    amount bigint default null)
    returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update vacation.project x set state = to_state where x.id = p.id;
    perform vacation.trace(p.id, action, vacation.state_today(p.state, p.returns_on), to_state, reason, amount,
        (select c.envelope_cents - vacation.committed(c.id) from vacation.convention c where c.id = p.convention_id));
end $$;
comment on function vacation.set_state(vacation.project, text, text, text, bigint) is
    'Moves the project on, and traces it with what the envelope has left.';

-- --- the rules refuse ---

create function vacation.refuse_failed(project uuid, only_rules text[] default null) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    failed vacation.check_row[];
    first vacation.check_row;
begin
    failed := array(select k from vacation.checks(project) k
        where not k.ok and k.severity = 'REFUSAL' and (only_rules is null or k.rule = any (only_rules)));
    if cardinality(failed) = 0 then
        return;
    end if;
    first := failed[1];
    perform engine.refuse((select r.refusal from vacation.rule r where r.code = first.rule), first.sentence,
        jsonb_strip_nulls(jsonb_build_object('sentence', first.sentence, 'value', first.value, 'limit', first."limit"))
        || coalesce(jsonb_strip_nulls(first.more), '{}')
        || jsonb_build_object('failed_checks', (select jsonb_agg(jsonb_build_object('rule', k.rule, 'sentence',
            k.sentence)) from unnest(failed) k)));
end $$;
comment on function vacation.refuse_failed(uuid, text[]) is
    'Refuses with the first failed rule that does not only warn, its figures, and the list of all that failed.';

create function vacation.lock_people(project uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    k bytea;
begin
    for k in select x.key from vacation.person_key x where x.project_id = project order by x.key loop
        perform pg_advisory_xact_lock(hashtextextended(encode(k, 'hex'), 20261125));
    end loop;
end $$;
comment on function vacation.lock_people(uuid) is
    'Two structures that ask for one person are decided one after the other, even in two conventions.';

-- --- the waiting list ---

create function vacation.propose_next(convention uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    c vacation.convention;
    waiting record;
    left_over bigint;
begin
    select * into c from vacation.convention x where x.id = convention;
    left_over := c.envelope_cents - vacation.committed(convention);
    for waiting in select p.id, p.proposed_at, p.state, p.delegation_id, f.requested
        from vacation.project p join vacation.facts f on f.project_id = p.id
        where p.convention_id = convention and p.state = 'WAITLISTED_BUDGET' order by p.submitted_at, p.id loop
        if waiting.requested <= vacation.left_for(convention, waiting.delegation_id)
            or c.partial_grants and vacation.left_for(convention,
                waiting.delegation_id) >= coalesce(c.voucher_unit_cents, 1) then
            if waiting.proposed_at is null then
                update vacation.project p set proposed_at = now() where p.id = waiting.id;
                perform vacation.trace(waiting.id, 'PROPOSE', waiting.state, waiting.state, null, null, left_over);
            end if;
            return;
        elsif waiting.requested > left_over then
            return;                     -- the first in line waits for the envelope, and nobody passes it
        end if;                         -- its own quota holds it back: the next one may be served
    end loop;
end $$;
comment on function vacation.propose_next(uuid) is
    'After money came back: the first in line, by submission, is proposed to the reviewer when it fits; decided '
    'it is by people.';

-- --- decisions ---

create function vacation.approve(p vacation.project, body jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    c vacation.convention;
    requested bigint := (select f.requested from vacation.facts f where f.project_id = p.id);
    wanted bigint := coalesce((body ->> 'granted_cents')::bigint, requested);
    unit integer;
    left_over bigint := vacation.left_for(p.convention_id, p.delegation_id);
begin
    select * into c from vacation.convention x where x.id = p.convention_id;
    unit := case when 'VOUCHER_UNIT' = any (c.warning_rules) then 1 else coalesce(c.voucher_unit_cents, 1) end;
    if p.departs_on <= engine.today() then
        perform engine.refuse('vacation_departure_passed', 'no departure before the decision',
            jsonb_build_object('departs_on', p.departs_on));
    elsif wanted > requested then
        perform engine.refuse('vacation_grant_over_request', 'more than requested',
            jsonb_build_object('requested_cents', requested));
    elsif wanted < requested and not c.partial_grants then
        perform engine.refuse('vacation_partial_not_allowed', 'the convention grants in full',
            jsonb_build_object('requested_cents', requested));
    elsif wanted % unit <> 0 then
        perform engine.refuse('vacation_voucher_unit', 'not a multiple of the voucher unit',
            jsonb_build_object('limit', unit));
    end if;
    perform vacation.lock_people(p.id);
    perform vacation.refuse_failed(p.id, '{FREQUENCY}');
    if wanted > left_over and c.partial_grants then
        wanted := left_over - left_over % unit;
    end if;
    if wanted > 0 and wanted <= left_over then
        update vacation.project x set granted_cents = wanted, decided_at = now(), decision_reason = body ->> 'reason',
            proposed_at = null
        where x.id = p.id;
        perform vacation.set_state(p, 'APPROVE', 'APPROVED', body ->> 'reason', wanted);
    elsif p.state = 'WAITLISTED_BUDGET' then
        perform engine.refuse('vacation_envelope_exhausted', 'the envelope does not hold it',
            jsonb_build_object('left_cents', left_over, 'requested_cents', requested));
    else
        perform vacation.set_state(p, 'APPROVE', 'WAITLISTED_BUDGET', body ->> 'reason');
    end if;
end $$;
comment on function vacation.approve(vacation.project, jsonb) is
    'Grants what is requested, or less where the convention allows it; what the envelope or the quota cannot '
    'hold waits for budget.';

create function vacation.cancel(p vacation.project, body jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update vacation.project x set cancelled_at = now(), proposed_at = null where x.id = p.id;
    perform vacation.set_state(p, 'CANCEL', 'CANCELLED', body ->> 'reason',
        (select p.granted_cents - f.delivered from vacation.facts f where f.project_id = p.id)::bigint);
    perform vacation.propose_next(p.convention_id);
end $$;
comment on function vacation.cancel(vacation.project, jsonb) is
    'Gives back what was granted and not delivered; delivered vouchers come back by a voucher move.';

create function vacation.close(p vacation.project, body jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    proposed bigint := vacation.proposed_return(p.id);
    returned bigint := (select f.returned from vacation.facts f where f.project_id = p.id);
begin
    if p.reported_at is null then
        perform engine.refuse('vacation_report_missing', 'a project closes with its report');
    elsif returned < proposed and body ->> 'reason' is null then
        perform engine.refuse('vacation_return_outstanding', 'vouchers are still out',
            jsonb_build_object('proposed_return_cents', proposed, 'returned_cents', returned));
    end if;
    update vacation.project x set closed_at = now() where x.id = p.id;
    perform vacation.set_state(p, 'CLOSE', 'CLOSED', body ->> 'reason');
    perform vacation.propose_next(p.convention_id);     -- what was granted and never delivered is free again
end $$;
comment on function vacation.close(vacation.project, jsonb) is
    'Needs the report, and the return that follows from it or a reason to do without.';

create function vacation.submit(p vacation.project, to_state text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update vacation.project x set (delegation_id, region_code) = (select w.delegation_id, w.region_code
        from vacation.place_of(p.member_id) w)
    where x.id = p.id and p.submitted_at is null;
    perform vacation.lock_people(p.id);
    perform vacation.refuse_failed(p.id);
    update vacation.project x set submitted_at = coalesce(p.submitted_at, now()) where x.id = p.id;
    perform vacation.set_state(p, 'SUBMIT', to_state);
end $$;
comment on function vacation.submit(vacation.project, text) is
    'Every refusing rule must hold. A correction keeps its place: the first submission counts.';

create function vacation.act(project uuid, if_match bigint, action text,
    body jsonb default '{}') returns setof vacation.projects
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project := vacation.take(project);
    t vacation.transition;
begin
    body := coalesce(body, '{}');
    if p.id is null then
        return;
    end if;
    select * into t from vacation.transition x
    where x.action = act.action and x.from_state = vacation.state_today(p.state, p.returns_on);
    if t.action is null or action = 'MARK_DEPARTED' and p.departs_on > engine.today() then
        -- before the version: whoever comes second hears what was decided
        perform vacation.refuse_state(p, action);
    elsif not (session.caller() = any (t.callers) or session.caller() = '') then
        perform engine.refuse('not_yours_to_change', 'for the reviewer');
    elsif p.version <> if_match then
        return;
    elsif t.needs_reason and btrim(coalesce(body ->> 'reason', '')) = '' then
        perform engine.refuse('vacation_reason_required', 'say why');
    end if;
    case action
        when 'SUBMIT' then perform vacation.submit(p, t.to_state);
        when 'APPROVE' then perform vacation.approve(p, body);
        when 'CANCEL' then perform vacation.cancel(p, body);
        when 'CLOSE' then perform vacation.close(p, body);
        when 'REFUSE' then
            update vacation.project x set decided_at = now(), decision_reason = body ->> 'reason', proposed_at = null
                where x.id = p.id;
            perform vacation.set_state(p, action, t.to_state, body ->> 'reason');
            perform vacation.propose_next(p.convention_id);     -- it may have been the first in line
        when 'REOPEN' then
            perform vacation.set_state(p, action, t.to_state, body ->> 'reason');
            update vacation.project x set decided_at = null, decision_reason = null where x.id = p.id;
        else perform vacation.set_state(p, action, t.to_state, body ->> 'reason');
    end case;
    return query select * from vacation.projects v where v.id = p.id;
end $$;
comment on function vacation.act(uuid, bigint, text, jsonb) is
    'An action of the workflow; the project as shown, or no row when unknown or of another version. 409 '
    'vacation_state when the state does not allow it.';

-- --- vouchers ---

create function vacation.move_vouchers(project uuid, body jsonb) returns setof vacation.voucher_move
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project := vacation.take(project);
    t vacation.transition;
    act constant text := case body ->> 'kind' when 'ORDERED' then 'ORDER_VOUCHERS'
        when 'DELIVERED' then 'DELIVER_VOUCHERS' else 'RETURN_VOUCHERS' end;
    added uuid := engine.uuid_v7();
    amount constant bigint := (body ->> 'amount_cents')::bigint;
begin
    perform vacation.for_reviewer();
    if p.id is null then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    end if;
    select * into t from vacation.transition x where x.action = act and x.from_state = vacation.state_today(p.state,
        p.returns_on);
    if t.action is null then
        perform vacation.refuse_state(p, act);
    elsif coalesce((body ->> 'moved_on')::date, engine.today()) > engine.today() then
        perform engine.refuse('vacation_voucher_in_future', 'a move is noted when it has happened');
    end if;
    insert into vacation.voucher_move (id, project_id, kind, amount_cents, moved_on, note)
    values (added, p.id, body ->> 'kind', amount, coalesce((body ->> 'moved_on')::date, engine.today()),
        body ->> 'note');
    perform vacation.touch(p.id);
    perform vacation.set_state(p, act, case when act = 'ORDER_VOUCHERS' and p.state = 'APPROVED' then 'VOUCHERS_ORDERED'
        when act = 'DELIVER_VOUCHERS' and p.state in ('APPROVED', 'VOUCHERS_ORDERED') then 'DELIVERED'
            else p.state end, body ->> 'note', amount);
    if act = 'RETURN_VOUCHERS' then
        perform vacation.propose_next(p.convention_id);
    end if;
    return query select * from vacation.voucher_move v where v.id = added;
end $$;
comment on function vacation.move_vouchers(uuid, jsonb) is
    'addVacationVoucherMove: the first order and the first delivery move the project on; a return gives money back.';

-- --- the report ---

create function vacation.store_actual(project uuid, line jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_lines uuid[] := array(select l.id from vacation.budget_line l where l.project_id = project
        and case when line ->> 'line_id' is not null then l.id = (line ->> 'line_id')::uuid
            else l.side = line ->> 'side' and l.kind = line ->> 'kind'
                and (line ->> 'label' is null or l.label = line ->> 'label') end);
begin
    if cardinality(found_lines) > 1 then
        perform engine.refuse('vacation_report_line_unclear', 'several lines of this kind',
            jsonb_build_object('line_ids', found_lines));
    elsif cardinality(found_lines) = 1 then
        update vacation.budget_line l set actual_cents = (line ->> 'actual_cents')::bigint where l.id = found_lines[1];
    elsif line ->> 'line_id' is not null or line ->> 'side' is null or line ->> 'kind' is null then
        perform engine.refuse('vacation_report_line_unknown', 'no such line in this budget');
    else
        insert into vacation.budget_line (project_id, side, kind, label, actual_cents)
        values (project, line ->> 'side', line ->> 'kind', line ->> 'label', (line ->> 'actual_cents')::bigint);
    end if;
end $$;
comment on function vacation.store_actual(uuid, jsonb) is
    'Actual amount of a planned line, by id or by side and kind, or a line that nobody had planned.';

create function vacation.report(project uuid, if_match bigint, body jsonb) returns setof vacation.reports
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project := vacation.take(project);
    people integer := (select f.people from vacation.facts f where f.project_id = project);
    line jsonb;
    lacking uuid[];
begin
    if p.id is null then
        return;
    elsif session.caller() = 'DELEGATION' then
        perform engine.refuse('not_yours_to_change', 'for the structure');
    elsif vacation.state_today(p.state, p.returns_on) <> 'REPORT_DUE' then
        perform vacation.refuse_state(p, 'REPORT');
    elsif p.version <> if_match then
        return;
    elsif (body ->> 'departed_people')::integer > people then
        perform engine.refuse('vacation_departed_too_many', 'more left than were inscribed',
            jsonb_build_object('people', people));
    end if;
    for line in select * from jsonb_array_elements(coalesce(nullif(body -> 'lines', 'null'), '[]')) loop
        perform vacation.store_actual(p.id, line);
    end loop;
    lacking := array(select l.id from vacation.budget_line l where l.project_id = p.id and l.actual_cents is null);
    if cardinality(lacking) > 0 then
        perform engine.refuse('vacation_report_incomplete', 'some lines have no actual amount',
            jsonb_build_object('line_ids', lacking));
    end if;
    update vacation.project x set departed_people = (body ->> 'departed_people')::integer,
        actual_nights = (body ->> 'actual_nights')::integer,
        effects = body ->> 'effects', satisfaction = (body ->> 'satisfaction')::integer, reported_at = now(),
            touched_at = clock_timestamp()
    where x.id = p.id;
    perform vacation.trace(p.id, 'REPORT', 'REPORT_DUE', 'REPORT_DUE');
    return query select * from vacation.reports v where v.id = p.id;
end $$;
comment on function vacation.report(uuid, bigint, jsonb) is
    'saveVacationReport: people who left, nights, actual amount of every line, effects; may be corrected until '
    'the project is closed.';

-- --- the purge ---

create function vacation.purge_identities(batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    due uuid[];
begin
    due := array(
        select p.id from vacation.project p join vacation.convention c on c.id = p.convention_id
        where p.purged_at is null and case p.state
            when 'CLOSED' then p.closed_at when 'REFUSED' then p.decided_at when 'CANCELLED' then p.cancelled_at
            when 'DRAFT' then p.updated_at end < now() - make_interval(days => c.purge_days)
        order by p.id limit batch for update of p skip locked);
    delete from vacation.identity i using vacation.beneficiary b where b.id = i.beneficiary_id
        and b.project_id = any (due);
    -- whoever was not helped leaves no key behind
    delete from vacation.person_key k using vacation.project p where p.id = k.project_id and p.id = any (due)
        and p.state <> 'CLOSED';
    update vacation.project p set purged_at = now(), objective = null, effects = null where p.id = any (due);
    perform vacation.trace(id, 'PURGE', null, null) from unnest(due) id;
    return cardinality(due);
end $$;
comment on function vacation.purge_identities(integer) is
    'Job: erases names, birth dates, quotients and free texts of projects closed, refused, cancelled or left as a draft for the '
    'delay of their convention. Figures and the keyed hash of people who were helped stay. Answers how many; 0 '
    'when none is left.';

revoke execute on function vacation.purge_identities(integer), vacation.set_state(vacation.project, text, text, text,
    bigint),
    vacation.approve(vacation.project, jsonb), vacation.cancel(vacation.project, jsonb),
        vacation.close(vacation.project, jsonb),
    vacation.submit(vacation.project, text), vacation.propose_next(uuid), vacation.store_actual(uuid, jsonb),
        vacation.take(uuid),
    vacation.lock_people(uuid), vacation.refuse_failed(uuid, text[]) from public;

call engine.set_revision('vacation_workflow');
commit;
