select a.id, a.version, a.session_id, a.slot_id, a.on_date, a.half_day, a.enrolment_id, a.status, a.minutes,
    a.counted_minutes, a.evidence, a.signed_at, a.entry_no, a.is_current, a.reason, a.created_at,
    a.updated_at
from training.correct_attendance(:id, :body) a
