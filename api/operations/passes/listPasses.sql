-- PASS as of a day; row-level security leaves the caller's own lines, or those that are shared with it.
select p.id, p.version, p.member_id, p.siae_kind, p.number_last4, p.origin, p.starts_on, p.ends_on,
    p.initial_ends_on, p.declared_ends_on, p.ends_on_differs, p.state, p.total_days, p.remaining_days,
    p.resumed_today_ends_on, p.usable, p.suspended_days, p.prolonged_days, p.window_opens_on,
    p.window_closes_on, p.window_open, p.cap_reached, p.closable, p.closed_on, p.suspension_reason,
    p.suspension_starts_on, p.suspension_ends_on, p.pending_request_since, p.caps_left, p.next_milestone,
    p.next_milestone_on, p.outcome, p.birth_year, p.last_hire_on, p.region_code, p.department_code, p.source,
    p.observed_on, p.erase_after, p.created_at, p.updated_at
from pass.pass_at(coalesce(:as_of, engine.today())) p
where true
    and p.state = any (:state)                                                        --? state
    and p.starts_on >= :starts_on_gte                                                 --? starts_on_gte
    and p.starts_on <= :starts_on_lte                                                 --? starts_on_lte
    and p.ends_on >= :ends_on_gte                                                     --? ends_on_gte
    and p.ends_on <= :ends_on_lte                                                     --? ends_on_lte
    and p.window_open = :window_open                                                  --? window_open
    and p.cap_reached = :cap_reached                                                  --? cap_reached
    and pass.may_be_closable(p.id) = :closable and p.closable = :closable             --? closable
    and pass.has_request(p.id) = :pending_request                                     --? pending_request
    and p.region_code = any (:region)                                                 --? region
    and p.department_code = any (:department)                                         --? department
    and pass.belongs_to(p.member_id, :delegation, coalesce(:as_of, engine.today()))   --? delegation
    and p.member_id = any (:member)                                                   --? member
    and p.siae_kind = any (:siae_kind)                                                --? siae_kind
    and p.origin = any (:origin)                                                      --? origin
    and p.number_last4 = :number_last4                                                --? number_last4
    and p.erase_after <= :erase_after_lte                                             --? erase_after_lte
    and p.updated_at >= :updated_at_gte                                               --? updated_at_gte
