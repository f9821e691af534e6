-- Puts a closed campaign away.
select c.id, c.version, c.code, c.title, c.status, c.opens_on, c.closes_on, c.ends_from, c.ends_to,
    to_json(c.origins) as origins, to_json(c.siae_kinds) as siae_kinds, to_json(c.region_codes) as region_codes,
    c.prolonged_days_from, c.opened_on, c.closed_on, c.archived_on, c.invited_count, c.answered_count, c.validated_count,
    c.created_at, c.updated_at
from campaign.archive_campaign(:id, :if_match) w (id)
cross join lateral campaign.campaign_now(w.id) c
