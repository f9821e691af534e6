-- Entries of one sheet; answers the slot.
select t.id, t.version, t.session_id, t.label, t.starts_at, t.ends_at, t.on_date, t.half_day, t.minutes,
    t.modality, to_jsonb(t.trainer_ids) as trainer_ids, t.is_closed, t.closed_at, t.created_at, t.updated_at
from training.record_attendance(:id, :body) t
