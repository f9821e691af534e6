select p.id, p.version, p.member_id, p.starts_on, p.ends_on, p.origin, p.end_reason, p.charter_signed_on,
    p.charter_version, p.decided_on, p.delegation_opinion, p.created_at, p.updated_at
from network.membership p join network.member m on m.id = p.member_id
where p.id = :id
