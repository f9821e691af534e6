-- API keys and the session of a caller: who, which territory, which scopes. Keys are stored as SHA-256 only.
begin;

create schema access;
comment on schema access is 'API keys: kind, scopes, territory, expiry, last use, revocation.';
create schema session;
comment on schema session is 'Opening of a caller''s session: the first statement of every pipeline.';

create function access.scopes_of(kind text) returns text[]
    language sql immutable parallel safe
    as $$
    select array['members:read', 'delegations:read', 'statistics:read']
        || case when kind = any ('{STRUCTURE,DELEGATION,NATIONAL}') then
            array['members:write', 'appointments:read'] else '{}' end
        || case when kind = any ('{DELEGATION,NATIONAL}') then
            array['memberships:write', 'imports:write', 'appointments:write'] else '{}' end
        || case when kind = 'NATIONAL' then
            array['delegations:write', 'groups:write', 'keys:manage'] else '{}' end
    $$;
comment on function access.scopes_of(text) is 'Scopes that a key of this kind may hold at most.';

create table access.api_key (
    id            uuid primary key default engine.uuid_v7(),
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    changed_in    xid8 not null default pg_current_xact_id(),
    kind          text not null constraint api_key_kind_known
        check (kind in ('PARTNER', 'STRUCTURE', 'DELEGATION', 'NATIONAL')),
    label         text collate "fr-x-icu" not null constraint api_key_label_length check (length(label) between 1 and 150),
    digest        text not null constraint api_key_digest_key unique
        constraint api_key_digest_form check (digest ~ '^[0-9a-f]{64}$'),
    scopes        text[] not null constraint api_key_scopes_some check (cardinality(scopes) > 0),
    delegation_id uuid constraint api_key_delegation_known references network.delegation,
    member_id     uuid constraint api_key_member_known references network.member,
    expires_at    timestamptz not null,
    revoked_at    timestamptz,
    constraint api_key_scopes_allowed check (scopes <@ access.scopes_of(kind)),
    constraint api_key_territory check
        ((delegation_id is not null) = (kind = 'DELEGATION') and (member_id is not null) = (kind = 'STRUCTURE')),
    constraint api_key_expiry_within_a_year check (expires_at <= created_at + interval '366 days')
);
comment on table access.api_key is 'One row per key ever made. The text of a key is shown once and kept nowhere.';
comment on column access.api_key.digest is 'SHA-256 of the whole key text, hex.';
comment on column access.api_key.expires_at is 'At most a year after the creation.';
create trigger api_key_90_version before update on access.api_key
    for each row execute function engine.keep_version();

create table access.key_use (
    key_id       uuid primary key constraint key_use_key references access.api_key on delete cascade,
    last_used_at timestamptz not null
);
comment on table access.key_use is 'Last use of a key, written from time to time; apart, so that a use is no change of the key.';

create function access.create_key(kind text, label text, digest text, delegation uuid, member uuid,
                                  scopes text[], expires_at timestamptz) returns uuid
    language sql volatile
    as $$
    insert into access.api_key (kind, label, digest, delegation_id, member_id, scopes, expires_at)
    values (kind, label, digest, delegation, member,
        coalesce(nullif(scopes, '{}'), access.scopes_of(kind)),
        coalesce(expires_at, now() + interval '365 days'))
    returning id
    $$;
comment on function access.create_key(text, text, text, uuid, uuid, text[], timestamptz) is
    'New key (owner only). No scopes: all that the kind may hold. No expiry: in 365 days.';

create function access.revoke_key(key uuid) returns boolean
    language sql volatile
    as $$
    with ended as (
        update access.api_key set revoked_at = now() where id = key and revoked_at is null returning id)
    select exists (select from ended)
    $$;
comment on function access.revoke_key(uuid) is 'Ends a key at once; false when there is none or it had ended.';

create function access.note_use(key_id uuid[], used_at timestamptz[]) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    insert into access.key_use (key_id, last_used_at)
    select k.id, max(u.at)
    from unnest(note_use.key_id, note_use.used_at) u (id, at) join access.api_key k on k.id = u.id
    group by k.id
    on conflict on constraint key_use_pkey do update
        set last_used_at = greatest(key_use.last_used_at, excluded.last_used_at)
    $$;
comment on function access.note_use(uuid[], timestamptz[]) is 'Last use of keys, several at a time; unknown keys are left out.';

create function session.open(key_digest text, scope text, request_id text, timeout_ms integer, writes boolean)
    returns table (caller text, key_id uuid, label text, delegation_id uuid, member_id uuid, scopes text,
                   expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_key access.api_key;
begin
    if key_digest is not null then
        select * into found_key from access.api_key k
        where k.digest = key_digest and k.expires_at > now() and k.revoked_at is null;
        if found_key.id is null then
            raise exception using errcode = 'MA401', message = 'unknown, expired or revoked key';
        end if;
    end if;
    if scope is not null and not coalesce(scope = any (found_key.scopes), false) then
        raise exception using errcode = 'MA403', message = 'scope missing',
            detail = jsonb_build_object('scope', scope)::text;
    end if;
    perform set_config('app.caller', coalesce(found_key.kind, 'ANONYMOUS'), true),
        set_config('app.key_id', coalesce(found_key.id::text, ''), true),
        set_config('app.delegation_id', coalesce(found_key.delegation_id::text, ''), true),
        set_config('app.member_id', coalesce(found_key.member_id::text, ''), true),
        set_config('app.request_id', coalesce(request_id, ''), true);
    if timeout_ms > 0 then
        perform set_config('statement_timeout', timeout_ms::text, true);
    end if;
    if not coalesce(writes, false) then
        perform set_config('transaction_read_only', 'on', true);
    end if;
    return query select coalesce(found_key.kind, 'ANONYMOUS'), found_key.id, found_key.label::text,
        found_key.delegation_id, found_key.member_id, array_to_string(found_key.scopes, ' '), found_key.expires_at;
end $$;
comment on function session.open(text, text, text, integer, boolean) is
    'Who is calling, for this transaction: settings that policies read, timeout, read only unless writes. '
    'MA401: unknown, expired or revoked key; MA403: scope missing. No key: ANONYMOUS, only where no scope is asked.';

create function session.caller() returns text
    language sql stable parallel safe
    as $$ select coalesce(current_setting('app.caller', true), '') $$;
comment on function session.caller() is 'Kind of caller of this transaction; empty outside a session: no rights.';
create function session.delegation_id() returns uuid
    language sql stable parallel safe
    as $$ select nullif(current_setting('app.delegation_id', true), '')::uuid $$;
comment on function session.delegation_id() is 'Delegation of the calling key, or null.';
create function session.member_id() returns uuid
    language sql stable parallel safe
    as $$ select nullif(current_setting('app.member_id', true), '')::uuid $$;
comment on function session.member_id() is 'Member of the calling key, or null.';
create function session.viewer_id() returns uuid
    language sql stable parallel safe
    as $$
    select case current_setting('app.caller', true)
        when 'DELEGATION' then nullif(current_setting('app.delegation_id', true), '')::uuid
        when 'PARTNER' then '00000000-0000-0000-0000-000000000000'::uuid end
    $$;
comment on function session.viewer_id() is
    'As whom the caller looks at members (network.audience): its delegation, zeros for partners, else null.';
create function session.key_id() returns uuid
    language sql stable parallel safe
    as $$ select nullif(current_setting('app.key_id', true), '')::uuid $$;
comment on function session.key_id() is 'The calling key, or null.';

-- --- answers kept for the repetition of a request ---

create table engine.idempotency (
    key_id          uuid not null,
    idempotency_key text not null,
    payload_digest  text not null,
    status          integer not null,
    headers         text,
    body            text,
    created_at      timestamptz not null default now(),
    constraint idempotency_key primary key (key_id, idempotency_key)
);
create index idempotency_created on engine.idempotency (created_at);
comment on table engine.idempotency is
    'Answers to creating requests by (client, Idempotency-Key), written in the transaction of the effect; count for 72 h.';
comment on column engine.idempotency.key_id is 'Calling key; zeros for a caller without one.';

create function engine.client() returns uuid
    language sql stable
    as $$ select coalesce(session.key_id(), '00000000-0000-0000-0000-000000000000') $$;
comment on function engine.client() is 'Owner of idempotency keys: the calling key, or zeros.';

create function engine.idempotency_claim(idempotency_key text, payload_digest text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    stored text;
begin
    if not pg_try_advisory_xact_lock(hashtextextended(engine.client()::text || ' ' || idempotency_key, 20261122)) then
        raise exception using errcode = 'MA409', message = 'the same request is still running';
    end if;
    select i.payload_digest into stored from engine.idempotency i
    where i.key_id = engine.client() and i.idempotency_key = idempotency_claim.idempotency_key
      and i.created_at > now() - interval '72 hours';
    if stored = payload_digest then
        raise exception using errcode = 'MA208', message = 'answered before';
    elsif stored is not null then
        raise exception using errcode = 'MA422', message = 'key used with another payload';
    end if;
end $$;
comment on function engine.idempotency_claim(text, text) is
    'Takes the key until the end of the transaction. MA409 running, MA208 answered before, MA422 another payload.';

create function engine.idempotency_read(idempotency_key text)
    returns table (status integer, headers text, body text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select i.status, i.headers, i.body from engine.idempotency i
    where i.key_id = engine.client() and i.idempotency_key = idempotency_read.idempotency_key
      and i.created_at > now() - interval '72 hours'
    $$;
comment on function engine.idempotency_read(text) is 'The stored answer.';

create function engine.idempotency_store(idempotency_key text, payload_digest text, status integer,
                                         headers text, body text) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    delete from engine.idempotency where ctid = any (array(
        select ctid from engine.idempotency where created_at < now() - interval '72 hours' limit 20));
    insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, headers, body)
    values (engine.client(), idempotency_key, payload_digest, status, headers, body)
    on conflict on constraint idempotency_key do update set payload_digest = excluded.payload_digest,
        status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = now()
    $$;
comment on function engine.idempotency_store(text, text, integer, text, text) is
    'Keeps the answer in the transaction of the effect, and forgets a few that are older than 72 h.';

call engine.set_revision('access');
commit;
