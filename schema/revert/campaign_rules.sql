begin;
drop trigger line_60_touch on campaign.line;
drop trigger line_20_guard_new on campaign.line;
drop trigger line_10_guard on campaign.line;
drop trigger answer_10_guard on campaign.answer;
drop trigger campaign_20_status on campaign.campaign;
drop trigger campaign_10_guard on campaign.campaign;
drop function campaign.touch_answer(), campaign.guard_new_lines(), campaign.guard_line(), campaign.guard_line_dates(campaign.line), campaign.guard_answer(),
    campaign.headcount_differences(campaign.answer), campaign.require_open(uuid), campaign.guard_status(),
    campaign.guard_campaign();
call engine.set_revision('campaign_tables');
commit;
