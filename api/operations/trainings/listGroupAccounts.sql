select g.id, g.member_id, g.year, g.contributed_cents, g.committed_cents, g.paid_cents, g.balance_cents
from training.accounts g
where true
    and g.member_id = :member  --? member
    and g.year = any (:year)   --? year
