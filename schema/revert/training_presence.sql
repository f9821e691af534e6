begin;
create or replace function training.bpf_trainees(y training.accounting_year) returns training.bpf_trainee[]
    language sql stable security definer set work_mem = '64MB' set jit = off set search_path = pg_catalog, pg_temp
    as $$
    with attended as materialized (
        select a.enrolment_id, sum(a.counted_minutes) as minutes
        from training.slot t
        join training.session s on s.id = t.session_id and s.counts_in_bpf
        join training.attendance a on a.slot_id = t.id and a.is_current and a.counted_minutes > 0
        where t.on_date between (y).starts_on and (y).ends_on
        group by a.enrolment_id
    )
    select array_agg((e.id, e.session_id, e.trainee_type, c.bpf_objective, c.nsf_code, e.entrusted_by_nda is not null,
        e.subcontracted_to_nda is not null, e.seats, e.minutes, e.counts)::training.bpf_trainee)
    from (
        select x.*, s.course_id, a.minutes, (row_number() over (
            partition by x.person_id, s.course_id, x.entrusted_by_nda is not null order by x.id) = 1)::integer as counts
        from attended a
        join training.enrolment x on x.id = a.enrolment_id
        join training.session s on s.id = x.session_id) e
    join training.course c on c.id = e.course_id
    $$;
drop index training.attendance_unproved;
drop trigger training_attendance_presence_added on training.attendance;
drop trigger training_attendance_presence_changed on training.attendance;
drop trigger training_attendance_presence_removed on training.attendance;
drop function training.keep_presence();
drop table training.presence;
call engine.set_revision('enrolment_orders');
commit;
