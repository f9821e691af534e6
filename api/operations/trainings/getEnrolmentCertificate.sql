select c.enrolment_id as id, c.session_id, c.course_title, c.objectives, c.given_name, c.family_name, c.starts_on,
    c.ends_on, c.planned_minutes, c.attended_minutes, c.slots
from training.certificate(:id) c
