-- A seat of the group becomes the enrolment of one person.
select e.id, e.version, e.session_id, e.course_code, e.session_title, e.starts_on, e.ends_on, e.person_id,
    e.given_name, e.family_name, e.email, e.is_purged, e.member_id, e.member_name, e.seats, e.state,
    e.queue_no, e.queue_position, e.trainee_type, e.funding_code, e.entrusted_by_nda,
    e.subcontracted_to_nda, e.price_cents, e.price_rule, e.price_basis_on, e.attended_minutes,
    e.confirmed_at, e.ended_at, e.end_reason, e.is_fictitious, e.created_at, e.updated_at
from training.name_seat(:id, :body) e
