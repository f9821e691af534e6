select d.id, d.version, d.session_id, d.kind, d.enrolment_id, d.member_id, d.state, d.reference, d.sent_on,
    d.signed_on, d.created_at, d.updated_at
from training.visible_session(:id) v (id)
join training.document d on d.session_id = v.id
where true
    and d.kind = any (:kind)  --? kind
