-- A primary assignment ends the one before; the giver still sees what it gave away.
select d.id, d.version, d.member_id, d.delegation_id, g.name as delegation_name, d.is_primary,
    d.reason is null as is_default, d.starts_on, d.ends_on, d.reason, d.created_at, d.updated_at
from network.assign_delegation(:id, :body) d
join network.delegation g on g.id = d.delegation_id
