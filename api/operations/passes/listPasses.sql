-- PASS as of a day; row-level security leaves the caller's own lines, or those that are shared with it.
select id, version, member_id, siae_kind, number_last4, origin, starts_on, ends_on, initial_ends_on, declared_ends_on,
    ends_on_differs, state, (standing).total_days, (standing).remaining_days, (standing).resumed_today_ends_on,
    (standing).usable, suspended_days, prolonged_days, window_opens_on, window_closes_on, window_open, cap_reached,
    (standing).closable, closed_on, (standing).suspension_reason, (standing).suspension_starts_on,
    (standing).suspension_ends_on, (standing).pending_request_since, (standing).caps_left, (standing).next_milestone,
    (standing).next_milestone_on, outcome, birth_year, last_hire_on, region_code, department_code, source, observed_on,
    erase_after, created_at, updated_at
--> of the rows shown
select p.*
from pass.pass_at(coalesce(:as_of, engine.today())) p
where true
    and case when p.state = any (:state) then true else false end                                     --? state
    and p.ends_on >= pass.first_end(:state, :as_of)                                                   --? state
    and (p.ends_on, p.id) < (pass.last_end(:state, :as_of), 'ffffffff-ffff-ffff-ffff-ffffffffffff')   --? state
    and p.starts_on >= :starts_on_gte                                                                 --? starts_on_gte
    and p.starts_on <= :starts_on_lte                                                                 --? starts_on_lte
    and p.ends_on >= :ends_on_gte                                                                     --? ends_on_gte
    and p.ends_on <= :ends_on_lte                                                                     --? ends_on_lte
    and case when p.window_open = :window_open then true else false end                               --? window_open
    and p.ends_on >= pass.window_from(:window_open, :as_of)                                           --? window_open
    and (p.ends_on, p.id) < (pass.window_to(:window_open, :as_of), 'ffffffff-ffff-ffff-ffff-ffffffffffff')--? window_open
    and case when p.cap_reached = :cap_reached then true else false end                               --? cap_reached
    and case when (p.standing).closable = :closable then true else false end                          --? closable
    and p.ends_on >= pass.closable_from(:closable, :as_of)                                            --? closable
    and case when :closable then (select count(*) > 0 from pass.suspension s                          --? closable
        where s.pass_id = p.id and s.ends_on - s.starts_on > pass.closable_after()) else true end     --? closable
    and case when :pending_request = (select count(*) > 0 from pass.prolongation_request r            --? pending_request
        where r.pass_id = p.id and r.state = 'PENDING') then true else false end                      --? pending_request
    and p.region_code = any (:region)                                                                 --? region
    and p.department_code = any (:department)                                                         --? department
    and pass.belongs_to(p.member_id, :delegation, coalesce(:as_of, engine.today()))                   --? delegation
    and p.member_id = any (:member)                                                                   --? member
    and p.siae_kind = any (:siae_kind)                                                                --? siae_kind
    and p.origin = any (:origin)                                                                      --? origin
    and p.number_last4 = :number_last4                                                                --? number_last4
    and p.erase_after <= :erase_after_lte                                                             --? erase_after_lte
    and p.updated_at >= :updated_at_gte                                                               --? updated_at_gte
