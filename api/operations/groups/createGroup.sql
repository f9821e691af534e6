insert into network.economic_group as g (name, siren, website, description)
select r.name, identifier.normal('SIREN', r.siren), r.website, r.description
from jsonb_populate_record(null::network.economic_group, :body) r
returning g.id, g.version, g.name, g.siren, g.website, g.description, 0 as members_count, g.created_at, g.updated_at
