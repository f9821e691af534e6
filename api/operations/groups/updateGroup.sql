update network.economic_group g
set (name, siren, website, description) = (
    select r.name, identifier.normal('SIREN', r.siren), r.website, r.description
    from jsonb_populate_record(g, :body) r)
where g.id = :id and g.version = :if_match
returning g.id, g.version, g.name, g.siren, g.website, g.description,
    (select count(*)::integer from network.member m where m.group_id = g.id) as members_count,
    g.created_at, g.updated_at
