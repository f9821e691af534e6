-- Nothing is stored: the rules of the day of calculation on what was sent.
select c.as_of, c.state, c.starts_on, c.ends_on, c.initial_ends_on, c.total_days, c.remaining_days,
    c.resumed_today_ends_on, c.usable, c.suspended_days, c.paused_days, c.prolonged_days, c.prolongation_window,
    c.prolongation_options, c.suspension, c.waiting_period, c.legal_limit, c.pending_request, c.hire, c.diagnosis,
    c.cancellation, c.retention, c.milestones, c.notices, c.rules
from pass.calculate(:body) c
