select l.id, l.version, l.project_id, l.side, l.kind, l.label, l.planned_cents, l.actual_cents, l.created_at, l.updated_at
from vacation.visible_project(:id) p (id)
join vacation.budget_line l on l.project_id = p.id
where true
    and l.side = :side  --? side
