-- History and traces of reads by month. Both only grow: as one table their indexes no longer fit into memory some day, and the
-- purge of three years' old traces takes row after row. Parts of a month keep what is written small, and leave as a whole.
--
-- What was there before stays where it is, as the first part: nothing is copied. A default part takes what no month is ready
-- for, so that no write ever fails for want of one; the job that makes the months ahead empties it.
begin;

set local lock_timeout = '30s';


create function audit.ready_until(source text) returns timestamptz
    language sql stable
    as $$
    select max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz)
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('audit.%I', source)::regclass
    $$;
comment on function audit.ready_until(text) is 'The instant up to which parts are ready: the end of the last month.';

-- Policies are those of the whole, for what is asked through it; nobody but the owner reads or writes a part by its own name.
create procedure audit.close_part(source text, part text)
    language plpgsql
    as $$
begin
    execute format('alter table audit.%1$I enable row level security, force row level security', part);
    execute format('create policy owner on audit.%1$I to maillage_owner using (true) with check (true)', part);
    execute format('comment on table audit.%1$I is %2$L', part, format('Part of audit.%s.', source));
end $$;
comment on procedure audit.close_part(text, text) is 'Forces row security on a part.';

-- Attaching needs a lock that lets the whole be read and written on; what had to wait in the default part moves.
create function audit.add_month(source text) returns text
    language plpgsql volatile
    as $$
declare
    starts timestamptz := audit.ready_until(source);
    ends timestamptz := (starts at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    part text := format('%s_%s', source, to_char(starts at time zone 'UTC', 'YYYY_MM'));
begin
    execute format('create table audit.%I (like audit.%I including all)', part, source);
    call audit.close_part(source, part);
    execute format('with moved as (delete from audit.%1$I where occurred_at >= $1 and occurred_at < $2 returning *) '
        'insert into audit.%2$I select * from moved', source || '_other', part) using starts, ends;
    execute format('alter table audit.%I attach partition audit.%I for values from (%L) to (%L)', source, part, starts, ends);
    return part;
end $$;
comment on function audit.add_month(text) is 'Makes the part of the month after the last; its name.';

create function audit.make_months(batch integer) returns integer
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    source text;
begin
    perform set_config('lock_timeout', '2s', true);
    foreach source in array array['change', 'access_trace'] loop
        if audit.ready_until(source) < now() + interval '3 months' then
            perform audit.add_month(source);
            return 1;
        end if;
    end loop;
    return 0;
exception when lock_not_available then
    return 0; -- somebody reads the default part for long; the months ahead are enough until the next run
end $$;
comment on function audit.make_months(integer) is 'Keeps three months ready ahead, one part per call; 0 when they are.';

-- --- traces: a whole month leaves when its last instant is three years old ---

create function audit.drop_month(before timestamptz) returns integer
    language plpgsql volatile
    as $$
declare
    part regclass;
    rows integer;
begin
    select c.oid::regclass into part
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    cross join lateral (select (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz as ends) b
    where i.inhparent = 'audit.access_trace'::regclass and b.ends <= before
    order by b.ends limit 1;
    if part is null then
        return 0;
    end if;
    execute format('select count(*)::integer from %s', part) into rows;
    execute format('drop table %s', part);
    return greatest(rows, 1);
exception when lock_not_available then
    return 0; -- somebody reads the traces for long: then row by row, or the next time
end $$;
comment on function audit.drop_month(timestamptz) is 'Removes the oldest part that ends before then; its rows, 0 when there is none.';

alter table audit.change rename to change_first;
alter table audit.change_first drop constraint change_pkey;
alter table audit.change_first add constraint change_first_pkey primary key (occurred_at, id);
alter index audit.change_member rename to change_first_member;
alter index audit.change_record rename to change_first_record;
drop trigger mark_write on audit.change_first;
drop policy read on audit.change_first;
drop policy trainings on audit.change_first;
drop policy pass_lines on audit.change_first;
drop policy owner on audit.change_first;
revoke all on audit.change_first from maillage_app;

create table audit.change (like audit.change_first including defaults including constraints including comments)
    partition by range (occurred_at);
comment on table audit.change is
    'One row per write of a record, kept for good; a write that changes nothing leaves none. Cut by month.';
alter table audit.change add constraint change_pkey primary key (occurred_at, id);
create index change_member on audit.change (member_id, occurred_at desc, id) where member_id is not null;
create index change_record on audit.change (record_id, occurred_at desc, id);
alter table audit.change enable row level security, force row level security;
create policy owner on audit.change to maillage_owner using (true) with check (true);
grant select on audit.change to maillage_app;
create policy read on audit.change for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION'
        and exists (select from network.audience a where a.member_id = change.member_id)
    or (select session.caller()) = 'DELEGATION' and record_type in ('DELEGATION', 'APPOINTMENT', 'GROUP')
    or (select session.caller()) in ('DELEGATION', 'STRUCTURE') and record_type = 'ORGANISATION'
        and exists (select from network.member m where m.organisation_id = change.record_id));
create policy pass_lines on audit.change as restrictive for select to maillage_app using (
    record_type <> 'PASS' or exists (select from pass.pass p where p.id = change.record_id));
create policy trainings on audit.change for select to maillage_app using (
    (select session.caller()) = 'DELEGATION' and record_type in ('TRAINING_SESSION', 'TRAINING_SLOT')
    and exists (select from training.session s
        where s.delegation_id = (select session.delegation_id()) and s.id = change.record_id));

alter table audit.access_trace rename to access_trace_first;
alter table audit.access_trace_first drop constraint access_trace_pkey;
drop index audit.access_trace_by_time; -- the new primary key
alter table audit.access_trace_first add constraint access_trace_first_pkey primary key (occurred_at, id);
alter index audit.access_trace_by_record rename to access_trace_first_by_record;
alter index audit.access_trace_by_member rename to access_trace_first_by_member;
drop policy read on audit.access_trace_first;
drop policy owner on audit.access_trace_first;
revoke all on audit.access_trace_first from maillage_app;

create table audit.access_trace (like audit.access_trace_first including defaults including constraints including comments)
    partition by range (occurred_at);
comment on table audit.access_trace is
    'One row per answer that showed personal or line-level data: who, when, which records. No values. Append-only. Cut by month.';
alter table audit.access_trace add constraint access_trace_pkey primary key (occurred_at, id);
create index access_trace_by_record on audit.access_trace using gin (record_ids);
create index access_trace_by_member on audit.access_trace using gin (member_ids);
create index access_trace_by_reader on audit.access_trace (key_id, occurred_at);
alter table audit.access_trace enable row level security, force row level security;
create policy owner on audit.access_trace to maillage_owner using (true) with check (true);
create policy read on audit.access_trace for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or delegation_id = (select session.delegation_id())
    or member_id = (select session.member_id())
    or member_ids @> array[(select session.member_id())]);
grant select on audit.access_trace to maillage_app;

do $$
declare
    source text;
    next_month timestamptz := date_trunc('month', now() + interval '1 month', 'UTC');
begin
    foreach source in array array['change', 'access_trace'] loop
        call audit.close_part(source, source || '_first');
        execute format('alter table audit.%1$I attach partition audit.%1$s_first for values from (minvalue) to (%2$L)', source, next_month);
        execute format('create table audit.%1$s_other partition of audit.%1$I default', source);
        call audit.close_part(source, source || '_other');
        while audit.ready_until(source) < now() + interval '3 months' loop
            perform audit.add_month(source);
        end loop;
    end loop;
end $$;
call engine.mark_writes();

create or replace function audit.purge_access_traces(batch integer) returns integer
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    before timestamptz := now() - interval '3 years';
    gone integer;
begin
    perform set_config('lock_timeout', '2s', true);
    gone := audit.drop_month(before);
    if gone = 0 then
        with old as (
            select t.occurred_at, t.id from audit.access_trace t where t.occurred_at < before order by t.occurred_at limit batch)
        delete from audit.access_trace t using old
        where t.occurred_at = old.occurred_at and t.id = old.id and t.occurred_at < before;
        get diagnostics gone = row_count;
    end if;
    return gone;
end $$;
comment on function audit.purge_access_traces(integer) is
    'Traces of reads are kept three years (domain page on the PASS IAE, 3.6): whole months leave as such, the rest by rows.';

create function audit.purge_silent_readers(batch integer) returns integer
    language plpgsql volatile set search_path = pg_catalog, pg_temp
    as $$
declare
    since timestamptz := now() - interval '19 months';
    gone integer;
begin
    with reader as (
        select distinct t.key_id from audit.access_trace t where t.occurred_at < since and t.key_id is not null),
    silent as materialized (
        select r.key_id from reader r
        where not exists (select from access.key_use u where u.key_id = r.key_id and u.last_used_at >= since)
            and not exists (select from audit.access_trace t where t.key_id = r.key_id and t.occurred_at >= since)),
    old as (
        select t.occurred_at, t.id from silent s join audit.access_trace t on t.key_id = s.key_id
        where t.occurred_at < since limit batch)
    delete from audit.access_trace t using old where t.occurred_at = old.occurred_at and t.id = old.id and t.occurred_at < since;
    get diagnostics gone = row_count;
    return gone;
end $$;
comment on function audit.purge_silent_readers(integer) is
    'Traces of a reader who has been silent for six months are kept thirteen months more at most (domain page on the PASS IAE, 3.6).';

revoke execute on function audit.ready_until(text), audit.add_month(text), audit.make_months(integer),
    audit.drop_month(timestamptz), audit.purge_silent_readers(integer) from public;
revoke execute on procedure audit.close_part(text, text) from public;

insert into engine.job (name, function_name, description) values
    ('make-audit-months', 'audit.make_months', 'Makes the parts of history and traces for the months ahead.'),
    ('purge-silent-readers', 'audit.purge_silent_readers', 'Removes traces of readers who have been silent for 19 months.');

call engine.set_revision('audit_months');
commit;
