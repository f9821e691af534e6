select m.id, m.frame, m.rule, m.record_type, m.record_id, m.session_id
from training.bpf_missing_list(:year::integer) m
where true
    and m.frame = any (:frame)  --? frame
    and m.rule = any (:rule)    --? rule
