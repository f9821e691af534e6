select code, name, zone, starts_on, ends_on, year from reference.region where false;
select code, name, region_code from reference.department where false;
select code, name, department_code, region_code, postal_codes, kind from reference.commune where false;
select 1 / (count(*) = 65)::integer from reference.former_region_department;
select 1 / (reference.region_of('63', date '2012-12-31') = '83')::integer;
