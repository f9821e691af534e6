select c.id, c.version, c.member_id, c.given_name, c.family_name, c.role, c.email, c.phone, c.is_main,
    c.ended_on, c.created_at, c.updated_at
from network.contact c join network.member m on m.id = c.member_id
where c.id = :id
