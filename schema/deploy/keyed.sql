-- Values that may be found or read again only with a key that never lies in the database: keyed hashes (numbers of a PASS)
-- and sealed texts (names of people). A dump alone gives neither back.
--
-- The key is 32 bytes in hex. The daemon reads it from its setting secret_key_file and gives it to each connection as the
-- setting keyed.secret; local work does the same: PGOPTIONS="-c keyed.secret=$(cat data-key)" psql … A database belongs
-- to one key, for good: keyed.adopt() notes which (a hash of it), and every function refuses another one
-- (SQLSTATE MA500: a mistake of whoever runs the service, not of a caller).
begin;

create schema keyed;
comment on schema keyed is 'Keyed hashes and sealed texts; the key comes with the connection and is stored nowhere here.';

create table keyed.mark (
    one  boolean primary key default true constraint mark_one_row check (one),
    mark bytea not null constraint mark_length check (length(mark) = 32)
);
comment on table keyed.mark is 'Which key this database was filled with: a hash that says nothing about it.';
comment on column keyed.mark.one is 'Always true: keeps the table at one row.';
comment on column keyed.mark.mark is 'HMAC-SHA-256 of a fixed text under the key.';
alter table keyed.mark enable row level security;
alter table keyed.mark force row level security;
create policy owner on keyed.mark to maillage_owner using (true) with check (true);

create function keyed.secret() returns bytea
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    secret constant text := nullif(current_setting('keyed.secret', true), '');
begin
    if secret is null then
        raise exception using errcode = 'MA500', constraint = 'secret_key_missing',
            message = 'this connection has no key (setting keyed.secret)';
    elsif secret !~ '^[0-9a-fA-F]{64}$' then
        raise exception using errcode = 'MA500', constraint = 'secret_key_form',
            message = 'the setting keyed.secret must be 64 hexadecimal digits';
    end if;
    return decode(secret, 'hex');
end $$;
comment on function keyed.secret() is 'The key of this connection; refuses without one. For the functions of this schema.';

create function keyed.mark_of(secret bytea) returns bytea
    language sql immutable
    as $$ select public.hmac(convert_to('maillage keyed.mark', 'UTF8'), secret, 'sha256') $$;
comment on function keyed.mark_of(bytea) is 'What keyed.mark holds for a key.';

create function keyed.adopt() returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted constant bytea := keyed.mark_of(keyed.secret());
begin
    if not exists (select from keyed.mark) then    -- a database that only reads has been adopted before
        insert into keyed.mark (mark) values (wanted) on conflict on constraint mark_pkey do nothing;
    end if;
    if (select mark from keyed.mark) <> wanted then
        raise exception using errcode = 'MA500', constraint = 'secret_key_other',
            message = 'this database was filled with another key';
    end if;
end $$;
comment on function keyed.adopt() is 'Binds the database to the key of this connection, once; refuses any other key afterwards.';

create function keyed.derive(purpose text) returns bytea
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    secret constant bytea := keyed.secret();
begin
    if (select mark from keyed.mark) is distinct from keyed.mark_of(secret) then
        raise exception using errcode = 'MA500', constraint = 'secret_key_other',
            message = 'the key of this connection is not the one of the database';
    end if;
    return public.hmac(convert_to(purpose, 'UTF8'), secret, 'sha256');
end $$;
comment on function keyed.derive(text) is 'Key of one purpose: what is sealed for one is noise to another. For hash, seal, open.';

create function keyed.hash(purpose text, value text) returns bytea
    language sql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ select public.hmac(convert_to(value, 'UTF8'), keyed.derive(purpose), 'sha256') $$;
comment on function keyed.hash(text, text) is
    'HMAC-SHA-256, 32 bytes: equal for equal values of one purpose; who lacks the key can neither compute nor try it. Null for null.';

create function keyed.seal(purpose text, value text) returns bytea
    language sql volatile strict security definer set search_path = pg_catalog, pg_temp
    as $$
    select public.pgp_sym_encrypt(value, encode(keyed.derive(purpose), 'hex'),
        'cipher-algo=aes256, s2k-mode=1, s2k-digest-algo=sha256, compress-algo=0, unicode-mode=0')
    $$;
comment on function keyed.seal(text, text) is
    'Encrypts (OpenPGP, AES-256, with a check of integrity); the same text is sealed differently each time. Null for null.';

create function keyed.open(purpose text, sealed bytea) returns text
    language sql stable strict security definer set search_path = pg_catalog, pg_temp
    as $$ select public.pgp_sym_decrypt(sealed, encode(keyed.derive(purpose), 'hex')) $$;
comment on function keyed.open(text, bytea) is
    'The text that was sealed for the purpose. SQLSTATE 39000 for another purpose or a single changed byte. Null for null.';

revoke execute on function keyed.secret(), keyed.mark_of(bytea), keyed.derive(text) from public;
grant usage on schema keyed to maillage_app;

call engine.set_revision('keyed');
commit;
