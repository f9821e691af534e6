-- Regions of the stated year, with the delegation that holds them today.
select r.code as id, r.code, r.name, n.delegation_id, r.year
from reference.region r
left join network.delegation_region n on n.region_code = r.code and n.starts_on <= engine.today()
    and (n.ends_on is null or n.ends_on >= engine.today())
where r.ends_on is null and r.zone <> 'COM'
    and reference.search_words(r.name) @@ reference.search_query(:q)  --? q
