-- Merge patch; no row when the version is another.
update training.programme p
set (code, title, starts_on, ends_on, pass_member_cents, pass_other_cents) = (
    select r.code, r.title, r.starts_on, r.ends_on, r.pass_member_cents, r.pass_other_cents
    from jsonb_populate_record(p, :body) r)
where p.id = :id and p.version = :if_match
returning p.id, p.version, p.code, p.title, p.starts_on, p.ends_on, p.pass_member_cents, p.pass_other_cents,
    p.created_at, p.updated_at
