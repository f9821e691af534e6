select 1 / (pass.default_end('2026-11-21') = '2028-11-19')::integer;
