select g.id, g.member_id, g.year, g.kind, g.amount_cents, g.purpose, g.session_id, g.cost_cents,
    g.common_law_cents, g.reason, g.entered_on, g.balance_cents, g.created_at
from training.add_entry(:body) g
