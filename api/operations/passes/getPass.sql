-- One PASS as of a day, with its parts and what the rules say.
select p.id, p.version, p.member_id, p.siae_kind, p.number_last4, p.origin, p.starts_on, p.ends_on,
    p.initial_ends_on, p.declared_ends_on, p.ends_on_differs, p.state, p.total_days, p.remaining_days,
    p.resumed_today_ends_on, p.usable, p.suspended_days, p.prolonged_days, p.window_opens_on,
    p.window_closes_on, p.window_open, p.cap_reached, p.closable, p.closed_on, p.suspension_reason,
    p.suspension_starts_on, p.suspension_ends_on, p.pending_request_since, p.caps_left, p.next_milestone,
    p.next_milestone_on, p.outcome, p.birth_year, p.last_hire_on, p.region_code, p.department_code, p.source,
    p.observed_on, p.erase_after, p.created_at, p.updated_at, p.suspensions, p.prolongations,
    p.prolongation_requests, p.outcome_detail, p.prolongation_window, p.prolongation_options, p.suspension,
    p.waiting_period, p.legal_limit, p.pending_request, p.retention, p.milestones, p.notices, p.rules
from pass.sheet_at(:id, coalesce(:as_of, engine.today())) p
