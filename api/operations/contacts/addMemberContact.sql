-- A new main contact takes the place of the one before.
select c.id, c.version, c.member_id, c.given_name, c.family_name, c.role, c.email, c.phone, c.is_main,
    c.ended_on, c.created_at, c.updated_at
from network.add_contact(:id, :body) c
