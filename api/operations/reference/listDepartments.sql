-- Departments of the stated year.
select d.code as id, d.code, d.name, d.region_code, r.name as region_name, r.year
from reference.department d join reference.region r on r.code = d.region_code
where r.zone <> 'COM'
    and reference.search_words(d.name) @@ reference.search_query(:q)  --? q
    and d.region_code = any (:region)                                 --? region
