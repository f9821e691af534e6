-- Erasure (R. 5132-1-23): a line goes 24 months after the end of its pathway, with all that hangs on it and all that was
-- written about it; counts by month and by year stay. A job, in batches, each of them whole or not at all.
begin;

create function pass.keep_month_counts(lines uuid[]) returns void
    language sql volatile
    as $$
    insert into pass.ended_month (month, region_code, department_code, delegation_id, siae_kind, origin, people, hard_stops,
        prolonged_people, prolonged_days, suspended_people, suspended_days)
    select pass.first_of_month(p.ends_on), p.region_code, p.department_code, d.delegation_id, p.siae_kind, p.origin, count(*),
        count(*) filter (where pass.is_hard_stop(p.siae_kind, p.prolonged_days, p.birth_year, p.ends_on, p.closed_on, c)),
        count(*) filter (where p.prolonged_days > 0), sum(p.prolonged_days),
        count(*) filter (where p.suspended_days > 0), sum(p.suspended_days)
    from pass.pass p
    join pass.cap c on p.ends_on between c.first_day and c.last_day
    left join network.member_delegation d on d.member_id = p.member_id and d.is_primary and d.during @> p.ends_on
    where p.id = any (lines)
    group by 1, 2, 3, 4, 5, 6
    on conflict on constraint ended_month_key do update set people = ended_month.people + excluded.people,
        hard_stops = ended_month.hard_stops + excluded.hard_stops,
        prolonged_people = ended_month.prolonged_people + excluded.prolonged_people,
        prolonged_days = ended_month.prolonged_days + excluded.prolonged_days,
        suspended_people = ended_month.suspended_people + excluded.suspended_people,
        suspended_days = ended_month.suspended_days + excluded.suspended_days
    $$;
comment on function pass.keep_month_counts(uuid[]) is 'Adds lines to the counts by month that outlive them.';

create function pass.keep_outcome_counts(lines uuid[]) returns void
    language sql volatile
    as $$
    insert into pass.ended_outcome (year, region_code, department_code, delegation_id, siae_kind, origin, code, category, counted, people)
    select extract(year from e.on_date), e.region_code, e.department_code, d.delegation_id, e.siae_kind, e.origin, e.code, e.category,
        e.counted, count(*)
    from pass.exit e
    left join network.member_delegation d on d.member_id = e.member_id and d.is_primary and d.during @> e.on_date
    where e.pass_id = any (lines)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    on conflict on constraint ended_outcome_key do update set people = ended_outcome.people + excluded.people
    $$;
comment on function pass.keep_outcome_counts(uuid[]) is 'Adds outcomes to the counts by year that outlive them.';

create function pass.records_of(lines uuid[]) returns uuid[]
    language plpgsql stable
    as $$
declare
    found_records uuid[] := lines;
    part record;
    more uuid[];
begin
    for part in
        select c.conrelid::regclass as name, a.attname as reference
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'pass.pass'::regclass
          and exists (select from pg_attribute i where i.attrelid = c.conrelid and i.attname = 'id' and i.atttypid = 'uuid'::regtype)
    loop
        execute format('select array_agg(id) from %s where %I = any ($1)', part.name, part.reference) into more using lines;
        found_records := found_records || coalesce(more, '{}');
    end loop;
    return found_records;
end $$;
comment on function pass.records_of(uuid[]) is
    'Ids of PASS and of the records that refer to them, in any table: suspensions, requests, prolongations, outcomes, lines of campaigns …';

create function pass.forget_records(records uuid[]) returns void
    language plpgsql volatile
    as $$
begin
    delete from audit.change c where c.record_id = any (records);
    -- That somebody read stays for its own three years; what was read is no longer told.
    update audit.access_trace t
    set record_ids = (
        select array_agg(case when i.id = any (records) then '00000000-0000-0000-0000-000000000000' else i.id end order by i.place)
        from unnest(t.record_ids) with ordinality i (id, place))
    where t.record_ids && records;
    delete from engine.idempotency i
    where exists (select from regexp_matches(i.body, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') m
        where m[1]::uuid in (select unnest(records)));
end $$;
comment on function pass.forget_records(uuid[]) is
    'Takes records out of the history, of the traces of reading (their place stays, as zeros), and of answers kept for repetition.';

create function pass.erase_ended(batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    lines uuid[];
    records uuid[];
begin
    select array_agg(due.id) into lines
    from (select p.id from pass.pass p where p.erase_after <= engine.today()
        order by p.erase_after limit batch for update skip locked) due;
    if lines is null then
        return 0;
    end if;
    records := pass.records_of(lines);
    perform pass.keep_month_counts(lines), pass.keep_outcome_counts(lines);
    delete from pass.pass p where p.id = any (lines);
    perform pass.forget_records(records);   -- last: the history has noted the deletion
    return cardinality(lines);
end $$;
comment on function pass.erase_ended(integer) is
    'Job: erases at most `batch` lines whose erase_after has come, the oldest first, and counts them by month and year in the same '
    'transaction; 0 when none is left. A line that somebody is writing to is taken by the next run.';

revoke execute on function pass.erase_ended(integer), pass.forget_records(uuid[]), pass.records_of(uuid[]),
    pass.keep_outcome_counts(uuid[]), pass.keep_month_counts(uuid[]) from public;

call engine.set_revision('pass_retention');
commit;
