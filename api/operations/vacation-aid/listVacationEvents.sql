-- Trace of a project; the key's name is for the federation.
select e.id, e.occurred_at, e.action, e.from_state, e.to_state, e.reason, e.amount_cents, e.left_cents, e.caller, k.label as key_label,
    e.request_id
from vacation.visible_project(:id) p (id)
join vacation.event e on e.project_id = p.id
left join access.api_key k on k.id = e.key_id
