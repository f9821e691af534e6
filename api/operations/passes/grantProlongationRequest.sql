-- Its days are added to the end as it is now.
select r.id, r.version, r.pass_id, r.state, r.starts_on, r.ends_on, r.reason, r.siae_kind, r.prescriber_kind,
    r.requested_on, r.decided_on, r.denial_reason, to_jsonb(r.proposed_actions) as proposed_actions,
    r.created_at, r.updated_at
from pass.grant_request(:id, :if_match, :body) r
