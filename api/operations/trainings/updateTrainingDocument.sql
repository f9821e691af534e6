select d.id, d.version, d.session_id, d.kind, d.enrolment_id, d.member_id, d.state, d.reference, d.sent_on,
    d.signed_on, d.created_at, d.updated_at
from training.update_document(:id, :if_match, :body) d
