select v.id, v.project_id, v.kind, v.amount_cents, v.moved_on, v.note, v.created_at
from vacation.visible_project(:id) p (id)
join vacation.voucher_move v on v.project_id = p.id
