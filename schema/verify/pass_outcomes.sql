select 1 / (pass.rate(25, 100, 5, 0) = 25 and pass.rate(1, 4, 5, 1) is null)::integer;
