-- Answers that are sealed cannot be opened without the key: their rows go, and a repetition is a new request.
begin;

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
    where exists (select from regexp_matches(i.body, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') m
        where m[1]::uuid in (select unnest(records)));
end $$;

create or replace function engine.idempotency_store(idempotency_key text, payload_digest text, status integer,
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

create or replace function engine.idempotency_read(idempotency_key text)
    returns table (status integer, headers text, body text)
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select i.status, i.headers, i.body from engine.idempotency i
    where i.key_id = engine.client() and i.idempotency_key = idempotency_read.idempotency_key
      and i.created_at > now() - interval '72 hours'
    $$;

delete from engine.idempotency where sealed_body is not null;
drop function engine.idempotency_body(engine.idempotency);
alter table engine.idempotency drop column sealed_body;

call engine.set_revision('audit_months');
commit;
