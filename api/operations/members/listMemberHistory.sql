-- Writes on the member, its legal person and what hangs on it.
select c.id, c.occurred_at, c.record_type, c.record_id, c.change, c.version, c.caller, k.label as key_label,
    c.request_id, c.changes
from network.visible_member(:id) v (id)
join network.member m on m.id = v.id
cross join lateral (
    select x.* from audit.change x where x.member_id = m.id
    union all
    select x.* from audit.change x where x.record_id = m.organisation_id and x.record_type = 'ORGANISATION'
    offset 0) c
left join access.api_key k on k.id = c.key_id
where true
    and c.record_type = any (:record_type)  --? record_type
