select 1 / (pass.records_of('{}') = '{}')::integer;
