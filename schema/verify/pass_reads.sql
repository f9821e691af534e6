select id, state from pass.pass_at('2026-11-25') where false;
