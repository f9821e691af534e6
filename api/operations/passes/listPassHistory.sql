-- Writes on a PASS and what hangs on it; properties only, no values.
select c.id, c.occurred_at, c.record_type, c.record_id, c.change, c.version, c.caller, k.label as key_label,
    c.request_id, c.changes
from pass.visible_pass(:id) p (id)
join audit.change c on c.record_id = p.id
left join access.api_key k on k.id = c.key_id
where c.record_type = 'PASS'
