-- Calendar feeds of trainings. Events are slots, with the session's version as sequence; a cancelled session stays as
-- CANCELLED, so that programs take it out of the diary.
begin;

create function training.events(wanted uuid[]) returns setof calendar.event
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
    select t.id::text, greatest(s.version, t.version), null::date, null::date, t.starts_at, t.ends_at,
        coalesce(t.label, s.title, c.title),
        case s.kind when 'INTER' then 'Formation interentreprises' when 'INTRA' then 'Formation intra-entreprise'
            when 'SERVICE' then 'Prestation' else 'Webinaire' end || ' ' || c.code,
        s.place, case when s.state in ('CANCELLED', 'POSTPONED') then 'CANCELLED' else 'CONFIRMED' end,
        greatest(s.updated_at, t.updated_at)
    from training.session s join training.course c on c.id = s.course_id join training.slot t on t.session_id = s.id
    where s.id = any (wanted) and t.on_date between engine.today() - 90 and engine.today() + 731
    $$;
revoke execute on function training.events(uuid[]) from public;
comment on function training.events(uuid[]) is 'Slots of the sessions, from three months ago to two years ahead; no person in them.';

create function calendar.events_trainings(link calendar.link) returns setof calendar.event
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
    select * from training.events(array(
        select s.id from training.session s
        where s.kind in ('INTER', 'WEBINAR') and s.state <> 'DRAFT' and s.ends_on >= engine.today() - 90))
    $$;
comment on function calendar.events_trainings(calendar.link) is 'Sessions that anybody may join, the same for every link.';

create function calendar.events_own_trainings(link calendar.link) returns setof calendar.event
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
    select * from training.events(array(
        select s.id from training.session s
        where s.state <> 'DRAFT' and s.ends_on >= engine.today() - 90
          and case link.caller when 'DELEGATION' then s.delegation_id = link.delegation_id
            when 'STRUCTURE' then s.client_member_id = link.member_id or exists (
                select from training.enrolment e where e.session_id = s.id and e.member_id = link.member_id
                    and e.state not in ('CANCELLED', 'EXPIRED', 'WAITLISTED'))
            else s.delegation_id is null end))
    $$;
comment on function calendar.events_own_trainings(calendar.link) is
    'Sessions that the maker organises, or for a structure those in which its people have a seat.';

create function calendar.events_trainer(link calendar.link) returns setof calendar.event
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
    select e.* from training.trainer r
    cross join lateral training.events(array(
        select t.session_id from training.slot_trainer x join training.slot t on t.id = x.slot_id where x.trainer_id = r.id)) e
    where r.code = link.label
      and exists (select from training.slot_trainer x where x.trainer_id = r.id and x.slot_id = e.uid::uuid)
    $$;
comment on function calendar.events_trainer(calendar.link) is 'Slots of one trainer: the label of the link is the trainer''s code.';
revoke execute on function calendar.events_trainings(calendar.link), calendar.events_own_trainings(calendar.link),
    calendar.events_trainer(calendar.link) from public;
grant execute on function calendar.events_trainings(calendar.link), calendar.events_own_trainings(calendar.link),
    calendar.events_trainer(calendar.link) to maillage_app;

insert into calendar.kind (code, title, function_name, callers) values
    ('TRAININGS', 'Formations ouvertes', 'events_trainings', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('OWN_TRAININGS', 'Nos formations', 'events_own_trainings', '{STRUCTURE,DELEGATION,NATIONAL}'),
    ('TRAINER', 'Interventions d’un formateur', 'events_trainer', '{DELEGATION,NATIONAL}');

-- --- retention: the work of a job ---

create function training.purge_identities(batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    purged integer;
begin
    with due as (
        select p.id from training.person p
        where p.purged_on is null and p.identity is not null
          and not exists (select from training.trainer r where r.person_id = p.id
              and (r.ends_on is null or r.ends_on >= engine.today() - training.setting('identity_retention_days', engine.today())))
          and not exists (select from training.enrolment e join training.session s on s.id = e.session_id
              where e.person_id = p.id and coalesce(s.ends_on, (s.updated_at at time zone 'Europe/Paris')::date)
                  >= engine.today() - training.setting('identity_retention_days', engine.today()))
          and p.created_at < now() - interval '1 day'
        order by p.id limit batch for update skip locked)
    update training.person p set identity = null, person_key = null, purged_on = engine.today() from due where due.id = p.id;
    get diagnostics purged = row_count;
    return purged;
end $$;
comment on function training.purge_identities(integer) is
    'Job: takes away names of people whose last session, or last day as a trainer, lies further back than the retention; '
    'their hours and answers stay, without a name. Rows handled; 0 when none is due.';

create function training.expire_waiting(batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    session_due uuid;
    before integer;
begin
    select s.id, s.seats_waiting into session_due, before from training.session s
    where s.seats_waiting > 0 and s.ends_on < engine.today() and s.state in ('OPEN', 'CONFIRMED')
    order by s.id limit 1 for no key update skip locked;
    if session_due is null then
        return 0;
    end if;
    perform training.end_enrolments(session_due, 'EXPIRED', 'Session terminée');
    return greatest(before, 1);
end $$;
comment on function training.expire_waiting(integer) is
    'Job: the queue of a session that is over expires, with a notice for each; one session a call. 0 when none is left.';
revoke execute on function training.purge_identities(integer), training.expire_waiting(integer) from public;

insert into engine.job (name, function_name, description) values
    ('training-identities', 'training.purge_identities', 'Takes away names of trainees and trainers when their time is over.'),
    ('training-queues', 'training.expire_waiting', 'Ends the queues of sessions that are over.');

call engine.set_revision('training_feeds');
commit;
