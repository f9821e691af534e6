select s.id, s.version, s.course_id, s.course_code, s.title, s.programme_id, s.kind, s.client_member_id,
    s.delegation_id, s.delegation_name, s.place, s.commune_code, s.modality, s.state, s.state_reason,
    s.capacity, s.min_participants, s.waitlist_policy, s.enrol_open_on, s.enrol_close_on,
    s.price_member_cents, s.price_other_cents, s.flat_price_cents, s.price_basis, s.counts_in_bpf,
    s.counts_in_statistics, s.starts_on, s.ends_on, s.spans_years, s.minutes, s.seats_taken,
    s.seats_waiting, s.places_left, s.places_held, s.takes_enrolments, s.is_fictitious, s.created_at,
    s.updated_at
from training.move_session(:id, :if_match, 'OPEN', null) s
