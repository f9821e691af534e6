-- Every key ever made, without its text.
select k.id, k.version, k.kind, k.label, to_jsonb(k.scopes) as scopes, k.delegation_id, k.member_id,
    k.created_at, k.updated_at, k.expires_at, u.last_used_at, k.revoked_at
from access.api_key k left join access.key_use u on u.key_id = k.id
where true
    and k.kind = any (:kind)            --? kind
    and k.delegation_id = :delegation   --? delegation
