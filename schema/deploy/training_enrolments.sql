-- Enrolments: seats, waiting list, price. The rules hold for whoever writes, over HTTP or straight in SQL, because
-- the triggers of the row decide, and every decision is one conditional update of the session.
begin;

create table training.enrolment (
    id                   uuid primary key default engine.uuid_v7(),
    version              integer not null default 1,
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    changed_in           xid8 not null default pg_current_xact_id(),
    session_id           uuid not null constraint enrolment_session_known references training.session,
    person_id            uuid not null constraint enrolment_person_known references training.person,
    member_id            uuid constraint enrolment_member_known references network.member,
    seats                integer not null default 1 constraint enrolment_seats_range check (seats between 1 and 500),
    state                text not null default 'CONFIRMED' constraint enrolment_state_known check (state in
        ('CONFIRMED', 'WAITLISTED', 'ATTENDED', 'PARTIAL', 'NO_SHOW', 'ABANDONED', 'CANCELLED', 'EXPIRED')),
    queue_no             bigint not null default 0,
    trainee_type         text constraint enrolment_trainee_type_known check (trainee_type in
        ('EMPLOYEE', 'APPRENTICE', 'JOB_SEEKER', 'INDIVIDUAL', 'OTHER')),
    funding_code         text constraint enrolment_funding_known check (funding_code in
        ('1', '2A', '2B', '2C', '2D', '2E', '2F', '2G', '2H', '3', '4', '5', '6', '7', '8', '9', '10', '11')),
    entrusted_by_nda     text constraint enrolment_entrusted_valid check (identifier.fault('NDA', entrusted_by_nda) is null),
    subcontracted_to_nda text constraint enrolment_subcontracted_valid check (identifier.fault('NDA', subcontracted_to_nda) is null),
    price_cents          bigint not null default 0 constraint enrolment_price_range check (price_cents >= 0),
    price_rule           text constraint enrolment_price_rule_known check (price_rule in
        ('MEMBER', 'OTHER', 'PASS', 'FLAT')),
    price_basis_on       date,
    confirmed_at         timestamptz,
    ended_at             timestamptz,
    end_reason           text constraint enrolment_reason_length check (length(end_reason) between 3 and 500),
    fictitious           boolean not null default false,
    constraint enrolment_queue_no_key unique (session_id, queue_no)
);
create unique index enrolment_one_live on training.enrolment (session_id, person_id)
    where state not in ('CANCELLED', 'EXPIRED');
create index enrolment_waiting on training.enrolment (session_id, queue_no) where state = 'WAITLISTED';
create index enrolment_person on training.enrolment (person_id);
create index enrolment_member on training.enrolment (member_id, session_id);
comment on table training.enrolment is
    'A person in a session, alone or with seats for colleagues not yet named. One live row per person and session; who '
    'comes back after a cancellation is a new row with a new queue number.';
comment on column training.enrolment.member_id is 'Structure that sends the person; null for an individual. Decides the price.';
comment on column training.enrolment.queue_no is 'Order of arrival in the session, by trigger; never given twice.';
comment on column training.enrolment.trainee_type is 'Line of frame F-1: a EMPLOYEE, b APPRENTICE, c JOB_SEEKER, d INDIVIDUAL, e OTHER.';
comment on column training.enrolment.funding_code is 'Line of frame C that pays: 1, 2A to 2H, 3 to 11; null: still to be found, listed as missing.';
comment on column training.enrolment.entrusted_by_nda is 'Training body that entrusted the trainee to us (frame G, not F).';
comment on column training.enrolment.subcontracted_to_nda is 'Training body to which we gave the trainee (frame F-2).';
comment on column training.enrolment.price_basis_on is 'Day on which the membership was looked at.';
comment on column training.enrolment.ended_at is 'When it was cancelled, expired or abandoned.';

create table training.notice (
    id           uuid primary key default engine.uuid_v7(),
    created_at   timestamptz not null default now(),
    session_id   uuid not null constraint notice_session references training.session,
    enrolment_id uuid not null constraint notice_enrolment references training.enrolment on delete cascade,
    kind         text not null constraint notice_kind_known check (kind in
        ('PROMOTED', 'SESSION_CANCELLED', 'SESSION_POSTPONED', 'EXPIRED'))
);
create index notice_session on training.notice (session_id, created_at, id);
comment on table training.notice is 'Who has to be told what: one row for each promotion and for each end that the person did not ask for.';

-- --- seats ---

create function training.takes_enrolments(s training.session) returns boolean
    language sql stable
    as $$
    select s.state in ('OPEN', 'CONFIRMED')
        and (s.enrol_open_on is null or s.enrol_open_on <= engine.today())
        and (s.enrol_close_on is null or engine.today() <= s.enrol_close_on)
    $$;
comment on function training.takes_enrolments(training.session) is 'Whether the session takes enrolments today, seats apart.';

create function training.has_seats(s training.session, wanted integer) returns boolean
    language sql immutable parallel safe
    as $$
    select (s.capacity is null or s.seats_taken + wanted <= s.capacity)
        and (s.seats_waiting = 0 or s.waitlist_policy = 'FIRST_FIT')
    $$;
comment on function training.has_seats(training.session, integer) is
    'Whether a newcomer may sit down at once: free seats, and with strict order nobody waiting before.';

create function training.refuse_seat(session uuid, wanted integer) returns void
    language plpgsql stable
    as $$
declare
    s training.session;
begin
    select * into s from training.session x where x.id = session;
    if s.id is null then
        perform engine.refuse('enrolment_session_known', 'no such session');
    elsif s.state not in ('OPEN', 'CONFIRMED') or s.capacity = 0 then
        perform engine.refuse('session_closed', 'the session takes no enrolment');
    elsif not training.takes_enrolments(s) then
        perform engine.refuse('enrolment_window', 'outside the days of enrolment',
            jsonb_build_object('enrol_open_on', s.enrol_open_on, 'enrol_close_on', s.enrol_close_on));
    elsif wanted > s.capacity then
        perform engine.refuse('more_seats_than_capacity', 'it could never be confirmed');
    elsif s.waitlist_policy = 'OFF' and not training.has_seats(s, wanted) then
        perform engine.refuse('session_full', 'no seat left and no waiting list');
    end if;
end $$;
comment on function training.refuse_seat(uuid, integer) is 'Says why an enrolment was not taken; returns when it would be by now.';

create function training.take_seat() returns trigger
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
comment on function training.take_seat() is
    'Before insert: confirmed when there are seats, else in the queue, else refused. Both conditional updates are '
    'judged on the row as it is after the wait; if in between others changed which one applies, both are tried again.';
create trigger training_enrolment_20_seat before insert on training.enrolment
    for each row execute function training.take_seat();

create function training.seat_class(state text) returns text
    language sql immutable parallel safe
    as $$ select case when state in ('CANCELLED', 'EXPIRED') then 'GONE' when state = 'WAITLISTED' then 'WAITING' else 'SEATED' end $$;
comment on function training.seat_class(text) is 'What a state of an enrolment means for the seats.';

create function training.move_seat() returns trigger
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
comment on function training.move_seat() is
    'Before update: the counters follow the state; a place in the queue is left in order only, and only onto a free seat.';
create trigger training_enrolment_20_seat_moved before update on training.enrolment
    for each row execute function training.move_seat();
create trigger training_enrolment_90_version before update on training.enrolment
    for each row execute function engine.keep_version();

create function training.promote(session uuid) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    s training.session;
    waiting record;
    promoted integer := 0;
begin
    select * into s from training.session x where x.id = session for no key update;
    if s.seats_waiting = 0 or s.state not in ('OPEN', 'CONFIRMED') or s.ends_on < engine.today() then
        return 0;
    end if;
    for waiting in select e.id, e.seats from training.enrolment e
        where e.session_id = session and e.state = 'WAITLISTED' order by e.queue_no loop
        if s.capacity is null or s.seats_taken + waiting.seats <= s.capacity then
            update training.enrolment set state = 'CONFIRMED' where id = waiting.id and state = 'WAITLISTED';
            if found then
                s.seats_taken := s.seats_taken + waiting.seats;
                promoted := promoted + 1;
                insert into training.notice (session_id, enrolment_id, kind) values (session, waiting.id, 'PROMOTED');
            end if;
        elsif s.waitlist_policy <> 'FIRST_FIT' or s.seats_taken >= s.capacity then
            exit;
        end if;
    end loop;
    return promoted;
end $$;
comment on function training.promote(uuid) is
    'Fills free seats from the queue, in order; FIRST_FIT passes over who needs more than there is. Runs in the '
    'transaction that freed the seat, which holds the session: no other can promote onto the same seat.';

create function training.seat_freed() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform training.promote(new.session_id);
    return null;
end $$;
comment on function training.seat_freed() is 'After update: whoever waits gets the freed seat.';
-- leaving the head of the queue may also let the next one pass onto a seat that was held
create trigger training_enrolment_freed after update of state, seats on training.enrolment for each row
    when (old.state not in ('CANCELLED', 'EXPIRED') and (new.state in ('CANCELLED', 'EXPIRED') or new.seats < old.seats))
    execute function training.seat_freed();

create function training.enrolment_removed() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    update training.session s set version = s.version + 1, updated_at = now(),
        seats_taken = s.seats_taken - case training.seat_class(old.state) when 'SEATED' then old.seats else 0 end,
        seats_waiting = s.seats_waiting - case training.seat_class(old.state) when 'WAITING' then old.seats else 0 end
    where s.id = old.session_id and training.seat_class(old.state) <> 'GONE';
    return null;
end $$;
comment on function training.enrolment_removed() is 'Rows removed by the owner give their seats back.';
create trigger training_enrolment_removed after delete on training.enrolment
    for each row execute function training.enrolment_removed();

create function training.capacity_raised() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
begin
    perform training.promote(new.id);
    return null;
end $$;
comment on function training.capacity_raised() is 'After update: more seats, another order or a reopening promote at once.';
create trigger training_session_promotes after update of capacity, waitlist_policy, state on training.session for each row
    when (new.seats_waiting > 0 and (old.capacity, old.waitlist_policy, old.state) is distinct from
        (new.capacity, new.waitlist_policy, new.state))
    execute function training.capacity_raised();

-- --- price ---

create function training.is_member_on(member uuid, on_date date) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select exists (select from network.membership p where p.member_id = member and p.starts_on <= on_date
        and (p.ends_on is null or on_date <= p.ends_on))
    $$;
comment on function training.is_member_on(uuid, date) is 'Whether a period of membership covers that day (no days of grace).';

create function training.price_enrolment() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    s training.session;
    one_seat bigint;
begin
    select * into s from training.session x where x.id = new.session_id;
    if new.price_rule is not null or s.id is null then
        return new;     -- taken over from elsewhere with its price
    end if;
    new.price_basis_on := case when s.price_basis = 'SESSION_DATE' then coalesce(s.starts_on, engine.today())
                          else engine.today() end;
    new.price_rule := case when s.flat_price_cents is not null then 'FLAT'
        when training.is_member_on(new.member_id, new.price_basis_on) then 'MEMBER' else 'OTHER' end;
    one_seat := case new.price_rule when 'FLAT' then 0 when 'MEMBER' then s.price_member_cents else s.price_other_cents end;
    new.price_cents := one_seat * new.seats;
    return new;
end $$;
comment on function training.price_enrolment() is
    'Before insert: the price of members when the membership covers the basis day: that of the session or of the enrolment.';
create trigger training_enrolment_10_price before insert on training.enrolment
    for each row execute function training.price_enrolment();

create function training.apply_pass(programme uuid, person uuid) returns void
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
    with single as (
        select e.id, e.seats, case when training.is_member_on(e.member_id, e.price_basis_on) then p.pass_member_cents
                else p.pass_other_cents end as pass,
            case when training.is_member_on(e.member_id, e.price_basis_on) then s.price_member_cents
                else s.price_other_cents end * e.seats as price,
            case when training.is_member_on(e.member_id, e.price_basis_on) then 'MEMBER' else 'OTHER' end as rule,
            e.created_at
        from training.enrolment e
        join training.session s on s.id = e.session_id
        join training.programme p on p.id = s.programme_id
        where s.programme_id = programme and e.person_id = person and e.state not in ('CANCELLED', 'EXPIRED')
          and e.price_rule in ('MEMBER', 'OTHER', 'PASS')
    ), running as (
        select id, price, rule, seats, pass, sum(price) over w as upto, sum(price) over w - price as before
        from single where pass is not null
        window w as (partition by rule order by created_at, id rows unbounded preceding)
    ), capped as (
        select id, least(upto, pass * seats) - least(before, pass * seats) as cents, price, rule from running
    )
    update training.enrolment e set price_cents = c.cents,
        price_rule = case when c.cents < c.price then 'PASS' else c.rule end
    from capped c
    where e.id = c.id and (e.price_cents, e.price_rule) is distinct from
        (c.cents, case when c.cents < c.price then 'PASS' else c.rule end)
    $$;
comment on function training.apply_pass(uuid, uuid) is
    'Prices of a person in a programme: in order of enrolment, until together they reach the pass; then nothing more.';

create function training.pass_applies() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    programme uuid;
begin
    select s.programme_id into programme from training.session s where s.id = new.session_id;
    if programme is not null then
        perform training.apply_pass(programme, new.person_id);
    end if;
    return null;
end $$;
comment on function training.pass_applies() is 'After an enrolment or a cancellation in a programme with a pass.';
create trigger training_enrolment_pass after insert on training.enrolment
    for each row execute function training.pass_applies();
create trigger training_enrolment_pass_ended after update of state on training.enrolment for each row
    when (old.state not in ('CANCELLED', 'EXPIRED') and new.state in ('CANCELLED', 'EXPIRED'))
    execute function training.pass_applies();

call engine.set_revision('training_enrolments');
commit;
