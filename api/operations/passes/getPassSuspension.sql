select s.id, s.version, s.pass_id, s.starts_on, s.ends_on, s.reason, s.declared_on, s.created_at, s.updated_at
from pass.suspension s
where s.id = :id
