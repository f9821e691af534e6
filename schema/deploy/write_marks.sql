-- Whether anything that lists show was written since: engine.stamp(), which a 304 of a page asks instead of the page.
--
-- Every transaction that writes to a table of a domain leaves one row here, its own: writers do not meet. A stamp is the
-- newest transaction seen and those before it that are still open: when one of these commits later, it is no longer in
-- the list, so a commit out of turn changes the stamp as any other does.
begin;

create table engine.write_mark (
    written_in xid8 primary key,
    written_at timestamptz not null default clock_timestamp());
comment on table engine.write_mark is 'A transaction that wrote to a table of a domain. Old ones go; the newest stays.';
comment on column engine.write_mark.written_at is
    'Part of the stamp: after a restore to an earlier point the numbers of transactions come again, the instants do not.';

create function engine.mark_write() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into engine.write_mark (written_in) values (pg_current_xact_id()) on conflict do nothing;
    return null;
end $$;
comment on function engine.mark_write() is 'Leaves the mark of this transaction, once.';

create function engine.stamp() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select concat_ws(' ', last.written_in, extract(epoch from last.written_at), (
        select string_agg(open::text, ' ' order by open) from pg_snapshot_xip(pg_current_snapshot()) open
        where open < last.written_in))
    from (select written_in, written_at from engine.write_mark order by written_in desc limit 1) last
    $$;
comment on function engine.stamp() is
    'Differs after every commit that wrote to a table of a domain; null when none ever did. Says nothing of what was written.';
revoke execute on function engine.stamp() from public;
grant execute on function engine.stamp() to maillage_app;

-- What no list shows, or only lists that are read each time (x-always-read).
create function engine.is_unmarked(source regclass) returns boolean
    language sql stable
    as $$
    select n.nspname in ('sqitch', 'tap', 'information_schema') or n.nspname ~ '^pg_' or source::text = any (array[
        'engine.write_mark', 'engine.idempotency', 'engine.job', 'engine.revision', 'access.key_use', 'access.session',
        'access.sign_in_attempt', 'audit.access_trace', 'calendar.link_use', 'keyed.mark'])
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source
    $$;
comment on function engine.is_unmarked(regclass) is 'Tables whose writes leave no mark.';

create procedure engine.mark_writes()
    language plpgsql
    as $$
declare
    source regclass;
begin
    for source in select c.oid from pg_class c
        where c.relkind in ('r', 'p') and not c.relispartition and not engine.is_unmarked(c.oid)
            and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'mark_write') loop
        execute format('create trigger mark_write after insert or update or delete or truncate on %s '
            'for each statement execute function engine.mark_write()', source);
    end loop;
end $$;
comment on procedure engine.mark_writes() is 'For migrations that bring tables: their writes leave marks too.';
call engine.mark_writes();

create function engine.purge_write_marks(batch integer) returns integer
    language sql volatile
    as $$
    with gone as (
        delete from engine.write_mark where written_in = any (array(
            select m.written_in from engine.write_mark m
            where m.written_at < now() - interval '1 hour'
                and m.written_in < (select max(written_in) from engine.write_mark)
            order by m.written_in limit batch))
        returning 1)
    select count(*)::integer from gone
    $$;
comment on function engine.purge_write_marks(integer) is 'Marks before the newest, after an hour.';
revoke execute on function engine.mark_write(), engine.purge_write_marks(integer) from public;

insert into engine.job (name, function_name, description, every) values
    ('purge-write-marks', 'engine.purge_write_marks', 'Forgets which transactions wrote, but for the newest.', '1 hour');

call engine.set_revision('write_marks');
commit;
