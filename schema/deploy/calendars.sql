-- Calendar feeds. A link is an address with a secret in it, for programs that cannot send a key: one kind of events, the
-- territory of whoever made it, revocable at once. Only the digest of the secret is kept, where the daemon cannot read it.
--
-- A domain adds a kind: a function calendar.events_<kind>(link calendar.link) returns setof calendar.event, and a row of
-- calendar.kind. The function runs with the daemon's rights and the link's territory in the session, so row-level security
-- holds for a feed as for any other read.
begin;

create schema calendar;
comment on schema calendar is 'Calendar feeds: kinds of events, secret links to them.';
grant usage on schema calendar to maillage_app;

create table calendar.kind (
    code          text primary key constraint kind_code_form check (code ~ '^[A-Z][A-Z_]{1,59}$'),
    title         text not null constraint kind_title_length check (length(title) between 1 and 100),
    function_name text not null constraint kind_function_form check (function_name ~ '^events_[a-z_]{1,50}$'),
    callers       text[] not null constraint kind_callers_known
        check (cardinality(callers) > 0 and callers <@ array['STRUCTURE', 'DELEGATION', 'NATIONAL'])
);
comment on table calendar.kind is 'What a feed may show.';
comment on column calendar.kind.title is 'Name of the calendar in the reader''s program, French.';
comment on column calendar.kind.function_name is 'Function of this schema that gives the events.';
comment on column calendar.kind.callers is 'Who may have such a link.';

create table calendar.link (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    kind          text not null constraint link_kind_known references calendar.kind,
    caller        text not null constraint link_caller_known check (caller in ('STRUCTURE', 'DELEGATION', 'NATIONAL')),
    delegation_id uuid constraint link_delegation_known references network.delegation,
    member_id     uuid constraint link_member_known references network.member,
    label         text collate "fr-x-icu" not null constraint link_label_length check (length(label) between 1 and 150),
    key_id        uuid,
    revoked_at    timestamptz,
    constraint link_territory check
        ((delegation_id is not null) = (caller = 'DELEGATION') and (member_id is not null) = (caller = 'STRUCTURE'))
);
comment on table calendar.link is 'One row per feed ever made, with the territory of its maker.';
comment on column calendar.link.caller is 'Kind of caller whose rights the feed has.';
comment on column calendar.link.key_id is 'Key that made it; null when a person did.';
create index link_by_member on calendar.link (member_id) where member_id is not null;
create index link_by_delegation on calendar.link (delegation_id) where delegation_id is not null;
create trigger link_90_version before update on calendar.link for each row execute function engine.keep_version();

create table calendar.link_secret (
    link_id uuid primary key constraint link_secret_link references calendar.link on delete cascade,
    digest  text not null constraint link_secret_digest_key unique
        constraint link_secret_digest_form check (digest ~ '^[0-9a-f]{64}$')
);
comment on table calendar.link_secret is 'SHA-256 of the secret of each link; apart, so that nobody reads it with the link.';

create table calendar.link_use (
    link_id      uuid primary key constraint link_use_link references calendar.link on delete cascade,
    last_read_on date not null
);
comment on table calendar.link_use is 'Last day a feed was read: written once a day, apart, so that reading is no change.';

create type calendar.event as (
    uid         text,
    sequence    integer,
    starts_on   date,
    ends_on     date,
    starts_at   timestamptz,
    ends_at     timestamptz,
    summary     text,
    description text,
    location    text,
    status      text,
    updated_at  timestamptz
);
comment on type calendar.event is
    'One event. All day from starts_on to ends_on, both included, when starts_on is not null; else from starts_at to ends_at. '
    'uid: stable for good; sequence: grows with every change, a version; status: CONFIRMED or CANCELLED (cancelled events stay).';

do $$
declare
    t record;
begin
    for t in select unnest(array['kind', 'link', 'link_secret', 'link_use']) as name loop
        execute format('alter table calendar.%I enable row level security', t.name);
        execute format('alter table calendar.%I force row level security', t.name);
        execute format('create policy owner on calendar.%I to maillage_owner using (true) with check (true)', t.name);
    end loop;
end $$;
grant select on calendar.kind, calendar.link, calendar.link_use to maillage_app;
create policy read on calendar.kind for select to maillage_app using (true);
create policy read on calendar.link for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or delegation_id = (select session.delegation_id())
    or member_id = (select session.member_id()));
create policy read on calendar.link_use for select to maillage_app using (
    exists (select from calendar.link l where l.id = link_use.link_id));

-- --- making and revoking ---

create function calendar.create_link(body jsonb, out link calendar.link, out secret text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted constant text := body ->> 'kind';
begin
    if not exists (select from calendar.kind k where k.code = wanted and k.callers @> array[session.caller()]) then
        perform engine.refuse('calendar_kind_not_yours', 'this kind of calendar is not for this kind of caller',
            '{"pointer": "/kind"}');
    end if;
    -- counted one after the other
    perform pg_advisory_xact_lock(20261125, hashtext(concat_ws(' ', session.caller(), session.delegation_id(), session.member_id())));
    if 50 <= (select count(*) from calendar.link l where l.revoked_at is null and l.caller = session.caller()
            and l.delegation_id is not distinct from session.delegation_id()
            and l.member_id is not distinct from session.member_id()) then
        perform engine.refuse('calendar_links_many', 'at most 50 links that are not revoked');
    end if;
    secret := translate(encode(public.gen_random_bytes(32), 'base64'), '+/=', '-_');
    insert into calendar.link (kind, caller, delegation_id, member_id, label, key_id)
    values (wanted, session.caller(), session.delegation_id(), session.member_id(), body ->> 'label', session.key_id())
    returning * into link;
    insert into calendar.link_secret (link_id, digest)
    values (link.id, encode(sha256(convert_to(create_link.secret, 'UTF8')), 'hex'));
end $$;
comment on function calendar.create_link(jsonb) is
    'New link for the caller''s territory; its secret, 256 random bits in base64url, is in this answer and nowhere else.';

create function calendar.revoke_link(link_id uuid) returns calendar.link
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    link calendar.link;
begin
    update calendar.link l set revoked_at = coalesce(l.revoked_at, now())
    where l.id = link_id and (session.caller() = 'NATIONAL' or l.delegation_id = session.delegation_id()
        or l.member_id = session.member_id())
    returning * into link;
    if link.id is null then
        raise exception using errcode = 'MA404', message = 'no such link for this caller';
    end if;
    return link;
end $$;
comment on function calendar.revoke_link(uuid) is 'Ends a link at once; not found when the caller sees none of that id. Twice changes nothing.';

-- --- reading a feed ---

create function calendar.open(digest text) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_link calendar.link;
    title text;
begin
    select l.* into found_link
    from calendar.link_secret s join calendar.link l on l.id = s.link_id
    where s.digest = open.digest and l.revoked_at is null;
    select k.title into title from calendar.kind k where k.code = found_link.kind and k.callers @> array[found_link.caller];
    if title is null or exists (select from network.member m where m.id = found_link.member_id and m.deleted_at is not null) then
        return null;
    end if;
    perform set_config('app.caller', found_link.caller, true),
        set_config('app.delegation_id', coalesce(found_link.delegation_id::text, ''), true),
        set_config('app.member_id', coalesce(found_link.member_id::text, ''), true),
        set_config('app.calendar_link', found_link.id::text, true);
    if not current_setting('transaction_read_only')::boolean then
        insert into calendar.link_use (link_id, last_read_on) values (found_link.id, engine.today())
        on conflict on constraint link_use_pkey do update set last_read_on = excluded.last_read_on
        where link_use.last_read_on < excluded.last_read_on;
    end if;
    return title || ' — ' || found_link.label;
end $$;
comment on function calendar.open(text) is
    'Takes the territory of the link with this digest for the rest of the transaction; name of the calendar, or null for a digest '
    'that is unknown, revoked, of a deleted member, or of a kind that its maker may not have any more.';

create function calendar.events() returns setof calendar.event
    language plpgsql stable
    as $$
declare
    link calendar.link;
begin
    select l.* into link from calendar.link l where l.id = nullif(current_setting('app.calendar_link', true), '')::uuid;
    if link.id is null then
        return;
    end if;
    return query execute (
        select format('select * from calendar.%I($1) e order by coalesce(e.starts_on, e.starts_at::date), e.uid limit 5000',
            k.function_name)
        from calendar.kind k where k.code = link.kind) using link;
end $$;
comment on function calendar.events() is 'Events of the link that calendar.open opened, with its territory and nothing more; 5,000 at most.';

revoke execute on function calendar.create_link(jsonb), calendar.revoke_link(uuid), calendar.open(text), calendar.events() from public;
grant execute on function calendar.create_link(jsonb), calendar.revoke_link(uuid), calendar.open(text), calendar.events() to maillage_app;

-- --- the first kind: when periods of membership end ---

create function calendar.events_memberships(link calendar.link) returns setof calendar.event
    language sql stable
    as $$
    select p.id::text, p.version, p.ends_on, p.ends_on, null::timestamptz, null::timestamptz,
        'Fin de période d’adhésion : ' || m.name,
        null::text, null::text, 'CONFIRMED', p.updated_at
    from network.membership p join network.member m on m.id = p.member_id
    where p.ends_on between engine.today() - 366 and engine.today() + 731
      and p.end_reason is null
      and (link.member_id is null or p.member_id = link.member_id)
    $$;
comment on function calendar.events_memberships(calendar.link) is
    'Last days of periods of membership, from a year ago to two years ahead, but those that ended for a reason.';
insert into calendar.kind (code, title, function_name, callers) values
    ('MEMBERSHIPS', 'Adhésions', 'events_memberships', '{STRUCTURE,DELEGATION,NATIONAL}');

insert into access.scope (name, kinds) values
    ('calendars:read', '{STRUCTURE,DELEGATION,NATIONAL}'), ('calendars:write', '{STRUCTURE,DELEGATION,NATIONAL}');

call engine.set_revision('calendars');
commit;
