-- The version asked for is that of the project.
select r.version, r.project_id, r.departed_people, r.planned_people, r.departure_rate_percent, r.actual_nights, r.effects, r.satisfaction,
    r.reported_at, r.actual_costs_cents, r.actual_funding_cents, r.surplus_cents, r.aid_share_percent, r.return_rule,
    r.proposed_return_cents, r.returned_cents, r.lines
from vacation.report(:id, :if_match, :body) r
