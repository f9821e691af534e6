select id, state from campaign.answers_at('2026-11-25') where false;
select id, warnings from campaign.lines_at('2026-11-25') where false;
