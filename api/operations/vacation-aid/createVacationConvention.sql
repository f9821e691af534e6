-- Every rule of the funder is a parameter.
select c.id, c.version, c.year, c.name, c.envelope_cents, c.target_people, c.opens_on, c.closes_on, c.parameters, c.warning_rules,
    c.quotas, c.granted_cents, c.returned_cents, c.left_cents, c.people_granted, c.target_reached_percent, c.waiting_count, c.waiting_cents,
    c.proposed_project_id, c.note, c.created_at, c.updated_at
from vacation.create_convention(:body) c
