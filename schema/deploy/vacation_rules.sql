-- What holds whoever writes: the envelope, vouchers, contents of a project under review; and who sees what.
-- The daemon's role only reads these tables; it writes through the functions of vacation_writes and vacation_workflow.
begin;

-- --- the envelope is never overspent ---

create function vacation.keep_envelope(convention uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    envelope bigint;
begin
    -- whoever spends waits here for whoever spends: the sum below sees what the other one has committed
    select c.envelope_cents into envelope from vacation.convention c where c.id = convention for no key update;
    if vacation.committed(convention) > envelope then
        perform engine.refuse('vacation_envelope_exceeded', 'more would be granted than the envelope holds',
            jsonb_build_object('over_cents', vacation.committed(convention) - envelope));
    elsif exists (select from vacation.quota q where q.convention_id = convention
            and vacation.committed(convention, q.delegation_id) > q.amount_cents) then
        perform engine.refuse('vacation_envelope_exceeded', 'more would be granted than a quota holds');
    end if;
end $$;
comment on function vacation.keep_envelope(uuid) is
    'Refuses what would bring envelope or quota below zero, under concurrent writes too.';

create function vacation.spending() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    perform vacation.keep_envelope(case tg_table_name
        when 'convention' then (to_jsonb(new) ->> 'id')::uuid
        when 'voucher_move' then (select p.convention_id from vacation.project p
            where p.id = (to_jsonb(new) ->> 'project_id')::uuid)
        else (to_jsonb(new) ->> 'convention_id')::uuid end);
    return null;
end $$;
comment on function vacation.spending() is 'After a write that may use money.';
create trigger project_spending after insert or update of state, granted_cents, convention_id,
    delegation_id on vacation.project
    for each row when (new.granted_cents is not null) execute function vacation.spending();
create trigger convention_spending after update of envelope_cents on vacation.convention
    for each row execute function vacation.spending();
create trigger quota_spending after insert or update on vacation.quota
    for each row execute function vacation.spending();
create trigger voucher_spending after insert on vacation.voucher_move
    for each row execute function vacation.spending();

-- --- vouchers follow what was granted ---

create function vacation.keep_vouchers() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    granted bigint;
    sums record;
begin
    select p.granted_cents into granted from vacation.project p where p.id = new.project_id for no key update;
    select f.ordered, f.delivered, f.returned into sums from vacation.facts f where f.project_id = new.project_id;
    if sums.ordered > coalesce(granted, 0) then
        perform engine.refuse('vacation_voucher_over_grant', 'more ordered than granted',
            jsonb_build_object('granted_cents', coalesce(granted, 0), 'ordered_cents', sums.ordered));
    elsif sums.delivered > sums.ordered then
        perform engine.refuse('vacation_voucher_over_order', 'more delivered than ordered',
            jsonb_build_object('ordered_cents', sums.ordered, 'delivered_cents', sums.delivered));
    elsif sums.returned > sums.delivered then
        perform engine.refuse('vacation_voucher_over_delivery', 'more returned than delivered',
            jsonb_build_object('delivered_cents', sums.delivered, 'returned_cents', sums.returned));
    end if;
    return null;
end $$;
comment on function vacation.keep_vouchers() is 'Delivered ≤ ordered ≤ granted, returned ≤ delivered.';
create trigger voucher_10_order after insert on vacation.voucher_move
    for each row execute function vacation.keep_vouchers();

-- --- what a project holds stands still once it is submitted ---

create function vacation.keep_contents() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    project uuid := coalesce(to_jsonb(new), to_jsonb(old)) ->> 'project_id';
    state text;
begin
    select p.state into state from vacation.project p where p.id = project for no key update;
    if state is null                                    -- the project itself is being removed
        or tg_op = 'DELETE' and session.caller() = ''   -- local work of the owner
        or state in ('DRAFT', 'CORRECTION_REQUESTED')
        or tg_table_name = 'budget_line' and tg_op <> 'DELETE' and state in ('APPROVED', 'VOUCHERS_ORDERED',
            'DELIVERED', 'STAY_DONE')
            and coalesce(to_jsonb(old) ->> 'planned_cents', '0') = to_jsonb(new) ->> 'planned_cents' then
        return coalesce(new, old);
    end if;
    perform engine.refuse('vacation_state', 'people and planned budget change in a draft or a correction only',
        jsonb_build_object('state', state, 'action', 'EDIT'));
end $$;
comment on function vacation.keep_contents() is
    'People and planned amounts change in a draft or a requested correction only; actual amounts while the '
    'report is due.';
create trigger beneficiary_10_contents before insert or update or delete on vacation.beneficiary
    for each row execute function vacation.keep_contents();
create trigger budget_line_10_contents before insert or update or delete on vacation.budget_line
    for each row execute function vacation.keep_contents();

-- --- who sees what ---

grant usage on schema vacation to maillage_app;
grant select on vacation.rule, vacation.union_country, vacation.convention, vacation.quota, vacation.project,
    vacation.beneficiary, vacation.identity, vacation.budget_line, vacation.voucher_move, vacation.event,
        vacation.facts to maillage_app;

do $$
declare
    t text;
begin
    for t in select tablename from pg_tables where schemaname = 'vacation' loop
        execute format('alter table vacation.%I enable row level security', t);
        execute format('alter table vacation.%I force row level security', t);
        execute format('create policy owner on vacation.%I to maillage_owner using (true) with check (true)', t);
    end loop;
    foreach t in array array['rule', 'union_country'] loop
        execute format('create policy read on vacation.%I for select to maillage_app using (true)', t);
    end loop;
    foreach t in array array['convention', 'quota'] loop
        execute format('create policy read on vacation.%I for select to maillage_app using '
            '((select session.caller()) in (''NATIONAL'', ''DELEGATION'', ''STRUCTURE''))', t);
    end loop;
    -- what hangs on a project is seen by those who see the project
    foreach t in array array['beneficiary', 'budget_line', 'voucher_move', 'event'] loop
        execute format('create policy read on vacation.%1$I for select to maillage_app using '
            '(exists (select from vacation.project p where p.id = %1$I.project_id))', t);
    end loop;
end $$;
create policy read on vacation.project for select to maillage_app using (
    (select session.caller()) = 'NATIONAL'
    or (select session.caller()) = 'STRUCTURE' and member_id = (select session.member_id())
    or (select session.caller()) = 'DELEGATION' and exists (select from network.audience a
        where a.member_id = project.member_id));
create policy read on vacation.identity for select to maillage_app using (
    (select session.caller()) in ('NATIONAL', 'STRUCTURE')
    and exists (select from vacation.beneficiary b where b.id = identity.beneficiary_id));
comment on policy read on vacation.identity is
    'Names and quotients: the structure and the reviewer, not the delegation.';

create function vacation.may_see(project vacation.project) returns boolean
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$
    select case session.caller()
        when 'NATIONAL' then true when '' then true
        when 'STRUCTURE' then project.member_id = session.member_id()
        when 'DELEGATION' then exists (select from network.audience a where a.member_id = project.member_id
            and a.viewer_id = session.delegation_id() and engine.today() between a.starts_on and a.ends_on)
        else false end
    $$;
comment on function vacation.may_see(vacation.project) is
    'The policy of projects as a question, for functions with the owner''s rights.';

call engine.set_revision('vacation_rules');
commit;
