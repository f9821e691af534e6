select p.id, p.version, p.code, p.title, p.starts_on, p.ends_on, p.pass_member_cents, p.pass_other_cents,
    p.created_at, p.updated_at
from training.programme p
where p.id = :id
