begin;
drop table campaign.result, campaign.line, campaign.answer, campaign.campaign;
drop function campaign.headcount_sum(jsonb), campaign.headcounts_valid(jsonb, text[]), campaign.rqth_values(),
    campaign.age_bands(), campaign.outcomes();
drop schema campaign;
call engine.set_revision('vacation_job');
commit;
