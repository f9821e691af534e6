-- Periods of a member; the member must be seen, else 404.
select p.id, p.version, p.member_id, p.starts_on, p.ends_on, p.origin, p.end_reason, p.charter_signed_on,
    p.charter_version, p.decided_on, p.delegation_opinion, p.created_at, p.updated_at
from network.visible_member(:id) v (id)
cross join lateral (select * from network.membership x where x.member_id = v.id offset 0) p
