select c.id, c.version, c.session_id, c.member_id, c.subject, c.description, c.received_on, c.state, c.answer,
    c.answered_on, c.created_at, c.updated_at
from training.complaint c
where true
    and c.session_id = :session  --? session
    and c.state = any (:state)   --? state
