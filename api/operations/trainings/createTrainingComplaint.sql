select c.id, c.version, c.session_id, c.member_id, c.subject, c.description, c.received_on, c.state, c.answer,
    c.answered_on, c.created_at, c.updated_at
from training.create_complaint(:body) c
