update pass.sharing s
set shares_lines = (:body ->> 'shares_lines')::boolean
where s.member_id = :id and s.version = :if_match
  and exists (select from network.member m where m.id = s.member_id)
returning s.id, s.version, s.member_id, s.shares_lines, s.created_at, s.updated_at
