-- Writes on the session; seats come and go with enrolments.
select c.id, c.occurred_at, c.record_type, c.record_id, c.change, c.version, c.caller, k.label as key_label,
    c.request_id, c.changes
from training.visible_session(:id) v (id)
join audit.change c on c.record_id = v.id and c.record_type = 'TRAINING_SESSION'
left join access.api_key k on k.id = c.key_id
