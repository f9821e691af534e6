-- Who has not answered on a day, with the member's own coordinates.
select r.id, r.member_id, r.member_name, r.member_kind, r.delegation_id, r.delegation_name, r.email, r.phone, r.state,
    r.invited_on, r.returned_on, r.closes_on, r.days_left
from campaign.visible_campaign(:id) v (id)
cross join lateral (select * from campaign.reminders_at(coalesce(:as_of, engine.today())) x where x.campaign_id = v.id offset 0) r
where true
    and r.state = any (:state)          --? state
    and r.delegation_id = :delegation   --? delegation
