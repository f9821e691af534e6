begin;

create or replace function engine.stamp() returns text
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select concat_ws(' ', last.written_in, extract(epoch from last.written_at), (
        select string_agg(open::text, ' ' order by open) from pg_snapshot_xip(pg_current_snapshot()) open
        where open < last.written_in))
    from (select written_in, written_at from engine.write_mark order by written_in desc limit 1) last
    $$;

call engine.set_revision('replica_reads');
commit;
