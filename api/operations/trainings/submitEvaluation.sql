select v.id, v.session_id, v.enrolment_id, v.moment, v.created_at
from training.submit_evaluation(:id, :body) v
