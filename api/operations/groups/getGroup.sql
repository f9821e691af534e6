select g.id, g.version, g.name, g.siren, g.website, g.description,
    (select count(*)::integer from network.member m where m.group_id = g.id) as members_count,
    g.created_at, g.updated_at
from network.economic_group g
where g.id = :id
