-- From the day of the departure on.
select p.id, p.version, p.reference, p.convention_id, p.year, p.member_id, p.member_name, p.delegation_id, p.delegation_name, p.region_code,
    p.referent_contact_id, p.funder_ref, p.stay_kind, p.departs_on, p.returns_on, p.nights, p.place, p.country_code,
    p.provider_accepts_vouchers, p.objective, p.state, p.actions, p.people, p.people_by_category, p.households, p.planned_costs_cents,
    p.planned_funding_cents, p.difference_cents, p.requested_cents, p.aid_share_percent, p.cost_per_person_day_cents, p.granted_cents,
    p.ordered_cents, p.delivered_cents, p.returned_cents, p.decision_reason, p.submitted_at, p.decided_at, p.proposed_at, p.cancelled_at,
    p.closed_at, p.reported_at, p.report_due_on, p.is_report_late, p.purged_at, p.checks, p.is_fictitious, p.created_at, p.updated_at
from vacation.act(:id, :if_match, 'MARK_DEPARTED') p
