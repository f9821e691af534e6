-- The public directory: delegations that exist on the day, with their territory of that day.
select d.id, d.version, d.slug, d.name, d.legal_form, d.organisation_id, d.starts_on, d.ends_on, d.region_codes,
    d.regions, d.predecessors, d.successors, d.members_count, d.representatives_count, d.team_count, d.email,
    d.phone, d.website, d.address, d.created_at, d.updated_at
from network.delegation_at(coalesce(:as_of, engine.today())) d
where d.starts_on <= coalesce(:as_of, engine.today())
    and (d.ends_on is null or d.ends_on >= coalesce(:as_of, engine.today()))
    and reference.search_words(d.name) @@ reference.search_query(:q)                    --? q
    and network.covers(d.id, :region, coalesce(:as_of, engine.today()))                 --? region
