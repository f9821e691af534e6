-- What structures and the federation write: conventions, projects, people, budget lines. Functions run with the
-- owner's rights, because sealing, keys and sums look beyond the caller; each asks first who calls.
begin;

-- --- the record and its trace ---

create function vacation.trace(project uuid, action text, from_state text, to_state text, reason text default null,
                               amount bigint default null, left_over bigint default null) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into vacation.event (project_id, action, from_state, to_state, reason, amount_cents, left_cents, caller,
        key_id, request_id)
    values (project, action, from_state, to_state, reason, amount, left_over, nullif(session.caller(), ''),
        session.key_id(),
        nullif(current_setting('app.request_id', true), ''))
    $$;
comment on function vacation.trace(uuid, text, text, text, text, bigint, bigint) is
    'One row of the trace, with caller and request.';

create function vacation.refuse_state(p vacation.project, action text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    perform engine.refuse('vacation_state', 'the state does not allow it', jsonb_build_object(
        'state', vacation.state_today(p.state, p.returns_on), 'action', action,
        'actions', (select to_jsonb(vacation.actions(p, f)) from vacation.facts f where f.project_id = p.id)));
end $$;
comment on function vacation.refuse_state(vacation.project, text) is
    '409: names the state, what was tried and what is possible.';

create function vacation.take_for_edit(project uuid) returns vacation.project
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project;
begin
    select * into p from vacation.project x where x.id = project for no key update;
    if p.id is null or not vacation.may_see(p) then
        raise exception using errcode = 'MA404', message = 'none that this caller can see';
    elsif session.caller() = 'DELEGATION' then
        perform engine.refuse('not_yours_to_change', 'for the structure');
    elsif p.state not in ('DRAFT', 'CORRECTION_REQUESTED') then
        perform vacation.refuse_state(p, 'EDIT');
    end if;
    return p;
end $$;
comment on function vacation.take_for_edit(uuid) is
    'The project, locked; MA404 when the caller cannot see it, 409 when it may not be edited now.';

create function vacation.touch(project uuid) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$ update vacation.project p set touched_at = clock_timestamp() where p.id = touch.project $$;
comment on function vacation.touch(uuid) is
    'A part changed: the project has a new version, so that nobody decides on what they have not read.';

create function vacation.for_reviewer() returns void
    language plpgsql stable
    as $$
begin
    if session.caller() not in ('NATIONAL', '') then
        perform engine.refuse('not_yours_to_change', 'for the federation');
    end if;
end $$;
comment on function vacation.for_reviewer() is
    'What functions with the owner''s rights ask before they write for the federation.';

-- --- conventions ---

create function vacation.set_quotas(convention uuid, quotas jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    delete from vacation.quota q where q.convention_id = convention and not exists (
        select from jsonb_to_recordset(quotas) s (delegation_id uuid, amount_cents bigint)
            where s.delegation_id = q.delegation_id);
    insert into vacation.quota (convention_id, delegation_id, amount_cents)
    select convention, s.delegation_id, max(s.amount_cents) from jsonb_to_recordset(quotas) s (delegation_id uuid,
        amount_cents bigint)
    group by s.delegation_id
    on conflict on constraint vacation_quota_key do update set amount_cents = excluded.amount_cents
        where quota.amount_cents <> excluded.amount_cents;
end $$;
comment on function vacation.set_quotas(uuid, jsonb) is
    'Makes the quotas equal to the list [{delegation_id, amount_cents}].';

create function vacation.convention_sent(body jsonb) returns jsonb
    language sql stable
    as $$ select body - '{parameters,quotas}'::text[] || coalesce(nullif(body -> 'parameters', 'null'), '{}') $$;
comment on function vacation.convention_sent(jsonb) is
    'The parameters stand in one object on the wire, and in columns of the table.';

create function vacation.create_convention(body jsonb) returns setof vacation.conventions
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    sent vacation.convention := jsonb_populate_record(null::vacation.convention, vacation.convention_sent(body));
    added uuid := engine.uuid_v7();
begin
    perform vacation.for_reviewer();
    insert into vacation.convention (id, year, name, envelope_cents, target_people, opens_on, closes_on,
        quotient_ceiling_cents,
        allowed_roles, min_nights, max_nights, allowed_areas, max_share_percent, max_aid_cents, max_cost_per_day_cents,
        min_own_contribution_cents, aids_per_person_year, notice_days, voucher_unit_cents, other_funder_required,
        provider_accepts_vouchers, partial_grants, report_days, return_rule, purge_days, warning_rules, note)
    values (added, sent.year, sent.name, sent.envelope_cents, sent.target_people, sent.opens_on, sent.closes_on,
        sent.quotient_ceiling_cents, sent.allowed_roles, sent.min_nights, sent.max_nights, sent.allowed_areas,
        sent.max_share_percent, sent.max_aid_cents, sent.max_cost_per_day_cents, sent.min_own_contribution_cents,
        case when body #> '{parameters,aids_per_person_year}' is null then 1 else sent.aids_per_person_year end,
        sent.notice_days, sent.voucher_unit_cents, coalesce(sent.other_funder_required, false),
        coalesce(sent.provider_accepts_vouchers, false), coalesce(sent.partial_grants, false),
            coalesce(sent.report_days, 30),
        coalesce(sent.return_rule, 'PROPORTIONAL'), coalesce(sent.purge_days, 365),
            coalesce(sent.warning_rules, '{}'), sent.note);
    perform vacation.set_quotas(added, nullif(body -> 'quotas', 'null'));
    return query select * from vacation.conventions v where v.id = added;
end $$;
comment on function vacation.create_convention(jsonb) is
    'createVacationConvention. One aid per person and year unless the parameters say otherwise.';

create function vacation.update_convention(convention uuid, if_match bigint,
    body jsonb) returns setof vacation.conventions
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    quotas jsonb := nullif(body -> 'quotas', 'null');
begin
    perform vacation.for_reviewer();
    update vacation.convention c set (year, name, envelope_cents, target_people, opens_on, closes_on,
        quotient_ceiling_cents,
        allowed_roles, min_nights, max_nights, allowed_areas, max_share_percent, max_aid_cents, max_cost_per_day_cents,
        min_own_contribution_cents, aids_per_person_year, notice_days, voucher_unit_cents, other_funder_required,
        provider_accepts_vouchers, partial_grants, report_days, return_rule, purge_days, warning_rules, note,
            updated_at) = (
        select r.year, r.name, r.envelope_cents, r.target_people, r.opens_on, r.closes_on, r.quotient_ceiling_cents,
            r.allowed_roles, r.min_nights, r.max_nights, r.allowed_areas, r.max_share_percent, r.max_aid_cents,
                r.max_cost_per_day_cents,
            r.min_own_contribution_cents, r.aids_per_person_year, r.notice_days, r.voucher_unit_cents,
                r.other_funder_required,
            r.provider_accepts_vouchers, r.partial_grants, r.report_days, r.return_rule, r.purge_days,
                r.warning_rules, r.note,
            case when body ? 'quotas' then clock_timestamp() else c.updated_at end   -- quotas are a part: a new version
        from jsonb_populate_record(c, vacation.convention_sent(body)) r)
    where c.id = convention and c.version = if_match;
    if not found then
        return;
    end if;
    if quotas is not null then
        perform vacation.set_quotas(convention, quotas);
    end if;
    perform vacation.propose_next(convention);
    return query select * from vacation.conventions v where v.id = convention;
end $$;
comment on function vacation.update_convention(uuid, bigint, jsonb) is
    'updateVacationConvention; no row when the version is another. An envelope below what is granted is refused.';

-- --- projects ---

create function vacation.keep_referent() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if new.referent_contact_id is not null and not exists (select from network.contact c
            where c.id = new.referent_contact_id and c.member_id = new.member_id) then
        perform engine.refuse('vacation_project_referent_known', 'the referent is a contact of the structure');
    end if;
    return new;
end $$;
comment on function vacation.keep_referent() is 'The referent of a stay is one of the structure''s own contacts.';
create trigger project_10_referent before insert or update of referent_contact_id, member_id on vacation.project
    for each row execute function vacation.keep_referent();

create function vacation.place_of(member uuid) returns table (delegation_id uuid, region_code text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select d.delegation_id, m.region_code
    from network.member m left join network.member_delegation d on d.member_id = m.id and d.is_primary
        and d.during @> engine.today()
    where m.id = member and m.deleted_at is null
    $$;
comment on function vacation.place_of(uuid) is 'Primary delegation and region of a member today.';

create function vacation.create_project(body jsonb) returns setof vacation.projects
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    sent vacation.project := jsonb_populate_record(null::vacation.project,
        body - '{beneficiaries,budget_lines}'::text[]);
    added uuid := engine.uuid_v7();
    part jsonb;
begin
    sent.member_id := coalesce(sent.member_id, session.member_id());
    if sent.member_id is null then
        perform engine.refuse('vacation_member_required', 'say for which structure');
    elsif session.caller() not in ('STRUCTURE', 'NATIONAL', '') then
        perform engine.refuse('not_yours_to_change', 'for the structure');
    elsif session.caller() = 'STRUCTURE' and sent.member_id <> session.member_id() then
        perform engine.refuse('outside_territory', 'a structure writes for itself');
    end if;
    insert into vacation.project (id, reference, convention_id, member_id, delegation_id, region_code,
        referent_contact_id, funder_ref,
        stay_kind, departs_on, returns_on, place, country_code, provider_accepts_vouchers, objective)
    select added, (select c.year from vacation.convention c where c.id = sent.convention_id) || '-'
            || lpad(nextval('vacation.reference_number')::text, 5, '0'),
        sent.convention_id, sent.member_id, w.delegation_id, w.region_code, sent.referent_contact_id, sent.funder_ref,
            sent.stay_kind,
        sent.departs_on, sent.returns_on, sent.place, coalesce(sent.country_code, 'FR'),
            sent.provider_accepts_vouchers, sent.objective
    from vacation.place_of(sent.member_id) w where exists (select from vacation.convention c
        where c.id = sent.convention_id);
    if not found then
        perform engine.refuse(case when exists (select from vacation.convention c where c.id = sent.convention_id)
            then 'vacation_project_member_known' else 'vacation_project_convention_known' end, 'no such record');
    end if;
    for part in select * from jsonb_array_elements(coalesce(nullif(body -> 'beneficiaries', 'null'), '[]')) loop
        perform vacation.store_beneficiary(engine.uuid_v7(), added, part);
    end loop;
    for part in select * from jsonb_array_elements(coalesce(nullif(body -> 'budget_lines', 'null'), '[]')) loop
        perform vacation.store_line(engine.uuid_v7(), added, part);
    end loop;
    perform vacation.trace(added, 'CREATE', null, 'DRAFT');
    return query select * from vacation.projects v where v.id = added;
end $$;
comment on function vacation.create_project(jsonb) is
    'createVacationProject: a draft, with its people and budget lines when they are sent along.';

create function vacation.update_project(project uuid, if_match bigint, body jsonb) returns setof vacation.projects
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project;
    only_reference constant boolean := body - 'funder_ref' = '{}' and session.caller() in ('NATIONAL', '');
begin
    select * into p from vacation.project x where x.id = project for no key update;
    if p.id is null or not vacation.may_see(p) then
        return;
    elsif session.caller() = 'DELEGATION' then
        perform engine.refuse('not_yours_to_change', 'for the structure');
    elsif p.state not in ('DRAFT', 'CORRECTION_REQUESTED') and not only_reference then
        perform vacation.refuse_state(p, 'EDIT');
    elsif p.version <> if_match then
        return;
    end if;
    update vacation.project x set (referent_contact_id, funder_ref, stay_kind, departs_on, returns_on, place,
        country_code,
        provider_accepts_vouchers, objective) = (
        select r.referent_contact_id, r.funder_ref, r.stay_kind, r.departs_on, r.returns_on, r.place, r.country_code,
            r.provider_accepts_vouchers, r.objective
        from jsonb_populate_record(x, body) r)
    where x.id = project;
    perform vacation.trace(project, 'EDIT', p.state, p.state,
        (select string_agg(key, ', ' order by key) from jsonb_object_keys(body) key));
    return query select * from vacation.projects v where v.id = project;
end $$;
comment on function vacation.update_project(uuid, bigint, jsonb) is
    'updateVacationProject in a draft or a correction; the funder''s own number may be noted at any time. The '
    'trace names the properties.';

-- --- people ---

create function vacation.store_beneficiary(beneficiary uuid, project uuid, body jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    born date := (body ->> 'birth_date')::date;
    person jsonb := nullif(jsonb_strip_nulls(jsonb_build_object('given_name', body ->> 'given_name', 'family_name',
        body ->> 'family_name',
        'birth_date', born)), '{}');
begin
    if born > engine.today() then
        perform engine.refuse('vacation_birth_date_future', 'born after today');
    end if;
    insert into vacation.beneficiary as b (id, project_id, role, household_no, birth_year, first_stay)
    values (beneficiary, project, body ->> 'role', coalesce((body ->> 'household_no')::integer, 1),
        coalesce(extract(year from born)::integer, (body ->> 'birth_year')::integer), (body ->> 'first_stay')::boolean)
    on conflict (id) do update set role = excluded.role, household_no = excluded.household_no,
        birth_year = excluded.birth_year,
        first_stay = excluded.first_stay;
    insert into vacation.identity as i (beneficiary_id, identity, quotient)
    values (beneficiary, case when person is not null then keyed.seal('vacation.identity', person::text) end,
        case when body ->> 'family_quotient_cents' is not null then keyed.seal('vacation.quotient',
            body ->> 'family_quotient_cents') end)
    on conflict (beneficiary_id) do update set identity = excluded.identity, quotient = excluded.quotient;
    delete from vacation.person_key k where k.beneficiary_id = beneficiary;
    if person ?& '{given_name,family_name,birth_date}' and body ->> 'role' <> 'ACCOMPANYING_STAFF' then
        insert into vacation.person_key (beneficiary_id, project_id, key)
        values (beneficiary, project, vacation.person_hash(body ->> 'given_name', body ->> 'family_name', born));
    end if;
end $$;
comment on function vacation.store_beneficiary(uuid, uuid, jsonb) is
    'Writes one person: the sealed identity and quotient apart, and the keyed hash once name and birth date are '
    'known. Not for staff: no aid is theirs.';

create function vacation.add_beneficiary(project uuid, body jsonb) returns setof vacation.beneficiaries
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project := vacation.take_for_edit(project);
    added uuid := engine.uuid_v7();
begin
    if (select count(*) >= 100 from vacation.beneficiary b where b.project_id = p.id) then
        perform engine.refuse('vacation_too_many_parts', 'a project has 100 people at most');
    end if;
    perform vacation.store_beneficiary(added, p.id, body);
    perform vacation.touch(p.id);
    return query select * from vacation.beneficiaries v where v.id = added;
end $$;
comment on function vacation.add_beneficiary(uuid, jsonb) is 'addVacationBeneficiary: 100 people in a project at most.';

create function vacation.update_beneficiary(beneficiary uuid, if_match bigint,
    body jsonb) returns setof vacation.beneficiaries
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    now_is vacation.beneficiaries;
    p vacation.project;
begin
    select * into now_is from vacation.beneficiaries v where v.id = beneficiary;
    if now_is.id is null then
        return;
    end if;
    p := vacation.take_for_edit(now_is.project_id);
    select * into now_is from vacation.beneficiaries v where v.id = beneficiary and v.version = if_match;
    if now_is.id is not null and to_jsonb(now_is) || body = to_jsonb(now_is) then
        return next now_is;
    elsif now_is.id is not null then
        perform vacation.store_beneficiary(beneficiary, p.id, to_jsonb(now_is) || body);
        -- sealed parts count too
        update vacation.beneficiary b set updated_at = clock_timestamp() where b.id = beneficiary;
        perform vacation.touch(p.id);
        return query select * from vacation.beneficiaries v where v.id = beneficiary;
    end if;
end $$;
comment on function vacation.update_beneficiary(uuid, bigint, jsonb) is
    'updateVacationBeneficiary: merge patch; no row when the version is another.';

create function vacation.remove_beneficiary(beneficiary uuid, if_match bigint) returns setof vacation.beneficiaries
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    gone vacation.beneficiaries;
    p vacation.project;
begin
    select * into gone from vacation.beneficiaries v where v.id = beneficiary;
    if gone.id is null then
        return;
    end if;
    p := vacation.take_for_edit(gone.project_id);
    delete from vacation.beneficiary b where b.id = beneficiary and b.version = if_match;
    if found then
        perform vacation.touch(p.id);
        return next gone;
    end if;
end $$;
comment on function vacation.remove_beneficiary(uuid, bigint) is
    'removeVacationBeneficiary: as it was; no row when the version is another.';

-- --- budget lines ---

create function vacation.store_line(line uuid, project uuid, body jsonb) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into vacation.budget_line (id, project_id, side, kind, label, planned_cents)
    values (line, project, body ->> 'side', body ->> 'kind', body ->> 'label',
        coalesce((body ->> 'planned_cents')::bigint, 0))
    on conflict (id) do update set side = excluded.side, kind = excluded.kind, label = excluded.label,
        planned_cents = excluded.planned_cents
    $$;
comment on function vacation.store_line(uuid, uuid, jsonb) is 'Writes one planned budget line.';

create function vacation.add_line(project uuid, body jsonb) returns setof vacation.budget_line
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    p vacation.project := vacation.take_for_edit(project);
    added uuid := engine.uuid_v7();
begin
    if (select count(*) >= 100 from vacation.budget_line l where l.project_id = p.id) then
        perform engine.refuse('vacation_too_many_parts', 'a budget has 100 lines at most');
    end if;
    perform vacation.store_line(added, p.id, body);
    perform vacation.touch(p.id);
    return query select * from vacation.budget_line l where l.id = added;
end $$;
comment on function vacation.add_line(uuid, jsonb) is 'addVacationBudgetLine: 100 lines in a budget at most.';

create function vacation.update_line(line uuid, if_match bigint, body jsonb) returns setof vacation.budget_line
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    now_is vacation.budget_line;
    p vacation.project;
begin
    select * into now_is from vacation.budget_line l where l.id = line;
    if now_is.id is null then
        return;
    end if;
    p := vacation.take_for_edit(now_is.project_id);
    if not exists (select from vacation.budget_line l where l.id = line and l.version = if_match) then
        return;
    end if;
    perform vacation.store_line(line, p.id, to_jsonb(now_is) || body);
    perform vacation.touch(p.id);
    return query select * from vacation.budget_line l where l.id = line;
end $$;
comment on function vacation.update_line(uuid, bigint, jsonb) is
    'updateVacationBudgetLine: merge patch; no row when the version is another.';

create function vacation.remove_line(line uuid, if_match bigint) returns setof vacation.budget_line
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    gone vacation.budget_line;
    p vacation.project;
begin
    select * into gone from vacation.budget_line l where l.id = line;
    if gone.id is null then
        return;
    end if;
    p := vacation.take_for_edit(gone.project_id);
    delete from vacation.budget_line l where l.id = line and l.version = if_match;
    if found then
        perform vacation.touch(p.id);
        return next gone;
    end if;
end $$;
comment on function vacation.remove_line(uuid, bigint) is
    'removeVacationBudgetLine: as it was; no row when the version is another.';

revoke execute on function vacation.store_beneficiary(uuid, uuid, jsonb), vacation.store_line(uuid, uuid, jsonb),
    vacation.touch(uuid),
    vacation.trace(uuid, text, text, text, text, bigint, bigint), vacation.set_quotas(uuid, jsonb),
    vacation.person_hash(text, text, date) from public;

call engine.set_revision('vacation_writes');
commit;
