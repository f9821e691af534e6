-- The calling key or account, its rights and its territory of today.
select k.kind as caller, k.id as key_id, k.label, to_jsonb(k.scopes) as scopes, k.delegation_id,
    d.name as delegation_name,
    coalesce((select jsonb_agg(r.region_code order by r.region_code) from network.delegation_region r
        where r.delegation_id = k.delegation_id and r.starts_on <= engine.today()
          and (r.ends_on is null or r.ends_on >= engine.today())), '[]') as region_codes,
    k.member_id, m.name as member_name, k.expires_at, session.ends_at() as session_expires_at
from (
    select a.id, a.kind, a.label, a.scopes, a.delegation_id, a.member_id, a.expires_at
    from access.api_key a where a.id = session.key_id()
    union all
    select session.key_id(), c.kind, c.label, access.scopes_of(c.kind), c.delegation_id, c.member_id, null
    from access.current_account() c) k
left join network.delegation d on d.id = k.delegation_id
left join network.member m on m.id = k.member_id
