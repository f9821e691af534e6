begin;
drop function engine.jobs_due(), engine.job_begin(text), engine.job_step(text, integer), engine.job_end(text, bigint, boolean),
    engine.purge_idempotency(integer), audit.purge_access_traces(integer);
drop table engine.job;
call engine.set_revision('vacation_calendar');
commit;
