-- Agreements of a member that runs several activities.
select a.id, a.version, a.member_id, a.kind, a.siret, a.starts_on, a.ends_on, a.created_at, a.updated_at
from network.visible_member(:id) v (id)
cross join lateral (select * from network.activity x where x.member_id = v.id offset 0) a
