-- Trainings in the tables themselves: seats, queue, slots, sheets, ledger, territory of people. Worked examples 20 to 35.
\ir fixture.inc
select plan(47);

insert into training.course (id, code, title, starts_on, nsf_code, bpf_objective, price_member_cents, price_other_cents)
values ('c0000000-0000-7000-8000-000000000001', 'TAP-1', 'Action', '2020-01-01', '332', 'OTHER', 1000, 2000) \g /dev/null
create function pg_temp.held(number integer, capacity integer, policy text, delegation text default null) returns uuid language sql as $$
    insert into training.session (id, course_id, kind, capacity, waitlist_policy, state, delegation_id, price_member_cents, price_other_cents)
    values (('5e000000-0000-7000-8000-0000000000' || lpad(number::text, 2, '0'))::uuid, 'c0000000-0000-7000-8000-000000000001', 'INTER',
        capacity, policy, 'OPEN', delegation::uuid, 1000, 2000) returning id $$;
create function pg_temp.person() returns uuid language sql as $$ insert into training.person default values returning id $$;
-- straight into the table, as anybody with rights on it could
create function pg_temp.seat(session uuid, seats integer default 1, member uuid default null) returns text language sql as $$
    insert into training.enrolment (session_id, person_id, seats, member_id) values (session, pg_temp.person(), seats, member) returning state $$;
create function pg_temp.try_seat(session uuid, seats integer default 1) returns text language sql as $$
    select tap.refusal(format('select pg_temp.seat(%L, %s)', session, seats)) $$;
grant usage on schema tap to maillage_owner;

-- --- seats ---
select pg_temp.held(1, 2, 'STRICT_FIFO') as s1, pg_temp.held(2, 2, 'OFF') as s2, pg_temp.held(3, null, 'STRICT_FIFO') as s3,
    pg_temp.held(4, 0, 'STRICT_FIFO') as s4, pg_temp.held(5, 3, 'FIRST_FIT') as s5 \gset
select is(array[pg_temp.seat(:'s1'), pg_temp.seat(:'s1'), pg_temp.seat(:'s1', 2), pg_temp.seat(:'s1')],
    '{CONFIRMED,CONFIRMED,WAITLISTED,WAITLISTED}', 'two seats, then the queue');
select is(pg_temp.try_seat(:'s1', 3), 'more_seats_than_capacity', 'never to be had');
select is((select array_agg(queue_no order by queue_no) from training.enrolment where session_id = :'s1'), '{1,2,3,4}', 'numbers in order');
update training.enrolment set state = 'CANCELLED' where session_id = :'s1' and queue_no = 1;
select is((select array_agg(state order by queue_no) from training.enrolment where session_id = :'s1'),
    '{CANCELLED,CONFIRMED,WAITLISTED,WAITLISTED}', 'the head needs two: the free one is held');
select is(tap.refusal($$update training.enrolment set state = 'CONFIRMED' where session_id = '5e000000-0000-7000-8000-000000000001' and queue_no = 4$$),
    'queue_order', 'nobody passes the head');
select is(tap.refusal($$update training.enrolment set state = 'CONFIRMED' where session_id = '5e000000-0000-7000-8000-000000000001' and queue_no = 3$$),
    'session_full', 'nor sits on a seat that is not there');
update training.enrolment set state = 'CANCELLED' where session_id = :'s1' and queue_no = 2;
select is((select array_agg(state order by queue_no) from training.enrolment where session_id = :'s1'),
    '{CANCELLED,CANCELLED,CONFIRMED,WAITLISTED}', 'both promoted in order, as far as seats go');
select is(tap.refusal($$update training.session set seats_taken = 3 where id = '5e000000-0000-7000-8000-000000000001'$$), 'session_never_oversold', 'the table itself refuses a seat too many');
select is(tap.refusal($$update training.session set capacity = 1 where id = '5e000000-0000-7000-8000-000000000001'$$), 'capacity_below_seats', 'nor shrinks below the seats');
select is(tap.refusal($$update training.enrolment set state = 'CONFIRMED' where session_id = '5e000000-0000-7000-8000-000000000001' and queue_no = 1$$), 'enrolment_ended', 'what ended does not come back');
select is(tap.refusal($$update training.enrolment set seats = 5 where session_id = '5e000000-0000-7000-8000-000000000001' and queue_no = 3$$), 'enrolment_fixed', 'nor grows');
update training.session set capacity = 3 where id = :'s1';
select is((select state from training.enrolment where session_id = :'s1' and queue_no = 4), 'CONFIRMED', 'more capacity promotes');
select is((select count(*)::integer from training.notice where session_id = :'s1' and kind = 'PROMOTED'), 2, 'a notice for each');
select is(array[pg_temp.seat(:'s2'), pg_temp.seat(:'s2')], '{CONFIRMED,CONFIRMED}', 'without a list');
select is(pg_temp.try_seat(:'s2'), 'session_full', 'full is full');
select is(pg_temp.seat(:'s3', 400), 'CONFIRMED', 'null is no limit');
select is(pg_temp.try_seat(:'s4'), 'session_closed', 'zero is closed');
select is(array[pg_temp.seat(:'s5', 2), pg_temp.seat(:'s5', 2), pg_temp.seat(:'s5')], '{CONFIRMED,WAITLISTED,CONFIRMED}', 'first fit: who needs less passes');
delete from training.enrolment where session_id = :'s5' and queue_no = 1;
select is((select seats_taken from training.session where id = :'s5'), 1, 'removed rows give their seats back');
select is(tap.refusal($$insert into training.enrolment (session_id, person_id) select session_id, person_id from training.enrolment
    where session_id = '5e000000-0000-7000-8000-000000000003'$$), 'enrolment_one_live', 'one live enrolment per person');

-- --- price ---
select pg_temp.seat(:'s3', 1, :A) \g /dev/null
select is((select price_rule || ' ' || price_cents from training.enrolment where session_id = :'s3' and member_id = :A), 'MEMBER 1000', 'a member of that day');
select is((select price_rule || ' ' || price_cents from training.enrolment where session_id = :'s3' and member_id is null), 'OTHER 800000', 'others, for each seat');

-- --- slots ---
create function pg_temp.slot(session uuid, starts text, ends text) returns uuid language sql as $$
    insert into training.slot (session_id, starts_at, ends_at, slot_range, on_date, half_day, minutes)
    values (session, starts::timestamptz, ends::timestamptz, 'empty', current_date, 'MORNING', 1) returning id $$;
select pg_temp.slot(:'s3', '2025-03-05 09:00+01', '2025-03-05 12:30+01') as t1, pg_temp.slot(:'s5', '2025-03-05 10:00+01', '2025-03-05 12:00+01') as t2 \gset
select results_eq(format('select on_date, half_day, minutes from training.slot where id = %L', :'t1'), $$values (date '2025-03-05', 'MORNING', 210)$$, 'day and half-day in Paris');
select is((select starts_on from training.session where id = :'s3'), date '2025-03-05', 'the session knows its days');
select is(tap.refusal(format('select pg_temp.slot(%L, ''2025-03-05 12:00+01'', ''2025-03-05 13:00+01'')', :'s3')), 'slot_session_overlap', 'no overlap in a session');
select is(tap.refusal(format('select pg_temp.slot(%L, ''2025-03-06 12:00+01'', ''2025-03-06 11:00+01'')', :'s3')), 'slot_length', 'the end after the start');
insert into training.trainer (id, code, kind, person_id) values ('70000000-0000-7000-8000-000000000001', 'TAP', 'EXTERNAL', pg_temp.person());
insert into training.slot_trainer (slot_id, trainer_id, slot_range) values (:'t1', '70000000-0000-7000-8000-000000000001', 'empty');
select is(tap.refusal(format($$insert into training.slot_trainer (slot_id, trainer_id, slot_range) values (%L, '70000000-0000-7000-8000-000000000001', 'empty')$$, :'t2')),
    'slot_trainer_overlap', 'a trainer is never in two places');
update training.session set state = 'CANCELLED' where id = :'s3';
select lives_ok(format($$insert into training.slot_trainer (slot_id, trainer_id, slot_range) values (%L, '70000000-0000-7000-8000-000000000001', 'empty')$$, :'t2'),
    'a cancelled session frees the trainer');
select is(tap.refusal($$update training.session set state = 'OPEN' where id = '5e000000-0000-7000-8000-000000000003'$$), 'slot_trainer_overlap', 'reopened, it would need the trainer again');

-- --- sheets ---
select id as e1 from training.enrolment where session_id = :'s5' and state = 'CONFIRMED' limit 1 \gset
insert into training.attendance (enrolment_id, slot_id, status, minutes) values (:'e1', :'t2', 'PRESENT', 120);
select is((select counted_minutes from training.attendance where slot_id = :'t2'), 0, 'a presence without proof counts nothing');
update training.attendance set evidence = 'ONSITE_SIGNATURE' where slot_id = :'t2';
select is((select counted_minutes from training.attendance where slot_id = :'t2'), 120, 'signed, it counts');
select is(tap.refusal(format($$update training.attendance set minutes = 500 where slot_id = %L$$, :'t2')), 'attendance_longer_than_slot', 'not longer than the slot');
update training.enrolment set state = 'CANCELLED' where session_id = :'s5' and state = 'WAITLISTED';
insert into training.attendance (enrolment_id, slot_id, status, minutes)
select e.id, :'t2', 'ABSENT', 0 from training.enrolment e where e.session_id = :'s5' and e.state = 'CONFIRMED' and e.id <> :'e1';
update training.slot set closed_at = now() where id = :'t2';
select is(tap.refusal(format($$update training.attendance set minutes = 1 where slot_id = %L$$, :'t2')), 'sheet_closed', 'closed: no change');
select is(tap.refusal(format($$delete from training.attendance where slot_id = %L$$, :'t2')), 'sheet_closed', 'nor removal');
select is(tap.refusal(format($$insert into training.attendance (enrolment_id, slot_id, status, minutes) values (%L, %L, 'ABSENT', 0)$$, :'e1', :'t2')), 'sheet_closed', 'nor a second row without a reason');
insert into training.attendance (enrolment_id, slot_id, status, minutes, reason) values (:'e1', :'t2', 'ABSENT', 0, 'Erreur');
select results_eq(format('select entry_no, is_current from training.attendance where slot_id = %L and enrolment_id = %L order by 1', :'t2', :'e1'), $$values (1, false), (2, true)$$, 'a counter-entry takes its place, both stay');
select is(tap.refusal(format($$update training.attendance set is_current = true where slot_id = %L and entry_no = 1$$, :'t2')), 'sheet_closed', 'the first does not count again');

-- --- ledger ---
update network.organisation set opco_code = 'UNIFORMATION' where id = '0a000000-0000-7000-8000-000000000001';
insert into training.group_account_entry (member_id, year, kind, amount_cents) values (:A, 2026, 'CONTRIBUTION', 200000);
create function pg_temp.draw(cost bigint, common_law bigint) returns bigint language sql as $$
    insert into training.group_account_entry (member_id, year, kind, purpose, cost_cents, common_law_cents, amount_cents)
    values ('a0000000-0000-7000-8000-00000000000a', 2026, 'COMMITMENT', 'FEDERATION_TRAINING', cost, common_law, cost - common_law) returning balance_cents $$;
select is(pg_temp.draw(150000, 90000), 140000::bigint, 'example 35: 600 € drawn, 1,400 € left');
select is(tap.refusal('select pg_temp.draw(150001, 10000)'), 'group_account_never_below_zero', 'not a cent below zero');
select is(tap.refusal('select pg_temp.draw(1000, 0)'), 'group_account_entry_common_law_first', 'common law first');
select is(tap.refusal($$update training.group_account_entry set amount_cents = 1$$), 'entry_immutable', 'entries stay');
select is(tap.refusal(format($$insert into training.group_account_entry (member_id, year, kind, amount_cents) values (%L, 2026, 'CONTRIBUTION', 1)$$, :C)), 'group_account_not_eligible', 'affiliated members only');

-- --- territory ---
select training.person_for('{"given_name": "Camille", "family_name": "Essai"}', :A) as p1 \gset
select pg_temp.held(6, 5, 'STRICT_FIFO', 'd0000000-0000-7000-8000-000000000093') as s6 \gset
insert into training.enrolment (session_id, person_id, member_id) values (:'s6', :'p1', :A);
create function pg_temp.name_for(caller text) returns text language sql as $$
    select tap.attempt(caller, $q$select concat_ws(' ', count(*), max(family_name)) from training.enrolments where session_id = '5e000000-0000-7000-8000-000000000006'$q$) $$;
select is(array[pg_temp.name_for('NATIONAL'), pg_temp.name_for('PACA'), pg_temp.name_for('STRUCTURE')], '{1 Essai,1 Essai,1 Essai}', 'the federation, who organises and who sends read the name');
select is(array[pg_temp.name_for('BRETAGNE'), pg_temp.name_for('PARTNER'), pg_temp.name_for('ANONYMOUS')], '{1,0,0}', 'the delegation of the structure sees the place, not the name; others nothing');
select is(position('Essai'::bytea in identity), 0, 'nothing of a name is readable in the table') from training.person where id = :'p1';
select is(tap.attempt('BRETAGNE', $$select count(*) from training.person where identity is not null$$), '0', 'nor is the person');
select is(tap.attempt('NATIONAL', $$update training.session set seats_taken = 0$$), '42501', 'the daemon cannot write the counters');
select * from finish();
rollback;
