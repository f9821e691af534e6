begin;
set local client_min_messages = warning;
delete from engine.job where name = 'purge-sign-ins';
drop function access.purge_sign_ins(integer), session.ends_at(), access.current_account(), access.sign_out_everywhere(),
    access.sign_out(text), access.sign_in_end(bigint, uuid, uuid, text, text), access.begin_session(uuid, uuid, text),
    access.sign_in_begin(text, text, text), access.address_block(text), access.disable_account(text),
    access.reset_account(text, text), access.create_account(text, text, text, text, uuid, uuid), access.email_form(text);
create or replace function session.open(key_digest text, scope text, request_id text, timeout_ms integer, writes boolean)
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
drop table access.sign_in_attempt, access.session, access.account;
call engine.set_revision('pass_jobs');
commit;
