-- Submitted projects of a convention: what the funder asks for, nobody's name.
select f.id, f.reference, f.funder_ref, f.siret, f.member_name, f.delegation_name, f.region_code, f.stay_kind, f.state, f.departs_on,
    f.returns_on, f.nights, f.place, f.country_code, f.people, f.single_adults, f.family_people, f.accompanying_staff, f.households,
    f.planned_costs_cents, f.requested_cents, f.granted_cents, f.aid_share_percent, f.ordered_cents, f.delivered_cents, f.returned_cents,
    f.departed_people, f.actual_nights, f.actual_costs_cents, f.actual_share_percent
from vacation.visible_convention(:id) c (id)
join vacation.funder_lines f on f.convention_id = c.id
where true
    and f.state = any (:state)  --? state
