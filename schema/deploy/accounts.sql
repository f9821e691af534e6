-- People who sign in: e-mail and password, or a key, for a session in a cookie. The kinds of caller stay the five: an account has
-- a kind and a territory as a key has, and all the scopes of its kind. E-mail addresses are found by a keyed hash and read when
-- opened with the key; passwords are argon2id (made and compared by the daemon); of a session only the digest is kept.
--
-- Another way to sign in (OpenID Connect) ends as this one does, in access.begin_session.
begin;

create table access.account (
    id                  uuid primary key default engine.uuid_v7(),
    version             integer not null default 1,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    changed_in          xid8 not null default pg_current_xact_id(),
    kind                text not null constraint account_kind_known
        check (kind in ('PARTNER', 'STRUCTURE', 'DELEGATION', 'NATIONAL')),
    label               text collate "fr-x-icu" not null constraint account_label_length check (length(label) between 1 and 150),
    delegation_id       uuid constraint account_delegation_known references network.delegation,
    member_id           uuid constraint account_member_known references network.member,
    email_hash          bytea not null constraint account_email_key unique
        constraint account_email_hash_length check (length(email_hash) = 32),
    email_sealed        bytea not null,
    password_hash       text not null constraint account_password_argon2id check (password_hash like '$argon2id$%'),
    password_changed_at timestamptz not null default now(),
    disabled_at         timestamptz,
    constraint account_territory check
        ((delegation_id is not null) = (kind = 'DELEGATION') and (member_id is not null) = (kind = 'STRUCTURE'))
);
comment on table access.account is 'People who sign in with e-mail and password. The daemon reaches it through functions only.';
comment on column access.account.label is 'What the person is here (a function, an office), shown beside what they do; no name is needed.';
comment on column access.account.email_hash is 'keyed.hash(account_email, address in lower case): finds the account.';
comment on column access.account.email_sealed is 'keyed.seal(account_email, address): personal data.';
comment on column access.account.password_hash is 'argon2id with its parameters and salt, as libsodium writes it.';
comment on column access.account.disabled_at is 'Since when nobody signs in; sessions end with it.';
create trigger account_90_version before update on access.account for each row execute function engine.keep_version();

create table access.session (
    id         uuid primary key default engine.uuid_v7(),
    digest     text not null constraint session_digest_key unique
        constraint session_digest_form check (digest ~ '^[0-9a-f]{64}$'),
    account_id uuid constraint session_account references access.account on delete cascade,
    key_id     uuid constraint session_key references access.api_key on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint session_one_owner check ((account_id is null) <> (key_id is null)),
    constraint session_length check (expires_at <= created_at + interval '12 hours')
);
comment on table access.session is 'Who is signed in: an account, or whoever signed in with a key. Gone when signed out.';
comment on column access.session.digest is 'SHA-256 of the token that the cookie holds, hex.';
comment on column access.session.expires_at is 'Twelve hours after signing in: a day of work.';
create index session_by_account on access.session (account_id);
create index session_by_key on access.session (key_id);
create index session_by_end on access.session (expires_at);

create table access.sign_in_attempt (
    id           bigint generated always as identity primary key,
    occurred_at  timestamptz not null default now(),
    login_hash   bytea,
    address_hash bytea not null,
    succeeded    boolean not null default false
);
comment on table access.sign_in_attempt is
    'Attempts to sign in, to slow guessing down; hashes under the key of the service, kept thirty days.';
comment on column access.sign_in_attempt.login_hash is 'Of the address that was typed, also of one that nobody has; null with a key.';
comment on column access.sign_in_attempt.address_hash is 'Of the network address it came from (IPv6: the first 64 bits).';
create index sign_in_attempt_by_address on access.sign_in_attempt (address_hash, occurred_at);
create index sign_in_attempt_by_login on access.sign_in_attempt (login_hash, occurred_at);
create index sign_in_attempt_by_time on access.sign_in_attempt (occurred_at);

do $$
declare
    t record;
begin
    for t in select unnest(array['account', 'session', 'sign_in_attempt']) as name loop
        execute format('alter table access.%I enable row level security', t.name);
        execute format('alter table access.%I force row level security', t.name);
        execute format('create policy owner on access.%I to maillage_owner using (true) with check (true)', t.name);
    end loop;
end $$;

-- --- accounts, for the owner ---

create function access.email_form(email text) returns text
    language plpgsql immutable
    as $$
declare
    form constant text := lower(normalize(btrim(email), NFC));
begin
    if form !~ '^[^@[:space:][:cntrl:]]{1,64}@[^@[:space:][:cntrl:]]+\.[^@[:space:][:cntrl:]]+$' or length(form) > 254 then
        raise exception using errcode = 'check_violation', constraint = 'account_email_form', message = 'no e-mail address';
    end if;
    return form;
end $$;
comment on function access.email_form(text) is 'The address as it is compared: lower case, no blanks around it.';

create function access.create_account(kind text, label text, email text, password_hash text, delegation uuid, member uuid)
    returns uuid
    language sql volatile
    as $$
    insert into access.account (kind, label, email_hash, email_sealed, password_hash, delegation_id, member_id)
    values (kind, label, keyed.hash('account_email', access.email_form(email)),
        keyed.seal('account_email', access.email_form(email)), password_hash, delegation, member)
    returning id
    $$;
comment on function access.create_account(text, text, text, text, uuid, uuid) is 'New account (owner only).';

create function access.reset_account(email text, new_hash text) returns boolean
    language sql volatile
    as $$
    with changed as (
        update access.account a set password_hash = new_hash, password_changed_at = now(), disabled_at = null
        where a.email_hash = keyed.hash('account_email', access.email_form(email)) returning a.id),
    ended as (delete from access.session s using changed c where s.account_id = c.id returning s.id)
    select exists (select from changed)
    $$;
comment on function access.reset_account(text, text) is
    'New password, for a disabled account too; every session of it ends. False when nobody has this address.';

create function access.disable_account(email text) returns boolean
    language sql volatile
    as $$
    with changed as (
        update access.account a set disabled_at = coalesce(a.disabled_at, now())
        where a.email_hash = keyed.hash('account_email', access.email_form(email)) returning a.id),
    ended as (delete from access.session s using changed c where s.account_id = c.id returning s.id)
    select exists (select from changed)
    $$;
comment on function access.disable_account(text) is 'Nobody signs in with it any more; every session ends. False when nobody has this address.';

-- --- signing in and out, for the daemon ---

create function access.address_block(address text) returns text
    language plpgsql immutable
    as $$
begin
    return host(network(case family(address::inet) when 6 then set_masklen(address::inet, 64) else address::inet end));
exception when others then
    return 'unknown';
end $$;
comment on function access.address_block(text) is 'What counts as one address: an IPv4 address, or 64 bits of IPv6.';

create function access.sign_in_begin(login text, key_digest text, address text)
    returns table (attempt bigint, account_id uuid, key_id uuid, password_hash text, retry_after integer)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    login_is constant bytea := keyed.hash('account_email', lower(normalize(btrim(login), NFC)));
    address_is constant bytea := keyed.hash('sign_in_address', access.address_block(address));
    since constant timestamptz := now() - interval '15 minutes';
    found_counts record;
begin
    -- one after the other for an address and for an account, so that guesses sent at once are counted too
    perform pg_advisory_xact_lock(20261126, hashtext(encode(address_is, 'hex')));
    perform pg_advisory_xact_lock(20261127, hashtext(encode(login_is, 'hex'))) where login_is is not null;
    select count(*) filter (where t.address_hash = address_is) as of_address,
        count(*) filter (where t.login_hash = login_is) as of_login,
        count(*) filter (where t.address_hash = address_is and t.login_hash = login_is) as of_both,
        min(t.occurred_at) as first_at
    into found_counts
    from access.sign_in_attempt t
    where not t.succeeded and t.occurred_at > since and (t.address_hash = address_is or t.login_hash = login_is);
    -- strangers slow strangers down: an address from which this account signed in lately is not held back by them
    if found_counts.of_both >= 5 or found_counts.of_address >= 30 or found_counts.of_login >= 50 and not exists (
            select from access.sign_in_attempt t where t.succeeded and t.login_hash = login_is
                and t.address_hash = address_is and t.occurred_at > now() - interval '30 days') then
        retry_after := greatest(1, ceil(extract(epoch from found_counts.first_at + interval '15 minutes' - now()))::integer);
        return next;
        return;
    end if;
    insert into access.sign_in_attempt (login_hash, address_hash) values (login_is, address_is)
    returning id into attempt;
    if login_is is not null then
        select a.id, a.password_hash into account_id, password_hash
        from access.account a where a.email_hash = login_is and a.disabled_at is null;
    else
        select k.id into key_id from access.api_key k
        where k.digest = key_digest and k.expires_at > now() and k.revoked_at is null;
    end if;
    return next;
end $$;
comment on function access.sign_in_begin(text, text, text) is
    'Counts an attempt as failed until it succeeds, and gives what to compare with; retry_after instead after 5 failures of one '
    'account from one address, 30 of one address, or 50 of one account from addresses it is not known from, within 15 minutes.';

create function access.begin_session(account uuid, key uuid, digest text) returns timestamptz
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    ends_at timestamptz;
begin
    insert into access.session (digest, account_id, key_id, expires_at)
    select begin_session.digest, account, key, least(now() + interval '12 hours',
        (select k.expires_at from access.api_key k where k.id = key))
    returning expires_at into ends_at;
    -- twenty at a time: the oldest make room
    delete from access.session s where s.id in (
        select o.id from access.session o where o.account_id is not distinct from account and o.key_id is not distinct from key
        order by o.created_at desc, o.id desc offset 20);
    return ends_at;
end $$;
comment on function access.begin_session(uuid, uuid, text) is 'A session of an account or of a key; when it ends. Every way to sign in ends here.';

create function access.sign_in_end(attempt bigint, account uuid, key uuid, compared_hash text, digest text)
    returns table (caller text, label text, expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    -- what was compared must still hold
    perform from access.account a where a.id = account and a.disabled_at is null and a.password_hash = compared_hash for share;
    if account is not null and not found then
        return;
    end if;
    update access.sign_in_attempt t set succeeded = true where t.id = attempt;
    return query select v.kind, v.label::text, access.begin_session(account, key, digest)
    from (select a.kind, a.label from access.account a where a.id = account
        union all select k.kind, k.label from access.api_key k where k.id = key and k.revoked_at is null) v;
end $$;
comment on function access.sign_in_end(bigint, uuid, uuid, text, text) is 'The attempt has succeeded: a session begins. No row when the account changed meanwhile.';

create function access.sign_out(digest text) returns boolean
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    with ended as (delete from access.session s where s.digest = sign_out.digest returning s.id)
    select exists (select from ended)
    $$;
comment on function access.sign_out(text) is 'Ends the session of this digest.';

create function access.sign_out_everywhere() returns bigint
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
    with ended as (
        delete from access.session s where s.account_id = session.key_id() or s.key_id = session.key_id() returning s.id)
    select count(*) from ended
    $$;
comment on function access.sign_out_everywhere() is 'Ends every session of the caller; how many.';

create function access.current_account() returns table (kind text, label text, delegation_id uuid, member_id uuid)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select a.kind, a.label::text, a.delegation_id, a.member_id from access.account a where a.id = session.key_id()
    $$;
comment on function access.current_account() is 'The calling account; no row for a key.';

create or replace function session.open(key_digest text, scope text, request_id text, timeout_ms integer, writes boolean)
    returns table (caller text, key_id uuid, label text, delegation_id uuid, member_id uuid, scopes text,
                   expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_caller record;
begin
    if key_digest like 's:%' then    -- of a session: its account, or its key
        select v.* into found_caller from access.session s cross join lateral (
            select a.kind, a.id, a.label, a.delegation_id, a.member_id, access.scopes_of(a.kind) as scopes, s.expires_at,
                s.expires_at as session_ends
            from access.account a where a.id = s.account_id and a.disabled_at is null
            union all
            select k.kind, k.id, k.label, k.delegation_id, k.member_id, k.scopes, k.expires_at, s.expires_at
            from access.api_key k where k.id = s.key_id and k.expires_at > now() and k.revoked_at is null) v
        where s.digest = substr(key_digest, 3) and s.expires_at > now();
    else
        select k.kind, k.id, k.label, k.delegation_id, k.member_id, k.scopes, k.expires_at, null::timestamptz as session_ends
        into found_caller
        from access.api_key k
        where k.digest = key_digest and k.expires_at > now() and k.revoked_at is null;
    end if;
    if key_digest is not null and found_caller.id is null then
        raise exception using errcode = 'MA401', message = 'unknown, expired or revoked key';
    end if;
    if scope is not null and not coalesce(scope = any (found_caller.scopes), false) then
        raise exception using errcode = 'MA403', message = 'scope missing',
            detail = jsonb_build_object('scope', scope)::text;
    end if;
    perform set_config('app.caller', coalesce(found_caller.kind, 'ANONYMOUS'), true),
        set_config('app.key_id', coalesce(found_caller.id::text, ''), true),
        set_config('app.delegation_id', coalesce(found_caller.delegation_id::text, ''), true),
        set_config('app.member_id', coalesce(found_caller.member_id::text, ''), true),
        set_config('app.session_ends', coalesce(found_caller.session_ends::text, ''), true),
        set_config('app.request_id', coalesce(request_id, ''), true);
    if timeout_ms > 0 then
        perform set_config('statement_timeout', timeout_ms::text, true);
    end if;
    if not coalesce(writes, false) then
        perform set_config('transaction_read_only', 'on', true);
    end if;
    return query select coalesce(found_caller.kind, 'ANONYMOUS'), found_caller.id, found_caller.label::text,
        found_caller.delegation_id, found_caller.member_id, array_to_string(found_caller.scopes, ' '), found_caller.expires_at;
end $$;
comment on function session.open(text, text, text, integer, boolean) is
    'Who is calling, for this transaction: settings that policies read, timeout, read only unless writes. The digest is that of a '
    'key, or "s:" and that of a session. MA401: unknown, expired or revoked; MA403: scope missing. No digest: ANONYMOUS, only '
    'where no scope is asked.';

create function session.ends_at() returns timestamptz
    language sql stable parallel safe
    as $$ select nullif(current_setting('app.session_ends', true), '')::timestamptz $$;
comment on function session.ends_at() is 'When the session of this caller ends; null for a key.';

revoke execute on function access.create_account(text, text, text, text, uuid, uuid), access.reset_account(text, text),
    access.disable_account(text), access.begin_session(uuid, uuid, text) from public;

create function access.purge_sign_ins(batch integer) returns integer
    language sql volatile
    as $$
    with sessions as (
        delete from access.session where id = any (array(
            select s.id from access.session s where s.expires_at < now() order by s.expires_at limit batch / 2 + 1))
        returning 1),
    attempts as (
        delete from access.sign_in_attempt where id = any (array(
            select t.id from access.sign_in_attempt t where t.occurred_at < now() - interval '30 days'
            order by t.occurred_at limit batch / 2 + 1))
        returning 1)
    select (select count(*) from sessions)::integer + (select count(*) from attempts)::integer
    $$;
comment on function access.purge_sign_ins(integer) is 'Forgets sessions that have ended and attempts to sign in of more than thirty days ago.';
revoke execute on function access.purge_sign_ins(integer) from public;
insert into engine.job (name, function_name, description) values
    ('purge-sign-ins', 'access.purge_sign_ins', 'Forgets ended sessions, and attempts to sign in after thirty days.');

call engine.set_revision('accounts');
commit;
