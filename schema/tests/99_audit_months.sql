-- History and traces by month: where rows go, months ahead, months that leave, readers who are silent.
\ir fixture.inc
select plan(24);

create function tap.part_of(source regclass, instant timestamptz) returns text language plpgsql as $$
declare
    found text;
begin
    execute format('select tableoid::regclass::text from %s where occurred_at = $1 limit 1', source) into found using instant;
    return found;
end $$;
create function tap.trace(instant timestamptz, reader uuid) returns void language sql as $$
    insert into audit.access_trace (occurred_at, caller, key_id, operation, record_type, records_count, query)
    values (instant, 'NATIONAL', reader, 'listX', 'X', 1, '') $$;
create function tap.write(instant timestamptz) returns void language sql as $$
    insert into audit.change (occurred_at, record_type, record_id, member_id, change, changes)
    values (instant, 'MEMBER', '0b000000-0000-7000-8000-000000000001', '0b000000-0000-7000-8000-000000000001', 'UPDATED', '[]') $$;
create temporary table at on commit drop as
select audit.ready_until('change') as ready, date_trunc('month', audit.ready_until('change') - interval '1 day', 'UTC') as last_month;

-- --- where rows go ---
select ok(audit.ready_until(t) between now() + interval '3 months' and now() + interval '5 months', t || ' is ready for three months')
from unnest('{change,access_trace}'::text[]) t;
select tap.write(i) from unnest('{2000-01-01,infinity}'::timestamptz[]) i \g /dev/null
select tap.write(last_month), tap.write(ready), tap.write(ready + interval '40 days') from at \g /dev/null
select is(tap.part_of('audit.change', '2000-01-01'), 'audit.change_first', 'what is old is in the first part');
select is(tap.part_of('audit.change', last_month), 'audit.change_' || to_char(last_month at time zone 'UTC', 'YYYY_MM'),
    'a month takes its first instant') from at;
select is(tap.part_of('audit.change', ready), 'audit.change_other', 'and not the one after its last') from at;
select is(tap.part_of('audit.change', 'infinity'), 'audit.change_other', 'no write fails for want of a month');
select throws_ok($$insert into audit.change select * from audit.change where occurred_at = '2000-01-01'$$, '23505', null,
    'the same entry comes once');

-- --- through the whole only ---
select is(tap.attempt('NATIONAL', format('select count(*) from %s', i.inhrelid::regclass)), '42501', 'no way round by ' || i.inhrelid::regclass)
from pg_inherits i where i.inhparent = 'audit.change'::regclass
    and i.inhrelid in ('audit.change_first'::regclass, 'audit.change_other'::regclass);
select is_empty($$select i.inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('audit.change'::regclass, 'audit.access_trace'::regclass)
        and (not c.relforcerowsecurity or has_table_privilege('maillage_app', c.oid, 'select, insert, update, delete'))$$,
    'the daemon may do nothing with any part');
select isnt(tap.attempt('STRUCTURE', 'select count(*) from audit.change where occurred_at < ''2001-01-01'''), '42501', 'but asks the whole');
select is(tap.attempt('PACA', 'select count(*) from audit.change where occurred_at < ''2001-01-01'''), '0', 'under its policies');

-- --- months ahead ---
select is(tap.attempt('ANONYMOUS', $$select engine.job_step('make-audit-months', 1)$$, true), '0', 'nothing to do today');
select audit.add_month('change') from generate_series(1, 2) \g /dev/null
select is(audit.ready_until('change'), (ready at time zone 'UTC' + interval '2 months') at time zone 'UTC', 'months follow each other') from at;
select is(tap.part_of('audit.change', ready), 'audit.change_' || to_char(ready at time zone 'UTC', 'YYYY_MM'),
    'what waited for its month has moved') from at;
select is(count(*), 5::bigint, 'and nothing is lost or twice') from audit.change
where record_id = '0b000000-0000-7000-8000-000000000001' and changes = '[]';

-- --- months that leave: the first part was all of before, so its rows go one by one; an old month as a whole ---
insert into access.key_use (key_id, last_used_at) select id, now() - interval '1 month' from access.api_key limit 1
on conflict (key_id) do update set last_used_at = excluded.last_used_at;
create temporary table reader on commit drop as
select (select key_id from access.key_use where last_used_at between now() - interval '2 months' and now() limit 1) as busy,
    gen_random_uuid() as silent, gen_random_uuid() as reads_again;
select tap.trace(now() - age, silent) from reader, unnest('{3 years 1 day,2 years 364 days,580 days,500 days}'::interval[]) age \g /dev/null
select tap.trace(now() - age, reads_again) from reader, unnest('{2 years,1 day}'::interval[]) age \g /dev/null
select tap.trace(now() - interval '2 years', busy) from reader where busy is not null \g /dev/null
select tap.trace(now() - interval '2 years', null) \g /dev/null
select is(audit.purge_access_traces(10), 1, 'three years, to the day');
select is(audit.purge_access_traces(10), 0, 'done');
select is(audit.purge_silent_readers(2), 0, 'a reader who read five hundred days ago has not been silent for long enough');
delete from audit.access_trace where occurred_at > now() - interval '501 days' and key_id = (select silent from reader);
select is(audit.purge_silent_readers(1), 1, 'then all of it leaves');
select is(audit.purge_silent_readers(10), 1, 'batch by batch');
select is(count(*) filter (where key_id = (select silent from reader)), 0::bigint, 'and nobody else''s: '
    || count(*) filter (where key_id is distinct from (select silent from reader))) from audit.access_trace;

alter table audit.access_trace detach partition audit.access_trace_first;
create table audit.access_trace_2001_01 (like audit.access_trace including all);
insert into audit.access_trace_2001_01 (occurred_at, caller, operation, record_type, records_count, query)
select '2001-01-15', 'NATIONAL', 'listX', 'X', 1, '' from generate_series(1, 7);
alter table audit.access_trace attach partition audit.access_trace_2001_01 for values from ('2001-01-01') to ('2001-02-01');
select is(audit.purge_access_traces(2), 7, 'a month as a whole, whatever the batch');
select is(to_regclass('audit.access_trace_2001_01'), null, 'is gone');

select * from finish();
rollback;
