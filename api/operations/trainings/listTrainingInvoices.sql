select i.id, i.number, i.session_id, i.member_id, i.payer_name, i.funding_code, i.amount_cents, i.invoiced_on,
    i.credited_id, i.created_at
from training.invoice i
where true
    and i.session_id = :session               --? session
    and i.funding_code = any (:funding_code)  --? funding_code
    and i.invoiced_on >= :invoiced_on_gte     --? invoiced_on_gte
    and i.invoiced_on <= :invoiced_on_lte     --? invoiced_on_lte
