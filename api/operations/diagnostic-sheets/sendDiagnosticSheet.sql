-- Notes that the signed version was sent.
select s.id, s.version, s.pass_id, s.member_id, s.number, s.state, s.member_name, s.siret, s.number_last4, s.starts_on,
    s.ends_on, s.filled_on, s.time_done, s.months_asked, s.items, s.needs_count, s.signed_at, s.signature,
    s.signature_holds, s.sent_on, s.versions, s.created_at, s.updated_at
from campaign.send_sheet(:id, :if_match) s
