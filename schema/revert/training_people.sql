begin;
drop function training.update_trainee(uuid, bigint, jsonb);
drop function training.correct_identity(uuid, bigint, jsonb);
drop function training.owns_person(uuid);
drop trigger training_person_history on training.person;
delete from audit.change where record_type = 'TRAINEE';
drop view training.trainees;
drop function training.replace_trainee(uuid, bigint, jsonb);
drop function training.change_person(uuid, bigint, uuid, text);
drop function training.name_seat(uuid, jsonb);
drop function training.insert_named(uuid, uuid, uuid, text);
drop function training.person_of(jsonb, uuid);
drop trigger training_enrolment_freed on training.enrolment;
create trigger training_enrolment_freed after update of state, seats on training.enrolment for each row
    when (old.state not in ('CANCELLED', 'EXPIRED') and (new.state in ('CANCELLED', 'EXPIRED') or new.seats < old.seats))
    execute function training.seat_freed();
create or replace function training.close_slot() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    lacking integer;
begin
    if old.closed_at is not null and not training.erasing() then
        perform engine.refuse('sheet_closed', 'a closed sheet stays closed');
    end if;
    select count(*) into lacking from training.enrolment e
    where e.session_id = new.session_id and training.seat_class(e.state) = 'SEATED' and e.state <> 'ABANDONED'
      and not exists (select from training.attendance a where a.enrolment_id = e.id and a.slot_id = new.id);
    if lacking > 0 then
        perform engine.refuse('sheet_incomplete', 'some people have no status yet', jsonb_build_object('lacking', lacking));
    elsif new.ends_at > now() then
        perform engine.refuse('slot_not_over', 'the slot is not over');
    end if;
    return new;
end $$;
create or replace function training.take_seat() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    past constant boolean := new.state in ('ATTENDED', 'PARTIAL', 'NO_SHOW', 'ABANDONED');
    gone constant boolean := new.state in ('CANCELLED', 'EXPIRED');
begin
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
create or replace function training.move_seat() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    before constant text := training.seat_class(old.state);
    after constant text := training.seat_class(new.state);
begin
    new.queue_no := old.queue_no;
    if (new.session_id, new.person_id) is distinct from (old.session_id, old.person_id) or new.seats > old.seats then
        perform engine.refuse('enrolment_fixed', 'session, person and a larger number of seats need a new enrolment');
    elsif before = 'GONE' and new.state <> old.state or before = 'SEATED' and after = 'WAITING' then
        perform engine.refuse('enrolment_ended', 'the enrolment cannot come back');
    elsif before = after and new.seats = old.seats then
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
    if after = 'GONE' then
        new.ended_at := coalesce(new.ended_at, now());
    end if;
    return new;
end $$;
drop function training.take_seat_of_group(training.enrolment);
drop function training.refuse_new_person(training.enrolment);
drop function training.share_of_price(training.enrolment);
alter table training.enrolment drop column named_from, drop column seats_named, drop column person_changes;
call engine.set_revision('training_presence');
commit;
