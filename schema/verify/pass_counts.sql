select member_id, siae_kind, origin, piece, hard_stop, people from pass.expiry_count where false;
select month, people, hard_stops from pass.ended_month where false;
select 1 / (pass.piece('2026-12-02') = '2026-12-01' and pass.piece('2026-11-29') = '2026-11-23')::integer;
