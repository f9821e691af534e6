-- Ends a key from the next request on; a second time changes nothing. This statement began before the function wrote and sees
-- the key as it was: what the function changes, at the time of this transaction, is said beside it.
select k.id, k.version + (k.revoked_at is null)::integer as version, k.kind, k.label, to_jsonb(k.scopes) as scopes,
    k.delegation_id, k.member_id, k.created_at, case when k.revoked_at is null then now() else k.updated_at end as updated_at,
    k.expires_at, u.last_used_at, coalesce(k.revoked_at, now()) as revoked_at
from access.revoke(:id) r (id)
join access.api_key k on k.id = r.id
left join access.key_use u on u.key_id = k.id
