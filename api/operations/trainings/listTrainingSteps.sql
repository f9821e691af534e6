-- Steps of the sessions that the caller organises.
select x.id, x.session_id, x.kind, x.member_id, x.enrolment_id, x.due_on, x.state, x.document_id
from training.steps x
join training.session s on s.id = x.session_id and training.organises(s.delegation_id)
where true
    and x.session_id = :session  --? session
    and x.state = any (:state)   --? state
    and x.kind = any (:kind)     --? kind
