select a.id, a.version, a.member_id, a.kind, a.siret, a.starts_on, a.ends_on, a.created_at, a.updated_at
from network.add_activity(:id, :body) a
