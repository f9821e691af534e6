-- Invites one more structure.
select a.id, a.version, a.campaign_id, a.campaign_code, a.member_id, a.member_name, a.member_kind, a.delegation_id,
    a.delegation_name, a.state, a.invited_on, a.started_on, a.submitted_on, a.submitted_late, a.validated_on, a.validated_by,
    a.returned_on, a.closes_on, a.people_count, a.by_age_band, a.by_rqth, a.by_planned_outcome, a.headcounts_hidden,
    a.lines_count, a.lines_planned_count, a.differs_from_lines, a.created_at, a.updated_at
from campaign.add_answer(:id, :body) w (id)
cross join lateral campaign.answer_now(w.id) a
