-- What every other step stands on: identifiers of rows, the date, the revision, the trigger of versions.
begin;

create schema engine;
comment on schema engine is 'What the daemon itself needs: row ids, today, revision, idempotency, import runs.';

create function engine.uuid_v7() returns uuid
    language sql volatile parallel safe
    as $$
    select encode(overlay(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6)
        placing set_byte('\x00'::bytea, 0,
            112 | (get_byte(uuid_send(gen_random_uuid()), 6) & 15)) from 7 for 1), 'hex')::uuid
    $$;
comment on function engine.uuid_v7() is
    'New row id: RFC 9562 version 7, 48 bits of milliseconds, the rest random; grows with time, says nothing else.';

create function engine.today() returns date
    language sql stable parallel safe
    as $$ select (now() at time zone 'Europe/Paris')::date $$;
comment on function engine.today() is 'The date in Paris at the start of the transaction: what "today" means everywhere.';

create function engine.period(first_day date, last_day date) returns daterange
    language sql immutable parallel safe
    as $$
    select case when last_day < first_day then 'empty'::daterange else daterange(first_day, last_day, '[]') end
    $$;
comment on function engine.period(date, date) is
    'Both days included; null = open. Empty when they are the wrong way round, so that the named check can say so.';

create table engine.revision (
    one  boolean primary key default true constraint revision_one_row check (one),
    name text not null
);
comment on table engine.revision is 'One row: the last migration that ran; the daemon is ready only on the one it was built for.';
comment on column engine.revision.one is 'Always true: keeps the table at one row.';
comment on column engine.revision.name is 'Name of the change in sqitch.plan.';
insert into engine.revision (name) values ('engine');

create function engine.schema_revision() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select name from engine.revision $$;
comment on function engine.schema_revision() is 'Name of the last migration deployed.';

create procedure engine.set_revision(change text)
    language sql
    as $$ update engine.revision set name = change $$;
comment on procedure engine.set_revision(text) is 'Called at the end of every migration, and by its revert with the one before.';

create function engine.refuse(refusal text, message text, detail jsonb default null) returns void
    language plpgsql volatile
    as $$
begin
    raise exception using errcode = 'MA001', constraint = refusal, message = message,
        detail = coalesce(detail::text, '');
end $$;
comment on function engine.refuse(text, text, jsonb) is
    'Refuses with a name that the problem catalogue knows (SQLSTATE MA001); detail holds members safe to show.';

create function engine.keep_version() returns trigger
    language plpgsql
    as $$
begin
    -- generated columns are not computed yet, and follow from the others
    if to_jsonb(new) - '{during,is_siae}'::text[] = to_jsonb(old) - '{during,is_siae}'::text[] then
        return new;
    end if;
    new.id := old.id;
    new.created_at := old.created_at;
    if old.changed_in = pg_current_xact_id() then
        new.version := old.version;      -- one request raises a version once, however many rows it writes
    else
        new.version := old.version + 1;
        new.changed_in := pg_current_xact_id();
    end if;
    new.updated_at := now();
    return new;
end $$;
comment on function engine.keep_version() is
    'Before update: a change raises version by one (once in a transaction) and dates it; no change keeps both.';

commit;
