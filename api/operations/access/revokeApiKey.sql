-- Ends a key from the next request on; a second time changes nothing.
select k.id, k.version, k.kind, k.label, to_jsonb(k.scopes) as scopes, k.delegation_id, k.member_id,
    k.created_at, k.updated_at, k.expires_at, u.last_used_at, k.revoked_at
from access.revoke(:id) r (id)
join access.api_key k on k.id = r.id
left join access.key_use u on u.key_id = k.id
