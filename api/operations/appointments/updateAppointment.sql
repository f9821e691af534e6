-- Merge patch on one mandate or post; the person's others stay as they are.
select a.id, a.version, a.person_id, a.given_name, a.family_name, a.is_fictitious, a.nature, a.body, a.role,
    a.label, a.college, a.unit, a.delegation_id, a.delegation_name, a.full_time_percent, a.elected_on, a.starts_on,
    a.ends_on, a.email, a.phone, a.created_at, a.updated_at
from network.update_appointment(:id, :if_match, :body) a
