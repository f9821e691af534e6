-- Merge patch on a contact; a new main contact takes the place of the one before.
update network.contact c
set (given_name, family_name, role, email, phone, is_main, ended_on) = (
    select r.given_name, r.family_name, r.role, r.email, r.phone, r.is_main, r.ended_on
    from jsonb_populate_record(c, :body) r)
where c.id = :id and c.version = :if_match
  and exists (select from network.member m where m.id = c.member_id)
returning c.id, c.version, c.member_id, c.given_name, c.family_name, c.role, c.email, c.phone, c.is_main,
    c.ended_on, c.created_at, c.updated_at
