-- The calling key, its rights and its territory of today.
select k.kind as caller, k.id as key_id, k.label, to_jsonb(k.scopes) as scopes, k.delegation_id,
    d.name as delegation_name,
    coalesce((select jsonb_agg(r.region_code order by r.region_code) from network.delegation_region r
        where r.delegation_id = k.delegation_id and r.starts_on <= engine.today()
          and (r.ends_on is null or r.ends_on >= engine.today())), '[]') as region_codes,
    k.member_id, m.name as member_name, k.expires_at
from access.api_key k
left join network.delegation d on d.id = k.delegation_id
left join network.member m on m.id = k.member_id
where k.id = session.key_id()
