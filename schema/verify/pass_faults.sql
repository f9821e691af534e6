select 1 / (pass.faults(null::pass.pathway, '{}') = '[]')::integer;
