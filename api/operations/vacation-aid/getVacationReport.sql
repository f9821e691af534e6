-- With the share of the actual costs and the return that follows.
select r.version, r.project_id, r.departed_people, r.planned_people, r.departure_rate_percent, r.actual_nights, r.effects, r.satisfaction,
    r.reported_at, r.actual_costs_cents, r.actual_funding_cents, r.surplus_cents, r.aid_share_percent, r.return_rule,
    r.proposed_return_cents, r.returned_cents, r.lines
from vacation.reports r
where r.id = :id
