-- Lines that the caller sees; the campaign must be seen, else 404.
select l.id, l.version, l.campaign_id, l.answer_id, l.pass_id, l.member_id, l.number_last4, l.siae_kind, l.origin, l.starts_on,
    l.ends_on, l.prolonged_days, l.planned_outcome, l.prescriber_kind, l.prescriber_contacted_on, l.requested_on, l.decision,
    l.decided_on, l.final_outcome, l.final_on, to_json(l.warnings) as warnings, l.created_at, l.updated_at
from campaign.visible_campaign(:id) v (id)
cross join lateral (select * from campaign.lines_at(coalesce(:as_of, engine.today())) x where x.campaign_id = v.id offset 0) l
where true
    and l.answer_id = :answer                           --? answer
    and l.member_id = :member                           --? member
    and l.planned_outcome = any (:planned_outcome)      --? planned_outcome
    and l.final_outcome = any (:final_outcome)          --? final_outcome
    and (l.planned_outcome is not null) = :decided      --? decided
    and l.prescriber_kind = any (:prescriber_kind)      --? prescriber_kind
    and l.warnings && :warning                          --? warning
    and l.ends_on <= :ends_on_lte                       --? ends_on_lte
