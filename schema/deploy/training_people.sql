-- The people of a group: a seat gets a name, a person takes the place of another, a name is corrected. Seats are neither freed
-- nor taken by it, so that nobody of the queue moves; the two columns that say so are written by these functions only.
begin;

alter table training.enrolment add column named_from uuid constraint enrolment_named_from references training.enrolment,
    add column seats_named integer not null default 0,
    add column person_changes integer not null default 0;
comment on column training.enrolment.named_from is 'Enrolment of a group from which this person''s seat comes; null: enrolled by itself.';
comment on column training.enrolment.seats_named is 'Seats of the group that went to named people; they left seats with their price.';
comment on column training.enrolment.person_changes is 'How often another person took this place.';
create index enrolment_named on training.enrolment (named_from) where named_from is not null;

create function training.share_of_price(e training.enrolment) returns bigint
    language sql immutable
    as $$ select e.price_cents / e.seats $$;
comment on function training.share_of_price(training.enrolment) is 'Cents of one seat, rounded down: what is left over stays with the group.';

create function training.refuse_new_person(e training.enrolment) returns void
    language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    if exists (select from training.session s where s.id = e.session_id and s.state = 'CLOSED') then
        perform engine.refuse('session_frozen', 'the session is closed');
    elsif exists (select from training.slot t where t.session_id = e.session_id and t.closed_at is not null) then
        perform engine.refuse('sheet_closed', 'a sheet of the session is closed: its people stay');
    end if;
end $$;
comment on function training.refuse_new_person(training.enrolment) is 'Names come until the first sheet of the session is closed.';

create or replace function training.take_seat() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    past constant boolean := new.state in ('ATTENDED', 'PARTIAL', 'NO_SHOW', 'ABANDONED');
    gone constant boolean := new.state in ('CANCELLED', 'EXPIRED');
begin
    if new.named_from is not null then
        return training.take_seat_of_group(new);
    end if;
    for attempt in 1 .. 20 loop
        update training.session s set last_queue_no = s.last_queue_no + 1, version = s.version + 1, updated_at = now(),
            seats_taken = s.seats_taken + case when gone then 0 else new.seats end
        where s.id = new.session_id
          and (gone or past and (s.capacity is null or s.seats_taken + new.seats <= s.capacity)
            or training.takes_enrolments(s) and training.has_seats(s, new.seats))
        returning s.last_queue_no into new.queue_no;
        if found then
            new.state := case when past or gone then new.state else 'CONFIRMED' end;
            new.confirmed_at := case when not gone then now() else new.confirmed_at end;
            return new;
        end if;
        update training.session s set last_queue_no = s.last_queue_no + 1, version = s.version + 1, updated_at = now(),
            seats_waiting = s.seats_waiting + new.seats
        where s.id = new.session_id and not past and s.waitlist_policy <> 'OFF' and training.takes_enrolments(s)
          and new.seats <= s.capacity and s.capacity > 0 and not training.has_seats(s, new.seats)
        returning s.last_queue_no into new.queue_no;
        if found then
            new.state := 'WAITLISTED';
            new.confirmed_at := null;
            return new;
        end if;
        perform training.refuse_seat(new.session_id, new.seats);
        if past then
            perform engine.refuse('session_full', 'more people than the session has seats');
        end if;
    end loop;
    raise exception using errcode = '40001', message = 'the seats changed too often';
end $$;

create function training.take_seat_of_group(named training.enrolment) returns training.enrolment
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    g training.enrolment;
begin
    update training.session s set last_queue_no = s.last_queue_no + 1, version = s.version + 1, updated_at = now()
    where s.id = named.session_id returning s.last_queue_no into named.queue_no;
    select * into g from training.enrolment e where e.id = named.named_from and e.session_id = named.session_id for update;
    if g.state is distinct from 'CONFIRMED' then
        perform engine.refuse('seat_not_held', 'only a seat that is held gets a name');
    elsif g.seats = 1 then
        perform engine.refuse('seats_all_named', 'every seat of the group has its person');
    end if;
    perform training.refuse_new_person(g);
    named.state := g.state;
    named.seats := 1;
    named.confirmed_at := g.confirmed_at;
    named.member_id := g.member_id;
    named.price_cents := training.share_of_price(g);
    named.price_rule := g.price_rule;
    named.price_basis_on := g.price_basis_on;
    update training.enrolment e set seats = e.seats - 1, seats_named = e.seats_named + 1,
        price_cents = e.price_cents - named.price_cents
    where e.id = g.id;
    return named;
end $$;
revoke execute on function training.take_seat_of_group(training.enrolment) from public;
comment on function training.take_seat_of_group(training.enrolment) is
    'The seat and its price come from the group, in the same state; of the session only the queue number is taken.';

create or replace function training.move_seat() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    before constant text := training.seat_class(old.state);
    after constant text := training.seat_class(new.state);
    named constant integer := new.seats_named - old.seats_named;
begin
    new.queue_no := old.queue_no;
    if new.session_id <> old.session_id or new.seats > old.seats
        or new.person_id <> old.person_id and new.person_changes = old.person_changes then
        perform engine.refuse('enrolment_fixed', 'session, person and a larger number of seats need a new enrolment');
    elsif before = 'GONE' and new.state <> old.state or before = 'SEATED' and after = 'WAITING' then
        perform engine.refuse('enrolment_ended', 'the enrolment cannot come back');
    elsif before = after and new.seats = old.seats - named then
        return new;
    elsif before = 'WAITING' and after = 'SEATED' then
        if exists (select from training.enrolment e join training.session s on s.id = e.session_id
                   where e.session_id = new.session_id and e.state = 'WAITLISTED' and e.queue_no < new.queue_no
                     and s.waitlist_policy <> 'FIRST_FIT') then
            perform engine.refuse('queue_order', 'others wait before');
        end if;
        update training.session s set seats_taken = s.seats_taken + new.seats, seats_waiting = s.seats_waiting - old.seats,
            version = s.version + 1, updated_at = now()
        where s.id = new.session_id and (s.capacity is null or s.seats_taken + new.seats <= s.capacity);
        if not found then
            perform engine.refuse('session_full', 'no seat left');
        end if;
        new.confirmed_at := now();
        return new;
    end if;
    update training.session s set version = s.version + 1, updated_at = now(),
        seats_taken = s.seats_taken - case before when 'SEATED' then old.seats else 0 end
            + case after when 'SEATED' then new.seats else 0 end,
        seats_waiting = s.seats_waiting - case before when 'WAITING' then old.seats else 0 end
            + case after when 'WAITING' then new.seats else 0 end
    where s.id = new.session_id;
    if new.seats < old.seats then    -- who gives seats back no longer pays for them
        new.price_cents := training.share_of_price(old) * new.seats + old.price_cents % old.seats;
    end if;
    if after = 'GONE' then
        new.ended_at := coalesce(new.ended_at, now());
    end if;
    return new;
end $$;
comment on function training.move_seat() is
    'Before update: the counters follow the state; a place in the queue is left in order only, and only onto a free seat. '
    'Seats that get a name stay taken.';

drop trigger training_enrolment_freed on training.enrolment;
create trigger training_enrolment_freed after update of state, seats on training.enrolment for each row
    when (old.state not in ('CANCELLED', 'EXPIRED') and (new.state in ('CANCELLED', 'EXPIRED')
        or new.seats < old.seats and new.seats_named = old.seats_named))
    execute function training.seat_freed();

create function training.person_of(body jsonb, member uuid) returns uuid
    language plpgsql volatile
    as $$
begin
    if not body ? 'person_id' then
        return training.person_for(coalesce(body -> 'person', '{}'), member);
    elsif body ? 'person' or not training.sees_person((body ->> 'person_id')::uuid) then
        perform engine.refuse('enrolment_person_known', 'one person, known to the caller');
    end if;
    return (body ->> 'person_id')::uuid;
end $$;
comment on function training.person_of(jsonb, uuid) is 'The person that a body names, by id or by name; made when new.';

-- Writes what nobody may write directly; the callers below look at who asks.
create function training.insert_named(id uuid, group_id uuid, person uuid, type text) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    insert into training.enrolment (id, session_id, person_id, named_from, trainee_type, funding_code, entrusted_by_nda,
        subcontracted_to_nda, fictitious)
    select insert_named.id, g.session_id, person, g.id, coalesce(type, g.trainee_type), g.funding_code, g.entrusted_by_nda,
        g.subcontracted_to_nda, g.fictitious
    from training.enrolment g where g.id = group_id and training.sees_enrolment(g.session_id, g.member_id)
    $$;
comment on function training.insert_named(uuid, uuid, uuid, text) is 'For name_seat.';

create function training.name_seat(enrolment uuid, body jsonb) returns setof training.enrolments
    language plpgsql volatile
    as $$
declare
    added uuid := engine.uuid_v7();
    g training.enrolment;
begin
    perform training.hold_session(e.session_id) from training.enrolment e where e.id = enrolment;
    select * into g from training.enrolment e where e.id = enrolment;
    if g.id is null then
        raise exception using errcode = 'MA404', message = 'no such enrolment for this caller';
    end if;
    perform training.insert_named(added, g.id, training.person_of(body, g.member_id), body ->> 'trainee_type');
    return query select * from training.enrolments e where e.id = added;
end $$;
comment on function training.name_seat(uuid, jsonb) is
    'nameSeat: a seat of the group becomes the enrolment of one person, with its share of the price.';

-- Writes what nobody may write directly; the policies have looked at who asks.
create function training.change_person(enrolment uuid, if_match bigint, person uuid, type text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    e training.enrolment;
    programme uuid;
begin
    select * into e from training.enrolment x
    where x.id = enrolment and x.version = if_match and training.sees_enrolment(x.session_id, x.member_id);
    if e.id is null then
        return false;
    elsif e.state not in ('CONFIRMED', 'WAITLISTED') then
        perform engine.refuse('enrolment_ended', 'it has ended');
    end if;
    perform training.refuse_new_person(e);
    if exists (select from training.attendance a where a.enrolment_id = enrolment and a.counted_minutes > 0) then
        perform engine.refuse('trainee_was_present', 'the hours are those of who was there');
    end if;
    update training.enrolment x set person_id = person, person_changes = x.person_changes + 1,
        trainee_type = coalesce(type, x.trainee_type)
    where x.id = enrolment;
    select s.programme_id into programme from training.session s where s.id = e.session_id;
    perform training.apply_pass(programme, e.person_id), training.apply_pass(programme, person);
    return true;
end $$;
comment on function training.change_person(uuid, bigint, uuid, text) is
    'For replace_trainee: another person, until somebody was there. A week pass is that of a person, so both are priced again.';

create function training.replace_trainee(enrolment uuid, if_match bigint, body jsonb) returns setof training.enrolments
    language plpgsql volatile
    as $$
declare
    member uuid;
begin
    perform training.hold_session(x.session_id) from training.enrolment x where x.id = enrolment;
    select x.member_id into member from training.enrolment x where x.id = enrolment and x.version = if_match;
    if found and training.change_person(enrolment, if_match, training.person_of(body, member), body ->> 'trainee_type') then
        return query select * from training.enrolments x where x.id = enrolment;
    end if;
end $$;
comment on function training.replace_trainee(uuid, bigint, jsonb) is
    'replaceTrainee: another person takes the place, seated or waiting. No row when the version is another.';

-- --- a sheet has a status for each seat ---

create or replace function training.close_slot() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    lacking integer;
    unnamed integer;
begin
    if old.closed_at is not null and not training.erasing() then
        perform engine.refuse('sheet_closed', 'a closed sheet stays closed');
    end if;
    select count(*) filter (where not exists (
            select from training.attendance a where a.enrolment_id = e.id and a.slot_id = new.id)), coalesce(sum(e.seats - 1), 0)
    into lacking, unnamed from training.enrolment e
    where e.session_id = new.session_id and training.seat_class(e.state) = 'SEATED' and e.state <> 'ABANDONED';
    if lacking > 0 then
        perform engine.refuse('sheet_incomplete', 'some people have no status yet', jsonb_build_object('lacking', lacking));
    elsif unnamed > 0 then
        perform engine.refuse('sheet_seats_unnamed', 'some seats have no name yet', jsonb_build_object('unnamed', unnamed));
    elsif new.ends_at > now() then
        perform engine.refuse('slot_not_over', 'the slot is not over');
    end if;
    return new;
end $$;
comment on function training.close_slot() is
    'A sheet closes once, after the slot, when every seat has a person and every person a status. Seats that nobody took are given back first.';

-- --- correcting a name ---

create view training.trainees with (security_invoker) as
select p.id, p.version, i.identity ->> 'given_name' as given_name, i.identity ->> 'family_name' as family_name,
    i.identity ->> 'email' as email, p.purged_on is not null as is_purged, p.fictitious as is_fictitious, p.created_at, p.updated_at
from training.person p
left join lateral (select training.opened(p.identity) as identity) i on true;
comment on view training.trainees is 'People as the contract shows them, to who sees the person.';
grant select on training.trainees to maillage_app;

create trigger training_person_history after update on training.person
    for each row execute function audit.record_change('TRAINEE', 'HIDDEN');

create function training.owns_person(person uuid) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select session.caller() = 'NATIONAL' or training.sees_person(person) and not exists (
        select from training.enrolment e where e.person_id = person and not coalesce(training.sees_enrolment(e.session_id, e.member_id), false))
        and (session.caller() = 'DELEGATION' or not exists (select from training.trainer r where r.person_id = person))
    $$;
comment on function training.owns_person(uuid) is
    'Who may correct a name: the federation; another only when the person came through nobody else.';

create function training.correct_identity(person uuid, if_match bigint, identity jsonb) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    member constant uuid := (select e.member_id from training.enrolment e where e.person_id = person order by e.id desc limit 1);
begin
    update training.person p set identity = training.sealed_identity(correct_identity.identity),
        person_key = training.identity_key(correct_identity.identity, member)
    where p.id = person and p.version = if_match and p.purged_on is null;
    return found;
exception when unique_violation then
    perform engine.refuse('trainee_known', 'somebody else has this identity');
end $$;
revoke execute on function training.correct_identity(uuid, bigint, jsonb) from public;
grant execute on function training.correct_identity(uuid, bigint, jsonb) to maillage_app;
comment on function training.correct_identity(uuid, bigint, jsonb) is 'For update_trainee, which asks who calls.';

create function training.update_trainee(person uuid, if_match bigint, body jsonb) returns setof training.trainees
    language plpgsql volatile
    as $$
declare
    now_is training.trainees;
    wanted jsonb;
begin
    select * into now_is from training.trainees t where t.id = person and t.version = if_match;
    if now_is.id is null then
        return;
    elsif not training.owns_person(person) then
        perform engine.refuse('outside_territory', 'the person came through others too');
    elsif now_is.is_purged or now_is.given_name is null then
        perform engine.refuse('trainee_purged', 'the identity has gone');
    end if;
    wanted := to_jsonb(now_is) || body;
    if nullif(btrim(wanted ->> 'given_name'), '') is null or nullif(btrim(wanted ->> 'family_name'), '') is null then
        perform engine.refuse('person_required', 'a person has both names');
    end if;
    if training.correct_identity(person, if_match, wanted) then
        return query select * from training.trainees t where t.id = person;
    end if;
end $$;
comment on function training.update_trainee(uuid, bigint, jsonb) is
    'updateTrainee: the name or address of a person, sealed again; the history says that it changed, not from what to what.';

call engine.set_revision('training_people');
commit;
