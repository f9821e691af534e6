select l.id, l.frame, l.line, l.label, l.place, l.people, l.minutes, l.hours, l.amount_cents, l.euros
from training.bpf_line_list(:year::integer) l
where true
    and l.frame = any (:frame)  --? frame
