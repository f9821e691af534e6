select i.id, i.number, i.session_id, i.member_id, i.payer_name, i.funding_code, i.amount_cents, i.invoiced_on,
    i.credited_id, i.created_at
from training.invoice i
where i.id = :id
