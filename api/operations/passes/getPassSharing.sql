-- A removed member shares nothing.
select s.id, s.version, s.member_id, s.shares_lines, s.created_at, s.updated_at
from pass.sharing s join network.member m on m.id = s.member_id
where s.member_id = :id
