select 1 / (pass.shown(3, 9, 5) = 8 and pass.shown(0, 4, 5) is null and pass.shown(0, 4, 1) = 4)::integer;
select as_of, months, groups, weekly from pass.expiries('2026-01-01', '2026-01-31', 'region', '2026-01-01');
