begin;
set local client_min_messages = warning;
drop function network.delegation_region_settle(), network.delegation_settle(), network.organisation_settle(),
    network.suspension_settle(), network.member_settle(), network.coverage_check(), network.is_covered(uuid),
    network.member_delegation_settle(), network.member_delegation_check(), network.membership_settle(),
    network.membership_derive(), network.organisation_derive(), network.member_derive() cascade;
drop function network.refresh_audience(uuid[]), network.touch_members(uuid[]),
    network.default_delegations(text, date), network.delegation_of(text, date), network.grace_days(date);
do $$
declare
    t record;
begin
    for t in select tgrelid::regclass as owner, tgname from pg_trigger
        where tgname ~ '_90_version$' and tgrelid::regclass::text ~ '^network\.' loop
        execute format('drop trigger %I on %s', t.tgname, t.owner);
    end loop;
end $$;
call engine.set_revision('network_tables');
commit;
