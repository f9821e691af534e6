-- Proved minutes of each enrolment, kept as attendance comes: the BPF of a large year no longer adds up every half-day of
-- every person, only those of the sessions that lie in two accounting years.
begin;

create table training.presence (
    enrolment_id uuid primary key constraint presence_enrolment references training.enrolment on delete cascade,
    minutes      bigint not null
);
alter table training.presence enable row level security;
alter table training.presence force row level security;
create policy owner on training.presence to maillage_owner using (true) with check (true);
comment on table training.presence is 'Sum of what counts of an enrolment, by trigger from attendance; no row: nothing was ever recorded.';
comment on column training.presence.enrolment_id is 'Enrolment; the row goes with it.';
comment on column training.presence.minutes is 'Proved minutes of the entries that count.';

insert into training.presence (enrolment_id, minutes)
select a.enrolment_id, sum(a.counted_minutes) from training.attendance a where a.is_current group by a.enrolment_id;

create function training.keep_presence() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if tg_op = 'INSERT' then
        insert into training.presence as p (enrolment_id, minutes)
        select n.enrolment_id, sum(n.counted_minutes) from entered n where n.is_current group by 1
        on conflict (enrolment_id) do update set minutes = p.minutes + excluded.minutes;
    elsif tg_op = 'DELETE' then
        update training.presence p set minutes = p.minutes - g.minutes
        from (select o.enrolment_id, sum(o.counted_minutes) as minutes from gone o where o.is_current group by 1) g
        where p.enrolment_id = g.enrolment_id;
    else
        insert into training.presence as p (enrolment_id, minutes)
        select c.enrolment_id, sum(c.minutes) from (
            select n.enrolment_id, n.counted_minutes as minutes from entered n where n.is_current
            union all
            select o.enrolment_id, -o.counted_minutes from gone o where o.is_current) c group by 1
        on conflict (enrolment_id) do update set minutes = p.minutes + excluded.minutes where excluded.minutes <> 0;
    end if;
    return null;
end $$;
comment on function training.keep_presence() is
    'After a statement on attendance: what came less what went. A counter-entry moves what counts from one row to the other.';
create trigger training_attendance_presence_added after insert on training.attendance
    referencing new table as entered for each statement execute function training.keep_presence();
create trigger training_attendance_presence_changed after update on training.attendance
    referencing old table as gone new table as entered for each statement execute function training.keep_presence();
create trigger training_attendance_presence_removed after delete on training.attendance
    referencing old table as gone for each statement execute function training.keep_presence();

-- what the missing list of frame F-1 looks for, found without reading the rest
create index attendance_unproved on training.attendance (slot_id)
    where is_current and evidence is null and status in ('PRESENT', 'LATE');

create or replace function training.bpf_trainees(y training.accounting_year) returns training.bpf_trainee[]
    language sql stable security definer set work_mem = '64MB' set jit = off set search_path = pg_catalog, pg_temp
    as $$
    with held as materialized (
        select s.id, s.course_id, c.bpf_objective, c.nsf_code, s.starts_on >= (y).starts_on and s.ends_on <= (y).ends_on as whole
        from training.session s join training.course c on c.id = s.course_id
        where s.counts_in_bpf and s.starts_on <= (y).ends_on and s.ends_on >= (y).starts_on
    ), over_two as materialized (
        select a.enrolment_id, sum(a.counted_minutes) as minutes
        from held h join training.slot t on t.session_id = h.id
        join training.attendance a on a.slot_id = t.id and a.is_current and a.counted_minutes > 0
        where not h.whole and t.on_date between (y).starts_on and (y).ends_on
        group by a.enrolment_id
    ), counted as (
        select x.id, x.session_id, x.trainee_type, h.bpf_objective, h.nsf_code, x.entrusted_by_nda is not null as entrusted,
            x.subcontracted_to_nda is not null as subcontracted, x.seats, coalesce(o.minutes, p.minutes) as minutes,
            (row_number() over (
                partition by x.person_id, h.course_id, x.entrusted_by_nda is not null order by x.id) = 1)::integer as counts,
            x.seats > 1 or num_nulls(x.trainee_type, h.bpf_objective, h.nsf_code) > 0 as lacks
        from held h join training.enrolment x on x.session_id = h.id
        left join training.presence p on p.enrolment_id = x.id
        left join over_two o on o.enrolment_id = x.id
        where case when h.whole then p.minutes else o.minutes end > 0
    ), summed as (
        select case when c.lacks then c.id end as id, case when c.lacks then c.session_id end as session_id, c.trainee_type,
            c.bpf_objective, c.nsf_code, c.entrusted, c.subcontracted, c.seats, sum(c.minutes)::bigint as minutes,
            sum(c.counts)::integer as counts
        from counted c group by 1, 2, 3, 4, 5, 6, 7, 8
    )
    select array_agg((s.id, s.session_id, s.trainee_type, s.bpf_objective, s.nsf_code, s.entrusted, s.subcontracted, s.seats,
        s.minutes, s.counts)::training.bpf_trainee)
    from summed s
    $$;
comment on function training.bpf_trainees(training.accounting_year) is
    'Proved hours of the year: one element for each enrolment that lacks something, and for the others one for all that go '
    'into the same lines, without ids. counts: people, each once for a course.';

call engine.set_revision('training_presence');
commit;
