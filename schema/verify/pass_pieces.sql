select 1 / (pass.group_of('kind', null, null, null, 'AI', null) = 'AI')::integer;
select piece, key, exact, people, hard_stops from pass.expiry_pieces('2026-01-01', '2026-01-31', 'region') where false;
