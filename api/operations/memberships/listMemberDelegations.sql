-- Delegations of a member, dated.
select d.id, d.version, d.member_id, d.delegation_id, g.name as delegation_name, d.is_primary,
    d.reason is null as is_default, d.starts_on, d.ends_on, d.reason, d.created_at, d.updated_at
from network.visible_member(:id) v (id)
cross join lateral (select * from network.member_delegation x where x.member_id = v.id offset 0) d
join network.delegation g on g.id = d.delegation_id
