-- Reports of imports of PASS: their refused rows tell first and last days of pathways that no line stands for, so they go
-- 24 months after they came (R. 5132-1-23: after the collection, where there is no pathway).
begin;

create function pass.purge_imports(batch integer) returns integer
    language sql volatile
    as $$
    with gone as (
        delete from engine.import_run where id = any (array(
            select r.id from engine.import_run r
            where r.operation = 'importPasses'
              and r.created_at < pass.shift_by(engine.today(), 'RETENTION', engine.today(), -1)::timestamp at time zone 'Europe/Paris'
            order by r.created_at limit batch))
        returning 1)
    select count(*)::integer from gone
    $$;
comment on function pass.purge_imports(integer) is 'Job: forgets reports of imports of PASS after RETENTION; the lines they stored have their own end.';
revoke execute on function pass.purge_imports(integer) from public;

insert into engine.job (name, function_name, description) values
    ('purge-pass-imports', 'pass.purge_imports', 'Forgets reports and refused rows of imports of PASS after 24 months.');

call engine.set_revision('pass_import_retention');
commit;
