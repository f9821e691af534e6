-- People to talk to at a member.
select c.id, c.version, c.member_id, c.given_name, c.family_name, c.role, c.email, c.phone, c.is_main,
    c.ended_on, c.created_at, c.updated_at
from network.visible_member(:id) v (id)
cross join lateral (select * from network.contact x where x.member_id = v.id offset 0) c
