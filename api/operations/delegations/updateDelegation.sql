-- Merge patch; lists of territory and predecessors are replaced as a whole.
select d.id, d.version, d.slug, d.name, d.legal_form, d.organisation_id, d.starts_on, d.ends_on, d.region_codes,
    d.regions, d.predecessors, d.successors, d.members_count, d.representatives_count, d.team_count, d.email,
    d.phone, d.website, d.address, d.created_at, d.updated_at
from network.update_delegation(:id, :if_match, :body) d
