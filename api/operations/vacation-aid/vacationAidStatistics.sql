-- vacationAidStatistics: a year as a whole, and by region, delegation or structure when asked.
select s.year, s.by, s.examined, s.approved, s.refused, s.waiting, s.people, s.people_by_category, s.households, s.structures, s.nights,
    s.envelope_cents, s.requested_cents, s.granted_cents, s.returned_cents, s.left_cents, s.average_aid_per_person_cents, s.aid_share_percent,
    s.target_people, s.target_reached_percent, s.departure_rate_percent, s.groups
from vacation.statistics(:year::integer, :by) s
