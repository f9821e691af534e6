select 1 / ((pass.calculate('{"starts_on": "2026-11-21"}')).ends_on = date '2028-11-19')::integer;
