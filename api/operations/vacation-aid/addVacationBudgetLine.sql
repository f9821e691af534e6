select l.id, l.version, l.project_id, l.side, l.kind, l.label, l.planned_cents, l.actual_cents, l.created_at, l.updated_at
from vacation.add_line(:id, :body) l
