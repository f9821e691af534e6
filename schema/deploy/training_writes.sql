-- The processes of courses, trainers and sessions: one function for each operation, with the caller's rights. Views
-- show the rows as the contract does.
begin;

create function training.sealed_identity(sent jsonb) returns bytea
    language sql volatile
    as $$
    select keyed.seal('training.person', jsonb_build_object('given_name', btrim(sent ->> 'given_name'),
        'family_name', btrim(sent ->> 'family_name'), 'email', lower(btrim(sent ->> 'email')))::text)
    $$;
comment on function training.sealed_identity(jsonb) is 'Identity of a person as it is stored.';

create function training.identity_key(sent jsonb, member uuid) returns bytea
    language sql stable
    as $$
    select keyed.hash('training.person', concat_ws('|',
        regexp_replace(normalize(lower(sent ->> 'family_name'), NFKD), '[^a-z0-9]', '', 'g'),
        regexp_replace(normalize(lower(sent ->> 'given_name'), NFKD), '[^a-z0-9]', '', 'g'),
        coalesce(lower(btrim(sent ->> 'email')), member::text, '')))
    $$;
comment on function training.identity_key(jsonb, uuid) is
    'Same person: same names without accents and case, and the same address, or without one the same structure.';

-- Looks beyond what the caller may see: the person may have come through another structure before.
create function training.person_for(sent jsonb, member uuid) returns uuid
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    found_person uuid;
begin
    if nullif(btrim(sent ->> 'given_name'), '') is null or nullif(btrim(sent ->> 'family_name'), '') is null then
        perform engine.refuse('person_required', 'a known person or the name of a new one');
    end if;
    insert into training.person (identity, person_key)
    values (training.sealed_identity(sent), training.identity_key(sent, member))
    on conflict on constraint training_person_key do nothing
    returning id into found_person;
    if found_person is null then
        select p.id into found_person from training.person p where p.person_key = training.identity_key(sent, member);
    end if;
    return found_person;
end $$;
comment on function training.person_for(jsonb, uuid) is 'Finds or makes the person; answers the id only.';

create function training.opened(identity bytea) returns jsonb
    language sql stable
    as $$ select keyed.open('training.person', identity)::jsonb $$;
comment on function training.opened(bytea) is 'Identity in clear; null for null.';

create function training.visible_session(session uuid) returns uuid
    language plpgsql stable
    as $$
begin
    perform from training.session s where s.id = session;
    if not found then
        raise exception using errcode = 'MA404', message = 'no such session for this caller';
    end if;
    return session;
end $$;
comment on function training.visible_session(uuid) is 'The id when the caller sees the session, else MA404.';

-- --- courses, programmes, trainers ---

create function training.create_course(body jsonb) returns setof training.course
    language sql volatile
    as $$
    insert into training.course (code, title, objectives, prerequisites, audience, programme_text, methods, assessment,
        disability_access, contact_email, duration_minutes, modality, access_delay_days, price_member_cents,
        price_other_cents, nsf_code, bpf_objective, certification_ref, is_published, starts_on, ends_on)
    select r.code, r.title, r.objectives, r.prerequisites, r.audience, r.programme_text, r.methods, r.assessment,
        r.disability_access, r.contact_email, r.duration_minutes, r.modality, r.access_delay_days, r.price_member_cents,
        r.price_other_cents, r.nsf_code, r.bpf_objective, r.certification_ref, coalesce(r.is_published, false),
        coalesce(r.starts_on, engine.today()), r.ends_on
    from jsonb_populate_record(null::training.course, body) r
    returning *
    $$;
comment on function training.create_course(jsonb) is 'createCourse: the new course.';

create function training.update_course(course uuid, if_match bigint, body jsonb) returns setof training.course
    language sql volatile
    as $$
    update training.course c set (code, title, objectives, prerequisites, audience, programme_text, methods, assessment,
        disability_access, contact_email, duration_minutes, modality, access_delay_days, price_member_cents,
        price_other_cents, nsf_code, bpf_objective, certification_ref, is_published, starts_on, ends_on) = (
        select r.code, r.title, r.objectives, r.prerequisites, r.audience, r.programme_text, r.methods, r.assessment,
            r.disability_access, r.contact_email, r.duration_minutes, r.modality, r.access_delay_days,
            r.price_member_cents, r.price_other_cents, r.nsf_code, r.bpf_objective, r.certification_ref, r.is_published,
            r.starts_on, r.ends_on
        from jsonb_populate_record(c, body) r)
    where c.id = course and c.version = if_match
    returning *
    $$;
comment on function training.update_course(uuid, bigint, jsonb) is 'updateCourse: no row when the version is another.';

create view training.trainers with (security_invoker) as
select t.id, t.version, t.code, t.kind, t.person_id, i.identity ->> 'given_name' as given_name,
    i.identity ->> 'family_name' as family_name, i.identity ->> 'email' as email, t.organisation_name, t.nda,
    t.contract_ref, t.specialities, t.starts_on, t.ends_on, t.fictitious as is_fictitious, t.created_at, t.updated_at
from training.trainer t
left join training.person p on p.id = t.person_id
left join lateral (select training.opened(p.identity) as identity) i on true;
comment on view training.trainers is 'Trainers as the contract shows them.';
grant select on training.trainers to maillage_app;

create function training.create_trainer(body jsonb) returns setof training.trainers
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
begin
    insert into training.trainer (id, code, kind, person_id, organisation_name, nda, contract_ref, specialities, starts_on, ends_on)
    select added, r.code, r.kind, training.person_for(body, null), r.organisation_name, nullif(identifier.normal('NDA', r.nda), ''),
        r.contract_ref, r.specialities, r.starts_on, r.ends_on
    from jsonb_populate_record(null::training.trainer, body) r;
    return query select * from training.trainers t where t.id = added;
end $$;
comment on function training.create_trainer(jsonb) is 'createTrainer: the new trainer.';

create function training.update_trainer(trainer uuid, if_match bigint, body jsonb) returns setof training.trainers
    language plpgsql volatile
    as $$
begin
    update training.trainer t set (code, kind, organisation_name, nda, contract_ref, specialities, starts_on, ends_on) = (
        select r.code, r.kind, r.organisation_name, nullif(identifier.normal('NDA', r.nda), ''), r.contract_ref,
            r.specialities, r.starts_on, r.ends_on
        from jsonb_populate_record(t, body) r)
    where t.id = trainer and t.version = if_match;
    if found then
        return query select * from training.trainers t where t.id = trainer;
    end if;
end $$;
comment on function training.update_trainer(uuid, bigint, jsonb) is 'updateTrainer: no row when the version is another.';

create function training.create_programme(body jsonb) returns setof training.programme
    language sql volatile
    as $$
    insert into training.programme (code, title, starts_on, ends_on, pass_member_cents, pass_other_cents)
    select r.code, r.title, r.starts_on, r.ends_on, r.pass_member_cents, r.pass_other_cents
    from jsonb_populate_record(null::training.programme, body) r
    returning *
    $$;
comment on function training.create_programme(jsonb) is 'createTrainingProgramme: the new programme.';

create function training.programme_figures(programme uuid)
    returns table (sessions bigint, participants bigint, experts bigint, programme_minutes bigint, attended_minutes bigint)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select (select count(*) from training.session s where s.programme_id = programme and s.state not in ('DRAFT', 'CANCELLED')),
        (select count(distinct e.person_id) from training.enrolment e join training.session s on s.id = e.session_id
         where s.programme_id = programme and training.seat_class(e.state) = 'SEATED' and e.state <> 'NO_SHOW'),
        (select count(distinct x.trainer_id) from training.slot_trainer x join training.slot t on t.id = x.slot_id
         join training.session s on s.id = t.session_id where s.programme_id = programme and x.held),
        (select coalesce(sum(s.minutes), 0) from training.session s
         where s.programme_id = programme and s.state not in ('DRAFT', 'CANCELLED')),
        (select coalesce(sum(a.counted_minutes), 0) from training.attendance a join training.slot t on t.id = a.slot_id
         join training.session s on s.id = t.session_id where s.programme_id = programme and a.is_current)
    $$;
comment on function training.programme_figures(uuid) is
    'Figures of a programme: participants are people, not enrolments; minutes at the programme and minutes attended.';

-- --- sessions ---

create function training.shown_state(s training.session) returns text
    language sql stable
    as $$
    select case when s.state <> 'CONFIRMED' or s.starts_on is null or engine.today() < s.starts_on then s.state
        when engine.today() <= s.ends_on then 'RUNNING' else 'DONE' end
    $$;
comment on function training.shown_state(training.session) is 'State of today: a confirmed session runs between its first and last slot, then is done.';

create view training.sessions with (security_invoker) as
select s.id, s.version, s.course_id, c.code as course_code, coalesce(s.title, c.title) as title, s.programme_id, s.kind,
    s.client_member_id, s.delegation_id, d.name as delegation_name, s.place, s.commune_code, c.modality,
    training.shown_state(s) as state, s.state_reason, s.capacity, s.min_participants, s.waitlist_policy, s.enrol_open_on,
    s.enrol_close_on, s.price_member_cents, s.price_other_cents, s.flat_price_cents, s.price_basis, s.counts_in_bpf,
    s.counts_in_statistics, s.starts_on, s.ends_on, extract(year from s.starts_on) <> extract(year from s.ends_on) as spans_years,
    s.minutes, s.seats_taken, s.seats_waiting,
    case when s.capacity is null then null when s.seats_waiting > 0 and s.waitlist_policy <> 'FIRST_FIT' then 0
        else greatest(s.capacity - s.seats_taken, 0) end as places_left,
    case when s.capacity is not null and s.seats_waiting > 0 and s.waitlist_policy <> 'FIRST_FIT'
        then greatest(s.capacity - s.seats_taken, 0) else 0 end as places_held,
    training.takes_enrolments(s) and s.capacity is distinct from 0 as takes_enrolments,
    s.fictitious as is_fictitious, s.created_at, s.updated_at
from training.session s
join training.course c on c.id = s.course_id
left join network.delegation d on d.id = s.delegation_id;
comment on view training.sessions is
    'Sessions as the contract shows them. Places held are free ones that the first of a strict queue, who needs more, keeps from others.';
grant select on training.sessions to maillage_app;

create view training.slots with (security_invoker) as
select t.id, t.version, t.session_id, t.label, t.starts_at, t.ends_at, t.on_date, t.half_day, t.minutes, t.modality,
    array(select x.trainer_id from training.slot_trainer x where x.slot_id = t.id order by x.place, x.trainer_id) as trainer_ids,
    t.closed_at is not null as is_closed, t.closed_at, t.created_at, t.updated_at
from training.slot t;
comment on view training.slots is 'Slots as the contract shows them.';
grant select on training.slots to maillage_app;

create function training.set_trainers(slot uuid, trainers jsonb) returns void
    language plpgsql volatile
    as $$
begin
    delete from training.slot_trainer x where x.slot_id = slot
        and not trainers ? x.trainer_id::text;
    insert into training.slot_trainer (slot_id, trainer_id, place, slot_range)
    select slot, t.id::uuid, t.place, 'empty'
    from jsonb_array_elements_text(trainers) with ordinality t (id, place)
    on conflict on constraint slot_trainer_key do nothing;
end $$;
comment on function training.set_trainers(uuid, jsonb) is 'Makes the trainers of a slot equal to the list; the first leads.';

create function training.add_slot(session uuid, body jsonb) returns setof training.slots
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
    s training.session;
begin
    select * into s from training.session x where x.id = training.visible_session(session);
    if not training.organises(s.delegation_id) then
        perform engine.refuse('outside_territory', 'another office organises the session');
    elsif s.state in ('CLOSED', 'CANCELLED') then
        perform engine.refuse('session_frozen', 'the session is closed or cancelled');
    end if;
    insert into training.slot (id, session_id, starts_at, ends_at, modality, label, slot_range, on_date, half_day, minutes)
    select added, session, r.starts_at, r.ends_at, r.modality, r.label, 'empty', current_date, 'MORNING', 1
    from jsonb_populate_record(null::training.slot, body) r;
    if jsonb_typeof(body -> 'trainer_ids') = 'array' then
        perform training.set_trainers(added, body -> 'trainer_ids');
    end if;
    return query select * from training.slots t where t.id = added;
end $$;
comment on function training.add_slot(uuid, jsonb) is 'addTrainingSlot: the new slot with its trainers.';

create function training.update_slot(slot uuid, if_match bigint, body jsonb) returns setof training.slots
    language plpgsql volatile
    as $$
begin
    update training.slot t set (starts_at, ends_at, modality, label) = (
        select r.starts_at, r.ends_at, r.modality, r.label from jsonb_populate_record(t, body) r)
    where t.id = slot and t.version = if_match;
    if not found then
        return;
    end if;
    if jsonb_typeof(body -> 'trainer_ids') = 'array' then
        perform training.set_trainers(slot, body -> 'trainer_ids');
    end if;
    return query select * from training.slots t where t.id = slot;
end $$;
comment on function training.update_slot(uuid, bigint, jsonb) is 'updateTrainingSlot: no row when the version is another.';

create function training.close_sheet(slot uuid, if_match bigint) returns setof training.slots
    language plpgsql volatile
    as $$
begin
    update training.slot t set closed_at = now(), closed_by = session.key_id()
    where t.id = slot and t.version = if_match;
    if found then
        return query select * from training.slots t where t.id = slot;
    end if;
end $$;
comment on function training.close_sheet(uuid, bigint) is 'closeTrainingSheet: the slot with its sheet closed for good.';

create function training.create_session(body jsonb) returns setof training.sessions
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
    sent training.session := jsonb_populate_record(null::training.session, body);
    c training.course;
    part jsonb;
begin
    select * into c from training.course x where x.id = sent.course_id;
    if session.caller() = 'DELEGATION' and not body ? 'delegation_id' then
        sent.delegation_id := session.delegation_id();
    elsif not training.organises(sent.delegation_id) then
        perform engine.refuse('outside_territory', 'a delegation organises its own sessions');
    end if;
    insert into training.session (id, course_id, programme_id, title, kind, client_member_id, delegation_id, place,
        commune_code, capacity, min_participants, waitlist_policy, enrol_open_on, enrol_close_on, price_member_cents,
        price_other_cents, flat_price_cents, price_basis, counts_in_bpf, counts_in_statistics)
    values (added, sent.course_id, sent.programme_id, sent.title, sent.kind, sent.client_member_id, sent.delegation_id,
        sent.place, sent.commune_code, sent.capacity, coalesce(sent.min_participants, 1),
        coalesce(sent.waitlist_policy, 'STRICT_FIFO'), sent.enrol_open_on, sent.enrol_close_on,
        coalesce(sent.price_member_cents, c.price_member_cents, 0), coalesce(sent.price_other_cents, c.price_other_cents, 0),
        sent.flat_price_cents, coalesce(sent.price_basis, 'SESSION_DATE'), coalesce(sent.counts_in_bpf, true),
        coalesce(sent.counts_in_statistics, true));
    for part in select * from jsonb_array_elements(coalesce(nullif(body -> 'slots', 'null'), '[]')) loop
        perform training.add_slot(added, part);
    end loop;
    return query select * from training.sessions s where s.id = added;
end $$;
comment on function training.create_session(jsonb) is
    'createTrainingSession: a draft with its slots; prices of the course unless it says others.';

create function training.update_session(session uuid, if_match bigint, body jsonb) returns setof training.sessions
    language plpgsql volatile
    as $$
begin
    update training.session s set (programme_id, title, client_member_id, place, commune_code, capacity, min_participants,
        waitlist_policy, enrol_open_on, enrol_close_on, price_member_cents, price_other_cents, flat_price_cents,
        price_basis, counts_in_bpf, counts_in_statistics) = (
        select r.programme_id, r.title, r.client_member_id, r.place, r.commune_code, r.capacity, r.min_participants,
            r.waitlist_policy, r.enrol_open_on, r.enrol_close_on, r.price_member_cents, r.price_other_cents,
            r.flat_price_cents, r.price_basis, r.counts_in_bpf, r.counts_in_statistics
        from jsonb_populate_record(s, body) r)
    where s.id = session and s.version = if_match;
    if found then
        return query select * from training.sessions s where s.id = session;
    end if;
end $$;
comment on function training.update_session(uuid, bigint, jsonb) is
    'updateTrainingSession: prices hold for enrolments to come. No row when the version is another.';

-- Writes forced_seats, which nobody may write directly.
create function training.force_capacity(session uuid, capacity integer, force boolean) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    update training.session s set capacity = force_capacity.capacity,
        forced_seats = case when force then s.seats_taken else s.forced_seats end
    where s.id = session and training.organises(s.delegation_id)
    $$;
revoke execute on function training.force_capacity(uuid, integer, boolean) from public;
grant execute on function training.force_capacity(uuid, integer, boolean) to maillage_app;
comment on function training.force_capacity(uuid, integer, boolean) is 'For set_capacity, which asks who calls.';

create function training.set_capacity(session uuid, body jsonb) returns setof training.sessions
    language plpgsql volatile
    as $$
begin
    if not exists (select from training.session s where s.id = training.visible_session(session)
            and training.organises(s.delegation_id)) then
        perform engine.refuse('outside_territory', 'another office organises the session');
    end if;
    perform training.force_capacity(session, (body ->> 'capacity')::integer, coalesce((body ->> 'force')::boolean, false));
    return query select * from training.sessions s where s.id = session;
end $$;
comment on function training.set_capacity(uuid, jsonb) is
    'setTrainingCapacity: without a version, because seats change while people enrol; more seats promote at once.';

call engine.set_revision('training_writes');
commit;
