-- One line, warnings as of a day.
select l.id, l.version, l.campaign_id, l.answer_id, l.pass_id, l.member_id, l.number_last4, l.siae_kind, l.origin, l.starts_on,
    l.ends_on, l.prolonged_days, l.planned_outcome, l.prescriber_kind, l.prescriber_contacted_on, l.requested_on, l.decision,
    l.decided_on, l.final_outcome, l.final_on, to_json(l.warnings) as warnings, l.created_at, l.updated_at
from campaign.lines_at(coalesce(:as_of, engine.today())) l
where l.id = :id
