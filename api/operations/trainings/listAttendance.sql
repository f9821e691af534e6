-- Counter-entries and what they replaced included.
select a.id, a.version, a.session_id, a.slot_id, a.on_date, a.half_day, a.enrolment_id, a.status, a.minutes,
    a.counted_minutes, a.evidence, a.signed_at, a.entry_no, a.is_current, a.reason, a.created_at,
    a.updated_at
from training.visible_session(:id) v (id)
join training.attendances a on a.session_id = v.id
where true
    and a.slot_id = :slot            --? slot
    and a.enrolment_id = :enrolment  --? enrolment
    and a.is_current = :is_current   --? is_current
