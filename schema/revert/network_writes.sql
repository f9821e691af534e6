begin;
set local client_min_messages = warning;
drop trigger contact_10_one_main on network.contact;
drop function access.revoke(uuid), network.update_appointment(uuid, bigint, jsonb),
    network.create_appointment(jsonb), network.add_contact(uuid, jsonb), network.one_main_contact(),
    network.add_activity(uuid, jsonb), network.update_delegation(uuid, bigint, jsonb),
    network.create_delegation(jsonb), network.set_predecessors(uuid, jsonb, jsonb), network.set_territory(uuid, jsonb),
    network.hand_over(uuid, uuid, text, date), network.succeed(uuid, uuid, text, date),
    network.assign_delegation(uuid, jsonb), network.cover_members(uuid[]),
    network.add_membership(uuid, jsonb), network.update_member(uuid, bigint, jsonb), network.follow_region(uuid[]),
    network.patch_members(jsonb), network.suspend_members(jsonb), network.create_member(jsonb),
    network.store_members(jsonb), network.place_members(jsonb), network.organisations_for(jsonb),
    network.sent_members(jsonb), network.may_write(uuid);
drop view network.appointments;
drop type network.member_sent;
call engine.set_revision('network_reads');
commit;
