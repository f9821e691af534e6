begin;
set local client_min_messages = warning;
drop function network.included_memberships(uuid), network.included_delegation(uuid), network.known_group(uuid),
    network.visible_appointment(uuid), network.known_delegation(uuid), network.visible_member(uuid),
    network.covers(uuid, text[], date), network.check_identifier(text, text), network.delegation_at(date),
    network.delegation_counts(uuid, date), network.member_at(date);
drop type network.delegation_row, network.member_row;
call engine.set_revision('territory');
commit;
