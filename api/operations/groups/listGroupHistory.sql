-- Writes on a group; who belongs to it is told by each member's own history.
select c.id, c.occurred_at, c.record_type, c.record_id, c.change, c.version, c.caller, k.label as key_label,
    c.request_id, c.changes
from network.known_group(:id) g (id)
join audit.change c on c.record_id = g.id
left join access.api_key k on k.id = c.key_id
where c.record_type = 'GROUP'
