select n.id, n.session_id, n.enrolment_id, n.kind, n.created_at
from training.visible_session(:id) v (id)
join training.notice n on n.session_id = v.id
