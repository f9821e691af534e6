-- Communes and municipal districts of the stated year.
select c.code as id, c.code, c.name, c.department_code, c.region_code, to_jsonb(c.postal_codes) as postal_codes, r.year
from reference.commune c join reference.region r on r.code = c.region_code
where r.zone <> 'COM'
    and (c.search @@ reference.search_query(:q) or c.code = upper(:q))  --? q
    and c.department_code = any (:department)                           --? department
