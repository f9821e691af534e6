-- engine.stamp() keeps its plan: a function in SQL that is not taken apart is planned anew by each statement, and the stamp is
-- asked by each reader who has a page already. What is answered stays the same.
begin;

create or replace function engine.stamp() returns text
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    return (select concat_ws(' ', last.written_in, extract(epoch from last.written_at), (
            select string_agg(open::text, ' ' order by open) from pg_snapshot_xip(pg_current_snapshot()) open
            where open < last.written_in))
        from (select written_in, written_at from engine.write_mark order by written_in desc limit 1) last);
end $$;

call engine.set_revision('stamp_plan');
commit;
