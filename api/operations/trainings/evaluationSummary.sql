select s.session_id, s.moments
from training.evaluation_summary(:id) s
