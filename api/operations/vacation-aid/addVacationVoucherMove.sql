select v.id, v.project_id, v.kind, v.amount_cents, v.moved_on, v.note, v.created_at
from vacation.move_vouchers(:id, :body) v
