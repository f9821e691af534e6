-- Work that is due from time to time: purges above all. A job is a function f(batch integer) returns integer that handles at
-- most so many rows and says how many; 0 = done. `maillage job` calls each until it is done, a transaction per call.
begin;

create table engine.job (
    name          text primary key constraint job_name_form check (name ~ '^[a-z][a-z0-9-]{2,59}$'),
    function_name text not null constraint job_function_form check (function_name ~ '^[a-z_]+\.[a-z_0-9]+$'),
    description   text not null constraint job_description_length check (length(description) between 10 and 300),
    every         interval not null default '1 day' constraint job_every_range
        check (every between interval '1 minute' and interval '366 days'),
    last_run_at   timestamptz,
    last_count    bigint constraint job_last_count_range check (last_count >= 0)
);
comment on table engine.job is 'What is done from time to time, and when it was done to the end last.';
comment on column engine.job.function_name is
    'Schema and name; runs with the owner''s rights.';
comment on column engine.job.every is 'Due again after so long; a tenth earlier is early enough, so that a daily timer need not be exact.';
comment on column engine.job.last_count is 'Rows handled by the last run.';

create function engine.jobs_due() returns table (name text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select j.name from engine.job j
    where j.last_run_at is null or j.last_run_at <= now() - 0.9 * j.every
    order by j.last_run_at nulls first, j.name
    $$;
comment on function engine.jobs_due() is 'Names of the jobs that are due, longest first.';

create function engine.job_begin(job text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if not exists (select from engine.job j where j.name = job) then
        raise exception using errcode = 'MA404', message = 'there is no such job';
    end if;
    return pg_try_advisory_lock(hashtext('engine.job'), hashtext(job));
end $$;
comment on function engine.job_begin(text) is
    'Takes the job for this connection; false while another one has it. MA404: no such job.';

create function engine.job_step(job text, batch integer) returns integer
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    handled integer;
begin
    if not pg_try_advisory_xact_lock(hashtext('engine.job'), hashtext(job)) then
        raise exception using errcode = 'MA409', message = 'the job is running elsewhere';
    end if;
    execute (select format('select %s($1)', j.function_name::regproc) from engine.job j where j.name = job)
        using batch into handled;
    return handled;
end $$;
comment on function engine.job_step(text, integer) is 'One call of the job''s function: rows handled, 0 = done. MA409: another connection has the job.';

create function engine.job_end(job text, handled bigint, finished boolean) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    if finished then
        update engine.job j set last_run_at = now(), last_count = handled where j.name = job_end.job;
    end if;
    return pg_advisory_unlock(hashtext('engine.job'), hashtext(job));
end $$;
comment on function engine.job_end(text, bigint, boolean) is 'Gives the job back; finished: it was done to the end. False: it had been lost meanwhile.';

revoke execute on function engine.jobs_due(), engine.job_begin(text), engine.job_step(text, integer),
    engine.job_end(text, bigint, boolean) from public;
grant execute on function engine.jobs_due(), engine.job_begin(text), engine.job_step(text, integer),
    engine.job_end(text, bigint, boolean) to maillage_app;

-- --- the first jobs ---

create function engine.purge_idempotency(batch integer) returns integer
    language sql volatile
    as $$
    with gone as (
        delete from engine.idempotency where ctid = any (array(
            select i.ctid from engine.idempotency i where i.created_at < now() - interval '72 hours'
            order by i.created_at limit batch))
        returning 1)
    select count(*)::integer from gone
    $$;
comment on function engine.purge_idempotency(integer) is 'Forgets answers that are older than the 72 h they are kept for repetition.';
revoke execute on function engine.purge_idempotency(integer) from public;

create function audit.purge_access_traces(batch integer) returns integer
    language sql volatile
    as $$
    with gone as (
        delete from audit.access_trace where id = any (array(
            select t.id from audit.access_trace t where t.occurred_at < now() - interval '3 years'
            order by t.occurred_at limit batch))
        returning 1)
    select count(*)::integer from gone
    $$;
comment on function audit.purge_access_traces(integer) is 'Traces of reads are kept three years (domain page on the PASS IAE, 3.6).';
revoke execute on function audit.purge_access_traces(integer) from public;

insert into engine.job (name, function_name, description) values
    ('purge-idempotency', 'engine.purge_idempotency', 'Forgets answers kept for the repetition of a request for more than 72 hours.'),
    ('purge-access-traces', 'audit.purge_access_traces', 'Removes traces of reads after three years.');

call engine.set_revision('jobs');
commit;
