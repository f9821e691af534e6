-- What the planner must know to walk an order instead of sorting all rows: how many there will be. A function asked for each
-- row, or a comparison with a value that it cannot see (half a percent, it believes), hides that; a list known before the rows
-- are looked for shows it, and a yes or no asked once counts as half. What is answered stays the same.
begin;

create function report.kinds_of(lines text[], on_date date) returns text[]
    language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(array_agg(k.kind), '{}') from report.line_kind k
    where k.line = any (lines) and k.starts_on <= on_date and (k.ends_on is null or on_date <= k.ends_on)
    $$;
comment on function report.kinds_of(text[], date) is
    'Kinds that these lines of the report hold on that day (report_group): those whose report.line_of is one of them.';
revoke execute on function report.kinds_of(text[], date) from public;
grant execute on function report.kinds_of(text[], date) to maillage_app;

alter policy read on training.enrolment using (
    (select session.caller() = 'NATIONAL') or member_id = (select session.member_id())
    or (select session.caller() = 'DELEGATION') and (
        exists (select from training.session s where s.id = session_id and s.delegation_id = (select session.delegation_id()))
        or exists (select from network.audience a where a.member_id = enrolment.member_id)));

call engine.set_revision('list_estimates');
commit;
