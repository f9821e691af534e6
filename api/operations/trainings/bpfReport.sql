-- Frames A to G as they stand.
select b.year, b.rule_set, b.starts_on, b.ends_on, b.due_on, b.is_filed, b.totals_agree, b.is_refused, b.frames,
    b.missing, b.flags, b.refusals
from training.bpf(:year::integer) b
