-- Answers kept for the repetition of a request show what the request showed: names of trainees, of beneficiaries, of contacts.
-- They are sealed like these are. What was kept before this change stays as it is for its 72 hours.
begin;

alter table engine.idempotency add column sealed_body bytea;
comment on column engine.idempotency.sealed_body is 'The answer (keyed.seal, purpose "idempotency"); null for a refusal without one.';
comment on column engine.idempotency.body is 'Of rows from before answers were sealed; empty since.';

create function engine.idempotency_body(kept engine.idempotency) returns text
    language plpgsql stable
    as $$ begin return coalesce(keyed.open('idempotency', kept.sealed_body), kept.body); end $$;
comment on function engine.idempotency_body(engine.idempotency) is 'The answer that a row keeps, opened.';
revoke execute on function engine.idempotency_body(engine.idempotency) from public;

create or replace function engine.idempotency_store(idempotency_key text, payload_digest text, status integer,
    headers text, body text) returns void
    language sql security definer set search_path = pg_catalog, pg_temp
    as $$
    delete from engine.idempotency where ctid = any (array(
        select ctid from engine.idempotency where created_at < now() - interval '72 hours' limit 20));
    insert into engine.idempotency (key_id, idempotency_key, payload_digest, status, headers, sealed_body)
    values (engine.client(), idempotency_key, payload_digest, status, headers, keyed.seal('idempotency', body))
    on conflict on constraint idempotency_key do update set payload_digest = excluded.payload_digest, status = excluded.status,
        headers = excluded.headers, body = null, sealed_body = excluded.sealed_body, created_at = now()
    $$;

create or replace function engine.idempotency_read(idempotency_key text)
    returns table (status integer, headers text, body text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select i.status, i.headers, engine.idempotency_body(i) from engine.idempotency i
    where i.key_id = engine.client() and i.idempotency_key = idempotency_read.idempotency_key
      and i.created_at > now() - interval '72 hours'
    $$;

create or replace function pass.forget_records(records uuid[]) returns void
    language plpgsql volatile
    as $$
begin
    delete from audit.change c where c.record_id = any (records);
    -- That somebody read stays for its own three years; what was read is no longer told.
    update audit.access_trace t
    set record_ids = (
        select array_agg(case when i.id = any (records) then '00000000-0000-0000-0000-000000000000' else i.id end order by i.place)
        from unnest(t.record_ids) with ordinality i (id, place))
    where t.record_ids && records;
    delete from engine.idempotency i
    where exists (select from regexp_matches(engine.idempotency_body(i),
            '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') m
        where m[1]::uuid in (select unnest(records)));
end $$;

call engine.set_revision('sealed_answers');
commit;
