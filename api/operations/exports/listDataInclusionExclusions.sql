-- listDataInclusionExclusions: members of today that the export leaves out, each with all its reasons.
select x.id, x.name, x.kind, to_json(x.reasons) as reasons
from (
    select m.id, m.name, m.kind, array_remove(array[
        case when not m.public_listing_consent then 'NO_CONSENT' end,
        case when m.description is null then 'DESCRIPTION_MISSING' end,
        case when length(m.description) < 50 then 'DESCRIPTION_TOO_SHORT' end], null) as reasons
    from network.member_at(engine.today()) m
    where m.status = 'ACTIVE'
) x
where cardinality(x.reasons) > 0
  and x.reasons && :reason      --? reason
