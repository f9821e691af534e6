-- Merge patch on one period.
update network.membership p
set (starts_on, ends_on, end_reason, charter_signed_on, charter_version, decided_on, delegation_opinion) = (
    select r.starts_on, r.ends_on, r.end_reason, r.charter_signed_on, r.charter_version, r.decided_on,
        r.delegation_opinion
    from jsonb_populate_record(p, :body) r)
where p.id = :id and p.version = :if_match
  and exists (select from network.member m where m.id = p.member_id)
returning p.id, p.version, p.member_id, p.starts_on, p.ends_on, p.origin, p.end_reason, p.charter_signed_on,
    p.charter_version, p.decided_on, p.delegation_opinion, p.created_at, p.updated_at
