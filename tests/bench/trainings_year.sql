-- A year of trainings of a large body, for measuring: 100,000 enrolments in 14,000 sessions of four half-days, with 400,000
-- attendances, their trainers and invoices, in the accounting year 2019, which has no demonstration row.
-- The rules of rows are known to hold: triggers wait, counters are set as they would have left them. Owner's rights.
--   psql "$MAILLAGE_DATABASE" -Xq -v ON_ERROR_STOP=1 -f tests/bench/trainings_year.sql
begin;
create function pg_temp.chance(number integer, salt integer) returns float8 language sql immutable as
$$ select (hashint4extended(number, salt) & 2147483647) / 2147483648.0 $$;
create function pg_temp.id(kind text, number integer) returns uuid language sql immutable as
$$ select md5('bench ' || kind || number)::uuid $$;
set local maintenance_work_mem = '256MB';
do $$
declare t text;
begin
    foreach t in array array['course', 'trainer', 'person', 'session', 'slot', 'slot_trainer', 'enrolment', 'attendance', 'invoice', 'declaration'] loop
        execute format('alter table training.%I disable trigger user', t);
    end loop;
end $$;

insert into training.course (id, code, title, duration_minutes, modality, nsf_code, bpf_objective, starts_on, fictitious)
select pg_temp.id('course', n), 'BENCH-' || n, 'Action de mesure ' || n, 840, 'ONSITE',
    (array['110', '120', '230', '310', '312', '313', '315', '320', '326', '332', '333', '334'])[1 + n % 12],
    (array['OTHER', 'RNCP_4', 'RNCP_5', 'RS', 'OTHER_CQP', 'VAE'])[1 + n % 6], '2019-01-01', true
from generate_series(1, 120) n;
insert into training.person (id, fictitious) select pg_temp.id('person', n), true from generate_series(1, 70000) n;
insert into training.trainer (id, code, kind, person_id, organisation_name, starts_on, fictitious)
select pg_temp.id('trainer', n), 'BENCH-' || n, case when n <= 4 then 'INTERNAL' else 'EXTERNAL' end, pg_temp.id('person', n), 'Organisme de mesure', '2019-01-01', true
from generate_series(1, 60) n;
insert into training.session (id, course_id, kind, state, capacity, starts_on, ends_on, minutes, seats_taken, last_queue_no, fictitious)
select pg_temp.id('session', n), pg_temp.id('course', 1 + (120 * pg_temp.chance(n, 1))::integer % 120), 'INTER', 'CLOSED', 12, d.day, d.day + 1, 840,
    7 + (n <= 2000)::integer, 7 + (n <= 2000)::integer, true
from generate_series(1, 14000) n cross join lateral (select date '2019-01-01' + (363 * pg_temp.chance(n, 2))::integer as day) d;
insert into training.slot (id, session_id, starts_at, ends_at, slot_range, on_date, half_day, minutes, closed_at)
select pg_temp.id('slot', 4 * n + half), pg_temp.id('session', n), t.begins, t.begins + interval '210 minutes',
    tstzrange(t.begins, t.begins + interval '210 minutes'), s.starts_on + half / 2, case half % 2 when 0 then 'MORNING' else 'AFTERNOON' end, 210,
    t.begins + interval '1 day'
from generate_series(1, 14000) n join training.session s on s.id = pg_temp.id('session', n) cross join generate_series(0, 3) half
cross join lateral (select ((s.starts_on + half / 2)::timestamp + case half % 2 when 0 then interval '9 hours' else interval '14 hours' end)
    at time zone 'Europe/Paris' as begins) t;
-- an empty range keeps sixty trainers from being in two of fourteen thousand rooms at once
insert into training.slot_trainer (slot_id, trainer_id, place, slot_range)
select pg_temp.id('slot', 4 * n + half), pg_temp.id('trainer', 1 + n % 60), 1, 'empty' from generate_series(1, 14000) n cross join generate_series(0, 3) half;
insert into training.enrolment (id, session_id, person_id, seats, state, queue_no, trainee_type, funding_code, entrusted_by_nda,
    subcontracted_to_nda, price_cents, price_rule, price_basis_on, confirmed_at, fictitious)
select pg_temp.id('enrolment', n), pg_temp.id('session', 1 + (n - 1) % 14000), pg_temp.id('person', 1 + (n * 7) % 69991), 1,
    case when pg_temp.chance(n, 3) < 0.1 then 'PARTIAL' else 'ATTENDED' end, 1 + (n - 1) / 14000,
    (array['EMPLOYEE', 'EMPLOYEE', 'EMPLOYEE', 'APPRENTICE', 'JOB_SEEKER', 'INDIVIDUAL', 'OTHER'])[1 + n % 7],
    (array['2H', '1', '5', '9'])[1 + n % 4], case when n % 40 = 0 then '11922999392' end, case when n % 50 = 1 then '11922999392' end,
    40000, 'MEMBER', '2019-01-01', '2019-01-01', true
from generate_series(1, 100000) n;
insert into training.attendance (id, enrolment_id, slot_id, status, minutes, evidence, signed_at, counted_minutes)
select pg_temp.id('attendance', 4 * n + half), pg_temp.id('enrolment', n), pg_temp.id('slot', 4 * (1 + (n - 1) % 14000) + half),
    case when a.minutes = 0 then 'ABSENT' when a.minutes < 210 then 'LATE' else 'PRESENT' end, a.minutes,
    case when a.minutes > 0 then 'ONSITE_SIGNATURE' end, case when a.minutes > 0 then timestamptz '2019-06-01' end, a.minutes
from generate_series(1, 100000) n cross join generate_series(0, 3) half
cross join lateral (select case when half = 3 and pg_temp.chance(n, 3) < 0.1 then 0 when n % 9 = half then 187 else 210 end as minutes) a;
insert into training.presence (enrolment_id, minutes)
select a.enrolment_id, sum(a.counted_minutes) from training.attendance a join training.enrolment e on e.id = a.enrolment_id
join training.session s on s.id = e.session_id where s.starts_on between '2019-01-01' and '2019-12-31' group by 1
on conflict do nothing;
insert into training.invoice (id, number, session_id, funding_code, amount_cents, invoiced_on, fictitious)
select pg_temp.id('invoice', n), 'BENCH-' || n, pg_temp.id('session', n), (array['2H', '1', '5', '9'])[1 + n % 4], 250033, date '2019-01-01' + n % 365, true
from generate_series(1, 14000) n;
insert into training.declaration (id, year, starts_on, ends_on, body_name, siret, nda, has_remote_training, turnover_cents, charges_cents,
    trainers_pay_cents, purchased_training_cents)
select pg_temp.id('declaration', 1), 2019, '2019-01-01', '2019-12-31', 'Organisme de mesure', siret, '11922999392', true, 5000000000, 3000000000,
    1000000000, 1000000000
from network.member where deleted_at is null order by id limit 1;

do $$
declare t text;
begin
    foreach t in array array['course', 'trainer', 'person', 'session', 'slot', 'slot_trainer', 'enrolment', 'attendance', 'invoice', 'declaration'] loop
        execute format('alter table training.%I enable trigger user', t);
    end loop;
end $$;
commit;
vacuum analyze training.session, training.slot, training.slot_trainer, training.enrolment, training.attendance, training.presence, training.person, training.invoice;
