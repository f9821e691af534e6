begin;
drop function campaign.visible_campaign(uuid), campaign.line_now(uuid), campaign.answer_now(uuid), campaign.campaign_now(uuid),
    campaign.campaigns(), campaign.lines_at(date), campaign.line_warnings(campaign.line, pass.pass, date),
    campaign.reminders_at(date), campaign.answers_at(date), campaign.differs_from_lines(uuid), campaign.sees_lines(uuid),
    campaign.answer_state(campaign.answer, date, date, date);
drop type campaign.campaign_row, campaign.line_row, campaign.answer_row;
call engine.set_revision('campaign_rules');
commit;
