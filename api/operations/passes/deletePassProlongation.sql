select e.id, e.version, e.pass_id, e.starts_on, e.ends_on, e.reason, e.siae_kind, e.request_id, e.declared_on,
    e.created_at, e.updated_at
from pass.remove_prolongation(:id, :if_match) e
