select 1 / (pass.state_of('2025-01-01', '2026-12-31', false, '2027-01-01') = 'EXPIRED')::integer;
